package io.troupe.lease.flease;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.CellView;
import io.troupe.actors.lease.Lease;
import io.troupe.actors.lease.LeaseMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One cell on several nodes in virtual time, with whatever can go wrong: clocks that jump within
 * their bound, messages that are lost, repeated, late by up to three leases, one-way partitions,
 * crashes without memory, hand-overs, changes of the view of which some do not hear. After every
 * step: at most one node holds the lease by its own clock, and each new holder has a higher epoch.
 *
 * <p>Times of trouble and times without alternate; in these somebody must hold the lease within a
 * bound, and keep it.
 */
final class LeaseSim {
  static final Timing TIMING = new Timing(800_000, 60_000, 60_000, 3);
  private static final Limits LIMITS = new Limits(10, 10, 100, 8);
  private static final CellId CELL = new CellId("file/7");

  /** What the protocol must not allow. */
  static final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    Violation(String what) {
      super(what);
    }

    /** Not only that nobody holds the lease. */
    boolean isOfSafety() {
      String what = String.valueOf(getMessage());
      return what.contains("two holders") || what.contains("after Lease");
    }
  }

  private record Event(long at, long number, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event o) {
      int c = Long.compare(at, o.at);
      return c == 0 ? Long.compare(number, o.number) : c;
    }
  }

  /** One node over its lives. */
  private final class Node {
    final NodeId id;
    final int index;
    @Nullable LeaseNode core;
    int life;
    long offset;

    /** What the node's disk remembers: views below are closed. */
    long viewOnDisk;

    /** And the last epoch that it was granted while alone in the cell. */
    Epoch epochOnDisk = Epoch.NONE;

    /** What the node has heard of, which may be old. */
    CellView view;

    Node(int index, CellView view) {
      this.view = view;
      this.index = index;
      this.id = new NodeId(new UUID(0, index));
    }

    boolean up() {
      return core != null;
    }

    LeaseNode running() {
      return Objects.requireNonNull(core);
    }

    long clock() {
      return time + offset;
    }

    void start() {
      life++;
      core =
          new LeaseNode(
              id, random.nextLong(), TIMING, LIMITS, rules, e -> heard(this, life, e), clock());
      tick(life);
    }

    void tick(int ofLife) {
      if (up() && life == ofLife) {
        running().tick(clock());
        flush(this);
        later(5_000 + random.nextLong(20_000), () -> tick(ofLife));
      }
    }

    void open() {
      running().open(CELL, viewOnDisk, epochOnDisk, clock());
    }

    Optional<Lease> held() {
      return core == null ? Optional.empty() : core.held(CELL, clock());
    }
  }

  private final SplittableRandom random;
  private final Rules rules;
  private final List<Node> nodes = new ArrayList<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final boolean[][] cut;
  private long time = 1_000_000_000_000L;
  private long numbers;
  private long steps;

  // The weather.
  private boolean calm;
  private int crashPerMille;
  private int lossPercent;
  private int repeatPercent;
  private int latePerMille;
  private long delay;
  private boolean quiet;

  // The view, and what the one who changes it has done so far.
  private CellView view;
  private boolean changing;
  private final List<NodeId> closers = new ArrayList<>();
  private long freeAt;

  // What has been seen.
  private Lease last = new Lease(new NodeId(new UUID(9, 9)), Epoch.NONE, 0);
  private long holders;
  private long lastHeld;

  LeaseSim(long seed, Rules rules) {
    this.random = new SplittableRandom(seed);
    this.rules = rules;
    int count = 3 + random.nextInt(3);
    this.cut = new boolean[count][count];
    view = new CellView(1, List.of(new NodeId(new UUID(0, 0))));
    for (int i = 0; i < count; i++) {
      nodes.add(new Node(i, view));
    }
    view = new CellView(1, some());
    for (Node n : nodes) {
      n.offset = drift();
      n.view = view;
      n.start();
    }
    trouble();
  }

  /** Runs so many steps, at least. */
  void run(long howMany) {
    long end = steps + howMany;
    while (steps < end) {
      step();
    }
  }

  long steps() {
    return steps;
  }

  /** How many times there was another holder. */
  long holders() {
    return holders;
  }

  private void step() {
    Event e = events.poll();
    time = e.at();
    e.action().run();
    steps++;
    check();
  }

  private void check() {
    Lease holding = null;
    for (Node n : nodes) {
      Optional<Lease> held = n.held();
      if (held.isEmpty()) {
        continue;
      }
      if (holding != null) {
        throw new Violation("two holders at step " + steps + ": " + holding + " and " + held.get());
      }
      holding = held.get();
    }
    if (holding != null) {
      lastHeld = time;
      if (!holding.isSameAs(last)) {
        if (holding.epoch().compareTo(last.epoch()) <= 0) {
          throw new Violation("step " + steps + ": after " + last + " came " + holding);
        }
        last = holding;
        holders++;
      }
    }
  }

  private void later(long delay, Runnable action) {
    events.add(new Event(time + delay, numbers++, action));
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private long drift() {
    return switch (random.nextInt(4)) {
      case 0 -> -TIMING.drift();
      case 1 -> TIMING.drift();
      default -> random.nextLong(-TIMING.drift(), TIMING.drift() + 1);
    };
  }

  private Node any() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  private List<NodeId> some() {
    List<NodeId> members = new ArrayList<>();
    while (members.isEmpty()) {
      for (Node n : nodes) {
        if (chance(75)) {
          members.add(n.id);
        }
      }
    }
    return members;
  }

  // ---- the network

  private void flush(Node from) {
    from.running()
        .flush(
            (to, batch) -> {
              List<LeaseMessage> copy = List.copyOf(batch);
              transmit(from, to, copy);
              if (!calm && chance(repeatPercent)) {
                transmit(from, to, copy);
              }
            });
  }

  private void transmit(Node from, NodeId to, List<LeaseMessage> batch) {
    int target = (int) to.uuid().getLeastSignificantBits();
    if (!calm && (chance(lossPercent) || cut[from.index][target])) {
      return;
    }
    long takes = 100 + random.nextLong(delay);
    if (!calm && random.nextInt(1000) < latePerMille) {
      takes = random.nextLong(3 * TIMING.maxLease());
    }
    later(
        takes,
        () -> {
          Node n = nodes.get(target);
          if (n.up()) {
            n.running().receive(from.id, batch, n.clock());
            flush(n);
          }
        });
  }

  private void heard(Node n, int life, LeaseEvent event) {
    if (event instanceof LeaseEvent.Unopened) {
      later(
          random.nextLong(2_000),
          () -> {
            if (n.up() && n.life == life) {
              n.open();
              flush(n);
            }
          });
    }
    if (event instanceof LeaseEvent.Granted granted && n.view.isAlone()) {
      n.epochOnDisk = granted.epoch();
    }
    if (event instanceof LeaseEvent.ClocksApart apart) {
      throw new Violation("clocks are within their bounds, but " + apart);
    }
  }

  // ---- trouble

  private void trouble() {
    calm = false;
    crashPerMille = chance(30) ? 0 : 1 + random.nextInt(chance(70) ? 10 : 60);
    lossPercent = chance(50) ? 0 : random.nextInt(30);
    repeatPercent = chance(50) ? 0 : random.nextInt(30);
    latePerMille = chance(50) ? 0 : random.nextInt(100);
    delay = 200 + random.nextLong(chance(70) ? 10_000 : 50_000);
    long ends = time + (5 + random.nextInt(40)) * TIMING.maxLease();
    long pace = 5_000 + random.nextLong(chance(50) ? 40_000 : 400_000);
    mischief(pace, ends);
  }

  private void mischief(long pace, long ends) {
    if (time >= ends) {
      calmDown();
      return;
    }
    later(1 + random.nextLong(pace), () -> mischief(pace, ends));
    Node n = any();
    if (random.nextInt(1000) < crashPerMille) {
      crash(n);
    }
    switch (random.nextInt(16)) {
      case 0, 1, 2 -> n.offset = drift();
      case 3 -> cut[random.nextInt(nodes.size())][random.nextInt(nodes.size())] = true;
      case 4 -> isolate(n);
      case 5 -> {
        if (chance(30)) {
          join();
        }
      }
      case 6 -> {
        if (random.nextInt(20) == 0) {
          quiet = !quiet;
          nodes.forEach(this::withdraw);
        }
      }
      case 7 -> {
        if (!changing && chance(10)) {
          changing = true;
          closers.clear();
          freeAt = 0;
        }
      }
      case 8, 9 -> changeView();
      case 10 -> {
        if (chance(30)) {
          handOver(n);
        }
      }
      case 11 -> {
        if (chance(30)) {
          withdraw(n);
        }
      }
      default -> {
        if (chance(60)) {
          n.view = view;
        }
        want(n, chance(80));
      }
    }
  }

  /** Cut off for the time in which somebody else may come, most of all the holder. */
  private void isolate(Node n) {
    Node cutOff = nodes.stream().filter(o -> o.held().isPresent()).findAny().orElse(n);
    boolean hears = chance(20);
    for (Node o : nodes) {
      if (o != cutOff) {
        cut[cutOff.index][o.index] = true;
        cut[o.index][cutOff.index] = !hears;
      }
    }
    later(random.nextLong(2 * TIMING.maxLease()), this::join);
  }

  private void join() {
    for (boolean[] row : cut) {
      java.util.Arrays.fill(row, false);
    }
  }

  private void crash(Node n) {
    if (!n.up()) {
      return;
    }
    n.core = null;
    long away = chance(50) ? 1_000 : random.nextLong(2 * TIMING.maxLease());
    later(
        away,
        () -> {
          if (!n.up()) {
            n.start();
          }
        });
  }

  private void want(Node n, boolean keep) {
    if (n.up() && !quiet && n.view.members().contains(n.id)) {
      n.open();
      n.running().acquire(CELL, n.view, TIMING.maxLease(), keep, n.clock());
      flush(n);
    }
  }

  private void withdraw(Node n) {
    if (n.up()) {
      n.running().withdraw(CELL, n.clock());
      flush(n);
    }
  }

  private void handOver(Node n) {
    Optional<Lease> held = n.held();
    if (held.isPresent()) {
      Optional<NodeId> successor = chance(50) ? Optional.of(any().id) : Optional.empty();
      n.running().release(CELL, held.get().epoch(), successor, n.clock());
      if (chance(70)) {
        want(n, true);
      }
      flush(n);
    }
  }

  /** One step of whoever changes the view: one more node closes the old one, or the new begins. */
  private void changeView() {
    if (!changing) {
      return;
    }
    if (closers.size() <= view.members().size() / 2) {
      Node n = any();
      if (n.up() && view.members().contains(n.id) && !closers.contains(n.id)) {
        n.viewOnDisk = view.version() + 1;
        n.open();
        freeAt = Math.max(freeAt, n.running().close(CELL, view, n.clock()));
        closers.add(n.id);
        flush(n);
      }
    } else if (time + drift() > freeAt) {
      view = new CellView(view.version() + 1, some());
      changing = false;
    }
  }

  // ---- calm

  private void calmDown() {
    calm = true;
    quiet = false;
    delay = TIMING.timeout() / 4;
    join();
    for (Node n : nodes) {
      if (!n.up()) {
        n.start();
      }
    }
    settleView();
  }

  private void settleView() {
    changeView();
    if (changing) {
      later(1_000, this::settleView);
      return;
    }
    for (Node n : nodes) {
      n.view = view;
      want(n, true);
    }
    long bound = TIMING.mute() + TIMING.maxLease() + 4 * TIMING.drift() + 30 * TIMING.timeout();
    later(
        bound,
        () -> {
          if (lastHeld < time - 2 * TIMING.drift()) {
            throw new Violation(
                "step " + steps + ": nobody holds " + bound + " µs after all is well");
          }
          long before = holders;
          later(
              2 * TIMING.maxLease(),
              () -> {
                if (holders != before || lastHeld < time - 2 * TIMING.drift()) {
                  throw new Violation("step " + steps + ": the holder lost the lease in peace");
                }
                trouble();
              });
        });
  }
}
