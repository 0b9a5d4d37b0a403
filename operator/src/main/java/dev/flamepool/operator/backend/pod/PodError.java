package dev.flamepool.operator.backend.pod;

import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.cluster.NamespaceTerminatingException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.regex.Pattern;

/** What the API server's refusals mean. Pure. */
final class PodError {
  private static final int MAX_WORDS = 500;
  private static final Pattern RBAC =
      Pattern.compile("User \".*\" cannot [a-z]+ resource", Pattern.DOTALL);
  private static final Pattern QUOTA = Pattern.compile("exceeded quota:");

  /** Refusals of the Pod itself, which the API server also calls forbidden. */
  private static final List<Pattern> ADMISSION =
      List.of(
          Pattern.compile("violates PodSecurity"),
          Pattern.compile("failed quota:"),
          Pattern.compile("service ?account", Pattern.CASE_INSENSITIVE),
          Pattern.compile("PriorityClass"),
          Pattern.compile("RuntimeClass"),
          Pattern.compile("(minimum|maximum) .* usage per"),
          Pattern.compile("security context constraint"),
          Pattern.compile("ValidatingAdmissionPolicy"),
          Pattern.compile("admission webhook .* denied"));

  private PodError() {}

  /**
   * Classifies a failed create.
   *
   * @throws NamespaceTerminatingException if nothing can be created there any more
   */
  static BackendException ofCreate(KubernetesClientException e) {
    String words = words(e);
    if (e.getCode() == 403 && isTerminating(e)) {
      throw new NamespaceTerminatingException(words, e);
    }
    return new BackendException(kind(e.getCode(), words), words, e);
  }

  /** Classifies a failed look: nothing is known, unless looking is not allowed. */
  static BackendException ofLook(KubernetesClientException e) {
    boolean refused = e.getCode() == 401 || e.getCode() == 403;
    return new BackendException(refused ? Kind.CREDENTIALS : Kind.AMBIGUOUS, words(e), e);
  }

  /** What a status and its words mean for a create. */
  static Kind kind(int code, String words) {
    return switch (code) {
      case 400, 404, 405, 413, 415, 422 -> Kind.CONFIGURATION;
      case 401 -> Kind.CREDENTIALS;
      case 403 -> forbidden(words);
      case 429 -> Kind.RATE_LIMITED;
      default -> Kind.AMBIGUOUS;
    };
  }

  private static Kind forbidden(String words) {
    if (RBAC.matcher(words).find()) {
      return Kind.CREDENTIALS;
    }
    if (QUOTA.matcher(words).find()) {
      return Kind.QUOTA;
    }
    return ADMISSION.stream().anyMatch(pattern -> pattern.matcher(words).find())
        ? Kind.CONFIGURATION
        : Kind.CREDENTIALS;
  }

  /** The API server's own words; they name the field that is wrong. */
  static String words(KubernetesClientException e) {
    String said =
        e.getStatus() != null && e.getStatus().getMessage() != null
            ? e.getStatus().getMessage()
            : String.valueOf(e.getMessage());
    String line = said.replaceAll("\\s+", " ").strip();
    return line.length() <= MAX_WORDS ? line : line.substring(0, MAX_WORDS) + "...";
  }

  private static boolean isTerminating(KubernetesClientException e) {
    return e.getStatus() != null
        && e.getStatus().getDetails() != null
        && e.getStatus().getDetails().getCauses() != null
        && e.getStatus().getDetails().getCauses().stream()
            .anyMatch(cause -> "NamespaceTerminating".equals(cause.getReason()));
  }
}
