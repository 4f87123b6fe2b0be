package io.troupe.node.cli;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A size on the command line, in the same notation as in the configuration: 4096, 256KiB, 1MiB. */
final class ByteSize {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private ByteSize() {}

  /** Reads a size. */
  static final class Converter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      try {
        return Math.toIntExact(
            ConfigFactory.parseString("size = " + ConfigUtil.quoteString(value)).getBytes("size"));
      } catch (ConfigException | ArithmeticException e) {
        throw new TypeConversionException("'" + value + "' is no size such as 64KiB or 1MiB");
      }
    }
  }

  /** For people: 1.5 GiB. */
  static String show(long bytes) {
    double v = bytes;
    int u = 0;
    while (v >= 1024 && u < UNITS.length - 1) {
      v /= 1024;
      u++;
    }
    return u == 0 || v >= 100 ? "%.0f %s".formatted(v, UNITS[u]) : "%.1f %s".formatted(v, UNITS[u]);
  }
}
