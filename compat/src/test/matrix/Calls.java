package app;

import dev.flamepool.RemoteCallable;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;

/** Every way to write a call; each returns its own name. */
public class Calls implements Serializable {
  private final String name;

  Calls(String name) {
    this.name = name;
  }

  record Named(String name, int[] more) {}

  enum Kind {
    FIRST {
      @Override
      String text() {
        return "enum with a body";
      }
    };

    abstract String text();
  }

  interface Shared extends RemoteCallable<Object> {
    default Shared itself() {
      return this;
    }
  }

  static class Special implements RemoteCallable<Object> {
    private final String name;

    Special(String name) {
      this.name = name;
    }

    @Override
    public Object call() {
      return name;
    }
  }

  static Object nothing() {
    return "static method";
  }

  static String join(String... parts) {
    return String.join(" ", parts);
  }

  String own() {
    return name;
  }

  RemoteCallable<Object> capturingThis() {
    return () -> name;
  }

  static <T extends Serializable> RemoteCallable<T> generic(T value) {
    return () -> value;
  }

  /** By name. */
  public static Map<String, RemoteCallable<?>> all() {
    Map<String, RemoteCallable<?>> calls = new LinkedHashMap<>();
    String captured = "captured string";
    int number = 7;
    long big = 1L << 40;
    double real = 0.5;
    Named record = new Named("captured record", new int[] {1, 2});
    Map<String, List<String>> nested = Map.of("a", List.of("nested collections"));
    calls.put("no capture", () -> "no capture");
    calls.put("[Optional[1]]", () -> new ConcurrentLinkedDeque<>(List.of(Optional.of(1))));
    calls.put("captured string", () -> captured);
    calls.put("captured numbers", () -> number == 7 && big == 1L << 40 && real == 0.5 ? "captured numbers" : "");
    calls.put("captured record", () -> record.name() + (record.more().length == 2 ? "" : "!"));
    calls.put("nested collections", () -> nested.get("a").get(0));
    calls.put("static method", Calls::nothing);
    calls.put("bound method", new Calls("bound method")::own);
    calls.put("captured this", new Calls("captured this").capturingThis());
    calls.put("constructor", String::new);
    calls.put("generic", generic("generic"));
    calls.put("enum with a body", Kind.FIRST::text);
    calls.put("named class", new Special("named class"));
    calls.put("own interface", (Shared) () -> "own interface");
    calls.put(
        "lambda in a lambda",
        () -> {
          Supplier<String> inner = () -> captured.equals("captured string") ? "lambda in a lambda" : "";
          return inner.get();
        });
    RemoteCallable<String> first = () -> "captured lambda";
    calls.put("captured lambda", () -> first.call());
    calls.put("varargs", () -> join("varargs"));
    calls.put("switch", () -> switch (number) { case 7 -> "switch"; default -> "?"; });
    return calls;
  }
}
