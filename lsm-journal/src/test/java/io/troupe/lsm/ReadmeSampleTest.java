package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample of README.md, as it stands there. */
final class ReadmeSampleTest {

  private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

  @TempDir Path directory;

  @Test
  void compilesAndRuns() throws Exception {
    Matcher block = BLOCK.matcher(Files.readString(Path.of("README.md")));
    assertThat(block.find()).isTrue();
    String sample = block.group(1);
    assertThat(sample).contains("Path.of(\"data\")").contains("System.out.println(");
    Path source = directory.resolve("Sample.java");
    Files.writeString(
        source,
        """
        import static java.nio.charset.StandardCharsets.UTF_8;
        import io.troupe.lsm.*;
        import java.nio.file.Path;
        public class Sample {
          public static java.util.List<String> run() throws Exception {
            var printed = new java.util.ArrayList<String>();
        """
            + sample
                .replace("\"data\"", "\"" + directory.resolve("data") + "\"")
                .replace("defaults()", "small()")
                .replace("System.out.println(", "printed.add(")
            + "return printed;}}");
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    int errors =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-cp", classPath, source.toString());
    assertThat(errors).isZero();

    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
      Object printed = loader.loadClass("Sample").getMethod("run").invoke(null);
      assertThat(printed).isEqualTo(List.of("anna is admin"));
    }
  }
}
