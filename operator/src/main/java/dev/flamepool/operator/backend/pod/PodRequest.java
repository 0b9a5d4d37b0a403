package dev.flamepool.operator.backend.pod;

import dev.flamepool.api.Names;
import dev.flamepool.api.PodBackend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.cluster.Json;
import dev.flamepool.wire.Identity;
import dev.flamepool.wire.ParentLines;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.KeyToPathBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Pod of an attempt: the entry's template with what must be laid over it. A pure function of
 * the attempt, the same each time.
 *
 * <p>Identity and secret variables are read from the boot Secret by the node; the Pod itself only
 * names it.
 */
final class PodRequest {
  /** Where the identity lies in the runner's container. */
  static final String FOLDER = "/run/flamepool/boot";

  /** The volume with it. */
  static final String VOLUME = "flamepool-boot";

  /** Where a kubelet looks for a container's last words unless the template says otherwise. */
  static final String LAST_WORDS = "/dev/termination-log";

  private static final String BIND = "FLAME_BIND";
  private static final String PORT_NAME = "flame";

  /** What a Pod gets on top of its grace, so that its runner can say how it ended. */
  private static final long GRACE_MARGIN_SECONDS = 5;

  /** For the boot, and for calls that run on when the runner's own limit has come. */
  private static final long LIFE_MARGIN_SECONDS = 600;

  private final LaunchAttempt attempt;
  private final PodTemplateSpec template;
  private final Map<String, String> pool;
  private ParentLines parent;

  private PodRequest(LaunchAttempt attempt) throws BackendException {
    this.attempt = attempt;
    PodBackend pod = attempt.entry().pod();
    this.template = Json.value(PodOptions.template(pod), PodTemplateSpec.class);
    this.pool = attempt.boot().env();
    this.parent = attempt.boot().parent().with("identity", FOLDER);
  }

  /**
   * Composes it.
   *
   * @throws BackendException if the template lacks the runner's container, or the boot Secret is
   *     not what the operator writes
   */
  static Pod of(LaunchAttempt attempt) throws BackendException {
    return new PodRequest(attempt).pod();
  }

  /** A grace as Kubernetes takes it: whole seconds, a little more than given. */
  static long seconds(long millis) {
    return (millis + 999) / 1000 + GRACE_MARGIN_SECONDS;
  }

  private Pod pod() throws BackendException {
    PodSpec spec = template.getSpec() == null ? new PodSpec() : template.getSpec();
    Container runner = runner(spec);
    if (runner.getTerminationMessagePath() == null) {
      runner.setTerminationMessagePath(LAST_WORDS);
    }
    parent = parent.with("lastWords", runner.getTerminationMessagePath());
    long port = Boot.number(parent, "port");
    runner.setEnv(environment(runner.getEnv()));
    expose(runner, (int) port);
    mount(spec, runner);
    spec.setRestartPolicy("Never");
    spec.setTerminationGracePeriodSeconds(seconds(Boot.number(parent, "shutdownTimeoutMs")));
    spec.setActiveDeadlineSeconds(deadline(spec));
    if (spec.getAutomountServiceAccountToken() == null) {
      spec.setAutomountServiceAccountToken(false);
    }
    if (spec.getEnableServiceLinks() == null) {
      spec.setEnableServiceLinks(false);
    }
    return new PodBuilder().withMetadata(metadata(runner.getName(), port)).withSpec(spec).build();
  }

  private ObjectMeta metadata(String container, long port) {
    MachineKey key = attempt.key();
    ObjectMeta given = template.getMetadata() == null ? new ObjectMeta() : template.getMetadata();
    return new ObjectMetaBuilder()
        .withName(Ownership.name(key))
        .withNamespace(key.namespace())
        .withLabels(over(given.getLabels(), Ownership.labels(key)))
        .withAnnotations(
            over(
                over(
                    given.getAnnotations(),
                    DoNotEvict.first(
                        given.getAnnotations() == null ? Map.of() : given.getAnnotations())),
                Ownership.annotations(key, container, port)))
        .withOwnerReferences(Ownership.owner(key))
        .build();
  }

  private static Map<String, String> over(
      @Nullable Map<String, String> given, Map<String, String> forced) {
    Map<String, String> all = new TreeMap<>(given == null ? Map.of() : given);
    all.putAll(forced);
    return all;
  }

  private Container runner(PodSpec spec) throws BackendException {
    PodBackend pod = attempt.entry().pod();
    List<String> names = spec.getContainers().stream().map(Container::getName).toList();
    String name =
        PodOptions.container(pod, names)
            .orElseThrow(
                () -> new BackendException(Kind.CONFIGURATION, PodOptions.noContainer(pod, names)));
    Container runner = spec.getContainers().get(names.indexOf(name));
    if (runner.getImage() == null || runner.getImage().isBlank()) {
      throw new BackendException(
          Kind.CONFIGURATION, "pod.template: container " + name + " has no image");
    }
    return runner;
  }

  /**
   * The operator's own first, then the pool's, then the template's: whoever comes first wins, and
   * what comes later may refer to it.
   */
  private List<EnvVar> environment(List<EnvVar> given) {
    List<EnvVar> env = new ArrayList<>();
    env.add(
        new EnvVarBuilder()
            .withName(BIND)
            .withNewValueFrom()
            .withNewFieldRef()
            .withFieldPath("status.podIP")
            .endFieldRef()
            .endValueFrom()
            .build());
    env.add(literal(ParentLines.VARIABLE, parent.text()));
    pool.forEach(
        (name, value) -> {
          if (!name.equals(BIND)) {
            env.add(
                attempt.boot().secretEnv().contains(name) ? secret(name) : literal(name, value));
          }
        });
    for (EnvVar variable : given) {
      if (!pool.containsKey(variable.getName())
          && !Names.RESERVED_ENV.contains(variable.getName())) {
        env.add(variable);
      }
    }
    return env;
  }

  /** A node would take {@code $(NAME)} for a reference; a pool's values are what they are. */
  private static EnvVar literal(String name, String value) {
    return new EnvVarBuilder().withName(name).withValue(value.replace("$", "$$")).build();
  }

  private EnvVar secret(String name) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewSecretKeyRef(Boot.ENV_KEY + name, bootSecret(), false)
        .endValueFrom()
        .build();
  }

  private String bootSecret() {
    MachineKey key = attempt.key();
    return Names.bootSecret(key.runner(), key.runnerUid(), key.attempt());
  }

  private static void expose(Container runner, int port) {
    boolean known =
        runner.getPorts().stream()
            .anyMatch(one -> one.getContainerPort() != null && one.getContainerPort() == port);
    if (!known) {
      boolean taken = runner.getPorts().stream().anyMatch(one -> PORT_NAME.equals(one.getName()));
      List<ContainerPort> ports = new ArrayList<>(runner.getPorts());
      ports.add(
          new ContainerPortBuilder()
              .withName(taken ? null : PORT_NAME)
              .withContainerPort(port)
              .withProtocol("TCP")
              .build());
      runner.setPorts(ports);
    }
  }

  private void mount(PodSpec spec, Container runner) {
    Volume volume =
        new VolumeBuilder()
            .withName(VOLUME)
            .withNewSecret()
            .withSecretName(bootSecret())
            .withDefaultMode(mode(spec, runner))
            .withItems(
                Identity.FILES.stream()
                    .map(file -> new KeyToPathBuilder().withKey(file).withPath(file).build())
                    .toList())
            .endSecret()
            .build();
    VolumeMount mount =
        new VolumeMountBuilder().withName(VOLUME).withMountPath(FOLDER).withReadOnly(true).build();
    spec.setVolumes(
        Stream.concat(
                spec.getVolumes().stream().filter(one -> !VOLUME.equals(one.getName())),
                Stream.of(volume))
            .toList());
    runner.setVolumeMounts(
        Stream.concat(
                runner.getVolumeMounts().stream()
                    .filter(one -> !VOLUME.equals(one.getName()))
                    .filter(one -> !FOLDER.equals(one.getMountPath())),
                Stream.of(mount))
            .toList());
  }

  /**
   * As few readers as the container's user allows. A group is not forced on the Pod: it would
   * change the owner of every other volume. An image's own user may be anybody, and nobody else is
   * in its container.
   */
  private static int mode(PodSpec spec, Container runner) {
    Long user =
        runner.getSecurityContext() == null ? null : runner.getSecurityContext().getRunAsUser();
    if (user == null && spec.getSecurityContext() != null) {
      user = spec.getSecurityContext().getRunAsUser();
    }
    if (user != null && user == 0) {
      return 0400;
    }
    boolean group =
        spec.getSecurityContext() != null && spec.getSecurityContext().getFsGroup() != null;
    return group ? 0440 : 0444;
  }

  /** Beyond what the runner itself allows; what the template gives if that is less. */
  private @Nullable Long deadline(PodSpec spec) throws BackendException {
    long life = Boot.number(parent, "maxLifetimeMs");
    Long given = spec.getActiveDeadlineSeconds();
    if (life < 0) {
      return given;
    }
    long most =
        life / 1000 + seconds(Boot.number(parent, "shutdownTimeoutMs")) + LIFE_MARGIN_SECONDS;
    return given == null ? most : Long.valueOf(Math.min(given, most));
  }

  /** The labels that a template brings along. */
  static Map<String, String> labels(PodBackend pod) {
    Map<String, String> labels = new TreeMap<>();
    PodOptions.template(pod)
        .path("metadata")
        .path("labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return labels;
  }
}
