package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.api.Names;
import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.operator.backend.CrashPoints;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Names that could lead a URL elsewhere, in objects that an earlier version of the kinds let in:
 * nothing is asked for, the condition names the field, and pool and runner go when they are
 * deleted.
 */
class BadReferencesTest {
  private static final String FLY = "fly: {image: i, app: thumbs, host: 'HOST', ";
  private static final String EC2 =
      "ec2: {app: thumbs, imageId: ami-1, subnetId: s-a, securityGroupId: sg-a,"
          + " ec2ServiceEndpoint: 'HOST', ";

  private final Collection<String> asked = new ConcurrentLinkedQueue<>();

  private final class Listening implements World.Trouble {
    @Override
    public int before(String method, String path) {
      asked.add(method + " " + path);
      return RequestHook.PASS;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          fly.tokenSecretRef.name | fly: {tokenSecretRef: {name: ../../b/secrets/victim, key: token}}
          fly.tokenSecretRef.name | fly: {tokenSecretRef: {name: '.', key: token}}
          fly.tokenSecretRef.key  | fly: {tokenSecretRef: {name: a, key: ../victim}}
          fly.app                 | fly: {app: '..', tokenSecretRef: {name: a, key: b}}
          fly.app                 | fly: {app: 'a/machines/victim', tokenSecretRef: {name: a, key: b}}
          """)
  void onFly(String field, String wrong) {
    FlyCloud fly = new FlyCloud();
    try (World world = new World(5, CrashPoints.never(), fly)) {
      String entry = wrong.replace("fly: {", FLY.replace("HOST", fly.server().url()));
      comesAndGoes(world, field, once(entry, "app: "), "");
      assertThat(fly.server().seen()).as("requests to Fly").isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ec2.credentialsSecretRef.name | ec2: {region: eu-central-1, credentialsSecretRef: {name: ../../b/secrets/victim}}
          ec2.region                    | ec2: {region: 'victim.example/#', credentialsSecretRef: {name: aws}}
          """)
  void onEc2(String field, String wrong) {
    Ec2Cloud ec2 = new Ec2Cloud();
    try (World world = new World(5, CrashPoints.never(), ec2)) {
      ec2.secret(world);
      comesAndGoes(
          world, field, wrong.replace("ec2: {", EC2.replace("HOST", ec2.server().url())), "");
      assertThat(ec2.server().count("DescribeInstances")).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          spec.env[A]             | local: {}               | env: [{name: A, valueFrom: {secretKeyRef: {name: '.', key: a}}}]
          spec.env[A]             | local: {}               | env: [{name: A, valueFrom: {secretKeyRef: {name: ../victim, key: a}}}]
          spec.env[A]             | local: {}               | env: [{name: A, valueFrom: {secretKeyRef: {name: a, key: ../victim}}}]
          .ref                    | ref: ../victim          |
          pod.runnerFrom.deployment | pod: {runnerFrom: {deployment: ../victim}} |
          pod.container           | pod: {template: {spec: {}}, container: ../victim} |
          """)
  void anywhere(String field, String entry, String more) {
    try (World world = new World(5)) {
      comesAndGoes(world, field, entry, more == null ? "" : ", " + more);
    }
  }

  /** A default and the wrong value: the last one counts in a YAML of ours. */
  private static String once(String entry, String key) {
    int first = entry.indexOf(key);
    return entry.indexOf(key, first + 1) < 0
        ? entry
        : entry.substring(0, first) + entry.substring(entry.indexOf(", ", first) + 2);
  }

  private void comesAndGoes(World world, String field, String entry, String more) {
    world.with(new Listening());
    Cluster.withoutPatterns(
        () -> {
          world.pool("p", "{min: 1, backends: [{name: b, %s}]%s}".formatted(entry, more));
          left(world, entry);
        });
    world.settle();
    assertThat(world.condition("p", "Ready")).isEqualTo("False/InvalidSpec");
    assertThat(world.pool("p").getStatus().conditions().get(0).getMessage()).contains(field);

    world.restart();
    world.delete("p");
    world.pass(Duration.ofSeconds(30));
    assertThat(world.runners("p")).as("the runner is gone").isEmpty();
    assertThat(world.pool("p")).as("the pool is gone").isNull();
    assertThat(asked).noneMatch(path -> path.contains("victim") || path.contains("/."));
  }

  /** A runner whose launch was begun by an operator that did not know better. */
  private static void left(World world, String entry) {
    FlameRunner runner =
        Serialization.unmarshal(
            """
            apiVersion: flamepool.dev/v1alpha1
            kind: FlameRunner
            metadata: {name: p-0, namespace: %s, finalizers: [%s]}
            spec: {pool: p, poolUid: %s, ordinal: 0, revision: r-0, maxConcurrency: 1,
              singleUse: false, shutdownTimeout: 30s, orphanAfter: 5m, maxLifetime: 24h,
              runner: {port: 7600, threads: platform}, backend: {name: b, %s}}
            """
                .formatted(
                    world.namespace,
                    Names.MACHINE_FINALIZER,
                    world.pool("p").getMetadata().getUid(),
                    entry),
            FlameRunner.class);
    FlameRunner made = world.client().resource(runner).create();
    if (made.getSpec().backend().pod() != null) {
      return; // it had no machine yet, and is of a kind that this operator does not serve
    }
    made.setStatus(
        new FlameRunnerStatus(
            FlameRunnerStatus.Phase.Stopping,
            "InvalidConfiguration",
            null,
            new FlameRunnerStatus.Launch(1, "t", "", "0", "2026-01-01T00:00:00Z"),
            null,
            null,
            null,
            null,
            null));
    world.client().resource(made).updateStatus();
  }
}
