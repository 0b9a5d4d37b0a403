package dev.flamepool.operator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the options and the environment may say. Each failure is one sentence. */
final class StartChecks {
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern NAME =
      Pattern.compile("(?=.{1,253}$)[a-z0-9]([-.a-z0-9]*[a-z0-9])?");
  private static final Pattern VALUE =
      Pattern.compile("[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?");
  private static final int MAX_PORT = 65_535;
  private static final List<String> LEVELS =
      List.of("OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE");

  /** Where a client asks that was told nothing. */
  private static final String NOWHERE = "https://kubernetes.default.svc";

  private StartChecks() {}

  /** The level of the log; of another one logback would make DEBUG. */
  static void logLevel(Map<String, String> environment) {
    String level = environment.get("FLAMEPOOL_LOG");
    if (level != null && !level.isEmpty() && !LEVELS.contains(level.toUpperCase(Locale.ROOT))) {
      throw refused("FLAMEPOOL_LOG", level, "give one of " + String.join(", ", LEVELS));
    }
  }

  /** Names of namespaces. */
  static Set<String> namespaces(String option, Collection<String> names) {
    names.forEach(name -> namespace(option, name));
    return Set.copyOf(names);
  }

  /** The name of a namespace. */
  static String namespace(String option, String name) {
    if (!LABEL.matcher(name).matches()) {
      throw refused(
          option,
          name,
          "give a namespace: up to 63 lower case letters, digits and '-', such as flamepool-system");
    }
    return name;
  }

  /** The name of an object. */
  static String name(String option, String name) {
    if (!NAME.matcher(name).matches()) {
      throw refused(option, name, "give lower case letters, digits, '-' and '.'");
    }
    return name;
  }

  /** What becomes the value of a label. */
  static String label(String option, String value) {
    if (!VALUE.matcher(value).matches()) {
      throw refused(option, value, "give up to 63 letters, digits, '-', '_' and '.'");
    }
    return value;
  }

  /** What pools may name in place of a cloud. */
  static Set<String> endpoints(String option, Collection<String> urls) {
    for (String url : urls) {
      try {
        URI uri = new URI(url.strip());
        if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme())) {
          throw refused(option, url, "give http://host:port or https://host");
        }
      } catch (URISyntaxException e) {
        throw refused(option, url, "give http://host:port or https://host");
      }
    }
    return Set.copyOf(urls);
  }

  /** Where probes and metrics are served. */
  static InetSocketAddress health(String host, int port) {
    if (port < 0 || port > MAX_PORT) {
      throw refused("--health-port", String.valueOf(port), "give 1 to " + MAX_PORT);
    }
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw refused(
          "--health-address", host, "give an address of this host, or 0.0.0.0 for all of them");
    }
    return address;
  }

  /** How to reach the cluster. */
  static Config cluster(@Nullable Path kubeconfig) {
    if (kubeconfig == null) {
      Config found = new ConfigBuilder().build();
      if (found.getMasterUrl().startsWith(NOWHERE)) {
        throw new StartException(
            "there is no cluster: no kubeconfig was found, in KUBECONFIG or ~/.kube/config, and"
                + " this process is in no Pod; give --kubeconfig",
            null);
      }
      return found;
    }
    if (!Files.isReadable(kubeconfig) || Files.isDirectory(kubeconfig)) {
      throw refused(
          "--kubeconfig", kubeconfig.toString(), "give a file that this process may read");
    }
    try {
      return Config.fromKubeconfig(kubeconfig.toFile());
    } catch (RuntimeException e) {
      throw new StartException(
          "--kubeconfig is '"
              + kubeconfig
              + "', which is no kubeconfig; kubectl --kubeconfig "
              + kubeconfig
              + " get namespaces must work",
          e);
    }
  }

  private static StartException refused(String option, String value, String remedy) {
    return new StartException(option + " is '" + value + "': " + remedy, null);
  }
}
