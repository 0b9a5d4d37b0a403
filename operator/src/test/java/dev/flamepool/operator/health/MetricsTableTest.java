package dev.flamepool.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.OperatingPage;
import dev.flamepool.operator.backend.BackendException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of metrics says what is exported, no more and no less. */
class MetricsTableTest {
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
  private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

  /** One value for each type of what is counted. */
  private static final Map<Class<?>, Object> SAMPLES =
      Map.of(
          String.class,
          "x",
          int.class,
          1,
          boolean.class,
          true,
          Duration.class,
          Duration.ofSeconds(1),
          Map.class,
          Map.of("Ready", 1),
          Supplier.class,
          (Supplier<Duration>) () -> Duration.ZERO,
          BackendKind.class,
          BackendKind.FLY,
          BackendException.Kind.class,
          BackendException.Kind.CAPACITY);

  @Test
  void namesTypesAndLabelsAreTheExportedOnes() throws Exception {
    Map<String, String> told = new TreeMap<>();
    OperatingPage.table("metric", "type", "labels", "what")
        .forEach(
            row ->
                told.put(
                    String.join("", OperatingPage.codes(row.get(0))),
                    row.get(1) + " " + OperatingPage.codes(row.get(2))));
    assertThat(told).isEqualTo(exported());
  }

  @Test
  void theKindsOfFailuresAreAllTold() {
    String row =
        OperatingPage.table("metric", "type", "labels", "what").stream()
            .filter(cells -> cells.get(0).contains("launch_failures"))
            .findFirst()
            .orElseThrow()
            .get(3);
    assertThat(OperatingPage.codes(row))
        .isEqualTo(
            Arrays.stream(BackendException.Kind.values())
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet()));
  }

  /** After everything that can be counted was. */
  private static Map<String, String> exported() throws Exception {
    OperatorMetrics metrics = new OperatorMetrics();
    for (Method method : OperatorMetrics.class.getDeclaredMethods()) {
      boolean counts = Modifier.isPublic(method.getModifiers()) && method.getParameterCount() > 0;
      if (counts && !method.getName().equals("forgetPool")) {
        method.invoke(
            metrics, Arrays.stream(method.getParameterTypes()).map(SAMPLES::get).toArray());
      }
    }
    Map<String, String> types = new TreeMap<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    metrics
        .scrape()
        .lines()
        .forEach(
            line -> {
              Matcher type = TYPE.matcher(line);
              Matcher sample = SAMPLE.matcher(line);
              if (type.matches()) {
                types.put(type.group(1), type.group(2));
              } else if (sample.matches()) {
                labels
                    .computeIfAbsent(family(sample.group(1), types), name -> new TreeSet<>())
                    .addAll(names(sample.group(2)));
              }
            });
    types.replaceAll((name, type) -> type + " " + labels.get(name));
    return types;
  }

  private static String family(String sample, Map<String, String> types) {
    return types.containsKey(sample) ? sample : sample.replaceAll("_(bucket|count|sum)$", "");
  }

  private static Set<String> names(String labels) {
    return labels == null
        ? Set.of()
        : LABEL
            .matcher(labels)
            .results()
            .map(found -> found.group(1))
            .filter(name -> !name.equals("le")) // a histogram's own
            .collect(Collectors.toSet());
  }
}
