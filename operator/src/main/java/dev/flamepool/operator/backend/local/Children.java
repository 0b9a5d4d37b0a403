package dev.flamepool.operator.backend.local;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.LaunchAttempt;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/** Starting processes, and the exit codes of those that this operator started itself. */
final class Children {
  private static final int HEARD_MS = 1_000;

  private final Map<String, Process> byUid = new ConcurrentHashMap<>();
  private final LocalCommand command;
  private final Attention attention;

  Children(LocalCommand command, Attention attention) {
    this.command = command;
    this.attention = attention;
  }

  /**
   * Starts a child and writes down its number.
   *
   * @throws BackendException if there is no child for sure
   * @throws IOException if its number cannot be written down; the child is killed then
   */
  void start(LaunchAttempt attempt, RunnerFolder folder, Map<String, String> env)
      throws BackendException, IOException {
    var local = attempt.entry().local();
    String uid = attempt.key().runnerUid();
    List<String> line = command.line(local, uid);
    File directory = local.directory() == null ? folder.path.toFile() : new File(local.directory());
    ProcessBuilder builder =
        new ProcessBuilder(line).directory(directory).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(folder.output().toFile()));
    builder.environment().clear();
    builder.environment().putAll(env);
    Process child;
    try {
      child = builder.start();
    } catch (IOException e) {
      throw refused(line.get(0), e);
    }
    try {
      child.getOutputStream().close();
      if (folder.pid().isEmpty()) {
        folder.writePid(child.pid());
      }
    } catch (IOException e) {
      Processes.kill(child.toHandle());
      throw e;
    }
    byUid.put(uid, child);
    attention.to(child.toHandle(), folder);
  }

  private static BackendException refused(String program, IOException e) {
    String words = String.valueOf(e.getMessage());
    int at = words.indexOf("error=");
    String why = at < 0 ? words : words.substring(at);
    // EAGAIN and ENOMEM: the host has no room for another process.
    boolean full = why.startsWith("error=11,") || why.startsWith("error=12,");
    return new BackendException(
        full ? Kind.CAPACITY : Kind.CONFIGURATION,
        "%s cannot be started: %s".formatted(program, why),
        e);
  }

  /**
   * The exit code of the process of a number, if it was started here. It has ended for the
   * operating system; this JVM hears of that a moment later, and only then knows the code.
   */
  OptionalInt exitCode(String runnerUid, long pid) {
    Process child = byUid.get(runnerUid);
    if (child == null || child.pid() != pid) {
      return OptionalInt.empty();
    }
    try {
      return child.waitFor(HEARD_MS, MILLISECONDS)
          ? OptionalInt.of(child.exitValue())
          : OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }

  void forget(String runnerUid) {
    byUid.remove(runnerUid);
  }
}
