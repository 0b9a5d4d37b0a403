package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Six pools on three accounts for {@code -Dsoak.minutes} (30 unless given), called in turn and left
 * alone until their runners have idled. One account is sick in another way every minute, and the
 * operator is killed every two. Before that comes a third without sickness, which says how fast
 * first runners are otherwise; run by {@code mvn verify -Dgroups=soak}.
 */
@Tag("soak")
class SickAccountsSoakTest extends Scenario {
  private static final Duration LENGTH = SoakCallers.length("30");
  private static final Duration UNDISTURBED = LENGTH.dividedBy(3);
  private static final Duration ANOTHER_WAY =
      shorter(Duration.ofMinutes(1), LENGTH.dividedBy(2L * AccountFault.values().length));
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration KILL = shorter(Duration.ofMinutes(2), LENGTH.dividedBy(4));

  /** What fewer first runners took says nothing of one in a hundred. */
  private static final int ENOUGH = 50;

  /** By the first letter of a pool's name. */
  private static final List<String> ACCOUNTS = List.of("a", "b", "c");

  private static final List<String> POOLS = List.of("a0", "a1", "b0", "b1", "c0", "c1");

  /** What a pool's calls must not end with where nothing is wrong with its account. */
  private static final Set<String> TROUBLE =
      Set.of(
          "QueueTimeoutException",
          "BootFailedException",
          "CompletionException",
          "RunnerLostException-YES",
          "RunnerLostException-UNKNOWN");

  private final List<FlyCloud> accounts = new ArrayList<>();
  private final List<Gate> gates = new ArrayList<>();
  private final List<Vitals> operators = new ArrayList<>();
  private Trap silence;
  private JavaProcess operator;

  /** Of the operator of the moment. */
  private record Vitals(long threads, long residentKb) {}

  @AfterEach
  @Override
  void nothingIsLeft() {
    try {
      super.nothingIsLeft();
    } finally {
      gates.forEach(Gate::close);
    }
  }

  @Override
  List<ProcessHandle> runnerProcesses() {
    return accounts.stream().flatMap(account -> account.processes().stream()).toList();
  }

  @Test
  void aSickAccountIsNobodyElsesTrouble() throws Exception {
    startAccounts();
    startOperatorAgain();
    for (String pool : POOLS) {
      applyPool(
          pool,
          "{min: 0, max: 2, maxConcurrency: 2, idleShutdownAfter: 2s, bootTimeout: 20s, backends: [%s]}"
              .formatted(accounts.get(ACCOUNTS.indexOf(pool.substring(0, 1))).backend()));
    }
    for (String pool : POOLS) {
      await("the certificate of " + pool, () -> hasCertificate(pool));
    }
    Path ran = Files.createDirectory(folder.resolve("ran"));
    List<JavaProcess> callers = List.of(startCaller("one", ran), startCaller("two", ran));
    try (FirstRunnerTimes times = new FirstRunnerTimes(client, namespace)) {
      long start = System.nanoTime();
      disturb(UNDISTURBED, List.of());
      long sick = System.nanoTime();
      operators.clear();
      disturb(LENGTH.minus(UNDISTURBED), Arrays.asList(AccountFault.values()));
      long healed = System.nanoTime();
      heal();
      serveAgain(callers);
      print(callers);
      honestPoolsAreServedInTime(times, start, sick, healed);
    }
    end(callers);
    SoakCallers.eachCallEndedOnce(callers, ran);
    honestPoolsHaveNoTrouble(callers);
    nobodyGrows(callers);
    await("no demand", () -> callers().isEmpty());
    await("no runner", () -> runners().isEmpty());
    for (FlyCloud account : accounts) {
      await("no machine of account " + account.state(), () -> account.count() == 0);
    }
  }

  private void startAccounts() {
    secret("cloud", Map.of("token", "FlyV1 " + FlyCloud.TOKEN));
    for (String name : ACCOUNTS) {
      FlyCloud account = FlyCloud.start(this, "account-" + name);
      Gate gate = Gate.before(account.url());
      account.behind(gate);
      accounts.add(account);
      gates.add(gate);
    }
    silence = gates.get(0).trap(Gate.Fate.LOST, ".");
  }

  /** Without it an impatient call ends for want of it. */
  private boolean hasCertificate(String pool) {
    return client.secrets().inNamespace(namespace).withName(pool + "-client").get() != null;
  }

  private static boolean isHonest(String pool) {
    return !pool.startsWith(ACCOUNTS.get(0));
  }

  /** The operator is killed every now and then, and the first account is sick in these ways. */
  private void disturb(Duration length, List<AccountFault> ways) throws Exception {
    long end = System.nanoTime() + length.toNanos();
    long kill = System.nanoTime() + KILL.toNanos();
    long strike = System.nanoTime();
    long look = System.nanoTime();
    for (int way = 0; System.nanoTime() < end; ) {
      if (System.nanoTime() >= kill) {
        operator.kill();
        startOperatorAgain();
        kill += KILL.toNanos();
      }
      if (!ways.isEmpty() && System.nanoTime() >= strike) {
        heal();
        AccountFault next = ways.get(way++ % ways.size());
        System.out.printf("%tT the first account %s%n", System.currentTimeMillis(), next);
        next.strike(accounts.get(0), silence);
        strike += ANOTHER_WAY.toNanos();
      }
      if (System.nanoTime() >= look) {
        vitals().ifPresent(operators::add);
        look += LOOK.toNanos();
      }
      Thread.sleep(100);
    }
  }

  private Optional<Vitals> vitals() throws IOException {
    Map<String, Long> numbers = new HashMap<>();
    Path status = Path.of("/proc/" + operator.pid() + "/status");
    if (!Files.exists(status)) {
      return Optional.empty(); // not on this system
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("Threads:") || line.startsWith("VmRSS:")) {
        int colon = line.indexOf(':');
        numbers.put(line.substring(0, colon), Long.valueOf(line.replaceAll("[^0-9]", "")));
      }
    }
    return Optional.of(new Vitals(numbers.get("Threads"), numbers.get("VmRSS")));
  }

  private void heal() throws Exception {
    silence.open();
    accounts.get(0).heal();
  }

  /** Once the first account is well again its pools are as all others. */
  private void serveAgain(List<JavaProcess> callers) {
    Map<String, Long> before = new TreeMap<>();
    POOLS.forEach(pool -> before.put(pool, done(callers, pool)));
    for (String pool : POOLS) {
      await(
          "pool %s to serve again, which has served %d calls".formatted(pool, before.get(pool)),
          () -> done(callers, pool) > before.get(pool));
    }
  }

  private static long done(List<JavaProcess> callers, String pool) {
    return callers.stream()
        .flatMap(caller -> SoakCallers.outcomes(caller).stream())
        .filter(outcome -> outcome.isOf(pool) && outcome.words().equals("done"))
        .count();
  }

  private static void print(List<JavaProcess> callers) {
    for (String pool : POOLS) {
      System.out.printf("pool %s: %s%n", pool, ends(callers, pool));
    }
  }

  private static Map<String, Long> ends(List<JavaProcess> callers, String pool) {
    return callers.stream()
        .flatMap(caller -> SoakCallers.outcomes(caller).stream())
        .filter(outcome -> outcome.isOf(pool))
        .collect(
            Collectors.groupingBy(SoakCallers.Outcome::words, TreeMap::new, Collectors.counting()));
  }

  private static void honestPoolsAreServedInTime(
      FirstRunnerTimes times, long start, long sick, long healed) {
    for (String pool : POOLS) {
      System.out.printf(
          "pool %s, demand to ready: undisturbed %s, beside a sick account %s%n",
          pool,
          millis(times.between(start, sick, pool::equals)),
          millis(times.between(sick, healed, pool::equals)));
    }
    Predicate<String> honest = SickAccountsSoakTest::isHonest;
    List<Duration> undisturbed = times.between(start, sick, honest);
    List<Duration> beside = times.between(sick, healed, honest);
    Duration before = FirstRunnerTimes.p99(undisturbed);
    Duration after = FirstRunnerTimes.p99(beside);
    String told =
        "p99 from demand to ready of honest pools: %d ms of %d undisturbed, %d ms of %d beside a sick account"
            .formatted(before.toMillis(), undisturbed.size(), after.toMillis(), beside.size());
    System.out.println(told);
    if (Math.min(undisturbed.size(), beside.size()) >= ENOUGH) {
      assertThat(after).as(told).isLessThanOrEqualTo(before.multipliedBy(2));
    }
    assertThat(times.waiting().keySet()).as("honest pools that wait").noneMatch(honest);
  }

  private static String millis(List<Duration> sorted) {
    return sorted.isEmpty()
        ? "none"
        : "%d times, median %d ms, longest %d ms"
            .formatted(
                sorted.size(),
                sorted.get(sorted.size() / 2).toMillis(),
                sorted.get(sorted.size() - 1).toMillis());
  }

  private void end(List<JavaProcess> callers) {
    callers.forEach(caller -> caller.say("end"));
    for (JavaProcess caller : callers) {
      await("a caller to end", () -> !caller.isAlive());
      assertThat(SoakCallers.last(caller)).as("threads that a caller left").isEqualTo("left 0");
      SoakCallers.noCallIsMissing(caller);
    }
  }

  private static void honestPoolsHaveNoTrouble(List<JavaProcess> callers) {
    for (String pool : POOLS) {
      if (isHonest(pool)) {
        assertThat(ends(callers, pool).keySet())
            .as("ends of the calls of honest pool %s: %s", pool, ends(callers, pool))
            .doesNotContainAnyElementsOf(TROUBLE);
      }
    }
  }

  private void nobodyGrows(List<JavaProcess> callers) {
    for (int i = 0; i < callers.size(); i++) {
      SoakCallers.areFlat("caller " + i, callers.get(i));
    }
    SoakCallers.isFlat(
        "operators' threads", operators.stream().mapToLong(Vitals::threads).toArray(), 16);
    SoakCallers.isFlat(
        "operators' resident memory in kB",
        operators.stream().mapToLong(Vitals::residentKb).toArray(),
        32 << 10);
  }

  private void startOperatorAgain() {
    operator =
        startOperatorProcess(
            "--allow-endpoints",
            accounts.stream().map(FlyCloud::endpoint).collect(Collectors.joining(",")),
            "--no-leader-election");
  }

  private JavaProcess startCaller(String name, Path ran) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("dev.flamepool.e2e.SoakApp", name, ran.toString()));
    command.addAll(POOLS);
    JavaProcess caller =
        remember(
            JavaProcess.start(
                folder.resolve(name + ".log"),
                command,
                Map.of("KUBECONFIG", kubeconfig(name).toString(), "SOAK_REST", "yes")));
    await(name + " to connect", () -> caller.output().contains("connected"));
    return caller;
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
