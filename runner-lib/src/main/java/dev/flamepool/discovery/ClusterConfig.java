package dev.flamepool.discovery;

import dev.flamepool.ClusterUnavailableException;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.kubernetes.client.utils.Utils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How to reach the cluster: read from files and the environment, or refused with what is wrong. */
final class ClusterConfig {
  /** Where a client looks that was told nothing. */
  private static final String NOWHERE = "https://kubernetes.default.svc";

  private static final String INSTEAD =
      "give one: Flame.builder().kubeconfig(Path.of(\"...\")).connect(), or KUBECONFIG in the"
          + " environment; without a cluster, develop with Flame.inProcess()";

  private ClusterConfig() {}

  /**
   * Reads it.
   *
   * @param file a kubeconfig; null for the user's own or the Pod's service account
   * @param context null for the current one
   */
  static Config read(@Nullable Path file, @Nullable String context) {
    List<Path> looked = file != null ? List.of(file) : usual();
    List<Path> there = looked.stream().filter(ClusterConfig::isReadable).toList();
    if (file != null && there.isEmpty()) {
      throw new ClusterUnavailableException(
          "The kubeconfig " + file + " cannot be read, as " + state(file) + ": " + INSTEAD);
    }
    boolean elsewhere = file == null && (isMasterGiven() || !isKubeconfigAsked());
    if (!there.isEmpty() && !elsewhere) {
      String problem = new Kubeconfigs(names(there), models(there)).problem(context);
      if (problem != null) {
        throw new ClusterUnavailableException(problem);
      }
    }
    Config config = parsed(file, context, there);
    if (there.isEmpty() && !elsewhere && isNowhere(config)) {
      throw new ClusterUnavailableException(
          "There is no way to a cluster: this process is in no Pod, and "
              + looked.stream().map(ClusterConfig::lookedAt).collect(Collectors.joining(", "))
              + "; "
              + INSTEAD);
    }
    return config;
  }

  private static Config parsed(@Nullable Path file, @Nullable String context, List<Path> there) {
    try {
      return file == null
          ? Config.autoConfigure(context)
          : Config.fromKubeconfig(context, file.toFile());
    } catch (RuntimeException e) { // what else the client's own parser does not like
      throw new ClusterUnavailableException(
          "The kubeconfig " + names(there) + " cannot be used: kubectl get pods must work with it");
    }
  }

  private static List<Path> usual() {
    return Config.getKubeconfigFilenames().stream()
        .filter(name -> !name.isBlank())
        .map(Path::of)
        .toList();
  }

  private static boolean isMasterGiven() {
    return Utils.getSystemPropertyOrEnvVar(Config.KUBERNETES_MASTER_SYSTEM_PROPERTY) != null;
  }

  private static boolean isKubeconfigAsked() {
    return Utils.getSystemPropertyOrEnvVar(
        Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY, true);
  }

  private static boolean isNowhere(Config config) {
    return config.getMasterUrl().startsWith(NOWHERE) && config.getAutoOAuthToken() == null;
  }

  private static boolean isReadable(Path file) {
    return Files.isRegularFile(file) && Files.isReadable(file);
  }

  private static String names(List<Path> files) {
    return files.stream().map(Path::toString).collect(Collectors.joining(", "));
  }

  private static String lookedAt(Path file) {
    boolean told = Utils.getSystemPropertyOrEnvVar(Config.KUBERNETES_KUBECONFIG_FILE) != null;
    return told
        ? "KUBECONFIG names " + file + ", but " + state(file)
        : "KUBECONFIG is not set, and " + file + " cannot be read, as " + state(file);
  }

  private static String state(Path file) {
    return Files.isDirectory(file)
        ? "that is a folder"
        : Files.exists(file) ? "this process may not read that file" : "there is no such file";
  }

  private static List<io.fabric8.kubernetes.api.model.Config> models(List<Path> files) {
    List<io.fabric8.kubernetes.api.model.Config> all = new ArrayList<>();
    for (Path file : files) {
      io.fabric8.kubernetes.api.model.Config model = model(file);
      if (model != null) {
        all.add(model);
      }
    }
    return all;
  }

  /** A parser's own words are not passed on: they may quote a token. */
  private static io.fabric8.kubernetes.api.model.@Nullable Config model(Path file) {
    try {
      return Serialization.unmarshal(
          Files.readString(file), io.fabric8.kubernetes.api.model.Config.class);
    } catch (IOException | RuntimeException e) {
      throw new ClusterUnavailableException(
          "The file "
              + file
              + " is no kubeconfig: kubectl --kubeconfig "
              + file
              + " config view"
              + " must work");
    }
  }
}
