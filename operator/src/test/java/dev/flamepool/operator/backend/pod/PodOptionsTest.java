package dev.flamepool.operator.backend.pod;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PodOptionsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                              | pod          | runnerFrom
          {runnerFrom: {deployment: ' '}}                                 | runnerFrom.deployment | is missing
          {template: {spec: {}}}                                          | containers   | is missing
          {template: {spec: {containers: [{name: a}]}}}                   | container a  | has no image
          {container: b, template: {spec: {containers: [{name: a, image: x}, {name: c}]}}} | 'b' | [a, c]
          {template: {metadata: {name: x}, spec: {containers: [{image: x}]}}} | metadata.name | remove it
          {template: {metadata: {finalizers: [x]}, spec: {containers: [{image: x}]}}} | metadata.finalizers | remove it
          {template: {metadata: {labels: {flamepool.dev/pool: x}}, spec: {containers: [{image: x}]}}} | flamepool.dev/pool | reserved
          {template: {spec: {restartPolicy: Always, containers: [{image: x}]}}} | restartPolicy | leave it out
          {template: {spec: {containers: [{image: x, env: [{name: FLAME_BIND, value: y}]}]}}} | FLAME_BIND | remove it
          {template: {spec: {containers: [{image: x, ports: [{containerPort: many}]}]}}} | containerPort | no Pod template
          {runnerFrom: {deployment: a}, template: {metadata: {namespace: x}}} | metadata.namespace | remove it
          """)
  void whatIsWrongIsNamed(String pod, String field, String remedy) {
    assertThat(PodOptions.problem(PodFixtures.entry(pod)))
        .hasValueSatisfying(text -> assertThat(text).contains(field, remedy));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{template: {spec: {containers: [{image: x}]}}}",
        "{runnerFrom: {deployment: shop}}",
        "{runnerFrom: {deployment: shop}, template: {spec: {nodeSelector: {a: b}}}}",
        "{container: b, template: {spec: {containers: [{name: a, image: x}, {name: b, image: y}]}}}"
      })
  void whatIsRightIsNot(String pod) {
    assertThat(PodOptions.problem(PodFixtures.entry(pod))).isEmpty();
  }
}
