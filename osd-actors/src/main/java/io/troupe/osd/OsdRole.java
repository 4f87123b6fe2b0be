package io.troupe.osd;

import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.stream.ObjectRequest;
import io.troupe.actors.stream.ObjectStreamServer;
import io.troupe.actors.stream.StreamBuffer;
import io.troupe.actors.stream.StreamSettings;
import io.troupe.lsm.pekko.LsmStores;
import io.troupe.osd.replica.ObjectTask;
import io.troupe.osd.replica.ReplicaEntity;
import io.troupe.osd.store.ObjectStore;
import io.troupe.sharding.Entities;
import io.troupe.sharding.EntityIds;
import io.troupe.sharding.EntityTypes;
import io.troupe.sharding.Hosting;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.jspecify.annotations.Nullable;

/** The role osd: the object store, Replica entities over it, and the server of object streams. */
public final class OsdRole implements AutoCloseable {
  private static final String DISPATCHER = "troupe.dispatchers.disk";

  private final OsdId osd;
  private final OsdSettings settings;
  private final ObjectStore store;
  private final Executor disk;
  private @Nullable ObjectStreamServer server;

  private OsdRole(OsdId osd, OsdSettings settings, ObjectStore store, Executor disk) {
    this.osd = osd;
    this.settings = settings;
    this.store = store;
    this.disk = disk;
  }

  /** Opens the object store under the directory; its index is in the node's LSM store. */
  public static OsdRole open(ActorSystem<?> system, Path objects, OsdId osd) throws IOException {
    OsdSettings settings = OsdSettings.of(system.settings().config().getConfig("troupe.osd"));
    ObjectStore store =
        ObjectStore.open(
            objects,
            LsmStores.get(system).store(),
            osd,
            new ObjectStore.Sizes(
                settings.segmentBytes(), settings.reserveBytes(), settings.blockMapCacheBytes()));
    Executor disk = system.dispatchers().lookup(DispatcherSelector.fromConfig(DISPATCHER));
    return new OsdRole(osd, settings, store, disk);
  }

  public Hosting<ReplicaCommand> hosting() {
    return new Hosting<>(
        EntityTypes.REPLICA,
        context ->
            ReplicaEntity.create(
                () -> store.open(EntityIds.replica(context.getEntityId()).file()), settings, disk),
        new ReplicaEntity.Stop(),
        settings.maxActive(),
        DISPATCHER);
  }

  /** Begins to take object requests in; they go to the Replica entities. */
  public StreamEndpoint serve(Entities entities, StreamSettings streams, String host) {
    ObjectStreamServer started =
        ObjectStreamServer.start(
            streams,
            host,
            (request, payload, responder) ->
                entities.tell(osd, request.file(), task(request, payload, responder)));
    server = started;
    return started.endpoint();
  }

  private static ObjectTask task(
      ObjectRequest request, StreamBuffer payload, ObjectStreamServer.Responder responder) {
    return new ObjectTask(
        request,
        payload.segment(),
        new ObjectTask.Answer() {
          @Override
          public void ok(MemorySegment bytes, long incarnation) {
            payload.close();
            responder.ok(bytes, incarnation);
          }

          @Override
          public void failed(Errno errno, String detail) {
            payload.close();
            responder.failed(errno, detail);
          }
        });
  }

  public long capacityBytes() throws IOException {
    return store.capacityBytes();
  }

  public long freeBytes() throws IOException {
    return store.freeBytes();
  }

  /** Stops taking requests; the entities are still there to sync what they hold. */
  public void stopServing() {
    if (server != null) {
      server.close();
    }
  }

  /** Closes the store, after the entities have stopped. */
  @Override
  public void close() throws IOException {
    stopServing();
    store.close();
  }
}
