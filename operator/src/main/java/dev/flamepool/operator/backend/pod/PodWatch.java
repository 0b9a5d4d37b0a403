package dev.flamepool.operator.backend.pod;

import dev.flamepool.operator.backend.MachineKey;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All runners' Pods of the served namespaces, watched from the first use on: an operator without
 * such pools asks for nothing. A look is only as good as the watch; without one there is no answer.
 */
final class PodWatch implements ResourceEventHandler<Pod>, AutoCloseable {
  /** Hears of Pods. */
  interface Listener {
    /** It is there, or has changed. */
    void changed(MachineKey key, Pod pod);

    /** It is gone; as it was last. */
    void gone(MachineKey key, Pod last);
  }

  private static final String EVERYWHERE = "";

  private final KubernetesClient client;
  private final List<String> namespaces;
  private final Listener listener;
  private final Map<String, SharedIndexInformer<Pod>> informers = new HashMap<>();
  private boolean closed;

  PodWatch(KubernetesClient client, Collection<String> namespaces, Listener listener) {
    this.client = client;
    this.namespaces = namespaces.isEmpty() ? List.of(EVERYWHERE) : List.copyOf(namespaces);
    this.listener = listener;
  }

  /** Every Pod that is a runner's, as the API server has them now. */
  List<Pod> list(String installation) {
    return namespaces.stream()
        .flatMap(
            namespace ->
                pods(namespace)
                    .withLabel(Ownership.INSTALLATION, Ownership.installation(installation))
                    .list()
                    .getItems()
                    .stream())
        .toList();
  }

  /** Starts to watch, unless it does. Does not wait. */
  synchronized void start() {
    if (closed || !informers.isEmpty()) {
      return;
    }
    for (String namespace : namespaces) {
      SharedIndexInformer<Pod> informer = pods(namespace).runnableInformer(0);
      informer.addEventHandler(this);
      informer.exceptionHandler((started, problem) -> true); // goes on trying
      informers.put(namespace, informer);
      informer.start();
    }
  }

  private FilterWatchListDeletable<Pod, PodList, PodResource> pods(String namespace) {
    return namespace.equals(EVERYWHERE)
        ? client.pods().inAnyNamespace().withLabel(Ownership.UID)
        : client.pods().inNamespace(namespace).withLabel(Ownership.UID);
  }

  /** A Pod as it was when the watch last said something; empty when that is not known. */
  Optional<Pod> seen(String namespace, String name) {
    SharedIndexInformer<Pod> informer;
    synchronized (this) {
      informer = informers.getOrDefault(namespace, informers.get(EVERYWHERE));
    }
    return informer == null || !informer.hasSynced() || !informer.isWatching()
        ? Optional.empty()
        : Optional.ofNullable(informer.getStore().getByKey(namespace + "/" + name));
  }

  @Override
  public void onAdd(Pod pod) {
    Ownership.key(pod).ifPresent(key -> listener.changed(key, pod));
  }

  @Override
  public void onUpdate(Pod before, Pod now) {
    onAdd(now);
  }

  @Override
  public void onDelete(Pod last, boolean unknown) {
    Ownership.key(last).ifPresent(key -> listener.gone(key, last));
  }

  @Override
  public synchronized void close() {
    closed = true;
    informers.values().forEach(SharedIndexInformer::stop);
    informers.clear();
  }
}
