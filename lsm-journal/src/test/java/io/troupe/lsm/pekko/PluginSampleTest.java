package io.troupe.lsm.pekko;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample of docs/persistence-plugin.md, as it stands there. */
final class PluginSampleTest {
  private static final Path PAGE = Path.of("../docs/persistence-plugin.md");

  @TempDir Path directory;

  private static String block(String language) throws Exception {
    Matcher block =
        Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    assertThat(block.find()).isTrue();
    return block.group(1);
  }

  @Test
  void compilesAndRuns() throws Exception {
    Path source = directory.resolve("Greeter.java");
    Files.writeString(source, block("java"));
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    int errors =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-cp", classPath, source.toString());
    assertThat(errors).isZero();
    String hocon = block("hocon");
    assertThat(hocon).contains("\"/var/lib/app/journal\"");
    Config config =
        ConfigFactory.parseString(
                hocon.replace("/var/lib/app/journal", directory.resolve("journal").toString()))
            .withFallback(
                ConfigFactory.parseString(
                    "lsm-journal.store { wal-segment-size = 1MiB, memtable-size = 2MiB, reserve = 8MiB }"))
            .withFallback(ConfigFactory.load());

    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
      for (int run = 1; run <= 2; run++) {
        assertThat(
                (Iterable<?>)
                    loader.loadClass("Greeter").getMethod("run", Config.class).invoke(null, config))
            .extracting(Object::toString)
            .containsExactlyInAnyOrder(
                "greeter|anna: hello from anna", "greeter|bert: hello from bert");
      }
    }
  }
}
