package dev.flamepool.operator.backend.pod;

import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Trouble;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What scheduler and kubelet say of a Pod that does not run, and what it means. A reason alone does
 * not tell: the same one stands for a Secret that does not exist and for a node that has not read
 * it yet. Pure.
 */
final class PodTrouble {
  /** The kubelet's Event for a volume that it cannot mount. */
  static final String FAILED_MOUNT = "FailedMount";

  static final String ERR_IMAGE_PULL = "ErrImagePull";
  static final String IMAGE_PULL_BACK_OFF = "ImagePullBackOff";

  /** What waiting is for: it passes, it never does, or the end of the boot time tells. */
  private enum Hope {
    PASSING,
    OPEN,
    NONE
  }

  /** A container cannot start, unless the words say that this passes. */
  private static final Set<String> IN_VAIN =
      Set.of(
          IMAGE_PULL_BACK_OFF,
          "InvalidImageName",
          "ErrImageNeverPull",
          "SignatureValidationFailed",
          "CreateContainerConfigError",
          "CreateContainerError");

  /** Tried again by the kubelet; only the words can say that it is in vain. */
  private static final Set<String> TRIED_AGAIN =
      Set.of(ERR_IMAGE_PULL, "ImageInspectError", "RunContainerError");

  /** Whoever says so was asked too early or is busy; none of it is about the Pod. */
  private static final Pattern PASSING =
      either(
          "failed to sync (secret|configmap) cache",
          "not registered",
          "services have not yet been read",
          "timed? ?out",
          "deadline exceeded",
          "connection (refused|reset)",
          "network is unreachable",
          "no route to host",
          "server misbehaving",
          "temporary failure",
          "unexpected EOF",
          "too ?many ?requests",
          "QPS exceeded",
          "\\b(429|500|502|503|504) ",
          "code = Unavailable",
          "transport is closing",
          "is reserved for",
          "object has been modified",
          // Written into every new namespace a moment after it is made.
          "configmap \"kube-root-ca.crt\" not found");

  private static final Pattern NO_SUCH_IMAGE =
      either(
          "not found",
          "manifest unknown",
          "does not exist",
          "no such host",
          "denied",
          "unauthorized",
          "authentication required",
          "forbidden",
          "no match for platform",
          "invalid reference format",
          "x509:",
          "HTTP response to HTTPS client");

  private static final Pattern NO_SUCH_VOLUME =
      either(
          "(secret|configmap|persistentvolumeclaim) \"[^\"]*\" not found",
          "references non-existent",
          "hostPath type check failed",
          "not a directory");

  private static final Pattern NO_SUCH_CLAIM = either("persistentvolumeclaim \"[^\"]*\" not found");

  /** Why a kubelet refuses a Pod that it was given, because it has no room for it. */
  private static final Set<String> NO_ROOM =
      Set.of(
          "Evicted",
          "NodeAffinity",
          "NodeName",
          "NodePorts",
          "NodeShutdown",
          "NodeUnschedulable",
          "Preempting",
          "Shutdown",
          "TaintToleration",
          "Terminated",
          "TopologyAffinityError",
          "UnexpectedAdmissionError");

  /** ... {@code OutOfcpu}, {@code OutOfmemory}, {@code OutOfnvidia.com/gpu}. */
  private static final String OUT_OF = "OutOf";

  /** Why a kubelet refuses a Pod wherever it is. */
  private static final Set<String> NO_WAY =
      Set.of(
          "AppArmor",
          "PodFeatureUnsupported",
          "PodLevelResourcesNotSupported",
          "PodOSNotSupported",
          "PodOSSelectorNodeLabelDoesNotMatch",
          "SysctlForbidden");

  private PodTrouble() {}

  /** The scheduler has no node for it. */
  static Trouble unscheduled(@Nullable String reason, @Nullable String message) {
    String words = words(message);
    if (!Trouble.UNSCHEDULABLE.equals(reason)) {
      return new Trouble(words(reason), words, Optional.empty(), false);
    }
    boolean noClaim = NO_SUCH_CLAIM.matcher(words).find();
    return new Trouble(
        Trouble.UNSCHEDULABLE,
        words,
        Optional.of(noClaim ? Kind.CONFIGURATION : Kind.CAPACITY),
        noClaim);
  }

  /**
   * A container waits.
   *
   * @param bootSecret the Secret that was written before its Pod: a node that does not find it has
   *     not read it yet
   */
  static Trouble waiting(String reason, @Nullable String message, String bootSecret) {
    String words = words(message);
    Hope hope =
        IN_VAIN.contains(reason)
            ? Hope.NONE
            : TRIED_AGAIN.contains(reason) ? Hope.OPEN : Hope.PASSING;
    if (passes(words, bootSecret)) {
      hope = Hope.PASSING;
    } else if (reason.equals(ERR_IMAGE_PULL) && NO_SUCH_IMAGE.matcher(words).find()) {
      hope = Hope.NONE;
    }
    return of(reason, words, hope);
  }

  /** A kubelet's Event of a Pod whose containers have not been made. */
  static Trouble event(String reason, @Nullable String message, String bootSecret) {
    String words = words(message);
    boolean vain =
        reason.equals(FAILED_MOUNT)
            && !passes(words, bootSecret)
            && NO_SUCH_VOLUME.matcher(words).find();
    return of(reason, words, vain ? Hope.NONE : Hope.PASSING);
  }

  /**
   * A Pod is over that never started its runner.
   *
   * @param reason the Pod's own
   */
  static Trouble refused(String reason, @Nullable String message) {
    Optional<Kind> refusal =
        NO_ROOM.contains(reason) || reason.startsWith(OUT_OF)
            ? Optional.of(Kind.CAPACITY)
            : NO_WAY.contains(reason) ? Optional.of(Kind.CONFIGURATION) : Optional.empty();
    return new Trouble(reason, words(message), refusal, true);
  }

  /** Something ended it; nothing follows for others. */
  static Trouble ended(String reason, @Nullable String message) {
    return new Trouble(reason, words(message), Optional.empty(), true);
  }

  private static boolean passes(String words, String bootSecret) {
    return PASSING.matcher(words).find()
        || words.contains("secret \"" + bootSecret + "\" not found");
  }

  private static Trouble of(String reason, String words, Hope hope) {
    return new Trouble(
        reason,
        words,
        hope == Hope.PASSING ? Optional.empty() : Optional.of(Kind.CONFIGURATION),
        hope == Hope.NONE);
  }

  private static String words(@Nullable String text) {
    return text == null ? "" : text.strip();
  }

  private static Pattern either(String... alternatives) {
    return Pattern.compile(String.join("|", alternatives), Pattern.CASE_INSENSITIVE);
  }
}
