package dev.flamepool.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Raw TCP: as many bytes as FlamePool puts on the wire, to and from a JVM with the same flags. */
final class EchoSubject implements Subject, AutoCloseable {
  private final Process process;
  private final int port;
  private final MessageSize small;
  private final int largeBytes;
  private final Map<Integer, Caller> callers = new ConcurrentHashMap<>();

  /**
   * Bytes of one message on the wire.
   *
   * @param request there
   * @param reply and back
   */
  record MessageSize(int request, int reply) {}

  private EchoSubject(Process process, int port, MessageSize small, int largeBytes) {
    this.process = process;
    this.port = port;
    this.small = small;
    this.largeBytes = largeBytes;
  }

  static EchoSubject start(List<String> flags, MessageSize small, int largeBytes)
      throws IOException {
    Process process =
        new ProcessBuilder(Jvm.command(Jvm.classPath(), flags, Echo.class.getName()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String port =
        new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))
            .readLine();
    if (port == null) {
      throw new IOException("the echo did not start");
    }
    return new EchoSubject(process, Integer.parseInt(port), small, largeBytes);
  }

  @Override
  public String name() {
    return "raw";
  }

  @Override
  public Caller caller(int number) {
    return callers.computeIfAbsent(number, n -> new Connections());
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  /** A connection for each size. */
  private final class Connections implements Caller {
    private Echo.@org.jspecify.annotations.Nullable Client forSmall;
    private Echo.@org.jspecify.annotations.Nullable Client forLarge;

    @Override
    public void small(int number) throws IOException {
      Echo.Client client = forSmall;
      if (client == null) {
        client = new Echo.Client(port, small.request(), small.reply());
        forSmall = client;
      }
      client.exchange(number);
    }

    @Override
    public void large(int number) throws IOException {
      Echo.Client client = forLarge;
      if (client == null) {
        client = new Echo.Client(port, largeBytes, largeBytes);
        forLarge = client;
      }
      client.exchange(number);
    }
  }
}
