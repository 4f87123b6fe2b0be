package io.troupe.lease.flease;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.CellView;
import io.troupe.actors.lease.Lease;
import io.troupe.actors.lease.LeaseMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * All lease cells of one life of a node. Deterministic: time, in microseconds of the node's clock,
 * and the seed of its random numbers come from outside. One thread.
 *
 * <p>What the participants say to each other waits in queues, by node, until {@link #flush}. Time
 * that goes back counts as standing still.
 */
public final class LeaseNode {
  private static final long TICK = 5_000;
  private static final int SLOTS = 4096;

  private final NodeId self;
  private final long incarnation;
  private final Timing timing;
  private final Rules rules;
  private final Ends ends;
  private final Limits limits;
  private final Outgoing outgoing;
  private final Effects effects;
  private final Wheel wheel;
  private final Map<CellId, Cell> cells = new HashMap<>();
  private final LinkedHashMap<CellId, Waiting> unopened = new LinkedHashMap<>();

  /**
   * Of a cell that is not in memory nothing binds anybody in rounds that began since then; of one
   * that comes into memory now, neither.
   */
  private long forgottenUntil;

  private long now;

  private record Waiting(NodeId from, LeaseMessage message, long since) {}

  /**
   * @param incarnation of this life of the node, drawn at random
   * @param events is told what concerns this node
   */
  public LeaseNode(
      NodeId self,
      long incarnation,
      Timing timing,
      Limits limits,
      Consumer<LeaseEvent> events,
      long now) {
    this(self, incarnation, timing, limits, Rules.ALL, events, now);
  }

  LeaseNode(
      NodeId self,
      long incarnation,
      Timing timing,
      Limits limits,
      Rules rules,
      Consumer<LeaseEvent> events,
      long now) {
    this.self = self;
    this.incarnation = incarnation;
    this.timing = timing;
    this.limits = limits;
    this.rules = rules;
    this.ends = new Ends(timing, rules);
    this.now = now;
    this.wheel = new Wheel(TICK, SLOTS, now);
    this.outgoing = new Outgoing(limits);
    this.forgottenUntil =
        rules.keep(Rules.Rule.MUTE_AFTER_RESTART) ? now + timing.mute() : Long.MIN_VALUE;
    SplittableRandom random = new SplittableRandom(incarnation);
    this.effects =
        new Effects() {
          @Override
          public void send(NodeId to, LeaseMessage message) {
            outgoing.add(to, message);
          }

          @Override
          public void tell(LeaseEvent event) {
            events.accept(event);
          }

          @Override
          public long random(long bound) {
            return random.nextLong(Math.max(1, bound));
          }
        };
  }

  // ---- what the node asks

  /**
   * Lets this node take part in a cell. What a restart must not lose comes in here.
   *
   * @param view older ones are closed, as somebody durably remembers
   * @param epoch no lease of the cell that this node remembers durably had a higher one
   * @return false if there are too many cells
   */
  public boolean open(CellId id, long view, Epoch epoch, long at) {
    advanceTo(at);
    if (cells.containsKey(id)) {
      return true;
    }
    if (cells.size() >= limits.cells()) {
      return false;
    }
    Cell cell = new Cell(id, new Acceptor(id, ends, view, epoch, forgottenUntil, now));
    cells.put(id, cell);
    Waiting first = unopened.remove(id);
    if (first != null) {
      receive(cell, first.from(), first.message());
    }
    schedule(cell);
    return true;
  }

  /**
   * Asks for the lease of an open cell; renews it where this node has it.
   *
   * @param duration how long it is to be valid, at most the longest
   * @param keep hold it until {@link #release}: win it when it is free, renew it in time
   */
  public void acquire(CellId id, CellView view, long duration, boolean keep, long at) {
    advanceTo(at);
    Cell cell = cells.get(id);
    if (cell == null) {
      effects.tell(new LeaseEvent.Refused(id, "the cell is not open", now));
      return;
    }
    if (!Proposer.isMember(self, view)) {
      effects.tell(new LeaseEvent.Refused(id, "node " + self + " is none of " + view, now));
      return;
    }
    if (view.version() < cell.acceptor.view()) {
      effects.tell(
          new LeaseEvent.Refused(
              id, "view " + view.version() + " is closed, there is " + cell.acceptor.view(), now));
      return;
    }
    Proposer p = cell.proposer;
    if (p == null || !p.view().equals(view)) {
      if (p != null) {
        p.outdated(view.version(), now);
      }
      p = new Proposer(id, self, incarnation, ends, cell.acceptor, view, effects);
      cell.proposer = p;
    }
    p.acquire(duration, keep, now);
    schedule(cell);
  }

  /** Gives up the lease of that epoch, at once; the named node may come first. */
  public void release(CellId id, Epoch epoch, Optional<NodeId> successor, long at) {
    advanceTo(at);
    Cell cell = cells.get(id);
    if (cell != null && cell.proposer != null) {
      cell.proposer.release(epoch, successor);
      schedule(cell);
    }
  }

  /** Gives up the lease if it is held, and wants it no more. */
  public void withdraw(CellId id, long at) {
    advanceTo(at);
    Cell cell = cells.get(id);
    if (cell != null && cell.proposer != null) {
      cell.proposer.giveUp(Optional.empty());
      schedule(cell);
    }
  }

  /**
   * Ends a view of a cell: this node neither holds nor votes for a lease in it any more, as long as
   * the caller remembers to {@link #open} the cell accordingly.
   *
   * @return when, by any clock, all leases have ended that this node has voted for, and epochs
   *     drawn from the time are above theirs; a coordinator that has closed a view with a majority
   *     and waited for the latest of these may begin another
   */
  public long close(CellId id, CellView view, long at) {
    advanceTo(at);
    Cell cell = cells.get(id);
    // An epoch may be one drift ahead, the next proposer's clock one behind, the coordinator's own
    // one ahead, and this one behind.
    long epochsPassed = now + 4 * timing.drift();
    if (cell == null) {
      return view.isAlone() ? epochsPassed : Math.max(epochsPassed, forgottenUntil);
    }
    Proposer p = cell.proposer;
    if (p != null && p.view().version() <= view.version()) {
      p.outdated(view.version() + 1, now);
      cell.proposer = null;
    }
    long free = cell.acceptor.close(view.version(), view.isAlone(), now);
    schedule(cell);
    return Math.max(free + timing.drift() + 1, epochsPassed);
  }

  /** The lease if this node holds it by its clock. */
  public Optional<Lease> held(CellId id, long at) {
    Cell cell = cells.get(id);
    return cell == null || cell.proposer == null
        ? Optional.empty()
        : cell.proposer.held(Math.max(now, at));
  }

  // ---- what comes in

  /** What another node says. */
  public void receive(NodeId from, List<LeaseMessage> messages, long at) {
    advanceTo(at);
    for (LeaseMessage m : messages) {
      Cell cell = cells.get(m.cell());
      if (cell != null) {
        receive(cell, from, m);
        schedule(cell);
      } else {
        keepUntilOpened(from, m);
      }
    }
  }

  /** Time passes: what is due is done. */
  public void tick(long at) {
    advanceTo(at);
    wheel.advance(now, timer -> wake((Cell) timer));
    Iterator<Waiting> old = unopened.values().iterator();
    while (old.hasNext() && old.next().since() < now - 2 * timing.timeout()) {
      old.remove();
    }
  }

  /** Hands out what waits to be sent, in batches. */
  public void flush(BiConsumer<NodeId, List<LeaseMessage>> sender) {
    outgoing.flush(sender);
  }

  public boolean hasOutgoing() {
    return !outgoing.isEmpty();
  }

  /** Messages that found a queue full. */
  public long dropped() {
    return outgoing.dropped();
  }

  public int openCells() {
    return cells.size();
  }

  /** Cells whose lease this node holds or wants. */
  public List<CellId> busyCells() {
    List<CellId> busy = new ArrayList<>();
    cells.forEach(
        (id, cell) -> {
          if (cell.proposer != null && !cell.proposer.isIdle()) {
            busy.add(id);
          }
        });
    return busy;
  }

  private void keepUntilOpened(NodeId from, LeaseMessage m) {
    if (m instanceof LeaseMessage.Renew renew) {
      effects.send(from, new LeaseMessage.Forgotten(m.cell(), renew.ballot()));
    }
    if (!(m instanceof LeaseMessage.Prepare || m instanceof LeaseMessage.Accept)) {
      return;
    }
    Waiting before = unopened.remove(m.cell());
    if (before == null) {
      if (unopened.size() >= limits.unopened()) {
        unopened.pollFirstEntry();
      }
    }
    unopened.put(m.cell(), new Waiting(from, m, now));
    if (before == null) {
      effects.tell(new LeaseEvent.Unopened(m.cell()));
    }
  }

  private void receive(Cell cell, NodeId from, LeaseMessage message) {
    Acceptor acceptor = cell.acceptor;
    long known = acceptor.view();
    switch (message) {
      case LeaseMessage.Prepare m -> {
        if (isInTime(from, m.began())) {
          answer(from, acceptor.prepare(from, m, false, now));
        }
      }
      case LeaseMessage.Accept m -> {
        if (isInTime(from, m.began())) {
          answer(from, acceptor.accept(m, false, now));
        }
      }
      case LeaseMessage.Renew m -> answer(from, acceptor.renew(m, now));
      case LeaseMessage.Learn m -> {
        if (m.view() == known) {
          acceptor.learn(m.lease());
        }
      }
      case LeaseMessage.GivenBack m -> {
        acceptor.givenBack(from, m.epoch());
        if (cell.proposer != null) {
          cell.proposer.freed(m.successor(), now);
        }
      }
      case LeaseMessage.Promise m -> propose(cell, from, m);
      case LeaseMessage.Accepted m -> propose(cell, from, m);
      case LeaseMessage.Outbid m -> propose(cell, from, m);
      case LeaseMessage.Held m -> propose(cell, from, m);
      case LeaseMessage.Forgotten m -> propose(cell, from, m);
      case LeaseMessage.WrongView m -> propose(cell, from, m);
    }
    Proposer p = cell.proposer;
    if (acceptor.view() > known && p != null && p.view().version() < acceptor.view()) {
      p.outdated(acceptor.view(), now);
    }
  }

  private void propose(Cell cell, NodeId from, LeaseMessage answer) {
    if (cell.proposer != null) {
      cell.proposer.handle(from, answer, now);
    }
  }

  private void answer(NodeId to, Optional<LeaseMessage> answer) {
    answer.ifPresent(m -> effects.send(to, m));
  }

  private boolean isInTime(NodeId from, long began) {
    boolean ahead = began > now + 2 * timing.drift();
    if (ahead) {
      effects.tell(new LeaseEvent.ClocksApart(from, began - now));
    }
    return !ahead;
  }

  private void wake(Cell cell) {
    Proposer p = cell.proposer;
    if (p != null && !p.isIdle()) {
      p.tick(now);
    } else if (forgetAt(cell) <= now) {
      forget(cell);
      return;
    }
    schedule(cell);
  }

  private void forget(Cell cell) {
    cells.remove(cell.id);
    wheel.cancel(cell);
    if (rules.keep(Rules.Rule.FORGET_LATE)) {
      forgottenUntil = Math.max(forgottenUntil, cell.acceptor.touched() + timing.mute());
    }
  }

  private void schedule(Cell cell) {
    Proposer p = cell.proposer;
    wheel.set(cell, p == null || p.isIdle() ? forgetAt(cell) : p.wakeAt());
  }

  private long forgetAt(Cell cell) {
    return cell.acceptor.touched()
        + (rules.keep(Rules.Rule.FORGET_LATE) ? timing.forgetAfter() : timing.timeout());
  }

  private void advanceTo(long at) {
    now = Math.max(now, at);
  }
}
