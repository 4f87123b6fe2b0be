package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockTest {

  private static final int REFUSED = 3;
  private static final int OPENED = 0;

  @TempDir Path directory;

  @Test
  void aSecondProcessIsRefusedWhileTheFirstHasTheStore() throws Exception {
    try (Store store = Store.open(directory, StoreOptions.small())) {
      assertThat(store.failure()).isEmpty();
      assertThat(openInAnotherProcess()).isEqualTo(REFUSED);
    }
    assertThat(openInAnotherProcess()).isEqualTo(OPENED);
  }

  /** The system drops a process's lock when the process closes any descriptor of the file. */
  @Test
  void aRefusedSecondOpenInOneProcessDoesNotUnlockTheFirst() throws Exception {
    try (Store store = Store.open(directory, StoreOptions.small())) {
      assertThat(store.failure()).isEmpty();
      assertThatThrownBy(() -> Store.open(directory, StoreOptions.small()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("open already in this process");
      Path sameByAnotherName = directory.resolve("..").resolve(directory.getFileName());
      assertThatThrownBy(() -> Store.open(sameByAnotherName, StoreOptions.small()))
          .isInstanceOf(IOException.class);

      assertThat(openInAnotherProcess()).isEqualTo(REFUSED);
    }
  }

  private int openInAnotherProcess() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Opener.class.getName(),
                directory.toString())
            .inheritIO()
            .start();
    assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return other.exitValue();
  }

  /** Opens a store and says how that went by its exit status. */
  public static final class Opener {

    private Opener() {}

    public static void main(String[] args) {
      int status = OPENED;
      try (Store store = Store.open(Path.of(args[0]), StoreOptions.small())) {
        status = store.failure().isEmpty() ? OPENED : 1;
      } catch (IOException e) {
        status = String.valueOf(e.getMessage()).contains("open in another process") ? REFUSED : 2;
      }
      System.exit(status);
    }
  }
}
