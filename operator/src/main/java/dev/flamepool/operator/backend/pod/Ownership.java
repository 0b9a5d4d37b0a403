package dev.flamepool.operator.backend.pod;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.Names;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.cluster.Digests;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whose a Pod is, in its name, labels, annotations and owner. Pure. */
final class Ownership {
  /** Prefix of labels and annotations that are the operator's. */
  static final String PREFIX = Names.GROUP + "/";

  /** The label that every runner's Pod has, and nothing else. */
  static final String UID = PREFIX + "runner-uid";

  /** The label by which a list asks for the Pods of one installation. */
  static final String INSTALLATION = PREFIX + "installation";

  /** Annotation: of which Deployment the Pod is a copy. */
  static final String COPY_OF = PREFIX + "copy-of";

  /** Annotation: a hash of that Deployment's Pod template. */
  static final String TEMPLATE_HASH = PREFIX + "template-hash";

  /** Annotation: which of the autoscalers' annotations are the operator's to set and to remove. */
  static final String DO_NOT_EVICT = PREFIX + "do-not-evict";

  private static final String RUNNER = PREFIX + "runner";
  private static final String ATTEMPT = PREFIX + "attempt";
  private static final String PORT = PREFIX + "port";
  private static final String CONTAINER = PREFIX + "container";
  private static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";
  private static final Pattern LABEL_VALUE =
      Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

  private Ownership() {}

  /**
   * The name of an attempt's Pod: a create that is sent twice is refused the second time. No runner
   * can be called like a later attempt's Pod, as a runner's name ends in its ordinal.
   */
  static String name(MachineKey key) {
    return key.attempt() == 1 ? key.runner() : key.runner() + "-a" + key.attempt();
  }

  static Map<String, String> labels(MachineKey key) {
    Map<String, String> labels = new TreeMap<>();
    labels.put(INSTALLATION, installation(key.installation()));
    labels.put(Names.POOL_LABEL, key.pool());
    labels.put(RUNNER, key.runner());
    labels.put(UID, key.runnerUid());
    labels.put(ATTEMPT, String.valueOf(key.attempt()));
    return labels;
  }

  static Map<String, String> annotations(MachineKey key, String container, long port) {
    Map<String, String> annotations = new TreeMap<>();
    annotations.put(INSTALLATION, key.installation());
    annotations.put(CONTAINER, container);
    annotations.put(DEFAULT_CONTAINER, container);
    annotations.put(PORT, String.valueOf(port));
    return annotations;
  }

  /** The runner: the Pod goes with it, whatever becomes of the operator. */
  static OwnerReference owner(MachineKey key) {
    return new OwnerReferenceBuilder()
        .withApiVersion(Names.GROUP + "/" + Names.VERSION)
        .withKind(FlameRunner.class.getSimpleName())
        .withName(key.runner())
        .withUid(key.runnerUid())
        .withController(true)
        .withBlockOwnerDeletion(false)
        .build();
  }

  /** Whose a Pod is; empty for one that no operator made. */
  static Optional<MachineKey> key(Pod pod) {
    ObjectMeta meta = pod.getMetadata();
    Map<String, String> labels = orEmpty(meta.getLabels());
    String installation = orEmpty(meta.getAnnotations()).get(INSTALLATION);
    String pool = labels.get(Names.POOL_LABEL);
    String runner = labels.get(RUNNER);
    String uid = labels.get(UID);
    int attempt = number(labels.get(ATTEMPT));
    boolean owned =
        meta.getOwnerReferences().stream()
            .anyMatch(owner -> owner.getUid() != null && owner.getUid().equals(uid));
    return !owned || installation == null || pool == null || runner == null || attempt < 1
        ? Optional.empty()
        : Optional.of(
            new MachineKey(installation, meta.getNamespace(), pool, runner, uid, attempt));
  }

  /** Who has a Pod that is not ours, for people. */
  static String holder(Pod pod) {
    return pod.getMetadata().getOwnerReferences().stream()
        .findFirst()
        .map(owner -> "owned by " + owner.getKind() + " " + owner.getName())
        .orElse("owned by nobody");
  }

  /** The container that is the runner. */
  static String container(Pod pod) {
    String named = orEmpty(pod.getMetadata().getAnnotations()).get(CONTAINER);
    return named != null ? named : pod.getSpec().getContainers().get(0).getName();
  }

  /** The port on which the runner listens; 0 when that is not said. */
  static int port(Pod pod) {
    return Math.max(0, number(orEmpty(pod.getMetadata().getAnnotations()).get(PORT)));
  }

  /** An installation's id as a label can hold it. */
  static String installation(String id) {
    return LABEL_VALUE.matcher(id).matches() ? id : "h-" + hash(id);
  }

  /** A short name for a text of any length. */
  static String hash(String text) {
    return Digests.sha256(text).substring(0, 12);
  }

  private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : map;
  }

  private static int number(@Nullable String text) {
    try {
      return text == null ? -1 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
