package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.memtable.SlabPool;
import io.troupe.lsm.version.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ViewTest {

  private static final int READERS = 3;
  private static final int VIEWS = 20_000;

  private volatile Counted current = new Counted();

  @Test
  void goesWithTheLastUserWhicheverThreadThatIsOn() throws Exception {
    View view = view();

    assertThat(view.enter()).isTrue();
    assertThat(view.enter()).isTrue();
    assertThat(view.retire()).isFalse();
    assertThat(view.enter()).isFalse();
    assertThat(view.leave()).isFalse();
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      assertThat(other.submit(view::leave).get()).isFalse();
      assertThat(other.submit(view::leave).get()).isTrue();
    }
    assertThat(view.enter()).isFalse();
    assertThat(view.leave()).isFalse();
  }

  @Test
  void goesAtOnceWhenNobodyIsIn() {
    assertThat(view().retire()).isTrue();
  }

  /** Who is in sees that it has not gone, and each goes once. */
  @Test
  void neverGoesWhileSomebodyIsIn() throws Exception {
    current = new Counted();
    var ended = new AtomicInteger();
    List<Counted> all = new ArrayList<>(List.of(current));
    try (ExecutorService pool = Executors.newFixedThreadPool(READERS)) {
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        readers.add(
            pool.submit(
                () -> {
                  while (ended.get() == 0) {
                    Counted counted = current;
                    pause(); // whatever happens meanwhile
                    boolean in = counted.view.enter();
                    pause();
                    int gone = counted.gone.get();
                    if (counted.view.leave()) {
                      counted.gone.incrementAndGet();
                    }
                    if (in) {
                      assertThat(gone).isZero();
                    }
                  }
                }));
      }
      for (int i = 0; i < VIEWS; i++) {
        var next = new Counted();
        all.add(next);
        Counted previous = current;
        current = next;
        if (previous.view.retire()) {
          previous.gone.incrementAndGet();
        }
      }
      ended.set(1);
      for (Future<?> reader : readers) {
        reader.get();
      }
    }

    all.removeLast();
    assertThat(all).allMatch(counted -> counted.gone.get() == 1);
  }

  @Test
  void nobodyGetsAViewOfWhatIsClosed() {
    List<String> told = new ArrayList<>();
    var views = new Views(memtable(), List.of(), Version.empty());
    View first = views.acquire();
    views.rotate(memtable());
    View second = views.acquire();

    views.close(() -> told.add("unused"));
    views.close(() -> told.add("closed twice"));

    assertThatThrownBy(views::acquire)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CLOSED));
    views.release(second);
    assertThat(told).isEmpty();
    views.release(first);
    assertThat(told).containsExactly("unused");
  }

  /** About as long as the other thread takes for a view. */
  private static void pause() {
    for (int i = 0; i < 50; i++) {
      Thread.onSpinWait();
    }
  }

  private static final class Counted {
    final View view = view();
    final AtomicInteger gone = new AtomicInteger();
  }

  private static View view() {
    return new View(memtable(), List.of(), Version.empty());
  }

  private static Memtable memtable() {
    return new Memtable(1, new SlabPool(1 << 10));
  }
}
