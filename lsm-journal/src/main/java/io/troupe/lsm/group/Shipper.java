package io.troupe.lsm.group;

import io.troupe.lsm.Snapshot;
import io.troupe.lsm.replicated.LogEffect;
import io.troupe.lsm.replicated.LogEntry;
import io.troupe.lsm.replicated.LogMessage;
import io.troupe.lsm.replicated.MemberId;
import io.troupe.lsm.replicated.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sends entries: from memory at once, from the disk by way of a reader. Shipments to a member keep
 * their order. One that cannot be carried out any more, because the log is another one or does not
 * have the entries any more, is as good as lost.
 */
final class Shipper {

  private static final long READ_BYTES = 1 << 20;

  /** Per member; what is more is lost. */
  private static final int MAX_SHIPMENTS = 16;

  private static final int MAX_MEMBERS = 64;

  /** A shipment, as far as it is not sent yet. */
  private static final class Shipment {
    final LogEffect.Ship ship;
    Position after;

    Shipment(LogEffect.Ship ship) {
      this.ship = ship;
      this.after = ship.after();
    }

    boolean isDone() {
      return after.index() >= ship.upTo();
    }
  }

  private final GroupStore store;
  private final Home home;
  private final LogStore log;
  private final Recent recent;
  private final Outlet outlet;
  private final int messageBytes;
  private final Map<MemberId, ArrayDeque<Shipment>> shipments = new HashMap<>();

  Shipper(
      GroupStore store, Home home, LogStore log, Recent recent, Outlet outlet, int messageBytes) {
    this.store = store;
    this.home = home;
    this.log = log;
    this.recent = recent;
    this.outlet = outlet;
    this.messageBytes = messageBytes;
  }

  void ship(LogEffect.Ship ship) {
    ArrayDeque<Shipment> queue = shipments.get(ship.to());
    if (queue != null) {
      if (queue.size() < MAX_SHIPMENTS) {
        queue.add(new Shipment(ship));
      }
      return;
    }
    if (shipments.size() < MAX_MEMBERS) {
      queue = new ArrayDeque<>();
      queue.add(new Shipment(ship));
      shipments.put(ship.to(), queue);
      advance(ship.to(), queue);
    }
  }

  /** Entries were replaced: who shipped what was there before is no master any more. */
  void cut() {
    shipments.clear();
  }

  private void advance(MemberId to, ArrayDeque<Shipment> queue) {
    while (!queue.isEmpty()) {
      Shipment shipment = queue.getFirst();
      if (shipment.ship.after().index() >= shipment.ship.upTo()) {
        send(shipment, List.of());
      }
      while (!shipment.isDone()) {
        long from = shipment.after.index() + 1;
        List<LogEntry> found = recent.read(from, shipment.ship.upTo(), messageBytes);
        if (found.isEmpty()) {
          read(to, queue, shipment, from);
          return;
        }
        send(shipment, found);
      }
      queue.removeFirst();
    }
    shipments.remove(to, queue);
  }

  private void read(MemberId to, ArrayDeque<Shipment> queue, Shipment shipment, long from) {
    long last = Math.min(shipment.ship.upTo(), recent.first() - 1);
    Snapshot now = store.snapshot();
    home.read(
        () -> {
          try (now) {
            return log.read(now, from, last, READ_BYTES);
          }
        },
        found -> {
          if (shipments.get(to) != queue) {
            return;
          }
          if (found.isEmpty()) {
            queue.removeFirst(); // dropped meanwhile
          } else {
            sendInParts(shipment, found);
          }
          advance(to, queue);
        });
  }

  private void sendInParts(Shipment shipment, List<LogEntry> entries) {
    List<LogEntry> part = new ArrayList<>();
    long bytes = 0;
    for (LogEntry entry : entries) {
      long size = EntryFormat.bytes(entry);
      if (!part.isEmpty() && bytes + size > messageBytes) {
        send(shipment, List.copyOf(part));
        part.clear();
        bytes = 0;
      }
      part.add(entry);
      bytes += size;
    }
    send(shipment, List.copyOf(part));
  }

  private void send(Shipment shipment, List<LogEntry> entries) {
    LogEffect.Ship ship = shipment.ship;
    Position after = shipment.after;
    outlet.send(
        ship.to(),
        new GroupMessage.OfLog(
            ship.fetched()
                ? new LogMessage.Fetched(ship.epoch(), after, entries)
                : new LogMessage.Append(ship.epoch(), after, entries, ship.committed())));
    if (!entries.isEmpty()) {
      LogEntry last = entries.getLast();
      shipment.after = new Position(last.epoch(), last.index());
    }
  }
}
