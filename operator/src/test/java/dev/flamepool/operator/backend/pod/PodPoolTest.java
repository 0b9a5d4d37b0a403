package dev.flamepool.operator.backend.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.world.World;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What of a Pod reaches its runner and its pool. */
class PodPoolTest {
  private PodRunnerBackend backend;
  private final World world =
      new World(
          3,
          dev.flamepool.operator.backend.CrashPoints.never(),
          (in, at) -> {
            backend = new PodRunnerBackend(in.client(), List.of(in.namespace), in.clock);
            return backend;
          });

  @AfterEach
  void close() {
    backend.close();
    world.close();
  }

  private Optional<Pod> pod(String name) {
    return Optional.ofNullable(
        world.client().pods().inNamespace(world.namespace).withName(name).get());
  }

  private String image(String name) {
    return pod(name).map(one -> one.getSpec().getContainers().get(0).getImage()).orElse("none");
  }

  private void status(String name, String status) {
    world
        .client()
        .pods()
        .inNamespace(world.namespace)
        .withName(name)
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\": " + status + "}");
  }

  private String condition(String type) {
    world.pass(Duration.ofSeconds(1));
    return world.condition("p", type);
  }

  @Test
  void aPodWithoutAPlaceIsToldThenGoesAndIsTriedAgain() {
    world.pool(
        "p",
        "{min: 1, backends: [{name: c, pod: {template: {spec: {containers: [{image: x}]}}}}]}");
    world.settle();
    assertThat(pod("p-0")).isPresent();
    assertThat(world.pool("p").getStatus().selector()).isEqualTo("flamepool.dev/pool=p");
    status(
        "p-0",
        """
        {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False",
         "reason": "Unschedulable", "message": "0/2 nodes are available"}]}
        """);
    await().until(() -> condition("CapacityAvailable").equals("False/Unschedulable"));
    FlameRunner waiting = world.runner("p-0");
    assertThat(waiting.getStatus().reason()).isEqualTo("Unschedulable");
    assertThat(waiting.getStatus().message()).isEqualTo("0/2 nodes are available");
    String uid = pod("p-0").orElseThrow().getMetadata().getUid();
    world.pass(Duration.ofSeconds(30));
    await().until(() -> condition("CapacityAvailable").equals("False/InsufficientCapacity"));
    assertThat(world.pool("p").getStatus().recentFailures().get(0).message())
        .contains("0/2 nodes are available");
    await()
        .until(
            () -> {
              world.pass(Duration.ofSeconds(1));
              return pod("p-0").map(one -> !one.getMetadata().getUid().equals(uid)).orElse(false);
            });
  }

  @Test
  void anImageThatCannotBePulledFailsWithTheKubeletsWords() {
    world.pool(
        "p",
        "{min: 1, backends: [{name: c, pod: {template: {spec: {containers: [{image: x}]}}}}]}");
    world.pass(Duration.ofSeconds(1)); // a kubelet takes its time
    status(
        "p-0",
        """
        {"phase": "Pending", "containerStatuses": [{"name": "runner", "image": "x", "imageID": "",
         "ready": false, "restartCount": 0, "state": {"waiting":
         {"reason": "ImagePullBackOff", "message": "Back-off pulling image x: not found"}}}]}
        """);
    await().until(() -> condition("BackendReady").endsWith("/InvalidConfiguration"));
    assertThat(world.pool("p").getStatus().conditions())
        .anyMatch(one -> one.getMessage().contains("Back-off pulling image x: not found"));
  }

  @Test
  void aRolloutOfTheDeploymentIsAnotherRevision() {
    Deployment app = PodFixtures.app();
    app.getMetadata().setNamespace(world.namespace);
    app.setStatus(null);
    world.client().resource(app).create();
    world.pool(
        "p",
        "{min: 1, backends: [{name: c, pod: {runnerFrom: {deployment: shop}, container: app}}]}");
    world.settle();
    assertThat(image("p-0")).isEqualTo("shop:v1");
    assertThat(pod("p-0").orElseThrow().getMetadata().getLabels()).doesNotContainKey("app");
    String before = world.runner("p-0").getSpec().revision();
    world
        .client()
        .apps()
        .deployments()
        .inNamespace(world.namespace)
        .withName("shop")
        .edit(
            now ->
                now.edit()
                    .editSpec()
                    .editTemplate()
                    .editSpec()
                    .editContainer(1)
                    .withImage("shop:v2")
                    .endContainer()
                    .endSpec()
                    .endTemplate()
                    .endSpec()
                    .build());
    await()
        .until(
            () -> {
              world.pass(Duration.ofSeconds(1));
              return image("p-0").equals("shop:v2") || image("p-1").equals("shop:v2");
            });
    assertThat(world.runners("p")).anyMatch(runner -> !runner.getSpec().revision().equals(before));
  }

  @Test
  void aDeploymentThatIsNotThereIsNamed() {
    world.pool("p", "{min: 1, backends: [{name: c, pod: {runnerFrom: {deployment: shop}}}]}");
    world.settle();
    assertThat(world.condition("p", "BackendReady")).isEqualTo("False/InvalidConfiguration");
    assertThat(world.runners("p")).isEmpty();
  }
}
