package io.troupe.lsm.pekko;

import com.typesafe.config.Config;
import io.troupe.lsm.Store;
import io.troupe.lsm.pekko.follow.Signals;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.ExtendedActorSystem;

/**
 * A store and what stands on it once, however many plugins use it: two of each would not know of
 * each other's writes.
 */
record SharedStore(
    Store store,
    Events events,
    EventLog eventLog,
    States states,
    StateLog stateLog,
    Snapshots snapshots) {

  static SharedStore on(Store store, ExtendedActorSystem system, Config settings, Routes routes) {
    Executor blocking = system.dispatchers().lookup(settings.getString("read-dispatcher"));
    boolean indexed = settings.getBoolean("query-index");
    Payload payload = new Payload(system);
    EventIndices events = EventIndices.of(store);
    CommitOrder order =
        new CommitOrder(store, events.log(), events.ids(), StateIndices.of(store).log());
    EventFormat eventFormat = new EventFormat(payload);
    StateFormat stateFormat = new StateFormat(payload);
    Signals eventSignals = new Signals();
    Signals stateSignals = new Signals();
    return new SharedStore(
        store,
        new Events(store, eventFormat, order, eventSignals, routes, blocking, indexed),
        new EventLog(store, eventFormat, order, eventSignals, indexed),
        new States(store, stateFormat, order, stateSignals, routes, blocking, indexed),
        new StateLog(store, stateFormat, order, stateSignals, indexed),
        new Snapshots(store, payload, blocking));
  }
}
