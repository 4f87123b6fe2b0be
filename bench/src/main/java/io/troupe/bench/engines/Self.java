package io.troupe.bench.engines;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel says of this process.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_io.5.html">proc_pid_io(5)</a>
 */
final class Self {
  private static final double NANOS = 1e9;

  private Self() {}

  static double cpuSeconds() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        / NANOS;
  }

  static long writtenBytes() throws IOException {
    return field("io", "write_bytes:");
  }

  static long peakResidentBytes() throws IOException {
    return field("status", "VmHWM:") << 10;
  }

  private static long field(String file, String name) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self", file))) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.substring(name.length()).replace("kB", "").strip());
      }
    }
    throw new IOException("/proc/self/" + file + " has no " + name);
  }
}
