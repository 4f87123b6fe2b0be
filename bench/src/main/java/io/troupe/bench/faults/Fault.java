package io.troupe.bench.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** What happens to the nodes that keep metadata. */
enum Fault {
  /** One is killed, and started again after a while. */
  KILL {
    @Override
    void happen(List<Node> nodes, Random random) throws Exception {
      Node victim = nodes.get(random.nextInt(nodes.size()));
      victim.kill();
      pass(random.nextInt(8));
      victim.launch();
      victim.awaitRunning();
    }
  },
  /** One stands still for up to half a minute. */
  STOP {
    @Override
    void happen(List<Node> nodes, Random random) throws Exception {
      Node victim = nodes.get(random.nextInt(nodes.size()));
      victim.pause(true);
      pass(2 + random.nextInt(28));
      victim.pause(false);
      pass(2);
      if (!victim.isAlive()) { // taken out of the cluster meanwhile: a new start makes it a member
        victim.launch();
        victim.awaitRunning();
      }
    }
  },
  /** All are stopped in order and started again, one after the other. */
  ROLL {
    @Override
    void happen(List<Node> nodes, Random random) throws Exception {
      List<Node> order = new ArrayList<>(nodes);
      Collections.shuffle(order, random);
      for (Node node : order) {
        node.terminate();
        node.launch();
        node.awaitRunning();
      }
    }
  },
  /** All are killed at once. */
  ALL {
    @Override
    void happen(List<Node> nodes, Random random) throws Exception {
      for (Node node : nodes) {
        node.kill();
      }
      for (Node node : nodes) {
        node.launch();
      }
      for (Node node : nodes) {
        node.awaitRunning();
      }
    }
  };

  /** Makes it happen; returns when all nodes run again. */
  abstract void happen(List<Node> nodes, Random random) throws Exception;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static void pass(long seconds) throws InterruptedException {
    TimeUnit.SECONDS.sleep(seconds);
  }
}
