package dev.flamepool.discovery;

import dev.flamepool.api.Names;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request that failed means.
 *
 * @param text one line for people: what cannot be done, why, and the remedy
 * @param refused whether the cluster refuses it, so that it takes a human to change that
 * @param about the same for all that fails for one reason: who was told one knows the others
 */
record Trouble(String text, boolean refused, String about) {
  /** RBAC names whom it refuses: {@code User "..." cannot ...}. */
  private static final Pattern USER = Pattern.compile("User \"([^\"]+)\" cannot ");

  /** Whom an API server takes those for who show nothing. */
  private static final String ANONYMOUS = "system:anonymous";

  private static final String RENEW =
      "renew those of the kubeconfig: kubectl get pods must work with it; in a Pod, give it a"
          + " service account and leave automountServiceAccountToken on";

  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

  /** Something that may change by itself. */
  static Trouble passing(String text) {
    return new Trouble(text, false, text);
  }

  private static Trouble refused(String text) {
    return new Trouble(text, true, text);
  }

  /**
   * From a failure.
   *
   * @param server its address
   * @param verb such as {@code read}
   * @param what such as {@code FlamePool default/a}
   */
  static Trouble of(
      String server, String verb, String what, String namespace, String pool, Throwable failure) {
    String cannot = "cannot " + verb + " " + what + ": ";
    KubernetesClientException answer = answer(failure);
    return switch (answer == null ? 0 : answer.getCode()) {
      case HttpURLConnection.HTTP_UNAUTHORIZED ->
          new Trouble(
              cannot + server + " does not accept this process's credentials (401); " + RENEW,
              true,
              server + " 401");
      case HttpURLConnection.HTTP_FORBIDDEN ->
          hasNoRole(answer, pool)
              ? passing(
                  cannot
                      + "not allowed yet (403); the operator makes Role "
                      + Names.callerRole(pool)
                      + " with the pool: does it run?")
              : refused(cannot + "not allowed (403); " + remedy(answer, namespace, pool));
      case HttpURLConnection.HTTP_NOT_FOUND ->
          refused(cannot + "the cluster does not know the kind (404); install FlamePool's CRDs");
      default -> {
        Unreachable why = Unreachable.of(server, failure);
        yield new Trouble(cannot + server + ": " + why.words(), false, server + " " + why.kind());
      }
    };
  }

  /** Whether the account has a binding already, but to a Role that nobody has made yet. */
  private static boolean hasNoRole(KubernetesClientException answer, String pool) {
    return answer.getStatus() != null
        && answer.getStatus().getMessage() != null
        && answer.getStatus().getMessage().contains("\"" + Names.callerRole(pool) + "\" not found");
  }

  private static String remedy(KubernetesClientException answer, String namespace, String pool) {
    String role = Names.callerRole(pool);
    String words = answer.getStatus() == null ? null : answer.getStatus().getMessage();
    Matcher user = USER.matcher(words == null ? "" : words);
    if (!user.find()) {
      return "bind this process's account to Role "
          + role
          + (words == null ? "" : ", if it is not that: " + words);
    }
    String name = user.group(1);
    if (name.equals(ANONYMOUS)) {
      return "it came without credentials; " + RENEW;
    }
    boolean isAccount = name.startsWith(SERVICE_ACCOUNT);
    String account = isAccount ? name.substring(SERVICE_ACCOUNT.length()) : name;
    String binding =
        (isAccount ? account.substring(account.indexOf(':') + 1) + "-calls-" : "calls-") + pool;
    return (isAccount ? "service account " : "user ")
        + account
        + " lacks Role "
        + role
        + ": kubectl create rolebinding "
        + binding
        + " --role="
        + role
        + (isAccount ? " --serviceaccount=" + account : " --user='" + name + "'")
        + " -n "
        + namespace;
  }

  private static @Nullable KubernetesClientException answer(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof KubernetesClientException e && e.getCode() > 0) {
        return e;
      }
    }
    return null;
  }
}
