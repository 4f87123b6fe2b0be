package io.troupe.lsm.pekko;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.pekko.query.LsmReadJournal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.Actor;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentImpl;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.Tagged;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.query.Sequence;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many writers at once, and readers that stop and go on: each reader sees each event once, in the
 * one order that all readers see.
 */
final class QueryOrderTest {
  private static final int WRITERS = 4;
  private static final int WRITES = 150;
  private static final int IDS = 5;

  /** What a reader saw. */
  private record Seen(long offset, String persistenceId, long sequenceNr) {}

  private record Planned(String persistenceId, long sequenceNr, Set<String> tags) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void readersSeeEachEventOnceInOneOrder(long seed, @TempDir Path directory) throws Exception {
    long run = Long.getLong("seed", seed);
    List<List<List<Planned>>> plans = new ArrayList<>();
    for (int w = 0; w < WRITERS; w++) {
      plans.add(plan(w, new Random(run * 31 + w)));
    }
    Set<Planned> all = new HashSet<>();
    plans.forEach(plan -> plan.forEach(all::addAll));

    try (Node node =
            Node.in(directory, "lsm-journal.query { page-size = 7, refresh-interval = 1h }");
        ExecutorService threads = Executors.newCachedThreadPool()) {
      LsmReadJournal journal =
          PersistenceQuery.get(node.system())
              .getReadJournalFor(LsmReadJournal.class, LsmReadJournal.IDENTIFIER);
      Map<String, Future<List<Seen>>> readers = new HashMap<>();
      for (String tag : List.of("t0", "t1", "t2")) {
        int expected = (int) all.stream().filter(p -> p.tags().contains(tag)).count();
        readers.put(
            tag,
            threads.submit(
                () -> follow(offset -> byTag(journal, tag, offset), expected, run, node)));
      }
      Future<List<Seen>> slices =
          threads.submit(() -> follow(offset -> bySlices(journal, offset), all.size(), run, node));
      List<Future<?>> writers = new ArrayList<>();
      for (List<List<Planned>> plan : plans) {
        writers.add(threads.submit(() -> write(node.shared().events(), plan)));
      }
      for (Future<?> writer : writers) {
        writer.get(60, TimeUnit.SECONDS);
      }

      check(slices.get(60, TimeUnit.SECONDS), all);
      for (var reader : readers.entrySet()) {
        Set<Planned> tagged = new HashSet<>(all);
        tagged.removeIf(p -> !p.tags().contains(reader.getKey()));
        List<Seen> seen = reader.getValue().get(60, TimeUnit.SECONDS);
        check(seen, tagged);
        assertThat(slices.get()).containsSubsequence(seen);
      }
    }
  }

  private static List<List<Planned>> plan(int writer, Random random) {
    long[] next = new long[IDS];
    List<List<Planned>> writes = new ArrayList<>();
    for (int i = 0; i < WRITES; i++) {
      int id = random.nextInt(IDS);
      List<Planned> write = new ArrayList<>();
      for (int e = random.nextInt(3); e >= 0; e--) {
        Set<String> tags = new HashSet<>();
        for (String tag : List.of("t0", "t1", "t2")) {
          if (random.nextInt(3) == 0) {
            tags.add(tag);
          }
        }
        write.add(new Planned("order|" + writer + "-" + id, ++next[id], tags));
      }
      writes.add(write);
    }
    return writes;
  }

  /** Without waiting for one write before the next, as far as they are of different entities. */
  private static void write(Events events, List<List<Planned>> plan) {
    List<CompletionStage<?>> underWay = new ArrayList<>();
    for (List<Planned> write : plan) {
      PersistentRepr[] reprs =
          write.stream()
              .map(
                  p ->
                      new PersistentImpl(
                          new Tagged("event", p.tags()),
                          p.sequenceNr(),
                          p.persistenceId(),
                          "",
                          false,
                          Actor.noSender(),
                          "writer",
                          0,
                          scala.Option.empty()))
              .toArray(PersistentRepr[]::new);
      AtomicWrite atomic = JournalProbe.atomic(reprs);
      underWay.add(events.write(List.of(atomic)));
      if (underWay.size() == 10) {
        underWay.forEach(Pulled::await);
        underWay.clear();
      }
    }
    underWay.forEach(Pulled::await);
  }

  /** Reads that many events, in streams that are given up and resumed at random. */
  private static List<Seen> follow(
      Function<Offset, Source<Seen, NotUsed>> query, int expected, long seed, Node node) {
    Random random = new Random(seed);
    List<Seen> seen = new ArrayList<>();
    while (seen.size() < expected) {
      Offset from = seen.isEmpty() ? Offset.noOffset() : Offset.sequence(seen.getLast().offset());
      Pulled<Seen> stream = Pulled.from(query.apply(from), node.system());
      seen.addAll(stream.next(Math.min(expected - seen.size(), 1 + random.nextInt(200))));
      stream.cancel();
    }
    return seen;
  }

  private static Source<Seen, NotUsed> byTag(LsmReadJournal journal, String tag, Offset offset) {
    return journal
        .eventsByTag(tag, offset)
        .map(e -> new Seen(((Sequence) e.offset()).value(), e.persistenceId(), e.sequenceNr()));
  }

  private static Source<Seen, NotUsed> bySlices(LsmReadJournal journal, Offset offset) {
    return journal
        .<String>eventsBySlices("order", 0, 1023, offset)
        .map(e -> new Seen(((Sequence) e.offset()).value(), e.persistenceId(), e.sequenceNr()));
  }

  private static void check(List<Seen> seen, Set<Planned> expected) {
    assertThat(seen).extracting(Seen::offset).isSorted().doesNotHaveDuplicates();
    Map<String, Long> last = new HashMap<>();
    for (Seen s : seen) {
      Long before = last.put(s.persistenceId(), s.sequenceNr());
      assertThat(before == null || before < s.sequenceNr()).as("%s", s).isTrue();
    }
    Set<String> found = new HashSet<>();
    seen.forEach(s -> found.add(s.persistenceId() + "/" + s.sequenceNr()));
    Set<String> wanted = new HashSet<>();
    expected.forEach(p -> wanted.add(p.persistenceId() + "/" + p.sequenceNr()));
    assertThat(found).isEqualTo(wanted);
  }
}
