package io.troupe.lsm.pekko;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.stream.javadsl.Source;

/** A stream whose elements are asked for one by one. */
public final class Pulled<T> {
  private final SinkQueueWithCancel<T> queue;

  private Pulled(SinkQueueWithCancel<T> queue) {
    this.queue = queue;
  }

  public static <T> Pulled<T> from(Source<T, NotUsed> source, ActorSystem system) {
    return new Pulled<>(
        source.runWith(Sink.<T>queue().addAttributes(Attributes.inputBuffer(1, 1)), system));
  }

  /** All elements of a stream that ends. */
  public static <T> List<T> all(Source<T, NotUsed> source, ActorSystem system) {
    return await(source.runWith(Sink.seq(), system));
  }

  public static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(Node.LIMIT.toSeconds(), TimeUnit.SECONDS).join();
  }

  /** Of the next element; completes later when there is none yet. */
  public CompletionStage<Optional<T>> ask() {
    return queue.pull();
  }

  public T next() {
    return await(ask()).orElseThrow();
  }

  public List<T> next(int count) {
    List<T> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      elements.add(next());
    }
    return elements;
  }

  public boolean hasEnded() {
    return await(ask()).isEmpty();
  }

  public void cancel() {
    queue.cancel();
  }
}
