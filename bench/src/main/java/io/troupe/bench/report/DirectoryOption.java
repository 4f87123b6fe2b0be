package io.troupe.bench.report;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** On which disk a benchmark runs. */
public final class DirectoryOption {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "a directory on the disk to measure; a subdirectory is made there and removed (default: here)")
  private Path directory = Path.of(".");

  public Scratch scratch() throws IOException {
    return Scratch.in(directory);
  }
}
