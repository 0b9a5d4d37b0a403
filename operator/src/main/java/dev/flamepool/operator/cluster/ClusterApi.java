package dev.flamepool.operator.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.api.DnsNames;
import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlameBackendStatus;
import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.api.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.AnyNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Listable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Every read and write of the operator's objects. Reads here are uncached. Writes are JSON merge
 * patches of the difference between the object read and the one wanted, with its resourceVersion;
 * without a difference there is no request.
 *
 * <p>Thread-safe. A write that came too late throws {@link StaleException}, a create in a namespace
 * that is being deleted {@link NamespaceTerminatingException}; everything else is fabric8's own.
 */
public final class ClusterApi {
  private static final Set<Integer> REFUSALS = Set.of(400, 403, 422);

  /** Objects in one answer: however many there are, a start does not need memory for all. */
  private static final long PAGE = 500;

  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private final KubernetesClient client;
  private final Set<String> namespaces;
  private final RecentWrites recent = new RecentWrites();

  /** All requests go through this client, which stays the caller's to close. */
  public ClusterApi(KubernetesClient client) {
    this(client, Set.of());
  }

  /**
   * All requests go through this client, which stays the caller's to close.
   *
   * @param namespaces that are served; empty for all
   */
  public ClusterApi(KubernetesClient client, Set<String> namespaces) {
    this.client = client;
    this.namespaces = Set.copyOf(namespaces);
  }

  /** A pool as it is now. */
  public Optional<FlamePool> pool(String namespace, String name) {
    return find(client.resources(FlamePool.class).inNamespace(namespace), name);
  }

  /** A runner as it is now. */
  public Optional<FlameRunner> runner(String namespace, String name) {
    return find(client.resources(FlameRunner.class).inNamespace(namespace), name);
  }

  /** A FlameBackend as it is now. */
  public Optional<FlameBackend> backend(String namespace, String name) {
    return find(client.resources(FlameBackend.class).inNamespace(namespace), name);
  }

  /** A Secret as it is now. */
  public Optional<Secret> secret(String namespace, String name) {
    return find(client.secrets().inNamespace(namespace), name);
  }

  /** What no object can be called is not asked for: it would be part of another URL. */
  private static <T, L, R extends Resource<T>> Optional<T> find(
      NonNamespaceOperation<T, L, R> objects, String name) {
    return DnsNames.isSubdomain(name)
        ? Optional.ofNullable(objects.withName(name).get())
        : Optional.empty();
  }

  /** All runners of a namespace that belong to a pool, whatever their labels say now. */
  public List<FlameRunner> runners(String namespace, String pool) {
    return client
        .resources(FlameRunner.class)
        .inNamespace(namespace)
        .withField("spec.pool", pool)
        .list()
        .getItems();
  }

  /** The callers of a pool. */
  public List<FlameCaller> callers(String namespace, String pool) {
    return client
        .resources(FlameCaller.class)
        .inNamespace(namespace)
        .withLabel(Names.POOL_LABEL, pool)
        .list()
        .getItems();
  }

  /** The ControllerRevisions that are labelled with a pool, whoever owns them. */
  public List<ControllerRevision> controllerRevisions(String namespace, String pool) {
    return client
        .apps()
        .controllerRevisions()
        .inNamespace(namespace)
        .withLabel(Names.POOL_LABEL, pool)
        .list()
        .getItems();
  }

  /** Reads all pools. */
  public void forEachPool(Consumer<FlamePool> each) {
    served(client.resources(FlamePool.class)).forEach(place -> pages(place, each));
  }

  /** Reads all runners. */
  public void forEachRunner(Consumer<FlameRunner> each) {
    served(client.resources(FlameRunner.class)).forEach(place -> pages(place, each));
  }

  /** Reads all ControllerRevisions that are labelled with a pool, whoever owns them. */
  public void forEachRevision(Consumer<ControllerRevision> each) {
    served(client.apps().controllerRevisions())
        .forEach(place -> pages(place.withLabel(Names.POOL_LABEL), each));
  }

  private <T, L, R extends Resource<T>> Stream<AnyNamespaceOperation<T, L, R>> served(
      MixedOperation<T, L, R> kind) {
    return namespaces.isEmpty()
        ? Stream.of(kind.inAnyNamespace())
        : namespaces.stream().map(kind::inNamespace);
  }

  private static <T extends HasMetadata> void pages(
      Listable<? extends KubernetesResourceList<T>> place, Consumer<T> each) {
    String next = null;
    do {
      KubernetesResourceList<T> page =
          place.list(new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build());
      page.getItems().forEach(each);
      next = page.getMetadata().getContinue();
    } while (next != null && !next.isEmpty());
  }

  /** Writes number and annotations of a ControllerRevision; its data never changes. */
  public ControllerRevision patchRevision(
      ControllerRevision seen, Map<String, String> annotations, long number) {
    ObjectNode patch = preconditioned(seen);
    ((ObjectNode) patch.get("metadata")).set("annotations", Json.tree(annotations));
    patch.put("revision", number);
    return write(seen, () -> resource(seen).patch(MERGE, patch.toString()));
  }

  /**
   * Creates an object.
   *
   * @return the created object; empty when one of that name exists already
   * @throws StaleException if the server says that it met a conflict, as it does when many creates
   *     compete for a ResourceQuota: nothing was created
   * @throws QuotaException if a ResourceQuota allows no more
   * @throws RefusedException if the server takes no such object
   */
  public <T extends HasMetadata> Optional<T> create(T object) {
    try {
      return Optional.of(client.resource(object).create());
    } catch (KubernetesClientException e) {
      if (e.getCode() == 409 && !alreadyExists(e)) {
        throw new StaleException(what(object) + " was not created for a conflict", e);
      }
      if (e.getCode() == 409) {
        return Optional.empty();
      }
      if (terminating(e)) {
        throw new NamespaceTerminatingException(what(object) + ": its namespace is going", e);
      }
      if (overQuota(e)) {
        throw new QuotaException(e.getStatus().getMessage(), e);
      }
      if (REFUSALS.contains(e.getCode())) {
        throw new RefusedException(words(e), e);
      }
      throw e;
    }
  }

  /**
   * A pool or runner as a cache has it, or as this process has written it since.
   *
   * @see #forget
   */
  public <T extends CustomResource<?, ?>> T newest(T cached) {
    return recent.newest(cached);
  }

  /** A pool as this process has written it, if nobody else has been seen to write it since. */
  public Optional<FlamePool> written(String poolUid) {
    return recent.written(poolUid).map(FlamePool.class::cast);
  }

  /** A pool or runner is gone, and what is remembered of it with it. */
  public void forget(HasMetadata gone) {
    recent.forget(gone);
  }

  /** Deletes a runner as {@link #delete(HasMetadata)} does, and remembers that it is going. */
  public void deleteRunner(FlameRunner seen) {
    delete(seen);
    FlameRunner going = new FlameRunner();
    going.setMetadata(
        seen.getMetadata().edit().withDeletionTimestamp(Instant.EPOCH.toString()).build());
    going.setSpec(seen.getSpec());
    going.setStatus(seen.getStatus());
    recent.wrote(seen, going);
  }

  /** Deletes the object that was seen, and only that: never a later one of the same name. */
  public void delete(HasMetadata seen) {
    write(
        seen,
        () ->
            client
                .resource(seen)
                .lockResourceVersion(seen.getMetadata().getResourceVersion())
                .delete());
  }

  /** Writes what differs between a pool's status as seen and as wanted. */
  public FlamePool patchStatus(FlamePool seen, FlamePoolStatus wanted) {
    return remembered(seen, patchStatus(seen, seen.getStatus(), wanted));
  }

  /** Writes what differs between a runner's status as seen and as wanted. */
  public FlameRunner patchStatus(FlameRunner seen, FlameRunnerStatus wanted) {
    return remembered(seen, patchStatus(seen, seen.getStatus(), wanted));
  }

  /** Writes what differs between a FlameBackend's status as seen and as wanted. */
  public FlameBackend patchStatus(FlameBackend seen, FlameBackendStatus wanted) {
    return patchStatus(seen, seen.getStatus(), wanted);
  }

  /** Adds our finalizer, unless it is there. */
  public <T extends HasMetadata> T addFinalizer(T seen, String finalizer) {
    List<String> now = seen.getMetadata().getFinalizers();
    if (now.contains(finalizer)) {
      return seen;
    }
    List<String> wanted = new java.util.ArrayList<>(now);
    wanted.add(finalizer);
    return patchFinalizers(seen, wanted);
  }

  /** Removes our finalizer, unless it is gone; the object may vanish with it. */
  public <T extends HasMetadata> void removeFinalizer(T seen, String finalizer) {
    List<String> now = seen.getMetadata().getFinalizers();
    if (now.contains(finalizer)) {
      patchFinalizers(seen, now.stream().filter(name -> !name.equals(finalizer)).toList());
    }
  }

  private <T extends HasMetadata> T patchFinalizers(T seen, List<String> wanted) {
    ObjectNode patch = preconditioned(seen);
    ((ObjectNode) patch.get("metadata")).set("finalizers", Json.tree(wanted));
    return write(seen, () -> resource(seen).patch(MERGE, patch.toString()));
  }

  private <T extends HasMetadata> T patchStatus(T seen, Object now, Object wanted) {
    JsonNode difference = Json.mergePatch(Json.tree(now), Json.tree(wanted));
    if (difference.isEmpty()) {
      return seen;
    }
    ObjectNode patch = preconditioned(seen);
    patch.set("status", difference);
    return write(seen, () -> resource(seen).subresource("status").patch(MERGE, patch.toString()));
  }

  private <T extends HasMetadata> T remembered(T before, T after) {
    if (after != before) {
      recent.wrote(before, after);
    }
    return after;
  }

  private static ObjectNode preconditioned(HasMetadata seen) {
    ObjectNode patch = Json.object();
    patch.putObject("metadata").put("resourceVersion", seen.getMetadata().getResourceVersion());
    return patch;
  }

  private <T extends HasMetadata> Resource<T> resource(T object) {
    return client.resource(object);
  }

  private static <T> T write(HasMetadata seen, Supplier<T> request) {
    try {
      return request.get();
    } catch (KubernetesClientException e) {
      if (e.getCode() == 409 || e.getCode() == 404) {
        throw new StaleException(what(seen) + " has changed since it was read", e);
      }
      throw e;
    }
  }

  private static String what(HasMetadata object) {
    return object.getKind()
        + " "
        + object.getMetadata().getNamespace()
        + "/"
        + object.getMetadata().getName();
  }

  private static String words(KubernetesClientException e) {
    return e.getStatus() == null || e.getStatus().getMessage() == null
        ? e.getMessage()
        : e.getStatus().getMessage();
  }

  private static boolean alreadyExists(KubernetesClientException e) {
    return e.getStatus() != null && "AlreadyExists".equals(e.getStatus().getReason());
  }

  /** The server says it in words only. */
  private static boolean overQuota(KubernetesClientException e) {
    if (e.getCode() != 403 || e.getStatus() == null || e.getStatus().getMessage() == null) {
      return false;
    }
    String message = e.getStatus().getMessage();
    return message.contains("exceeded quota") || message.contains("status unknown for quota");
  }

  /**
   * A 403 that only says that the namespace is going; its reason is plain {@code Forbidden}, the
   * sign is in its causes.
   */
  private static boolean terminating(KubernetesClientException e) {
    return e.getCode() == 403
        && e.getStatus() != null
        && e.getStatus().getDetails() != null
        && e.getStatus().getDetails().getCauses().stream()
            .anyMatch(cause -> "NamespaceTerminating".equals(cause.getReason()));
  }
}
