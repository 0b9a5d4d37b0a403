package dev.flamepool.operator.backend.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorsTest {
  private static final Map<String, String> LABELS = Map.of("app", "shop", "team", "images");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {app: shop}             | true
          {app: shop, tier: web}  | false
          {app: other}            | false
          {}                      | false
          """)
  void aServiceThatWouldSendRequestsIsNamed(String selector, boolean matches) {
    Service service =
        PodFixtures.yaml(
            "{kind: Service, apiVersion: v1, metadata: {name: web}, spec: {selector: "
                + selector
                + "}}",
            Service.class);
    assertThat(Selectors.match(LABELS, List.of(service), List.of()).isPresent()).isEqualTo(matches);
    Selectors.match(LABELS, List.of(service), List.of())
        .ifPresent(text -> assertThat(text).contains("labels", "Service web", "app=shop"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {matchLabels: {app: shop}}                                                   | true
          {matchExpressions: [{key: team, operator: In, values: [images, x]}]}         | true
          {matchLabels: {app: shop}, matchExpressions: [{key: tier, operator: Exists}]} | false
          {matchExpressions: [{key: tier, operator: DoesNotExist}]}                    | true
          {matchLabels: {app: shop}, matchExpressions: [{key: team, operator: NotIn, values: [images]}]} | false
          {}                                                                           | false
          """)
  void aDeploymentThatWouldCountThemIsNamed(String selector, boolean matches) {
    Deployment deployment =
        PodFixtures.yaml(
            "{kind: Deployment, apiVersion: apps/v1, metadata: {name: shop}, spec: {selector: "
                + selector
                + "}}",
            Deployment.class);
    assertThat(Selectors.match(LABELS, List.of(), List.of(deployment)).isPresent())
        .isEqualTo(matches);
  }
}
