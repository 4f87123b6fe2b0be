package io.troupe.lsm.pekko;

import com.typesafe.config.Config;
import io.troupe.lsm.pekko.follow.Unwrapped;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.snapshot.japi.SnapshotStore;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/** The actor that Pekko starts for {@code lsm-journal.snapshot-store}; see {@link Snapshots}. */
public final class LsmSnapshotStore extends SnapshotStore {
  private final Snapshots snapshots;

  /**
   * @param config of the plugin
   */
  public LsmSnapshotStore(Config config) {
    this.snapshots = LsmStores.get(context().system()).shared(config).snapshots();
  }

  @Override
  public Future<Optional<SelectedSnapshot>> doLoadAsync(
      String id, SnapshotSelectionCriteria criteria) {
    return asScala(snapshots.load(id, criteria));
  }

  @Override
  public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object snapshot) {
    return asScala(snapshots.save(metadata, snapshot));
  }

  @Override
  public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
    return asScala(snapshots.delete(metadata));
  }

  @Override
  public Future<Void> doDeleteAsync(String id, SnapshotSelectionCriteria criteria) {
    return asScala(snapshots.delete(id, criteria));
  }

  private static <T> Future<T> asScala(CompletionStage<T> stage) {
    return FutureConverters.asScala(Unwrapped.stage(stage));
  }
}
