package dev.flamepool.operator;

import dev.flamepool.api.Durations;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * Deletes all pools and waits until the operator, which must be running, has ended their machines.
 * What the chart does before it is uninstalled. Ends with 0 when nothing is left, with 1 when
 * something is after the time given.
 */
@Command(
    name = "end-all-pools",
    description = "Deletes the pools that the operator serves, waits until no machine is left.")
final class EndAllPools implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(EndAllPools.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int NAMED = 5;

  /** Of one request: about three seconds, where a server that is down is told. */
  private static final int RETRIES = 5;

  @ParentCommand Main main;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this and exit.")
  boolean help;

  @Option(
      names = "--timeout",
      defaultValue = "4m",
      description = "Give up after that. Default: ${DEFAULT-VALUE}")
  String timeout = "4m";

  @Override
  public Integer call() throws InterruptedException {
    Duration patience = patience();
    Config cluster =
        new ConfigBuilder(main.cluster()).withRequestRetryBackoffLimit(RETRIES).build();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(cluster).build()) {
      return end(client, main.namespaces(), patience) ? 0 : 1;
    }
  }

  private Duration patience() {
    try {
      return Durations.parse("--timeout", timeout);
    } catch (IllegalArgumentException e) {
      throw new StartException(e.getMessage(), e);
    }
  }

  /**
   * Deletes whatever pool is there or appears meanwhile.
   *
   * @param namespaces empty for all
   * @return whether neither a pool nor a runner is left
   */
  static boolean end(KubernetesClient client, Set<String> namespaces, Duration patience)
      throws InterruptedException {
    long start = System.nanoTime();
    List<String> last = List.of();
    while (true) {
      List<FlamePool> pools = list(client, FlamePool.class, namespaces);
      pools.stream().filter(pool -> !pool.isMarkedForDeletion()).forEach(p -> delete(client, p));
      List<String> left =
          Stream.concat(pools.stream(), list(client, FlameRunner.class, namespaces).stream())
              .map(EndAllPools::name)
              .toList();
      if (left.isEmpty()) {
        LOG.info("no pool and no runner is left");
        return true;
      }
      if (System.nanoTime() - start >= patience.toNanos()) {
        LOG.error(
            "still there after {}: {}. Only a running operator ends them: look at its log and at"
                + " kubectl describe, then try again",
            Durations.format(patience),
            some(left));
        return false;
      }
      if (!left.equals(last)) {
        LOG.info("waiting for {}", some(left));
        last = left;
      }
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
    }
  }

  private static <T extends HasMetadata> List<T> list(
      KubernetesClient client, Class<T> kind, Set<String> namespaces) {
    try {
      if (namespaces.isEmpty()) {
        return client.resources(kind).inAnyNamespace().list().getItems();
      }
      List<T> found = new ArrayList<>();
      for (String namespace : namespaces) {
        found.addAll(client.resources(kind).inNamespace(namespace).list().getItems());
      }
      return found;
    } catch (KubernetesClientException e) {
      // Without the kinds there is nothing of them.
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }

  private static void delete(KubernetesClient client, FlamePool pool) {
    LOG.info("deleting {}", name(pool));
    client.resource(pool).delete();
  }

  private static String some(List<String> names) {
    String first = names.stream().limit(NAMED).collect(Collectors.joining(", "));
    return names.size() > NAMED ? first + " and " + (names.size() - NAMED) + " more" : first;
  }

  private static String name(HasMetadata object) {
    return object.getKind()
        + " "
        + object.getMetadata().getNamespace()
        + "/"
        + object.getMetadata().getName();
  }
}
