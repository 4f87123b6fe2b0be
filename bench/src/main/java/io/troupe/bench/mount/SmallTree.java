package io.troupe.bench.mount;

import io.troupe.bench.report.Figure;
import io.troupe.bench.report.Scratch;
import io.troupe.bench.report.Stopwatch;
import io.troupe.bench.report.Unit;
import io.troupe.bench.report.WrongResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What unpacking an archive of sources does: directories, and files of some KiB in them. */
final class SmallTree {
  private static final int FILES_IN_DIRECTORY = 50;
  private static final int MIN_BYTES = 256;
  private static final int MAX_BYTES = 16 << 10;

  private final Path root;
  private final int files;
  private final Duration limit;
  private final byte[] random = new byte[MAX_BYTES];

  SmallTree(Path root, int files, Duration limit) {
    this.root = root;
    this.files = files;
    this.limit = limit;
    new Random(3).nextBytes(random);
  }

  private Path directory(int number) {
    return root.resolve("directory-" + number / FILES_IN_DIRECTORY);
  }

  private Path file(int number) {
    return directory(number).resolve("file-" + number);
  }

  private byte[] content(int number) {
    int length = MIN_BYTES + (int) (number * 7919L % (MAX_BYTES - MIN_BYTES));
    byte[] bytes = Arrays.copyOf(random, length);
    ByteBuffer.wrap(bytes).putInt(number);
    return bytes;
  }

  List<Figure> unpack() throws IOException {
    Files.createDirectory(root);
    Stopwatch watch = new Stopwatch(files, limit);
    while (watch.goesOn()) {
      int number = watch.count();
      Path file = file(number);
      byte[] bytes = content(number);
      watch.start();
      if (number % FILES_IN_DIRECTORY == 0) {
        Files.createDirectory(directory(number));
      }
      Files.write(file, bytes);
      watch.stop();
    }
    for (int i = 0; i < watch.count(); i++) {
      WrongResult.unless(
          Arrays.equals(Files.readAllBytes(file(i)), content(i)), file(i) + " differs");
    }
    Scratch.delete(root);
    return List.of(new Figure("", Unit.FILES, watch.perSecond()));
  }
}
