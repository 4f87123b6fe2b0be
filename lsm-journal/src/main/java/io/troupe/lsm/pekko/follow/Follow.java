package io.troupe.lsm.pekko.follow;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;

/**
 * A stream over pages. It reads a page when the one before is handed on and more is asked for, so
 * that it never holds more than one page, and no cursor is open while it waits.
 *
 * <p>Nothing is missed: a signal is raised when its data can be read, so that one which comes
 * before a read is answered by it, and one which comes after is handled after it.
 */
public final class Follow<T> extends GraphStage<SourceShape<T>> {
  private static final String REFRESH = "refresh";

  /**
   * What wakes a stream that waits.
   *
   * @param refresh it looks by itself after this time, should a signal be lost
   */
  public record Watch(Signals signals, Topic topic, Duration refresh) {}

  private final Outlet<T> out = Outlet.create("Follow.out");
  private final SourceShape<T> shape = SourceShape.of(out);
  private final Supplier<Pages<T>> pages;
  private final long start;
  private final Optional<Watch> watch;

  private Follow(Supplier<Pages<T>> pages, long start, Optional<Watch> watch) {
    this.pages = pages;
    this.start = start;
    this.watch = watch;
  }

  /**
   * A stream of its own on a dispatcher whose threads may block.
   *
   * @param pages opened when a stream starts, on that dispatcher
   * @param watch absent: the stream ends where it would have to wait
   */
  public static <T> Source<T, NotUsed> source(
      Supplier<Pages<T>> pages, long start, Optional<Watch> watch, String dispatcher) {
    return Source.fromGraph(new Follow<>(pages, start, watch)).async(dispatcher);
  }

  @Override
  public SourceShape<T> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends TimerGraphStageLogic {
    private final Pages<T> opened = pages.get();
    private final ArrayDeque<T> page = new ArrayDeque<>();
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final AsyncCallback<NotUsed> wake = createAsyncCallback(x -> woken());
    private final AsyncCallback<NotUsed> again = createAsyncCallback(x -> readIfAsked());
    private final Runnable signal = this::signal;
    private long position = start;
    private Page.Then then = Page.Then.READ_ON;

    Logic() {
      super(shape);
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              handOn();
            }
          });
    }

    @Override
    public void preStart() {
      watch.ifPresent(
          w -> {
            w.signals().watch(w.topic(), signal);
            scheduleWithFixedDelay(REFRESH, w.refresh(), w.refresh());
          });
    }

    @Override
    public void postStop() {
      watch.ifPresent(w -> w.signals().cancel(w.topic(), signal));
    }

    @Override
    public void onTimer(Object key) {
      woken();
    }

    /** Called by whoever commits: many signals become one wake-up. */
    private void signal() {
      if (signalled.compareAndSet(false, true)) {
        wake.invoke(NotUsed.getInstance());
      }
    }

    private void woken() {
      signalled.set(false);
      if (then == Page.Then.WAIT) {
        then = Page.Then.READ_ON;
        readIfAsked();
      }
    }

    private void readIfAsked() {
      if (isAvailable(out)) {
        handOn();
      }
    }

    private void handOn() {
      if (page.isEmpty() && then == Page.Then.READ_ON) {
        Page<T> next = opened.read(position);
        page.addAll(next.elements());
        position = next.position();
        then = next.then();
      }
      T element = page.poll();
      if (element != null) {
        push(out, element);
      }
      if (page.isEmpty() && isLast()) {
        completeStage();
      } else if (element == null && then == Page.Then.READ_ON) {
        // Nothing for this stream in a long stretch: let a cancellation in before going on.
        again.invoke(NotUsed.getInstance());
      }
    }

    private boolean isLast() {
      return then == Page.Then.END || (then == Page.Then.WAIT && watch.isEmpty());
    }
  }
}
