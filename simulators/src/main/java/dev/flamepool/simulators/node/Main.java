package dev.flamepool.simulators.node;

import static dev.flamepool.simulators.SimulatorCommand.number;
import static dev.flamepool.simulators.SimulatorCommand.pair;

import dev.flamepool.simulators.SimulatorCommand;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The node simulator as a process; {@code docs/simulators.md} has its options. Prints one line when
 * it is ready. SIGTERM ends it and its containers; after {@code kill -9} its containers live on,
 * and the next one with the same {@code --state-dir} has them.
 */
public final class Main {
  private static final String USAGE =
      """
      --kubeconfig FILE      the API server and a user who may do everything; needed
      --state-dir DIR        where containers and volumes lie; needed
      --node NAME            node-0 unless given
      --port N               of the control interface, on 127.0.0.1; 0, the default, takes a free one
      --image NAME=VALUE     what containers of an image run: [JVM OPTIONS ][MAINCLASS@]CLASSPATH,
                             or exec:COMMAND; may be repeated; the name * stands for all others
      --cpu N, --memory N    as Kubernetes writes them; 8 and 16Gi unless given
      --pods N               110 unless given
      --label KEY=VALUE      of the Node; may be repeated
      --taint KEY=VALUE:EFFECT  of the Node; may be repeated
      --back-off MILLIS      the first pause before a container is started again; 10000 unless given
      --namespace NAME       schedule Pods of this namespace only; may be repeated
      --no-scheduler         leave Pods to another scheduler
      """;

  private static final Pattern TAINT = Pattern.compile("([^=]*)=([^:]*):(.*)");

  private Main() {}

  /** Runs until the process is told to end. */
  public static void main(String[] args) throws InterruptedException {
    NodeOptions options = new NodeOptions();
    new SimulatorCommand("the node simulator", USAGE)
        .flag("--no-scheduler", () -> options.scheduler(false))
        .needed("--kubeconfig", file -> options.kubeconfig(Path.of(file)))
        .needed("--state-dir", folder -> options.stateDir(Path.of(folder)))
        .option("--node", options::name)
        .option("--port", port -> options.port(number("--port", port)))
        .option("--image", value -> image(options, pair("--image", value)))
        .option("--namespace", options::namespace)
        .option("--cpu", options::cpu)
        .option("--memory", options::memory)
        .option("--pods", pods -> options.pods(number("--pods", pods)))
        .option("--label", value -> label(options, value.split("=", 2)))
        .option("--taint", value -> taint(options, value))
        .option(
            "--back-off",
            millis -> options.backOff(Duration.ofMillis(number("--back-off", millis))))
        .run(
            args,
            () -> {
              NodeSimulator simulator = started(options);
              return new SimulatorCommand.Running(simulator.uri(), simulator::close);
            });
  }

  private static NodeSimulator started(NodeOptions options) throws IOException {
    try {
      return NodeSimulator.start(options);
    } catch (KubernetesClientException e) {
      throw new IOException("the API server of --kubeconfig refuses: " + e.getMessage(), e);
    }
  }

  private static void image(NodeOptions options, String[] pair) {
    options.image(pair[0], Image.parse(pair[1]));
  }

  private static void label(NodeOptions options, String[] pair) {
    if (pair.length < 2) {
      throw new IllegalArgumentException("--label is '" + pair[0] + "': give KEY=VALUE");
    }
    options.label(pair[0], pair[1]);
  }

  private static void taint(NodeOptions options, String value) {
    Matcher parts = TAINT.matcher(value);
    if (!parts.matches()) {
      throw new IllegalArgumentException("--taint is '" + value + "': give KEY=VALUE:EFFECT");
    }
    options.taint(parts.group(1), parts.group(2), parts.group(3));
  }
}
