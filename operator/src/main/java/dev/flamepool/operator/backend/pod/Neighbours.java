package dev.flamepool.operator.backend.pod;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ReducedStateItemStore;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whose selectors a runner must not match: the Services and Deployments of a namespace, watched
 * from the first launch there that needs them until a while after the last. Only their selectors
 * are kept in memory.
 */
final class Neighbours implements AutoCloseable {
  private final KubernetesClient client;
  private final InUse<String, Watched> watched;

  Neighbours(KubernetesClient client, Clock clock) {
    this.client = client;
    this.watched = new InUse<>(clock, Watched::new, Watched::stop);
  }

  /**
   * What in a namespace would take a Pod with these labels for one of its own; for people.
   *
   * @throws KubernetesClientException if that cannot be told
   */
  Optional<String> match(String namespace, Map<String, String> labels) {
    Watched here = watched.get(namespace);
    return Selectors.match(labels, here.services.items(), here.deployments.items());
  }

  @Override
  public void close() {
    watched.close();
  }

  private final class Watched {
    final Cached<Service> services;
    final Cached<Deployment> deployments;

    Watched(String namespace) {
      services = new Cached<>(client, Service.class, client.services().inNamespace(namespace));
      deployments =
          new Cached<>(
              client, Deployment.class, client.apps().deployments().inNamespace(namespace));
    }

    void stop() {
      services.informer.stop();
      deployments.informer.stop();
    }
  }

  /** As the watch has them; as they are listed while there is none. */
  private static final class Cached<T extends HasMetadata> {
    private final FilterWatchListDeletable<T, ? extends KubernetesResourceList<T>, ?> all;
    final SharedIndexInformer<T> informer;

    Cached(
        KubernetesClient client,
        Class<T> type,
        FilterWatchListDeletable<T, ? extends KubernetesResourceList<T>, ?> all) {
      this.all = all;
      informer = all.runnableInformer(0);
      informer.itemStore(
          new ReducedStateItemStore<>(
              ReducedStateItemStore.NAME_KEY_STATE,
              type,
              client.getKubernetesSerialization(),
              "spec.selector"));
      informer.exceptionHandler((first, problem) -> true); // goes on trying
      informer.start();
    }

    List<T> items() {
      return informer.hasSynced() && informer.isWatching()
          ? informer.getStore().list()
          : all.list().getItems();
    }
  }
}
