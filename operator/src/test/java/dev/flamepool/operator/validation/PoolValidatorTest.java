package dev.flamepool.operator.validation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePool;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolValidatorTest {
  private static FlamePool pool(String name, String spec) {
    return Serialization.unmarshal(
        "metadata: {name: '" + name + "'}\nspec: " + spec, FlamePool.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {min: 3, max: 2}                                        | spec.min         | 3          | raise max
          {max: 201}                                              | spec.max         | 201        | 0 to 200
          {min: -1}                                               | spec.min         | -1         | 0 to 200
          {maxConcurrency: 0}                                     | maxConcurrency   | 0          | 1 to 10000
          {singleUse: true, maxConcurrency: 2}                    | maxConcurrency   | 2          | leave it out
          {timeout: 5 s}                                          | spec.timeout     | 5 s        | for example
          {bootTimeout: never}                                    | spec.bootTimeout | never      | not allowed here
          {idleShutdownAfter: 5x}                                 | idleShutdownAfter| 5x         | for example
          {env: [{name: FLAME_PARENT, value: x}]}                 | spec.env         | FLAME_PARENT | remove it
          {env: [{name: '1A', value: x}]}                         | spec.env         | 1A         | use letters
          {env: [{name: A, value: x, valueFrom: {secretKeyRef: {name: a, key: b}}}]} | spec.env | A | give one
          {env: [{name: A, valueFrom: {}}]}                       | spec.env         | A          | name and key
          {backends: [{name: a, local: {}, fly: {}}]}             | spec.backends[a] | 2          | give only one
          {backends: [{name: a}]}                                 | spec.backends[a] | no kind    | give one of
          {backends: [{name: a, local: {}}, {name: a, local: {}}]} | spec.backends   | a          | rename one
          {backends: [{name: a, local: {command: [x], mainClass: y}}]} | a].local | mainClass  | one or the other
          {backends: [{name: a, fly: {memoryMb: 1000}}]}          | memoryMb         | 1000       | multiple of 1024
          {backends: [{name: a, fly: {gpus: 2}}]}                  | a].fly.gpus      | 2          | give gpuKind
          {backends: [{name: a, ec2: {subnetId: x, subnetIds: [y]}}]} | a].ec2       | subnetIds  | not both
          {backends: [{name: a, pod: {}}]}                        | a].pod           | template   | or runnerFrom
          {backends: [{name: a, pod: {runnerFrom: {}}}]}          | runnerFrom       | deployment | own Deployment
          {backends: [{name: a, fly: {tokenSecretRef: {name: ../b, key: c}}}]} | a].fly.tokenSecretRef.name | ../b | lower case letters
          {backends: [{name: a, fly: {tokenSecretRef: {name: b, key: ../c}}}]} | a].fly.tokenSecretRef.key | ../c | use letters
          {backends: [{name: a, fly: {app: a/b}}]}                | a].fly.app       | a/b        | lower case letters
          {backends: [{name: a, ec2: {region: x.y/z}}]}           | a].ec2.region    | x.y/z      | such as
          {backends: [{name: a, ec2: {credentialsSecretRef: {name: A}}}]} | credentialsSecretRef.name | A | lower case letters
          {backends: [{name: a, ref: ../b}]}                      | a].ref           | ../b       | lower case letters
          {backends: [{name: a, pod: {runnerFrom: {deployment: a/b}}}]} | runnerFrom.deployment | a/b | lower case letters
          {env: [{name: A, valueFrom: {secretKeyRef: {name: '.', key: b}}}]} | spec.env[A] | '.' | lower case letters
          {backends: [{name: a, pod: {template: {containers: []}}}]} | pod.template  | containers | metadata and spec
          {runner: {port: 0}}                                     | spec.runner.port | 0          | 1 to 65535
          """)
  void aFindingNamesFieldValueAndRemedy(String spec, String field, String value, String remedy) {
    assertThat(PoolValidator.validate(pool("p", spec)))
        .hasValueSatisfying(text -> assertThat(text).contains(field, value, remedy));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{min: 2, max: 2, singleUse: true, maxConcurrency: 1, timeout: never, maxLifetime: never}",
        "{env: [{name: A, valueFrom: {secretKeyRef: {name: a.b-1, key: .A_b-c.d}}}]}",
        "{backends: [{name: a, ref: other}, {name: b, fly: {cpuKind: shared, memoryMb: 256}}]}"
      })
  void whatIsAllowedHasNoFinding(String spec) {
    assertThat(PoolValidator.validate(pool("p", spec))).isEmpty();
  }

  @Test
  void aCodeVersionFitsIntoAStatus() {
    String env = "{env: [{name: FLAME_CODE_VERSION, value: %s}]}";
    assertThat(PoolValidator.validate(pool("p", env.formatted("v".repeat(128))))).isEmpty();
    assertThat(PoolValidator.validate(pool("p", env.formatted("v".repeat(129)))))
        .hasValueSatisfying(
            text -> assertThat(text).contains("FLAME_CODE_VERSION", "129", "at most 128"));
  }

  @Test
  void aNameIsADnsLabelOfFortyCharacters() {
    assertThat(PoolValidator.validate(pool("a".repeat(40), "{}"))).isEmpty();
    assertThat(PoolValidator.validate(pool("a".repeat(41), "{}"))).isPresent();
    assertThat(PoolValidator.validate(pool("a.b", "{}"))).isPresent();
  }

  @Test
  void allFindingsAreTold() {
    assertThat(PoolValidator.validate(pool("p", "{max: 201, timeout: x}")))
        .hasValueSatisfying(text -> assertThat(text).contains("spec.max", "spec.timeout"));
  }
}
