package io.troupe.lsm.replicated;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * A group of members in one thread, with a network that loses, doubles, delays and reorders,
 * members that crash, leases that more than one believes to hold, and changing membership. After
 * each step: what was committed once is never anything else anywhere, who serves knows all of it,
 * nothing is answered that is not committed, and nobody speaks in an epoch before its promise of it
 * is on disk.
 */
final class LogSim {

  private static final int MAX_MESSAGES = 60;

  private record Envelope(MemberId from, MemberId to, LogMessage message) {}

  private record Shipment(MemberId from, MemberId to, SimSnapshot snapshot) {}

  private final Random random;
  private final SimMutant mutant;
  private final Map<MemberId, SimMember> members = new HashMap<>();
  private final List<MemberId> ids = new ArrayList<>();
  private final List<Envelope> network = new ArrayList<>();
  private final List<Shipment> shipments = new ArrayList<>();
  private final Set<MemberId> cutOff = new HashSet<>();

  /** The one true log, as far as anybody called it committed. */
  private final List<LogEntry> truth = new ArrayList<>();

  private final Map<MemberId, Long> told = new HashMap<>();
  private long now;
  private int proposed;
  private final int crashes;
  private final int leases;
  private int served;
  private long newestServed;

  LogSim(long seed, SimMutant mutant) {
    this.random = new Random(seed);
    this.mutant = mutant;
    int all = 3 + random.nextInt(3);
    var settings = new LogSettings(100, 1 + random.nextInt(6));
    crashes = random.nextInt(20);
    leases = 2 + random.nextInt(30);
    for (int i = 0; i < all; i++) {
      ids.add(new MemberId("m" + i));
    }
    var first = new Membership(Set.copyOf(ids.subList(0, 1 + random.nextInt(Math.min(all, 4)))));
    for (MemberId id : ids) {
      var member = new SimMember(id, settings, first, mutant);
      members.put(id, member);
      member.start();
      told.put(id, 0L);
    }
  }

  private String members() {
    var text = new StringBuilder();
    for (MemberId id : ids) {
      SimMember member = member(id);
      text.append(id).append(member.leaseHeld ? " holds the lease, " : " ");
      text.append(member.isUp() ? member.core().toString() : "down").append("; ");
    }
    return text.toString();
  }

  private SimMember member(MemberId id) {
    return Objects.requireNonNull(members.get(id));
  }

  int committed() {
    return truth.size();
  }

  int served() {
    return served;
  }

  void run(int steps) {
    for (int i = 0; i < steps; i++) {
      step();
    }
  }

  /** Faults end, one gets the lease: soon a voter serves, takes proposals, and all are equal. */
  void healAndCheck() {
    cutOff.clear();
    for (MemberId id : ids) {
      SimMember member = member(id);
      if (!member.isUp()) {
        member.start();
      }
      if (member.leaseHeld) {
        lease(member, false);
      }
    }
    SimMember leader = null;
    for (int i = 0; i < 20_000 && leader == null; i++) {
      if (ids.stream().noneMatch(id -> member(id).leaseHeld)) {
        lease(
            member(ids.get(random.nextInt(ids.size()))), true); // one without a vote gives it back
      }
      calmStep();
      for (MemberId id : ids) {
        if (member(id).leaseHeld && member(id).core().isServing()) {
          leader = member(id);
        }
      }
    }
    if (leader == null) {
      throw new AssertionError("nobody serves after the faults ended: " + members());
    }
    int before = truth.size();
    propose(leader, new LogEntry.Batch(new byte[] {1}));
    long end = leader.core().last().index();
    Set<MemberId> voters = leader.core().membership().voters();
    SimMember last = leader;
    for (int i = 0;
        i < 20_000
            && !voters.stream()
                .allMatch(v -> member(v).core().committed() >= last.core().last().index());
        i++) {
      calmStep();
    }
    for (MemberId voter : voters) {
      if (member(voter).core().committed() < end) {
        throw new AssertionError(voter + " did not catch up to " + end);
      }
    }
    if (truth.size() <= before) {
      throw new AssertionError("nothing was committed after the faults ended");
    }
  }

  private void calmStep() {
    now += 10;
    if (!network.isEmpty()) {
      deliver(network.removeFirst());
    }
    if (!shipments.isEmpty()) {
      arrive(shipments.removeFirst());
    }
    for (MemberId id : ids) {
      SimMember member = member(id);
      while (member.hasWrites()) {
        input(member, new LogInput.Persisted(member.finishWrite()));
      }
      if (random.nextInt(10) == 0) {
        input(member, new LogInput.Tick());
      }
    }
  }

  private void step() {
    now += random.nextInt(20);
    SimMember member = member(ids.get(random.nextInt(ids.size())));
    int dice = random.nextInt(1000);
    if (dice < 500) {
      if (!network.isEmpty()) {
        int which = random.nextInt(3) == 0 ? random.nextInt(network.size()) : 0;
        Envelope envelope = network.remove(which);
        if (random.nextInt(20) == 0) {
          network.add(envelope); // twice
        }
        deliver(envelope);
      }
      return;
    }
    if (dice < 500 + crashes) {
      crashOrStart(member);
      return;
    }
    if (!member.isUp()) {
      return;
    }
    if (dice < 720) {
      if (member.hasWrites()) {
        input(member, new LogInput.Persisted(member.finishWrite()));
      }
    } else if (dice < 820) {
      input(member, new LogInput.Tick());
    } else if (dice < 920) {
      if (member.core().isServing()) {
        propose(member, new LogEntry.Batch(new byte[] {(byte) proposed++}));
      }
    } else if (dice < 920 + leases) {
      lease(member, !member.leaseHeld);
    } else if (dice < 955) {
      if (!cutOff.remove(member.id) && cutOff.size() < ids.size() - 1) {
        cutOff.add(member.id);
      }
    } else if (dice < 970) {
      changeMembership(member);
    } else if (dice < 980) {
      compact(member);
    } else if (dice < 990) {
      if (!shipments.isEmpty()) {
        arrive(shipments.remove(random.nextInt(shipments.size())));
      }
    } else if (!network.isEmpty()) {
      network.remove(random.nextInt(network.size())); // lost
    }
  }

  private void crashOrStart(SimMember member) {
    if (member.isUp()) {
      member.crash(random);
    } else {
      member.start();
      told.put(member.id, 0L);
    }
  }

  private void lease(SimMember member, boolean gained) {
    member.leaseHeld = gained;
    input(member, gained ? new LogInput.LeaseGained() : new LogInput.LeaseLost());
  }

  private void propose(SimMember member, LogEntry.Content content) {
    input(member, new LogInput.Propose(content));
  }

  private void changeMembership(SimMember member) {
    if (!member.core().isServing()) {
      return;
    }
    MemberId other = ids.get(random.nextInt(ids.size()));
    var voters = new TreeSet<MemberId>(member.core().membership().voters());
    if (voters.remove(other)) {
      if (!voters.isEmpty()) {
        propose(member, new LogEntry.Members(new Membership(voters)));
      }
    } else if (random.nextBoolean()) {
      input(member, new LogInput.Learner(other, true));
    } else {
      voters.add(other);
      propose(member, new LogEntry.Members(new Membership(voters)));
    }
    if (random.nextInt(4) == 0) {
      input(member, new LogInput.Transfer(other));
    }
  }

  private void compact(SimMember member) {
    long committed = member.core().committed();
    if (committed > 0) {
      long upTo = 1 + random.nextLong(committed);
      if (upTo > member.snapshot().position().index() && member.compact(upTo)) {
        input(member, new LogInput.Compacted(upTo));
      }
    }
  }

  private void arrive(Shipment shipment) {
    SimMember member = member(shipment.to());
    if (member.isUp()
        && !cutOff.contains(shipment.to())
        && !cutOff.contains(shipment.from())
        && member.core().wantsSnapshot(shipment.snapshot().position())) {
      checkPrefix(shipment.snapshot().entries());
      member.install(shipment.snapshot());
      long index = shipment.snapshot().position().index();
      told.merge(member.id, index, Math::max);
      input(
          member,
          new LogInput.SnapshotInstalled(
              shipment.snapshot().position(), shipment.snapshot().membership()));
    }
  }

  private void deliver(Envelope envelope) {
    SimMember to = member(envelope.to());
    if (to.isUp() && !cutOff.contains(envelope.to()) && !cutOff.contains(envelope.from())) {
      LogMessage message = mutated(to, envelope.message());
      input(to, new LogInput.Received(envelope.from(), message));
      if (mutant == SimMutant.MINORITY_COMMITS && message instanceof LogMessage.Appended) {
        for (MemberId id : ids) {
          input(to, new LogInput.Received(id, message));
        }
      }
    }
  }

  private LogMessage mutated(SimMember to, LogMessage message) {
    if (mutant == SimMutant.LONGEST_LOG_IGNORED
        && message instanceof LogMessage.Promised promised) {
      return new LogMessage.Promised(promised.epoch(), Position.START);
    }
    if (message instanceof LogMessage.Append append) {
      if (mutant == SimMutant.OLD_EPOCHS_TAKEN && !to.core().isServing()) {
        return new LogMessage.Append(
            append.epoch() + 1000, append.after(), append.entries(), append.committed());
      }
      if (mutant == SimMutant.POSITION_NOT_CHECKED
          && append.after().index() <= to.core().last().index()
          && append.after().index() >= to.snapshot().position().index()
          && append.after().index() > 0) {
        Position own = to.entry(append.after().index()).position();
        boolean ordered =
            append.entries().isEmpty() || append.entries().getFirst().epoch() >= own.epoch();
        return ordered
            ? new LogMessage.Append(append.epoch(), own, append.entries(), append.committed())
            : append;
      }
    }
    return message;
  }

  private void input(SimMember member, LogInput input) {
    var inputs = new ArrayDeque<LogInput>(List.of(input));
    while (!inputs.isEmpty()) {
      for (LogEffect effect : member.core().on(inputs.remove(), now)) {
        carryOut(member, effect, inputs);
      }
    }
  }

  private void carryOut(SimMember member, LogEffect effect, ArrayDeque<LogInput> inputs) {
    switch (effect) {
      case LogEffect.PersistPromise promise -> {
        member.persistPromise(promise);
        early(promise.ticket(), inputs);
      }
      case LogEffect.PersistEntries entries -> {
        member.persistEntries(entries);
        early(entries.ticket(), inputs);
      }
      case LogEffect.Send(MemberId to, LogMessage message) -> {
        keeps(member, message);
        send(member.id, to, message);
      }
      case LogEffect.Ship ship -> {
        List<LogEntry> entries = member.entries(ship.after(), ship.upTo());
        send(
            member.id,
            ship.to(),
            ship.fetched()
                ? new LogMessage.Fetched(ship.epoch(), ship.after(), entries)
                : new LogMessage.Append(ship.epoch(), ship.after(), entries, ship.committed()));
      }
      case LogEffect.ShipSnapshot(MemberId to, long epoch) -> {
        if (shipments.size() < 10) {
          shipments.add(new Shipment(member.id, to, member.snapshot()));
        }
      }
      case LogEffect.Commit(long index) -> commit(member, index);
      case LogEffect.Serve serve -> {
        served++;
        // One that an epoch too old makes late does not know it yet: the lease keeps it from reads.
        boolean newest = serve.epoch() > newestServed;
        newestServed = Math.max(newestServed, serve.epoch());
        if (newest && member.core().committed() < truth.size()) {
          throw new AssertionError(
              member.id + " serves with " + member.core().committed() + " of " + truth.size());
        }
      }
      case LogEffect.StopServing stop -> {}
      case LogEffect.Rejected rejected -> {}
      case LogEffect.ReleaseLease(var to) -> {
        inputs.add(new LogInput.LeaseLost());
        member.leaseHeld = false;
      }
    }
  }

  /**
   * What a member says in an epoch rests on its promise of it. Members that break rules are to be
   * found by what comes of it.
   */
  private void keeps(SimMember member, LogMessage message) {
    boolean binding =
        message instanceof LogMessage.Promised || message instanceof LogMessage.Appended;
    if (binding && mutant == SimMutant.NONE && member.promisedOnDisk() < message.epoch()) {
      throw new AssertionError(
          member.id + " says " + message + ", but keeps only " + member.promisedOnDisk());
    }
  }

  private void early(long ticket, ArrayDeque<LogInput> inputs) {
    if (mutant == SimMutant.ANSWER_BEFORE_DISK) {
      inputs.add(new LogInput.Persisted(ticket));
    }
  }

  private void send(MemberId from, MemberId to, LogMessage message) {
    if (network.size() >= MAX_MESSAGES) {
      network.remove(random.nextInt(network.size()));
    }
    network.add(new Envelope(from, to, message));
  }

  private void commit(SimMember member, long index) {
    for (long i = told.getOrDefault(member.id, 0L) + 1; i <= index; i++) {
      LogEntry entry = member.entry(i);
      if (i <= truth.size()) {
        same(truth.get((int) i - 1), entry, member.id);
      } else if (i == truth.size() + 1) {
        truth.add(entry);
      } else {
        throw new AssertionError(member.id + " commits " + i + " after " + truth.size());
      }
    }
    told.put(member.id, index);
  }

  private void checkPrefix(List<LogEntry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      same(truth.get(i), entries.get(i), new MemberId("snapshot"));
    }
  }

  private static void same(LogEntry committed, LogEntry other, MemberId by) {
    if (!committed.equals(other)) {
      throw new AssertionError("committed " + committed + ", but " + by + " has " + other);
    }
  }
}
