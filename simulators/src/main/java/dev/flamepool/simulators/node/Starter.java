package dev.flamepool.simulators.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.simulators.machine.Launch;
import dev.flamepool.simulators.machine.MachineRuntime;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts containers, or says why it cannot yet. On the loop. */
final class Starter {
  private static final Logger LOG = LoggerFactory.getLogger(Starter.class);

  /** No path of this host begins so, and would be taken for it. */
  private static final String HOME = "/.home";

  private static final int LAST_WORDS = 2_048;

  private final NodeOptions options;
  private final NodeFaults faults;
  private final Sources sources;
  private final Volumes volumes;
  private final MachineRuntime runtime;
  private final EventLog events;
  private final Path machines;
  private final URI apiServer;

  Starter(
      NodeOptions options,
      NodeFaults faults,
      ApiServer api,
      Volumes volumes,
      MachineRuntime runtime,
      EventLog events,
      Path machines) {
    this.options = options;
    this.faults = faults;
    this.sources = api;
    this.volumes = volumes;
    this.runtime = runtime;
    this.events = events;
    this.machines = machines;
    apiServer = URI.create(api.url());
  }

  /** One step of a container that waits. */
  void step(PodRun run, ContainerRun container, Instant now) {
    if (container.reason.equals("ErrImagePull")) {
      String what = "Back-off pulling image \"" + container.spec.getImage() + "\"";
      container.waits("ImagePullBackOff", what, container.notBefore);
      events.container(run.pod, container, false, "BackOff", what);
      events.container(run.pod, container, true, "Failed", "Error: ImagePullBackOff");
    }
    if (now.isBefore(container.notBefore)
        || now.isBefore(run.startTime.plus(faults.startDelay()))) {
      return;
    }
    try {
      if (!run.mounted) {
        volumes.fill(run.pod, run.ip);
        run.mounted = true;
      }
    } catch (NotYet missing) {
      events.kubelet(run.pod, true, "FailedMount", words(missing));
      container.waits(container.reason, "", now.plus(options.retry()));
      return;
    } catch (KubernetesClientException e) {
      container.waits(container.reason, "", now.plus(options.retry()));
      return;
    }
    String name = container.spec.getImage();
    Image image = faults.isMissing(name) ? null : options.image(name);
    if (image == null) {
      pullFails(run, container, now);
    } else {
      start(run, container, image, now);
    }
  }

  private void pullFails(PodRun run, ContainerRun container, Instant now) {
    String image = container.spec.getImage();
    if ("Never".equals(container.spec.getImagePullPolicy())) {
      String words = "Container image \"" + image + "\" is not present with pull policy of Never";
      events.container(run.pod, container, true, "ErrImageNeverPull", words);
      container.waits("ErrImageNeverPull", words, now.plus(container.pulls.next()));
      return;
    }
    String words =
        ("rpc error: code = NotFound desc = failed to pull and unpack image \"%1$s\": failed to"
                + " resolve reference \"%1$s\": %1$s: not found")
            .formatted(image);
    events.container(run.pod, container, false, "Pulling", "Pulling image \"" + image + "\"");
    events.container(
        run.pod, container, true, "Failed", "Failed to pull image \"" + image + "\": " + words);
    events.container(run.pod, container, true, "Failed", "Error: ErrImagePull");
    container.waits("ErrImagePull", words, now.plus(container.pulls.next()));
  }

  private void start(PodRun run, ContainerRun container, Image image, Instant now) {
    String name = container.spec.getName();
    Launch launch;
    try {
      launch = launch(run, container.spec, container.machine, image);
    } catch (NotYet missing) {
      events.container(run.pod, container, true, "Failed", "Error: " + words(missing));
      Instant next = now.plus(options.retry());
      container.waits("CreateContainerConfigError", words(missing), next);
      return;
    } catch (IOException | KubernetesClientException e) {
      container.waits("CreateContainerError", e.toString(), now.plus(options.retry()));
      return;
    }
    String present = "Container image \"" + container.spec.getImage() + "\" already present";
    events.container(run.pod, container, false, "Pulled", present + " on machine");
    events.container(run.pod, container, false, "Created", "Created container: " + name);
    try {
      keepLog(container);
      runtime.start(launch);
      container.started(now);
      events.container(run.pod, container, false, "Started", "Started container " + name);
    } catch (IOException e) {
      LOG.info("container {} of {} does not start: {}", name, run.name(), e.toString());
      String words = "failed to create containerd task: " + e.getMessage();
      events.container(run.pod, container, true, "Failed", "Error: " + words);
      container.ended(128, "StartError", words, now);
    }
  }

  /** What the container runs: also for one more process in it. */
  Launch launch(PodRun run, Container spec, String machine, Image image)
      throws NotYet, IOException {
    Map<String, String> services = new LinkedHashMap<>();
    services.put("KUBERNETES_SERVICE_HOST", apiServer.getHost());
    services.put("KUBERNETES_SERVICE_PORT", Integer.toString(apiServer.getPort()));
    services.put("KUBERNETES_SERVICE_PORT_HTTPS", Integer.toString(apiServer.getPort()));
    Map<String, String> env = new Environment(sources, run.pod, run.ip).of(spec, services);
    Map<String, Path> mounts = new TreeMap<>(volumes.mounts(run.pod, spec, env));
    Command command = Command.of(spec, image, env);
    if (command.words().isEmpty()) {
      throw new NotYet("no command specified");
    }
    mounts.putIfAbsent(HOME, volumes.home(run.pod));
    env.putIfAbsent("HOME", HOME);
    env.putIfAbsent("HOSTNAME", run.name());
    env.putIfAbsent(
        "PATH",
        Path.of(System.getProperty("java.home"), "bin")
            + File.pathSeparator
            + "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    if (Account.isMounted(spec)) {
      account(env);
    }
    return new Launch(
        machine, command.words(), env, List.of(), mounts, command.hostWords(), run.ip);
  }

  /** The files are not where clients look for them; fabric8's can be told. */
  private static void account(Map<String, String> env) {
    env.putIfAbsent("KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN", Account.FOLDER + "/token");
    env.putIfAbsent("KUBERNETES_CERTS_CA_FILE", Account.FOLDER + "/ca.crt");
    env.putIfAbsent("KUBENAMESPACE", Account.FOLDER + "/namespace");
  }

  Path log(ContainerRun container, boolean previous) {
    return machines.resolve(container.machine).resolve(previous ? "previous.log" : "output.log");
  }

  /** A life's output is kept for the length of the next. */
  private void keepLog(ContainerRun container) throws IOException {
    if (Files.exists(log(container, false))) {
      Files.move(log(container, false), log(container, true), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** What a failed container printed last, if its spec wants that told. */
  String lastWords(ContainerRun container) {
    if (!"FallbackToLogsOnError".equals(container.spec.getTerminationMessagePolicy())) {
      return "";
    }
    try {
      byte[] all = Files.readAllBytes(log(container, false));
      int from = Math.max(0, all.length - LAST_WORDS);
      return new String(all, from, all.length - from, UTF_8);
    } catch (IOException none) {
      return "";
    }
  }

  private static String words(NotYet missing) {
    return String.valueOf(missing.getMessage());
  }
}
