package dev.flamepool.simulators.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Machines as processes of this host, each with a folder {@code <folder>/<id>}: {@code root} is its
 * file system and working directory, {@code process} says which process it is, {@code output.log}
 * has what it printed, and stays. They live on when the simulator is killed; the next one on the
 * same folder finds them again, but cannot learn their exit codes. Thread-safe.
 */
public final class LocalMachines implements MachineRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(LocalMachines.class);
  private static final long CLOSE_SECONDS = 10;

  /** What a build in the background ignores, its children would ignore for ever. */
  private static final List<String> WITH_SIGNALS =
      ignoresInterrupts() ? List.of("env", "--default-signal=INT") : List.of();

  private final Path folder;
  private final Map<String, Process> started = new ConcurrentHashMap<>();
  private final Map<String, ProcessHandle> found = new ConcurrentHashMap<>();
  private volatile Exits exits = (id, exit) -> {};

  /**
   * The machines of a folder, which is created if missing. No other simulator may use it at the
   * same time.
   */
  public LocalMachines(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder).toRealPath();
    ProcessMark.inFolders(this.folder).forEach(found::put);
    if (!found.isEmpty()) {
      LOG.info("{} machines of an earlier simulator still run", found.size());
    }
  }

  @Override
  public void onExit(Exits listener) {
    exits = listener;
  }

  @Override
  public void start(Launch launch) throws IOException {
    Path home = folder.resolve(launch.id());
    Path root = home.resolve("root");
    FileTrees.delete(root);
    Files.createDirectories(root);
    GuestFiles files = files(launch);
    files.mount(launch.mounts());
    files.write(launch.files());
    ProcessBuilder builder = process(launch);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("output.log").toFile()));
    begin(launch.id(), home, builder);
  }

  private GuestFiles files(Launch launch) {
    Path root = folder.resolve(launch.id()).resolve("root");
    return new GuestFiles(root, launch.files(), launch.mounts().keySet());
  }

  /**
   * One more process in a machine that runs, as from inside of it: its command is the launch's, its
   * output is the caller's to read.
   *
   * @throws IOException if there is no command
   */
  public ProcessBuilder process(Launch launch) throws IOException {
    GuestFiles files = files(launch);
    List<String> command = new ArrayList<>(files.arguments(launch.command(), launch.hostWords()));
    if (command.isEmpty()) {
      throw new IOException("there is no command");
    }
    if (command.get(0).equals("java")) {
      command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    }
    if (Files.isExecutable(Path.of(command.get(0)))) { // else its start is to fail
      command.addAll(0, WITH_SIGNALS);
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(folder.resolve(launch.id()).resolve("root").toFile());
    builder.redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(files.env(launch.env()));
    builder.environment().put("FLAME_BIND", launch.address());
    return builder;
  }

  /** Bit n - 1 of the mask is signal n; SIGINT is 2. */
  private static boolean ignoresInterrupts() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("SigIgn:"))
          .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
    } catch (IOException | UncheckedIOException notLinux) {
      return false;
    }
  }

  private void begin(String id, Path home, ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      ProcessMark.of(process.toHandle()).write(home);
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
    started.put(id, process);
    CompletableFuture<?> unused = process.onExit().thenAccept(ended -> ended(id, ended));
  }

  private void ended(String id, Process process) {
    if (started.remove(id, process)) {
      exits.ended(id, Exit.of(process.exitValue()));
    }
  }

  @Override
  public boolean isRunning(String id) {
    return process(id).isPresent();
  }

  private Optional<ProcessHandle> process(String id) {
    Process own = started.get(id);
    return own != null
        ? Optional.of(own.toHandle())
        : Optional.ofNullable(found.get(id)).filter(ProcessMark::alive);
  }

  @Override
  public Set<String> running() {
    Set<String> living = new TreeSet<>(started.keySet());
    found.forEach(
        (id, process) -> {
          if (ProcessMark.alive(process)) {
            living.add(id);
          }
        });
    return living;
  }

  /** The number of the process of a machine, if it lives. */
  public Optional<Long> pid(String id) {
    return process(id).map(ProcessHandle::pid);
  }

  /** What the machine has printed so far, in any of its lives. */
  public String output(String id) {
    try {
      return Files.readString(folder.resolve(id).resolve("output.log"));
    } catch (IOException none) {
      return "";
    }
  }

  @Override
  public void signal(String id, String signal) {
    process(id).ifPresent(process -> signal(process, signal));
  }

  private static void signal(ProcessHandle process, String signal) {
    switch (signal) {
      case "SIGKILL" -> {
        // At once and as a whole, if it leads a group: what is killed one by one starts others.
        kill("KILL", "-" + process.pid());
        Stream.concat(process.descendants(), Stream.of(process))
            .toList()
            .forEach(ProcessHandle::destroyForcibly);
      }
      case "SIGTERM" -> process.destroy();
      default -> kill(signal.substring("SIG".length()), "" + process.pid());
    }
  }

  private static void kill(String signal, String whom) {
    try {
      new ProcessBuilder("kill", "-s", signal, "--", whom)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks whether processes that are no children of this one have ended. */
  @Override
  public void settle() {
    found.forEach(
        (id, process) -> {
          if (!ProcessMark.alive(process) && found.remove(id, process)) {
            exits.ended(id, Exit.unseen());
          }
        });
  }

  @Override
  public void remove(String id) {
    Path home = folder.resolve(id);
    try {
      FileTrees.delete(home.resolve("root"));
      ProcessMark.delete(home);
    } catch (IOException e) {
      LOG.warn("the files of machine {} cannot be removed: {}", id, e.toString());
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> left = new ArrayList<>(found.values());
    started.values().forEach(process -> left.add(process.toHandle()));
    left.forEach(process -> signal(process, "SIGKILL"));
    CompletableFuture<?>[] ends =
        started.values().stream().map(Process::onExit).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(ends).get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("a machine does not end: {}", e.toString());
    }
  }
}
