package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.memtable.SlabPool;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

class ViewTest {

  private static final int READERS = 3;
  private static final int VIEWS = 20_000;
  private static final int DUELS = 50_000;
  private static final int DELAYS = 6;
  private static final int MAX_SPINS = 2_000;

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

  /** Counts before it looks, and is counted after nobody comes in: in any other order some pass. */
  @Test
  void whoComesInWhileItIsRetiredKeepsItOrIsSentAway() throws Exception {
    View[] views = views();
    boolean[] in = new boolean[DUELS];
    boolean[] went = new boolean[DUELS];
    atOnce(n -> in[n] = views[n].enter(), n -> went[n] = views[n].retire());

    for (int n = 0; n < DUELS; n++) {
      assertThat(in[n] && went[n]).as("gone with somebody in, %s", n).isFalse();
      assertThat(views[n].leave()).as("goes with the last one, %s", n).isEqualTo(!went[n]);
    }
  }

  @Test
  void goesOnceWhenTheLastOneLeavesWhileItIsRetired() throws Exception {
    View[] views = views();
    for (View view : views) {
      assertThat(view.enter()).isTrue();
    }
    boolean[] left = new boolean[DUELS];
    boolean[] went = new boolean[DUELS];
    atOnce(n -> left[n] = views[n].leave(), n -> went[n] = views[n].retire());

    for (int n = 0; n < DUELS; n++) {
      assertThat(left[n]).as("goes once, %s", n).isNotEqualTo(went[n]);
    }
  }

  @Test
  void nobodyGetsAViewOfWhatIsClosed() {
    List<String> told = new ArrayList<>();
    var views = new Views(memtable(), List.of(), Version.empty(), () -> {});
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

  @Test
  void whoeverWasTheLastToReadATableThatIsGoneTellsOfIt() {
    List<String> told = new ArrayList<>();
    byte[] key = {1};
    var table = new TableMeta(7, 0, 100, 1, 0, 1, 9, key, key);
    var added =
        new VersionEdit(List.of(), List.of(new VersionEdit.Added(0, table)), List.of(), 0, 0, 8);
    Version with = Version.empty().apply(added);
    var views = new Views(memtable(), List.of(), with, () -> told.add("obsolete"));
    View reader = views.acquire();
    views.compacted(Version.empty());
    assertThat(views.pollObsolete()).isEmpty();
    assertThat(told).isEmpty();

    views.release(reader);

    assertThat(told).containsExactly("obsolete");
    assertThat(views.pollObsolete()).contains(7L);
  }

  /** Does two things at the same time, again and again, one of them a little earlier or later. */
  private static void atOnce(IntConsumer one, IntConsumer other) throws Exception {
    var arrived = new AtomicInteger();
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<?> others = thread.submit(() -> duel(arrived, other, 0));
      duel(arrived, one, 1);
      others.get();
    }
  }

  private static void duel(AtomicInteger arrived, IntConsumer each, int side) {
    for (int n = 0; n < DUELS; n++) {
      arrived.getAndIncrement();
      for (int waited = 0; arrived.get() < 2 * (n + 1); waited++) {
        if (waited < MAX_SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.parkNanos(1); // the other thread may have no processor
        }
      }
      for (int delay = side == 0 ? n % DELAYS : n / DELAYS % DELAYS; delay > 0; delay--) {
        Thread.onSpinWait();
      }
      each.accept(n);
    }
  }

  private static View[] views() {
    Memtable memtable = memtable();
    var views = new View[DUELS];
    Arrays.setAll(views, n -> new View(memtable, List.of(), Version.empty()));
    return views;
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
