package io.troupe.bench.engines;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Lines over sizes as an SVG picture: one panel a measure, both axes logarithmic. */
final class Chart {
  private static final int WIDTH = 300;
  private static final int HEIGHT = 220;
  private static final int LEFT = 52;
  private static final int TOP = 34;
  private static final int RIGHT = 14;
  private static final int BOTTOM = 48;
  private static final List<String> COLOURS =
      List.of("#1f6feb", "#d1570a", "#1a7f37", "#8250df", "#bf3989", "#57606a", "#9a6700");

  /** One place on a line. */
  record Point(double x, double y) {}

  private final List<String> titles = new ArrayList<>();
  private final List<Map<String, List<Point>>> panels = new ArrayList<>();

  void panel(String title, Map<String, List<Point>> lines) {
    titles.add(title);
    panels.add(lines);
  }

  String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                + " font-family=\"sans-serif\" font-size=\"11\">%n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n",
            WIDTH * panels.size(),
            HEIGHT));
    for (int i = 0; i < panels.size(); i++) {
      new Panel(i * WIDTH, titles.get(i), panels.get(i)).draw(svg);
    }
    return svg.append("</svg>\n").toString();
  }

  /** The smallest and the largest of something, on a logarithmic axis. */
  private record Axis(double low, double high, double from, double to) {
    double at(double value) {
      double span = Math.log(high / low);
      return span == 0 ? (from + to) / 2 : from + (to - from) * Math.log(value / low) / span;
    }
  }

  private record Panel(int left, String title, Map<String, List<Point>> lines) {
    void draw(StringBuilder svg) {
      List<Point> all = lines.values().stream().flatMap(List::stream).toList();
      double lowest = all.stream().mapToDouble(Point::y).min().orElse(1);
      double highest = all.stream().mapToDouble(Point::y).max().orElse(1);
      Axis x =
          new Axis(
              all.stream().mapToDouble(Point::x).min().orElse(1),
              all.stream().mapToDouble(Point::x).max().orElse(1),
              left + LEFT,
              left + WIDTH - RIGHT);
      Axis y = new Axis(below(lowest), above(highest), HEIGHT - BOTTOM, TOP);
      text(svg, left + LEFT, 18, "start", "#24292f", title + ", µs");
      grid(svg, x, y);
      List<Double> sizes = all.stream().map(Point::x).distinct().sorted().toList();
      for (double size : sizes) {
        text(svg, x.at(size), HEIGHT - BOTTOM + 15, "middle", "#57606a", count(size));
      }
      int number = 0;
      for (Map.Entry<String, List<Point>> line : lines.entrySet()) {
        line(svg, x, y, line.getKey(), line.getValue(), number++);
      }
    }

    private static double below(double value) {
      double tens = Math.pow(10, Math.floor(Math.log10(value)));
      return tens * Math.max(1, Math.floor(value / tens));
    }

    private static double above(double value) {
      double tens = Math.pow(10, Math.floor(Math.log10(value)));
      return tens * (Math.floor(value / tens) + 1);
    }

    private static void grid(StringBuilder svg, Axis x, Axis y) {
      for (double tens = Math.pow(10, Math.floor(Math.log10(y.low()))); tens <= y.high(); ) {
        for (int i : new int[] {1, 2, 5}) {
          double value = tens * i;
          if (value >= y.low() * 0.999 && value <= y.high() * 1.001) {
            double at = y.at(value);
            svg.append(
                String.format(
                    Locale.ROOT,
                    "<path d=\"M%.1f %.1fH%.1f\" stroke=\"#d0d7de\"/>%n",
                    x.from(),
                    at,
                    x.to()));
            text(svg, x.from() - 6, at + 4, "end", "#57606a", number(value));
          }
        }
        tens *= 10;
      }
    }

    private void line(
        StringBuilder svg, Axis x, Axis y, String name, List<Point> points, int number) {
      String colour = COLOURS.get(number % COLOURS.size());
      StringBuilder path = new StringBuilder();
      for (Point p : points) {
        path.append(String.format(Locale.ROOT, "%.1f,%.1f ", x.at(p.x()), y.at(p.y())));
        svg.append(
            String.format(
                Locale.ROOT,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>%n",
                x.at(p.x()),
                y.at(p.y()),
                colour));
      }
      svg.append(
          String.format(
              Locale.ROOT,
              "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
              path.toString().strip(),
              colour));
      text(svg, left + LEFT + 90 * number, HEIGHT - 10, "start", colour, name);
    }

    private static void text(
        StringBuilder svg, double x, double y, String anchor, String colour, String text) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
              x,
              y,
              anchor,
              colour,
              text));
    }

    private static String number(double value) {
      return value >= 1
          ? String.format(Locale.ROOT, "%.0f", value)
          : String.format(Locale.ROOT, "%.2g", value);
    }

    private static String count(double records) {
      double shown = records >= 1e6 ? records / 1e6 : records / 1e3;
      String format = shown == Math.rint(shown) ? "%.0f" : "%.1f";
      return String.format(Locale.ROOT, format, shown) + (records >= 1e6 ? " M" : " k");
    }
  }
}
