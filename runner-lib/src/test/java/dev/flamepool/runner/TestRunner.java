package dev.flamepool.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.FlameParent;
import dev.flamepool.RunnerApplication;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.Certificates;
import dev.flamepool.wire.ControlConnection;
import dev.flamepool.wire.ControlListener;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.Hello;
import dev.flamepool.wire.Identity;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.ReplyDecoder;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import dev.flamepool.wire.Timeouts;
import dev.flamepool.wire.Wait;
import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A runner in this JVM, on a real port with real TLS, and the means to call it. */
final class TestRunner implements AutoCloseable {
  static final String UID = "0b5a7c1e-0000-4000-8000-000000000001";
  static final Certificates POOL = new Certificates();
  static final Identity CALLER = POOL.caller().identity();
  static final Identity OPERATOR = POOL.operator().identity();
  static final ReplyDecoder DECODER = Closures.replies(TestRunner.class.getClassLoader());

  final CompletableFuture<EndCause> ended = new CompletableFuture<>();

  /** Whether its process was halted, and what it said. */
  volatile boolean halted;

  volatile String lastWords = "";
  private final List<SlotConnection> slots = new CopyOnWriteArrayList<>();
  final Runner runner;
  final InetSocketAddress address;

  TestRunner(FlameParent parent, Ticker ticker, @Nullable RunnerApplication application) {
    this(parent, ticker, new Threads(parent.virtualThreads()), application);
  }

  /** With threads of the test's. */
  TestRunner(
      FlameParent parent, Ticker ticker, Threads threads, @Nullable RunnerApplication application) {
    this(parent, threads, ticker);
    runner.serve(application);
  }

  /** One whose application is not there yet. */
  static TestRunner booting(FlameParent parent, Ticker ticker) {
    return new TestRunner(parent, new Threads(false), ticker);
  }

  private TestRunner(FlameParent parent, Threads threads, Ticker ticker) {
    Runner.Exit exit =
        new Runner.Exit() {
          @Override
          public void exit(EndCause cause, String message) {
            if (!ended.isDone()) {
              lastWords = message;
            }
            ended.complete(cause);
          }

          @Override
          public void halt(EndCause cause, String message) {
            if (!ended.isDone()) {
              lastWords = message;
              halted = true;
            }
            ended.complete(cause);
          }
        };
    runner = new Runner(parent, POOL.runner(UID).identity(), exit, ticker, threads, 0.5);
    try {
      address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), runner.listen("127.0.0.1", 0));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  TestRunner(FlameParent parent) {
    this(parent, Ticker.system(), null);
  }

  /** What a runner is told: three minutes of everything, then changed by the test. */
  static FlameParent parent(int maxConcurrency, boolean singleUse) {
    return parent(maxConcurrency, singleUse, -1, -1, -1, -1);
  }

  static FlameParent parent(
      int maxConcurrency, boolean singleUse, long idle, long minIdle, long orphan, long lifetime) {
    return parent(maxConcurrency, singleUse, idle, minIdle, orphan, lifetime, Path.of("."));
  }

  /** One whose identity lies in a folder of the test's. */
  static FlameParent parent(Path identity) {
    return parent(4, false, -1, -1, -1, -1, identity);
  }

  static FlameParent parent(
      int maxConcurrency,
      boolean singleUse,
      long idle,
      long minIdle,
      long orphan,
      long lifetime,
      Path identity) {
    return new FlameParent(
        1,
        "thumbs",
        "default",
        "thumbs-0",
        UID,
        maxConcurrency,
        singleUse,
        false,
        0,
        identity,
        null,
        20_000,
        idle,
        minIdle,
        orphan,
        lifetime,
        "warn");
  }

  static Hello hello(Role role, String id) {
    return new Hello(role, id, "default/thumbs", "");
  }

  SlotConnection slot(String caller, int number) throws IOException {
    return slot(caller, number, List.of());
  }

  /** One whose caller says that it takes more than others do. */
  SlotConnection slot(String caller, int number, List<String> takes) throws IOException {
    Hello hello = new Hello(Role.CALLER, caller, "default/thumbs", "", takes);
    SlotConnection s = SlotConnection.open(address, UID, CALLER, hello, number, Timeouts.DEFAULT);
    slots.add(s);
    return s;
  }

  /** A control connection that remembers what it heard. */
  static final class Control implements ControlListener, AutoCloseable {
    final List<ControlMessage> heard = new CopyOnWriteArrayList<>();
    final CompletableFuture<IOException> closed = new CompletableFuture<>();
    private @Nullable ControlConnection connection;

    static Control open(InetSocketAddress at, Role role, String id) throws IOException {
      Control c = new Control();
      Identity own = role == Role.OPERATOR ? OPERATOR : CALLER;
      c.connection = ControlConnection.open(at, UID, own, hello(role, id), Timeouts.DEFAULT, c);
      return c;
    }

    @Override
    public void received(ControlMessage message) {
      heard.add(message);
    }

    @Override
    public void closed(IOException cause) {
      closed.complete(cause);
    }

    ControlConnection connection() {
      return java.util.Objects.requireNonNull(connection);
    }

    void send(ControlMessage m) throws IOException {
      connection().send(m);
    }

    @Override
    public void close() {
      connection().close();
    }
  }

  Control control(Role role, String id) throws IOException {
    return Control.open(address, role, id);
  }

  /** On a thread of its own: the common pool may have one thread only. */
  static <T> CompletableFuture<T> async(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, task -> new Thread(task).start());
  }

  static boolean isServing(ControlMessage m) {
    return m instanceof ControlMessage.State s && s.phase() == dev.flamepool.wire.Phase.SERVING;
  }

  static <T> Reply call(SlotConnection slot, Task<T> task) {
    return call(slot, task, CallOptions.DEFAULT, Wait.FOREVER);
  }

  static <T> Reply call(SlotConnection slot, Task<T> task, CallOptions options, Wait wait) {
    return slot.call(Closures.encode(task, Task.class, true), options, DECODER, wait);
  }

  static Object value(Reply reply) {
    assertThat(reply).isInstanceOf(Reply.Result.class);
    return ((Reply.Result) reply).value();
  }

  static <F extends Serializable> Reply callObject(SlotConnection slot, F function, Class<?> type) {
    return slot.call(
        Closures.encode(function, type, true), CallOptions.DEFAULT, DECODER, Wait.FOREVER);
  }

  EndCause awaitEnd() throws Exception {
    return ended.get(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    slots.forEach(SlotConnection::close);
    runner.stop(0, "test over");
    ended.orTimeout(20, TimeUnit.SECONDS).join();
  }
}
