package dev.flamepool.discovery;

import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlameCallerSpec;
import dev.flamepool.api.Names;
import dev.flamepool.caller.Demand;
import dev.flamepool.wire.Protocol;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * This process's FlameCaller for one pool. This process alone writes it, so a patch of what differs
 * from what it wrote last needs no resourceVersion. Not thread-safe.
 */
final class DemandObject {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

  private final KubernetesClient client;
  private final String namespace;
  private final String pool;
  private final String name;
  private final Clock clock;
  private @Nullable FlameCallerSpec written;

  DemandObject(KubernetesClient client, String namespace, String pool, Clock clock) {
    this.client = client;
    this.namespace = namespace;
    this.pool = pool;
    this.name = pool + "-" + random();
    this.clock = clock;
  }

  private static String random() {
    SecureRandom random = new SecureRandom();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  /**
   * Writes the level; recreates the object if the operator took it for dead.
   *
   * @param poolUid owns the object unless this process's Pod is known
   */
  void write(Demand demand, String poolUid) {
    FlameCallerSpec wanted =
        new FlameCallerSpec(
            pool,
            demand.inFlight(),
            demand.queued(),
            demand.idleSeconds(),
            demand.codeVersion(),
            Protocol.VERSION,
            clock.instant().toString());
    FlameCallerSpec before = written;
    if (before == null || !patch(before, wanted)) {
      written = null;
      create(wanted, poolUid);
    }
    written = wanted;
  }

  private boolean patch(FlameCallerSpec before, FlameCallerSpec wanted) {
    Map<String, Object> spec = new LinkedHashMap<>();
    put(spec, "inFlight", before.inFlight(), wanted.inFlight());
    put(spec, "queued", before.queued(), wanted.queued());
    put(spec, "idleSeconds", before.idleSeconds(), wanted.idleSeconds());
    put(spec, "codeVersion", before.codeVersion(), wanted.codeVersion());
    put(spec, "renewTime", before.renewTime(), wanted.renewTime());
    try {
      object()
          .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("spec", spec)));
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private static void put(Map<String, Object> spec, String key, Object before, Object wanted) {
    if (!Objects.equals(before, wanted)) {
      spec.put(key, wanted);
    }
  }

  private void create(FlameCallerSpec spec, String poolUid) {
    FlameCaller caller = new FlameCaller();
    caller.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace(namespace)
            .addToLabels(Names.POOL_LABEL, pool)
            .withOwnerReferences(owner(poolUid))
            .build());
    caller.setSpec(spec);
    try {
      client.resources(FlameCaller.class).inNamespace(namespace).resource(caller).create();
    } catch (KubernetesClientException e) {
      // A create whose answer was lost: the next write patches it.
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    }
  }

  private OwnerReference owner(String poolUid) {
    String pod = System.getenv("POD_NAME");
    String uid = System.getenv("POD_UID");
    boolean isPod = pod != null && uid != null && namespace.equals(System.getenv("POD_NAMESPACE"));
    return new OwnerReferenceBuilder()
        .withApiVersion(isPod ? "v1" : Names.GROUP + "/" + Names.VERSION)
        .withKind(isPod ? "Pod" : "FlamePool")
        .withName(isPod ? pod : pool)
        .withUid(isPod ? uid : poolUid)
        .build();
  }

  /** Deletes it if it was ever written. */
  void delete() {
    if (written != null) {
      written = null;
      object().delete();
    }
  }

  /**
   * Given, not only named: for a name fabric8 reads the object before each patch, which is a
   * request more and takes a right that callers do not have.
   */
  private Resource<FlameCaller> object() {
    FlameCaller named = new FlameCaller();
    named.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace(namespace).build());
    return client.resources(FlameCaller.class).inNamespace(namespace).resource(named);
  }
}
