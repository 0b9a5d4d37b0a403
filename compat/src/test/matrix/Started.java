package app;

import dev.flamepool.Flame;
import dev.flamepool.FlameParent;
import dev.flamepool.Placed;
import dev.flamepool.Pool;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RunnerApplication;
import dev.flamepool.RunnerContext;
import dev.flamepool.ValueCodec;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Prints how calls end, a line each; or serves them. Nothing of it is exported by its module. */
final class Started {
  private Started() {}

  public static void main(String[] args) throws Exception {
    if (Flame.serveIfRunner(() -> System.setProperty("app.started", "yes"))) {
      return;
    }
    // A thread whose context loader knows no class of a fat jar.
    try (Flame flame = CompletableFuture.supplyAsync(() -> connect(args)).get()) {
      calls(flame.pool(args.length == 0 ? "pool" : args[2]));
    }
  }

  private static Flame connect(String[] args) {
    return args.length == 0
        ? Flame.inProcess()
        : Flame.builder().kubeconfig(Path.of(args[0])).namespace(args[1]).connect();
  }

  private static void calls(Pool pool) {
    String text = "text";
    List<Integer> numbers = List.of(1, 2);
    long here = ProcessHandle.current().pid();
    say("captures", () -> pool.call(() -> text + numbers));
    say("elsewhere", () -> pool.call(() -> ProcessHandle.current().pid() != here));
    say("started", () -> pool.call(() -> System.getProperty("app.started")));
    say("reference", () -> pool.call(Started::reference));
    say("own interface", () -> pool.call((Job) () -> text));
    say("own interface with the context", () -> pool.call((InContext) ctx -> ctx.parent().isPresent() + text));
    Function<String, String> upper = (Function<String, String> & Serializable) String::toUpperCase;
    Named named = (Named & Serializable) () -> "named";
    say("captured functions", () -> pool.call(() -> upper.apply(text) + named.name()));
    say("common pool", () -> CompletableFuture.supplyAsync(() -> pool.call(() -> new Sent(text))).get());
    say("an object", () -> pool.call(new Task(text)));
    say("items", () -> pool.map(numbers, number -> number + text));
    Sent sent = new Sent("sent");
    say("serializable", () -> pool.call(() -> new Sent(sent.text() + " back")));
    Plain plain = new Plain("plain", numbers);
    say("record", () -> pool.call(() -> new Plain(plain.text() + " back", plain.numbers())));
    Money money = new Money(7);
    say("codec", () -> pool.call(() -> new Money(money.cents + 1)).cents);
    say("bean", () -> pool.call(ctx -> ctx.get(StringBuilder.class).toString()));
    say("exception", () -> pool.call(() -> { throw new Refused("refused " + text); }));
    say(
        "placed",
        () -> {
          try (Placed<AtomicInteger> counter = pool.place(() -> new AtomicInteger(5))) {
            return counter.call(AtomicInteger::incrementAndGet) + counter.call(c -> c.addAndGet(10));
          }
        });
  }

  private static String reference() {
    return "reference";
  }

  private static void say(String what, RemoteCallable<?> call) {
    String came;
    try {
      came = String.valueOf(call.call());
    } catch (Throwable e) {
      came = (e.getCause() instanceof Refused refused ? refused : e).toString().replace('\n', ' ');
    }
    System.out.println(what + ": " + came);
  }

  interface Job extends RemoteCallable<String> {
    @Override
    String call();
  }

  interface InContext extends dev.flamepool.RemoteFunction<RunnerContext, String> {
    @Override
    String apply(RunnerContext context);
  }

  interface Named {
    String name();
  }

  record Task(String text) implements RemoteCallable<String> {
    @Override
    public String call() {
      return "task " + text;
    }
  }

  record Plain(String text, List<Integer> numbers) {}

  static final class Sent implements Serializable {
    private final String text;

    Sent(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  static final class Refused extends RuntimeException {
    Refused(String message) {
      super(message);
    }
  }

  static final class Money {
    final int cents;

    Money(int cents) {
      this.cents = cents;
    }
  }

  /** Found as a service. */
  public static final class MoneyCodec implements ValueCodec<Money> {
    @Override
    public boolean handles(Class<?> type) {
      return type == Money.class;
    }

    @Override
    public void write(Money money, OutputStream out) throws java.io.IOException {
      out.write(Integer.toString(money.cents).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Money read(Class<? extends Money> type, InputStream in) throws java.io.IOException {
      return new Money(Integer.parseInt(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
    }
  }

  /** Found as a service. */
  public static final class Application implements RunnerApplication {
    @Override
    public void start(FlameParent parent) {
      System.setProperty("app.started", "by the service");
    }

    @Override
    public <T> T lookup(Class<T> type) {
      return type.cast(new StringBuilder("bean"));
    }
  }
}
