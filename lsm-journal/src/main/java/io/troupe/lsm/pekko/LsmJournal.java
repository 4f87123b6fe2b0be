package io.troupe.lsm.pekko;

import com.typesafe.config.Config;
import io.troupe.lsm.pekko.follow.Unwrapped;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/** The actor that Pekko starts for {@code lsm-journal.journal}; see {@link Events}. */
public final class LsmJournal extends AsyncWriteJournal {
  private final Events events;

  /**
   * @param config of the plugin
   */
  public LsmJournal(Config config) {
    this.events = LsmStores.get(context().system()).shared(config).events();
  }

  @Override
  public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(
      Iterable<AtomicWrite> messages) {
    return asScala(events.write(messages).thenApply(rejections -> rejections));
  }

  @Override
  public Future<Void> doAsyncReplayMessages(
      String id, long from, long to, long max, Consumer<PersistentRepr> consumer) {
    return asScala(events.replay(id, from, to, max, event -> consumer.accept(event.toRepr())));
  }

  @Override
  public Future<Long> doAsyncReadHighestSequenceNr(String id, long from) {
    return asScala(events.highest(id));
  }

  @Override
  public Future<Void> doAsyncDeleteMessagesTo(String id, long to) {
    return asScala(events.deleteTo(id, to));
  }

  private static <T> Future<T> asScala(CompletionStage<T> stage) {
    return FutureConverters.asScala(Unwrapped.stage(stage));
  }
}
