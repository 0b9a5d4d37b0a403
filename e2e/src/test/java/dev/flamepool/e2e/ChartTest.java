package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Both charts installed, upgraded and uninstalled. */
@EnabledIfSystemProperty(named = ClusterUnderTest.REAL, matches = ".+")
class ChartTest extends ChartScenario {
  @Test
  void installUpgradeAndUninstallUnderLivePools() throws Exception {
    helm.run("install", "kinds-" + namespace, "../helm/flamepool-crds", "--take-ownership");
    install("watchNamespaces: [" + namespace + "]");
    applyPool("work", pods("max: 2, bootTimeout: 3m, idleShutdownAfter: 5s"));
    await("the pool to be served", () -> ready("work") == 0);
    caller = account("app", "Role", "work-caller");
    JavaProcess app = startApp("app", "work");
    app.say("hold h " + folder.resolve("held"));
    await("a runner", () -> ready("work") == 1);
    await("the call to run", () -> Files.exists(folder.resolve("held")));
    List<Long> runners = runnerProcesses().stream().map(ProcessHandle::pid).toList();

    upgrade();
    app.say("call a 10");
    assertThat(outcome(app, "a")).startsWith("done");
    assertThat(runnerProcesses().stream().map(ProcessHandle::pid))
        .as("runners outlive an upgrade")
        .containsAll(runners);
    app.say("release h");
    await("zero again", () -> ready("work") == 0 && runners().isEmpty());

    applyPool("warm", pods("min: 2, max: 2, bootTimeout: 3m"));
    await("two runners", () -> ready("warm") == 2);
    assertNotForbidden();
    helm.run("uninstall", namespace);
    assertThat(client.resources(FlamePool.class).inNamespace(namespace).list().getItems())
        .isEmpty();
    assertThat(runnerProcesses()).isEmpty();
    awaitNoOperator();
    app.close();
    assertThat(client.rbac().clusterRoles().withLabel(INSTANCE, namespace).list().getItems())
        .isEmpty();
    assertThat(
            client.rbac().roles().inAnyNamespace().withLabel(INSTANCE, namespace).list().getItems())
        .isEmpty();

    helm.run("uninstall", "kinds-" + namespace);
    assertThat(
            client
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("flamepools.flamepool.dev")
                .get())
        .as("the kinds stay")
        .isNotNull();
  }

  /** docs/install.md, "If the operator is gone already". */
  @Test
  void withoutTheHookMachinesEndByThemselvesAndWhatIsLeftCanBeStripped() throws Exception {
    install("watchNamespaces: [" + namespace + "]");
    applyPool("work", pods("min: 1, max: 1, bootTimeout: 3m, orphanAfter: 15s"));
    await("a runner", () -> ready("work") == 1);
    helm.run("uninstall", namespace, "--no-hooks");
    awaitNoOperator();

    client.resource(pool("work")).delete();
    await("the machine to end by itself", () -> runnerProcesses().isEmpty());
    assertThat(pool("work")).as("held by its finalizer").isNotNull();
    Process strip =
        new ProcessBuilder("sh", "-c", stripCommand())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("strip.log").toFile())
            .start();
    assertThat(strip.waitFor(60, TimeUnit.SECONDS)).isTrue();
    await("the pool to be gone", () -> pool("work") == null);
    await("its runners to be gone", () -> runners().isEmpty());
    await("their Pods to be gone", () -> node.count() == 0);
  }

  /** As the page has it, for this test's namespace and cluster. */
  private String stripCommand() throws IOException {
    String page = Files.readString(Path.of("../docs/install.md"));
    String command =
        page.lines().filter(line -> line.contains("\"finalizers\":null")).findFirst().orElseThrow();
    return command
        .replace("NAMESPACE", namespace)
        .replace("kubectl", "kubectl --kubeconfig " + cluster.kubeconfig());
  }
}
