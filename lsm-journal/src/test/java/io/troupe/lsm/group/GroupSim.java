package io.troupe.lsm.group;

import io.troupe.lsm.replicated.LogSettings;
import io.troupe.lsm.replicated.MemberId;
import io.troupe.lsm.replicated.Membership;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A group over real engines on simulated disks, in one thread: a network that loses, doubles and
 * reorders, power that fails, disks that are full, leases that several believe to hold, changing
 * membership, members that are cut off, and logs so short that those need a snapshot. Storms and
 * quiet times take turns: in a storm alone nothing would get done that could be lost.
 */
final class GroupSim implements SimNode.World {

  private static final int MAX_MESSAGES = 80;
  private static final int PATIENCE = 30_000;

  private record Envelope(MemberId from, MemberId to, GroupMessage message) {}

  private final Random random;
  private final SimTruth truth = new SimTruth();
  private final List<SimNode> nodes = new ArrayList<>();
  private final Map<MemberId, SimNode> byId = new HashMap<>();
  private final List<Envelope> network = new ArrayList<>();
  private final Set<MemberId> cutOff = new HashSet<>();
  private final int crashes;
  private final int leases;
  private boolean stormy;
  private boolean healed;
  private int weatherSteps;
  private long now;
  private long transfers;
  private int proposed;
  private int installed;
  private int finished;
  private @Nullable AssertionError broken;

  GroupSim(long seed) throws IOException {
    random = new Random(seed * 0x9e3779b97f4a7c15L);
    int all = 3 + random.nextInt(3);
    crashes = random.nextInt(5);
    leases = 1 + random.nextInt(6);
    List<MemberId> ids = new ArrayList<>();
    for (int i = 0; i < all; i++) {
      ids.add(new MemberId("m" + i));
    }
    var first = new Membership(Set.copyOf(ids.subList(0, 1 + random.nextInt(Math.min(all, 4)))));
    var log = new LogSettings(100, 1 + random.nextInt(6));
    var limits = new LogLimits(1 + random.nextInt(10), 200 + random.nextInt(2000));
    int cache = random.nextInt(600);
    int message = 50 + random.nextInt(400);
    for (MemberId id : ids) {
      var settings =
          new GroupSettings(
              SimNode.GROUP, id, SimState.RANGES, log, limits, 8, 4000, cache, 3000, message);
      var node = new SimNode(id, settings, first, this, truth, random);
      nodes.add(node);
      byId.put(id, node);
      node.create();
      node.start();
    }
  }

  SimTruth truth() {
    return truth;
  }

  int installations() {
    return installed;
  }

  /** How many of them a member finished that had ended in the middle. */
  int finishedAtStart() {
    return finished;
  }

  @Override
  public void send(MemberId from, MemberId to, GroupMessage message) {
    if (network.size() >= MAX_MESSAGES) {
      network.remove(random.nextInt(network.size()));
    }
    network.add(new Envelope(from, to, message));
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public long transferId() {
    return ++transfers;
  }

  /** Often the power fails before it has ended, at any operation of the disk. */
  @Override
  public void installing(SimNode node) {
    if (!healed && random.nextInt(3) == 0) {
      node.disk().losePowerAt(node.disk().operations() + random.nextInt(12));
    }
  }

  @Override
  public void installed(boolean afterStart) {
    installed++;
    if (afterStart) {
      finished++;
    }
  }

  void run(int steps) throws IOException {
    for (int i = 0; i < steps; i++) {
      step();
      if (broken != null) {
        throw broken;
      }
    }
  }

  private SimNode any() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  private boolean chance(int ofThousand) {
    return random.nextInt(1000) < ofThousand;
  }

  private void step() throws IOException {
    now += random.nextInt(20);
    if (--weatherSteps <= 0) {
      changeWeather();
    }
    fault();
    for (SimNode node : nodes) {
      if (node.isUp() && node.disk().isDead()) {
        node.crash();
      } else if (!node.isUp() && chance(stormy ? 20 : 100)) {
        start(node);
      }
    }
    giveLease();
    int dice = random.nextInt(100);
    if (dice < 40) {
      for (int left = 1 + random.nextInt(5); left > 0; left--) {
        deliver();
      }
      return;
    }
    SimNode node = any();
    if (!node.isUp()) {
      return;
    }
    if (dice < 75) {
      for (int left = 1 + random.nextInt(8); left > 0; left--) {
        work(node);
      }
    } else if (dice < 84) {
      node.member().tick();
    } else if (dice < 97) {
      for (int left = 1 + random.nextInt(4); left > 0; left--) {
        nodes.stream().filter(SimNode::isUp).forEach(this::propose);
      }
    } else {
      node.check();
    }
  }

  /** The disk writes, or something that waits is run. */
  private void work(SimNode node) {
    int dice = random.nextInt(10);
    if (dice < 4) {
      runTask(node);
    } else if (dice < 6) {
      runRead(node);
    } else {
      node.store().write(1 + random.nextInt(3));
    }
  }

  /** Quiet for a while, so that something gets done, or not; often one member hears nothing. */
  private void changeWeather() {
    weatherSteps = 30 + random.nextInt(120);
    stormy = random.nextInt(3) == 0;
    cutOff.clear();
    for (int left = random.nextInt(3); left > 0; left--) {
      SimNode node = any();
      if (stormy || !node.leaseHeld) {
        cutOff.add(node.id);
      }
    }
    for (SimNode node : nodes) {
      if (node.isUp()) {
        node.store().full(stormy && random.nextInt(6) == 0);
        node.store().busy(stormy && random.nextInt(10) == 0);
      }
    }
  }

  private void fault() throws IOException {
    SimNode node = any();
    if (!network.isEmpty() && chance(stormy ? 60 : 5)) {
      network.remove(random.nextInt(network.size())); // lost
    }
    if (!node.isUp()) {
      return;
    }
    if (chance(stormy ? crashes : crashes / 6)) {
      node.crash();
    } else if (chance(stormy ? 10 : 2)) {
      node.disk().losePowerAt(node.disk().operations() + random.nextInt(30));
    } else if (chance(stormy ? leases : leases / 10)) {
      lease(node, !node.leaseHeld);
    } else if (chance(10)) {
      changeMembership(node);
    } else if (chance(5)) {
      node.store().settle();
    }
  }

  /** Mostly there is one holder; a storm may leave several that believe it, or none. */
  private void giveLease() {
    if (chance(stormy ? 20 : 150) && nodes.stream().noneMatch(node -> node.leaseHeld)) {
      SimNode node = any();
      if (node.isUp()) {
        lease(node, true);
      }
    }
  }

  private void start(SimNode node) throws IOException {
    if (random.nextInt(stormy ? 3 : 8) == 0) {
      node.disk().losePowerAt(random.nextInt(80));
    }
    node.start();
  }

  private static void runTask(SimNode node) {
    Runnable task = node.tasks.poll();
    if (task != null) {
      task.run();
    }
  }

  private void runRead(SimNode node) {
    if (!node.reads.isEmpty()) {
      node.reads.remove(random.nextInt(node.reads.size())).run();
    }
  }

  private static void lease(SimNode node, boolean gained) {
    node.leaseHeld = gained;
    if (gained) {
      node.member().leaseGained();
    } else {
      node.member().leaseLost();
    }
  }

  private void propose(SimNode node) {
    if (!node.member().isServing()) {
      return;
    }
    var batch = SimState.change(random, ++proposed, node.store()::index);
    byte[] bytes = PortableBatch.encode(batch, SimState.RANGES);
    var unused =
        node.member()
            .propose(batch)
            .whenComplete(
                (index, refused) -> {
                  if (refused == null) {
                    acknowledged(node, index, bytes);
                  }
                });
  }

  /** What is thrown here nobody would see. */
  private void acknowledged(SimNode node, long index, byte[] bytes) {
    try {
      truth.acknowledged(index, bytes);
      if (node.member().applied() < index) {
        throw new AssertionError(index + " is acknowledged, but not applied");
      }
    } catch (AssertionError e) {
      broken = e;
    }
  }

  private void changeMembership(SimNode node) {
    if (!node.member().isServing()) {
      return;
    }
    MemberId other = any().id;
    var voters = new TreeSet<MemberId>(node.member().membership().voters());
    if (voters.remove(other)) {
      if (!voters.isEmpty()) {
        var unused = node.member().changeMembership(new Membership(voters));
      }
    } else if (random.nextBoolean()) {
      node.member().learner(other, true);
    } else {
      voters.add(other);
      var unused = node.member().changeMembership(new Membership(voters));
    }
    if (random.nextInt(4) == 0) {
      node.member().transfer(other);
    }
  }

  private void deliver() throws IOException {
    if (network.isEmpty()) {
      return;
    }
    int which = random.nextInt(4) == 0 ? random.nextInt(network.size()) : 0;
    Envelope envelope = network.remove(which);
    if (random.nextInt(20) == 0) {
      network.add(envelope); // twice
    }
    SimNode to = Objects.requireNonNull(byId.get(envelope.to()));
    if (to.isUp() && !cutOff.contains(envelope.to()) && !cutOff.contains(envelope.from())) {
      to.member().received(envelope.from(), envelope.message());
    }
  }

  /** Faults end, one gets the lease: soon a voter serves, and all voters have the same state. */
  void healAndCheck() throws IOException {
    healed = true;
    cutOff.clear();
    for (SimNode node : nodes) {
      node.disk().losePowerAt(Long.MAX_VALUE);
      if (node.isUp() && node.disk().isDead()) {
        node.crash();
      }
      if (!node.isUp()) {
        node.start();
      }
      node.store().full(false);
      node.store().busy(false);
      if (node.leaseHeld) {
        lease(node, false);
      }
    }
    SimNode leader = leader();
    long before = truth.size();
    propose(leader);
    for (int i = 0; i < PATIENCE && (truth.size() == before || !isEqual(leader)); i++) {
      calmStep();
    }
    if (truth.size() == before || !isEqual(leader)) {
      throw new AssertionError("not equal after the faults ended: " + describe());
    }
    if (broken != null) {
      throw broken;
    }
    for (SimNode node : nodes) {
      node.check();
    }
  }

  private SimNode leader() {
    for (int i = 0; i < PATIENCE; i++) {
      if (nodes.stream().noneMatch(node -> node.leaseHeld)) {
        lease(any(), true); // one without a vote gives it back
      }
      calmStep();
      for (SimNode node : nodes) {
        if (node.leaseHeld && node.member().isServing()) {
          return node;
        }
      }
    }
    throw new AssertionError("nobody serves after the faults ended: " + describe());
  }

  private boolean isEqual(SimNode leader) {
    for (MemberId voter : leader.member().membership().voters()) {
      SimNode node = Objects.requireNonNull(byId.get(voter));
      if (node.member().applied() < truth.size() || node.store().hasQueued()) {
        return false;
      }
    }
    return leader.member().applied() == truth.size();
  }

  private void calmStep() {
    now += 10;
    if (!network.isEmpty()) {
      Envelope envelope = network.removeFirst();
      Objects.requireNonNull(byId.get(envelope.to()))
          .member()
          .received(envelope.from(), envelope.message());
    }
    for (SimNode node : nodes) {
      node.store().write(10);
      runRead(node);
      while (!node.tasks.isEmpty()) {
        runTask(node);
      }
      if (random.nextInt(10) == 0) {
        node.member().tick();
      }
    }
  }

  private String describe() {
    var text = new StringBuilder();
    for (SimNode node : nodes) {
      text.append(node.isUp() ? node.member().toString() : node.id + " is down");
      text.append(node.leaseHeld ? " with the lease; " : "; ");
    }
    return text.toString();
  }
}
