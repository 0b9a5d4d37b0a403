package dev.flamepool.simulators.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

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
      --image NAME=VALUE     what containers of an image run: [MAINCLASS@]CLASSPATH, or
                             exec:COMMAND; may be repeated; the name * stands for all others
      --cpu N, --memory N    as Kubernetes writes them; 8 and 16Gi unless given
      --pods N               110 unless given
      --label KEY=VALUE      of the Node; may be repeated
      --taint KEY=VALUE:EFFECT  of the Node; may be repeated
      --back-off MILLIS      the first pause before a container is started again; 10000 unless given
      --namespace NAME       schedule Pods of this namespace only; may be repeated
      --no-scheduler         leave Pods to another scheduler
      """;

  private Main() {}

  /** Runs until the process is told to end. */
  public static void main(String[] args) throws IOException, InterruptedException {
    NodeOptions options = new NodeOptions();
    Set<String> given = new HashSet<>();
    try {
      for (int i = 0; i < args.length; i++) {
        if (args[i].equals("--no-scheduler")) {
          options.scheduler(false);
        } else {
          String name = args[i++];
          given.add(name);
          option(options, name, i < args.length ? args[i] : "");
        }
      }
      for (String needed : Set.of("--kubeconfig", "--state-dir")) {
        if (!given.contains(needed)) {
          throw new IllegalArgumentException(needed + " is missing");
        }
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + USAGE);
      System.exit(2);
    }
    NodeSimulator simulator = NodeSimulator.start(options);
    Runtime.getRuntime().addShutdownHook(new Thread(simulator::close, "close"));
    System.out.println("the node simulator is ready at " + simulator.uri());
    new CountDownLatch(1).await();
  }

  private static void option(NodeOptions options, String name, String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(name + " lacks its value, or is no option");
    }
    switch (name) {
      case "--kubeconfig" -> options.kubeconfig(Path.of(value));
      case "--state-dir" -> options.stateDir(Path.of(value));
      case "--node" -> options.name(value);
      case "--port" -> options.port(Integer.parseInt(value));
      case "--image" -> options.image(pair(name, value)[0], Image.parse(pair(name, value)[1]));
      case "--namespace" -> options.namespace(value);
      case "--cpu" -> options.cpu(value);
      case "--memory" -> options.memory(value);
      case "--pods" -> options.pods(Integer.parseInt(value));
      case "--label" -> options.label(pair(name, value)[0], pair(name, value)[1]);
      case "--taint" -> {
        String[] pair = pair(name, value);
        String[] rest = pair[1].split(":", 2);
        if (rest.length < 2) {
          throw new IllegalArgumentException(name + " " + value + " must be KEY=VALUE:EFFECT");
        }
        options.taint(pair[0], rest[0], rest[1]);
      }
      case "--back-off" -> options.backOff(Duration.ofMillis(Long.parseLong(value)));
      default -> throw new IllegalArgumentException(name + " is no option");
    }
  }

  private static String[] pair(String name, String value) {
    String[] pair = value.split("=", 2);
    if (pair.length < 2) {
      throw new IllegalArgumentException(name + " " + value + " must be NAME=VALUE");
    }
    return pair;
  }
}
