package dev.flamepool.operator;

import dev.flamepool.operator.leadership.Holder;
import dev.flamepool.operator.leadership.LeaseTimes;
import io.fabric8.kubernetes.client.Config;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What an operator needs to know; {@link #of} gives the defaults, the {@code with} methods change
 * one thing each.
 *
 * @param cluster how to reach the API server
 * @param namespaces whose pools it serves; empty for all
 * @param operatorNamespace where its Lease and the authorities' keys lie
 * @param stateDir where the local backend keeps its runners; the same after a restart
 * @param allowPods whether runners may be Pods
 * @param allowLocal whether pools may have runners on this host
 * @param localClassPath class path of local runners whose pool gives none
 * @param allowEndpoints endpoints other than the clouds' own that pools may name
 * @param ambientNamespaces whose pools may use the operator's own cloud credentials, and what its
 *     own instance is; none unless given
 * @param reportOrphans whether machines without a runner are only told of, not deleted
 * @param installation mark on every machine; empty for the uid of namespace {@code kube-system}
 * @param lease name of the Lease; empty for no election: then the caller sees to it that there is
 *     one operator only
 * @param holder who this process is in the election
 * @param leaseTimes of that Lease
 * @param health where {@code /healthz}, {@code /readyz} and {@code /metrics} are served; empty for
 *     nowhere
 */
public record OperatorConfig(
    Config cluster,
    Set<String> namespaces,
    String operatorNamespace,
    Path stateDir,
    boolean allowPods,
    boolean allowLocal,
    Optional<String> localClassPath,
    Set<String> allowEndpoints,
    Set<String> ambientNamespaces,
    boolean reportOrphans,
    Optional<String> installation,
    Optional<String> lease,
    Holder holder,
    LeaseTimes leaseTimes,
    Optional<InetSocketAddress> health) {

  /** The Lease that operators of one cluster share unless told otherwise. */
  public static final String DEFAULT_LEASE = "flamepool-operator";

  /** All namespaces, Pods but no local runners, election by {@link #DEFAULT_LEASE}. */
  public static OperatorConfig of(Config cluster, String operatorNamespace, Path stateDir) {
    return new OperatorConfig(
        cluster,
        Set.of(),
        operatorNamespace,
        stateDir,
        true,
        false,
        Optional.empty(),
        Set.of(),
        Set.of(),
        false,
        Optional.empty(),
        Optional.of(DEFAULT_LEASE),
        Holder.anonymous(System.getenv()),
        LeaseTimes.DEFAULT,
        Optional.empty());
  }

  /** Serves only these namespaces; none for all. */
  public OperatorConfig withNamespaces(Set<String> only) {
    return with(change -> change.namespaces = Set.copyOf(only));
  }

  /** Makes no Pods, nor looks at any. */
  public OperatorConfig withoutPods() {
    return with(change -> change.allowPods = false);
  }

  /** Allows runners on this host, with this class path unless their pool gives one. */
  public OperatorConfig withLocal(Optional<String> classPath) {
    return with(
        change -> {
          change.allowLocal = true;
          change.localClassPath = classPath;
        });
  }

  /** Allows pools to name these endpoints in place of the clouds' own, such as a simulator's. */
  public OperatorConfig withEndpoints(Set<String> allowed) {
    return with(change -> change.allowEndpoints = Set.copyOf(allowed));
  }

  /** Lets the pools of these namespaces use the operator's own cloud credentials. */
  public OperatorConfig withAmbient(Set<String> allowed) {
    return with(change -> change.ambientNamespaces = Set.copyOf(allowed));
  }

  /** Tells of machines without a runner and leaves them alone. */
  public OperatorConfig reportingOrphans() {
    return with(change -> change.reportOrphans = true);
  }

  /** Marks machines with this id. */
  public OperatorConfig withInstallation(String id) {
    return with(change -> change.installation = Optional.of(id));
  }

  /** Elects by this Lease; empty for no election. */
  public OperatorConfig withLease(Optional<String> name, LeaseTimes times) {
    return with(
        change -> {
          change.lease = name;
          change.leaseTimes = times;
        });
  }

  /** Takes part in the election as this one. */
  public OperatorConfig withHolder(Holder self) {
    return with(change -> change.holder = self);
  }

  /** Serves probes and metrics there. */
  public OperatorConfig withHealth(InetSocketAddress address) {
    return with(change -> change.health = Optional.of(address));
  }

  private OperatorConfig with(Consumer<Change> what) {
    Change change = new Change(this);
    what.accept(change);
    return new OperatorConfig(
        cluster,
        change.namespaces,
        operatorNamespace,
        stateDir,
        change.allowPods,
        change.allowLocal,
        change.localClassPath,
        change.allowEndpoints,
        change.ambientNamespaces,
        change.reportOrphans,
        change.installation,
        change.lease,
        change.holder,
        change.leaseTimes,
        change.health);
  }

  /** What may be changed. */
  private static final class Change {
    Set<String> namespaces;
    boolean allowPods;
    boolean allowLocal;
    Optional<String> localClassPath;
    Set<String> allowEndpoints;
    Set<String> ambientNamespaces;
    boolean reportOrphans;
    Optional<String> installation;
    Optional<String> lease;
    Holder holder;
    LeaseTimes leaseTimes;
    Optional<InetSocketAddress> health;

    Change(OperatorConfig from) {
      namespaces = from.namespaces;
      allowPods = from.allowPods;
      allowLocal = from.allowLocal;
      localClassPath = from.localClassPath;
      allowEndpoints = from.allowEndpoints;
      ambientNamespaces = from.ambientNamespaces;
      reportOrphans = from.reportOrphans;
      installation = from.installation;
      lease = from.lease;
      holder = from.holder;
      leaseTimes = from.leaseTimes;
      health = from.health;
    }
  }
}
