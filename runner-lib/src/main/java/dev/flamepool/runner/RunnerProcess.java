package dev.flamepool.runner;

import dev.flamepool.FlameParent;
import dev.flamepool.RunnerApplication;
import dev.flamepool.RunnerContext;
import dev.flamepool.closure.Allowed;
import dev.flamepool.closure.CodeVersion;
import dev.flamepool.closure.DevTools;
import dev.flamepool.closure.Loaders;
import dev.flamepool.closure.Modules;
import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.Identity;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A runner that is a process: its folder, its environment, its signals, its exit code. */
public final class RunnerProcess {
  private static volatile @Nullable RunnerContext context;

  private RunnerProcess() {}

  /** What calls are handed that this runner makes to its own pool: empty before there is one. */
  public static Optional<RunnerContext> context() {
    return Optional.ofNullable(context);
  }

  /**
   * Runs to the end of the runner and then ends the process.
   *
   * @param start starts the application; null to start the {@link RunnerApplication} that the
   *     service loader finds, if any
   * @param site the class that starts it, which sees the application's classes; null where there is
   *     none
   */
  public static void run(FlameParent parent, @Nullable Runnable start, @Nullable Class<?> site) {
    ClassLoader loader = Loaders.seenFrom(site);
    Thread.currentThread().setContextClassLoader(loader);
    Say.level(parent.log());
    ProcessExit exit = null;
    Runner runner = null;
    try {
      SecretEnv.complete();
      checkModules();
      checkAllowed();
      WarmUp.start(parent.identity());
      Path own = parent.folder();
      RunnerFolder folder = own == null ? null : RunnerFolder.enter(own);
      exit = new ProcessExit(folder, TerminationLog.ofProcess());
      runner = new Runner(parent, Identity.fromFolder(parent.identity()), exit);
      Termination.onShutdown(runner, exit, parent.shutdownTimeoutMs());
      FoundApplication found = FoundApplication.find();
      ClassLoader code = found.loader(loader);
      CodeVersion.isLoadedBy(code);
      String host = bindAddress(own != null);
      int port = listen(runner, host, parent.port());
      if (folder != null) {
        folder.opened((host == null ? "127.0.0.1" : host) + ":" + port);
      }
      Say.info(parent.runner() + " of " + parent.qualifiedPool() + " listens on port " + port);
      String devTools = DevTools.offOnRunner(System.getProperty("java.class.path", ""));
      if (devTools != null) {
        Say.warn(devTools);
      }
      sayIfSlow(System.getProperty("java.vm.info", ""));
      CodeVersion.prepare(code);
      RunnerApplication application = found.get();
      start(parent, application, start);
      found.sayIfOtherCode(code, loader);
      runner.serve(application);
      Termination.onSignal(runner, parent.shutdownTimeoutMs());
      WarmUp.call(RunnerProcess.class.getClassLoader());
      runner.awaitEnd();
      exit.await();
    } catch (RunnerFolder.ClosedException e) {
      Say.error(e.getMessage() + "; this process ends");
      System.exit(EndCause.FAILED.exitCode());
    } catch (Throwable e) {
      failed(e, runner, exit);
    }
  }

  /** The JVM says so of itself where it was told to compile with C1 only. */
  static void sayIfSlow(String vmInfo) {
    if (vmInfo.contains("emulated-client")) {
      Say.warn(
          "this JVM runs with -XX:TieredStopAtLevel=1: TLS is up to 40 times slower there, so large"
              + " values travel slowly; leave that flag out");
    }
  }

  private static void failed(Throwable e, @Nullable Runner runner, @Nullable ProcessExit exit) {
    if (runner != null && exit != null && (runner.isEnding() || Termination.isUnderWay())) {
      Say.info("the application did not start, as the runner ends: " + e);
      exit.await(); // what it ends of is its cause, not this
    }
    if (e instanceof RefusedStart) {
      Say.error("the runner could not start: " + e.getMessage());
    } else {
      Say.error("the runner could not start");
      e.printStackTrace();
    }
    if (exit == null) {
      System.exit(EndCause.FAILED.exitCode());
    } else {
      exit.exit(EndCause.FAILED, "could not start: " + e);
    }
  }

  /** What only its configuration can mend; the message is one sentence with the remedy. */
  static final class RefusedStart extends RuntimeException {
    RefusedStart(String sentence, @Nullable Throwable cause) {
      super(sentence, cause);
    }
  }

  private static void checkModules() {
    String missing = Modules.missing();
    if (!missing.isEmpty()) {
      throw new RefusedStart(missing, null);
    }
  }

  /** Names that are none end it here, not at the first call. */
  private static void checkAllowed() {
    try {
      Allowed.here();
    } catch (IllegalArgumentException e) {
      throw new RefusedStart(String.valueOf(e.getMessage()), e);
    }
  }

  private static int listen(Runner runner, @Nullable String host, int port) throws IOException {
    try {
      return runner.listen(host, port);
    } catch (SocketException e) {
      throw new RefusedStart(
          "port "
              + port
              + (host == null ? "" : " of " + host)
              + " cannot be used: "
              + e.getMessage()
              + "; end what listens there, or give another spec.runner.port",
          e);
    }
  }

  /** FLAME_BIND, else loopback on the local backend, else null: all addresses. */
  private static @Nullable String bindAddress(boolean local) {
    String given = System.getenv("FLAME_BIND");
    return given != null && !given.isEmpty() ? given : local ? "127.0.0.1" : null;
  }

  private static void start(
      FlameParent parent, @Nullable RunnerApplication app, @Nullable Runnable start)
      throws Exception {
    context = new Context(parent, app);
    if (start != null) {
      start.run();
    } else if (app != null) {
      app.start(parent);
    }
  }
}
