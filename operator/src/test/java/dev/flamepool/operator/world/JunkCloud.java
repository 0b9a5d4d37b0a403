package dev.flamepool.operator.world;

import static org.awaitility.Awaitility.await;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Bulkheads;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.ScriptedBackend;
import dev.flamepool.operator.backend.Tenant;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A cloud with real threads for its accounts, of which each backend entry is one. What its name
 * says is what comes back: {@code hang-...} are hosts that answer nothing for 40 s, {@code
 * token-...} tokens that are none, {@code garbage-...} answers that say nothing, {@code dead-...}
 * machines that end as soon as they are made. All but the first are accounts at one endpoint.
 */
final class JunkCloud implements World.BackendOf, RunnerBackend {
  private static final Duration TIME_OUT = Duration.ofSeconds(40);

  private static final String IT = "https://it";

  private final AtomicInteger hanging = new AtomicInteger();
  private final AtomicInteger answering = new AtomicInteger();
  private Clock clock;
  private Bulkheads threads;
  private World world;
  private RunnerBackend cloud;
  private volatile boolean over;

  @Override
  public RunnerBackend in(World now, CrashPoints points) {
    world = now;
    clock = now.clock;
    cloud = new ScriptedBackend(now.cloud, points);
    now.clock.onAdvance(this::wake);
    return this;
  }

  /** Whoever hangs looks at the clock. */
  private synchronized void wake() {
    notifyAll();
  }

  /** The threads of the accounts. */
  Places places() {
    if (threads == null) {
      threads = new Bulkheads(clock);
    }
    return (account, flow, work) -> {
      if (!account.endpoint().equals(IT)) {
        threads.run(account, flow, work);
        return;
      }
      answering.incrementAndGet();
      threads.run(
          account,
          flow,
          () -> {
            try {
              work.run();
            } finally {
              answering.decrementAndGet();
            }
          });
    };
  }

  /** Everything has been done that can be done without waiting for a host that hangs. */
  @Override
  public void catchUp() {
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> answering.get() == 0 && threads.underWay() == hanging.get());
  }

  @Override
  public void close() {
    over = true;
    wake();
    threads.close();
  }

  private static boolean is(BackendEntry entry, String junk) {
    return entry.name().startsWith(junk + "-");
  }

  private RunnerBackend answer(BackendEntry entry) throws BackendException {
    if (is(entry, "hang")) {
      hang();
      throw new BackendException(Kind.AMBIGUOUS, "no answer within 40 s");
    }
    if (is(entry, "token")) {
      throw new BackendException(Kind.CREDENTIALS, "that is no token");
    }
    if (is(entry, "garbage")) {
      throw new BackendException(Kind.AMBIGUOUS, "an answer that is no JSON");
    }
    return cloud;
  }

  private void hang() {
    Instant until = clock.instant().plus(TIME_OUT);
    hanging.incrementAndGet();
    try {
      synchronized (this) {
        while (!over && clock.instant().isBefore(until)) {
          wait();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      hanging.decrementAndGet();
    }
  }

  @Override
  public BackendKind kind() {
    return cloud.kind();
  }

  @Override
  public Places.Account account(Tenant tenant) {
    String name = tenant.entry().name();
    return new Places.Account(is(tenant.entry(), "hang") ? "https://" + name : IT, name);
  }

  @Override
  public Optional<String> validate(BackendEntry entry) {
    return cloud.validate(entry);
  }

  @Override
  public void check(Tenant tenant) throws BackendException {
    answer(tenant.entry()).check(tenant);
  }

  @Override
  public Machine launch(LaunchAttempt attempt) throws BackendException {
    Machine machine = answer(attempt.entry()).launch(attempt);
    if (is(attempt.entry(), "dead")) {
      world.cloud.die(attempt.key().runnerUid(), 1, "");
    }
    return machine;
  }

  @Override
  public Optional<Machine> find(MachineRef machine) throws BackendException {
    return answer(machine.entry()).find(machine);
  }

  @Override
  public List<MachineRef> list(String installation, Places where) throws BackendException {
    return cloud.list(installation, where);
  }

  @Override
  public void stop(MachineRef machine, Duration grace) throws BackendException {
    answer(machine.entry()).stop(machine, grace);
  }

  @Override
  public void delete(MachineRef machine) throws BackendException {
    answer(machine.entry()).delete(machine);
  }
}
