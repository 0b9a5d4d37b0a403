package dev.flamepool.operator;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.Names;
import dev.flamepool.operator.pool.PoolController;
import dev.flamepool.operator.runner.RunnerController;
import dev.flamepool.operator.shared.SharedBackendController;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Duration;
import java.util.Set;

/** JOSDK round the three controllers: what it watches, how it tries again, how it stops. */
final class Controllers {
  private static final Duration TERMINATION = Duration.ofSeconds(30);
  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration MAX_RETRY = Duration.ofMinutes(1);

  private Controllers() {}

  /**
   * Registers them; starts nothing.
   *
   * @param namespaces to watch; empty for all
   */
  static Operator of(
      KubernetesClient client,
      Set<String> namespaces,
      PoolController pools,
      RunnerController runners,
      SharedBackendController backends) {
    Operator josdk =
        new Operator(
            options ->
                options
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withUseSSAToPatchPrimaryResource(false)
                    .withReconciliationTerminationTimeout(TERMINATION));
    josdk.<FlamePool>register(
        pools, options -> named(options, "pools", Names.POOL_FINALIZER, namespaces));
    josdk.<FlameRunner>register(
        runners,
        options ->
            named(options, "runners", Names.MACHINE_FINALIZER, namespaces)
                .withGenerationAware(false));
    josdk.<FlameBackend>register(
        backends, options -> named(options, "backends", Names.BACKEND_FINALIZER, namespaces));
    return josdk;
  }

  private static <T extends HasMetadata> ControllerConfigurationOverrider<T> named(
      ControllerConfigurationOverrider<T> options,
      String name,
      String finalizer,
      Set<String> namespaces) {
    options
        .withName(name)
        .withFinalizer(finalizer)
        .withRetry(
            new GenericRetry()
                .withoutMaxAttempts()
                .setInitialInterval(FIRST_RETRY)
                .setMaxInterval(MAX_RETRY.toMillis()));
    return namespaces.isEmpty()
        ? options.watchingAllNamespaces()
        : options.settingNamespaces(namespaces);
  }
}
