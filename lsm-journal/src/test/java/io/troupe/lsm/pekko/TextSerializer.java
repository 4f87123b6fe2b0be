package io.troupe.lsm.pekko;

import java.nio.charset.StandardCharsets;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/** Events and states of the tests as text; "unserializable" is not. Public for Pekko to make it. */
public final class TextSerializer extends SerializerWithStringManifest {
  @Override
  public int identifier() {
    return 99_001;
  }

  @Override
  public String manifest(Object o) {
    return o.getClass().getSimpleName();
  }

  @Override
  public byte[] toBinary(Object o) {
    String text =
        switch (o) {
          case Ledger.Added a -> a.text();
          case Ledger.Total t -> Integer.toString(t.events());
          case Counter.Count c -> Integer.toString(c.value());
          default -> throw new IllegalArgumentException("what is " + o);
        };
    if (text.equals("unserializable")) {
      throw new IllegalArgumentException("asked to fail");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return switch (manifest) {
      case "Added" -> new Ledger.Added(text);
      case "Total" -> new Ledger.Total(Integer.parseInt(text));
      case "Count" -> new Counter.Count(Integer.parseInt(text));
      default -> throw new IllegalArgumentException("what is " + manifest);
    };
  }
}
