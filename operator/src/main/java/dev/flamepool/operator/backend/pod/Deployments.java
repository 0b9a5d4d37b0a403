package dev.flamepool.operator.backend.pod;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The Deployments that runners are copies of: each is watched by itself from its first use until a
 * while after its last, so that a rollout is seen at once and no other Deployment is kept in
 * memory.
 */
final class Deployments implements AutoCloseable {
  private record Name(String namespace, String name) {}

  private final KubernetesClient client;
  private final InUse<Name, Watched> watched;
  private volatile Consumer<String> listener = namespace -> {};

  Deployments(KubernetesClient client, Clock clock) {
    this.client = client;
    this.watched = new InUse<>(clock, this::watch, one -> one.informer.stop());
  }

  /** Calls back with the namespace of a Deployment that rolls, comes or goes. */
  void onChange(Consumer<String> namespace) {
    listener = namespace;
  }

  /**
   * A Deployment as it is now, or was a moment ago.
   *
   * @return empty when there is none
   * @throws KubernetesClientException if that cannot be told, and never could
   */
  Optional<Deployment> find(String namespace, String name) {
    return watched.get(new Name(namespace, name)).get();
  }

  private Watched watch(Name name) {
    Watched one = new Watched(name);
    one.informer.start();
    return one;
  }

  @Override
  public void close() {
    watched.close();
  }

  private final class Watched implements ResourceEventHandler<Deployment> {
    final Name name;
    final RollableScalableResource<Deployment> resource;
    final SharedIndexInformer<Deployment> informer;
    private volatile @Nullable Deployment last;

    Watched(Name name) {
      this.name = name;
      this.resource =
          client.apps().deployments().inNamespace(name.namespace()).withName(name.name());
      this.informer = resource.runnableInformer(0);
      informer.addEventHandler(this);
      informer.exceptionHandler((first, problem) -> true); // goes on trying
    }

    Optional<Deployment> get() {
      if (informer.hasSynced() && informer.isWatching()) {
        return Optional.ofNullable(
            informer.getStore().getByKey(name.namespace() + "/" + name.name()));
      }
      try {
        last = resource.get();
        return Optional.ofNullable(last);
      } catch (KubernetesClientException e) {
        Deployment known = last;
        if (known == null || e.getCode() == 403) {
          throw e;
        }
        return Optional.of(known); // a failed look changes nothing
      }
    }

    @Override
    public void onAdd(Deployment now) {
      changed(now);
    }

    @Override
    public void onUpdate(Deployment before, Deployment now) {
      changed(now);
    }

    @Override
    public void onDelete(Deployment before, boolean unknown) {
      last = null;
      listener.accept(name.namespace());
    }

    private void changed(Deployment now) {
      Deployment before = last;
      last = now;
      if (before == null
          || !Objects.equals(before.getSpec().getTemplate(), now.getSpec().getTemplate())) {
        listener.accept(name.namespace());
      }
    }
  }
}
