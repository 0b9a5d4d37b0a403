package dev.flamepool.bench;

import dev.flamepool.wire.Identity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An echo, raw or over TLS: as many bytes as FlamePool puts on the wire, to and from a JVM with the
 * same flags.
 */
final class EchoSubject implements Subject, AutoCloseable {
  /** What a TLS 1.3 record adds to what is in it. */
  private static final int RECORD = 22;

  private final String name;
  private final Process process;
  private final @Nullable Identity identity;
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

  private EchoSubject(
      String name,
      Process process,
      @Nullable Identity identity,
      int port,
      MessageSize small,
      int largeBytes) {
    this.name = name;
    this.process = process;
    this.identity = identity;
    this.port = port;
    this.small = small;
    this.largeBytes = largeBytes;
  }

  static EchoSubject raw(List<String> flags, MessageSize small, int largeBytes) throws IOException {
    return start("raw", flags, null, small, largeBytes);
  }

  /** The JDK's own {@code SSLSocket} and nothing else, with an identity in that folder. */
  static EchoSubject tls(
      List<String> flags, Authority authority, Path folder, MessageSize small, int largeBytes)
      throws Exception {
    authority.writeRunner(folder, "echo");
    MessageSize content = new MessageSize(small.request() - RECORD, small.reply() - RECORD);
    return start("tls", flags, authority.caller(), content, largeBytes, folder.toString());
  }

  private static EchoSubject start(
      String name,
      List<String> flags,
      @Nullable Identity identity,
      MessageSize small,
      int largeBytes,
      String... arguments)
      throws IOException {
    Process process =
        new ProcessBuilder(Jvm.command(Jvm.classPath(), flags, Echo.class.getName(), arguments))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String port =
        new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))
            .readLine();
    if (port == null) {
      throw new IOException("the echo did not start");
    }
    return new EchoSubject(name, process, identity, Integer.parseInt(port), small, largeBytes);
  }

  @Override
  public String name() {
    return name;
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
    private Echo.@Nullable Client forSmall;
    private Echo.@Nullable Client forLarge;

    @Override
    public void small(int number) throws IOException {
      Echo.Client client = forSmall;
      if (client == null) {
        client = new Echo.Client(Echo.connect(port, identity), small.request(), small.reply());
        forSmall = client;
      }
      client.exchange(number);
    }

    @Override
    public void large(int number) throws IOException {
      Echo.Client client = forLarge;
      if (client == null) {
        client = new Echo.Client(Echo.connect(port, identity), largeBytes, largeBytes);
        forLarge = client;
      }
      client.exchange(number);
    }
  }
}
