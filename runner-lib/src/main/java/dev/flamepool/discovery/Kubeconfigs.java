package dev.flamepool.discovery;

import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.Context;
import io.fabric8.kubernetes.api.model.NamedContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What kubeconfigs say together, as {@code kubectl} reads them: the first that says something
 * counts. Pure.
 *
 * @param names of the files, for people
 * @param read what is in them
 */
record Kubeconfigs(String names, List<Config> read) {
  /**
   * What is missing on the way to a server.
   *
   * @param chosen the context, null for the current one
   * @return what is wrong and what to write; null if nothing is
   */
  @Nullable String problem(@Nullable String chosen) {
    String name =
        chosen != null
            ? chosen
            : read.stream()
                .map(Config::getCurrentContext)
                .filter(current -> current != null && !current.isBlank())
                .findFirst()
                .orElse(null);
    if (name == null) {
      return "The kubeconfig " + names + " has no current-context. " + choice();
    }
    Context context =
        first(Config::getContexts, c -> name.equals(c.getName()) ? c.getContext() : null);
    if (context == null) {
      return "There is no context '" + name + "' in the kubeconfig " + names + ". " + choice();
    }
    String which = "Context '" + name + "' of the kubeconfig " + names;
    Cluster cluster =
        first(
            Config::getClusters,
            c -> Objects.equals(c.getName(), context.getCluster()) ? c.getCluster() : null);
    if (cluster == null) {
      return which
          + " names cluster '"
          + context.getCluster()
          + "', which is not in it: "
          + setServer(context.getCluster());
    }
    if (!isUrl(cluster.getServer())) {
      return "Cluster '"
          + context.getCluster()
          + "' of the kubeconfig "
          + names
          + (cluster.getServer() == null ? " has no server" : " has server: " + cluster.getServer())
          + ", which is no URL: "
          + setServer(context.getCluster());
    }
    String user = context.getUser();
    boolean unknown =
        user != null
            && !user.isBlank()
            && first(Config::getUsers, u -> user.equals(u.getName()) ? u : null) == null;
    return unknown
        ? which
            + " names user '"
            + user
            + "', which is not in it: kubectl config set-credentials "
            + user
            + " --token=..."
        : null;
  }

  private static String setServer(String cluster) {
    return "kubectl config set-cluster " + cluster + " --server=https://HOST:6443";
  }

  private static boolean isUrl(@Nullable String server) {
    try {
      return server != null
          && new URI(server.contains("://") ? server : "https://" + server).getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private String choice() {
    String known =
        all(Config::getContexts).map(NamedContext::getName).collect(Collectors.joining(", "));
    return known.isEmpty()
        ? "It has no contexts at all: take the kubeconfig from your cluster's provider"
        : "It has: "
            + known
            + ". Write kubectl config use-context NAME, or Flame.builder().context(\"NAME\")";
  }

  private <T> Stream<T> all(Function<Config, List<T>> part) {
    return read.stream().map(part).filter(Objects::nonNull).flatMap(List::stream);
  }

  private <T, R> @Nullable R first(Function<Config, List<T>> part, Function<T, @Nullable R> found) {
    return all(part).map(found).filter(Objects::nonNull).findFirst().orElse(null);
  }
}
