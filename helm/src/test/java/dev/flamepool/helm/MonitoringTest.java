package dev.flamepool.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.health.OperatorMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Alerts and dashboard ask for metrics that the operator exports. */
class MonitoringTest {
  private static final Pattern METRIC = Pattern.compile("\\bflamepool_[a-z_]+");
  private static final OperatorChart ALL =
      OperatorChart.rendered(Path.of("src/test/resources/all-values.yaml"));

  @Test
  void alertsAskForWhatIsExported() {
    JsonNode rules = ALL.one("PrometheusRule").at("/spec/groups/0/rules");
    assertThat(rules).isNotEmpty();
    for (JsonNode rule : rules) {
      Set<String> asked = metrics(rule.path("expr").asText());
      assertThat(asked).as(rule.path("alert").asText()).isNotEmpty();
      assertThat(exported()).containsAll(asked);
      assertThat(rule.at("/annotations/summary").asText()).isNotEmpty();
    }
  }

  @Test
  void theDashboardAsksForWhatIsExported() throws Exception {
    String json = ALL.one("ConfigMap").at("/data/flamepool.json").asText();
    for (JsonNode panel : new ObjectMapper().readTree(json).get("panels")) {
      for (JsonNode target : panel.get("targets")) {
        assertThat(metrics(target.get("expr").asText()))
            .as(panel.get("title").asText())
            .isNotEmpty()
            .isSubsetOf(exported());
      }
    }
  }

  @Test
  void theMonitorFindsTheServiceAndItsPort() {
    JsonNode service = ALL.one("Service");
    JsonNode monitor = ALL.one("ServiceMonitor");
    monitor
        .at("/spec/selector/matchLabels")
        .properties()
        .forEach(
            label ->
                assertThat(service.at("/metadata/labels").get(label.getKey()))
                    .isEqualTo(label.getValue()));
    assertThat(monitor.at("/spec/endpoints/0/port")).isEqualTo(service.at("/spec/ports/0/name"));
    assertThat(service.at("/spec/ports/0/targetPort"))
        .isEqualTo(ALL.pod().at("/containers/0/ports/0/name"));
  }

  private static Set<String> exported() {
    OperatorMetrics metrics = new OperatorMetrics();
    metrics.reconciled("pools", Duration.ofMillis(1), true);
    metrics.launched(BackendKind.FLY);
    metrics.launchFailed(BackendKind.FLY, BackendException.Kind.CAPACITY);
    metrics.booted(BackendKind.FLY, Duration.ofSeconds(1));
    metrics.pool("shop", "thumbs", Map.of("Ready", 1), 1, 1);
    metrics.orphansSeen(1);
    metrics.orphansRemoved(1);
    metrics.leader(true);
    return metrics(metrics.scrape());
  }

  private static Set<String> metrics(String text) {
    Set<String> names = new HashSet<>();
    Matcher matcher = METRIC.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group());
    }
    return names;
  }
}
