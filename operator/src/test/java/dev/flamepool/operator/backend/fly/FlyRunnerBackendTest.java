package dev.flamepool.operator.backend.fly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.FlyBackend;
import dev.flamepool.api.SecretKeyRef;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.FlyServer;
import dev.flamepool.operator.backend.FlyServer.Trouble;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.backend.MemoryCredentials;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.ScriptedCloud;
import dev.flamepool.operator.backend.Tenant;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Fly can do to its callers (T20 to T22, T39, T41). */
class FlyRunnerBackendTest {
  private final ManualClock clock = new ManualClock();
  private final ScriptedCloud cloud = new ScriptedCloud(clock);
  private final FlyServer server = new FlyServer(cloud);
  private final MemoryCredentials credentials =
      new MemoryCredentials(Map.of("token", "FlyV1 " + FlyServer.TOKEN));
  private final RunnerBackend backend = open();
  private final MachineKey key = key(0);

  FlyRunnerBackendTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  private RunnerBackend open() {
    return FlyFixtures.backend(credentials, server, clock, CrashPoints.never());
  }

  private static MachineKey key(int n) {
    return new MachineKey("here", "ns", "thumbs", "thumbs-" + n, "uid-" + n, 1);
  }

  private LaunchAttempt attempt(MachineKey of) {
    return new LaunchAttempt(
        of,
        "t",
        "",
        FlyFixtures.entry(server.url()),
        Boot.of(FlyFixtures.boot(of, Map.of("A", "b"))));
  }

  private MachineRef ref(MachineKey of) {
    return MachineRef.of(of, FlyFixtures.entry(server.url()));
  }

  private interface Call {
    void run() throws BackendException;
  }

  private static BackendException refused(Call call) {
    return catchThrowableOfType(BackendException.class, call::run);
  }

  private void pass() {
    clock.advance(Duration.ofSeconds(1));
  }

  /** A status may be somebody's work: a machine is this runner's only if it says so itself. */
  @ParameterizedTest
  @ValueSource(strings = {"", "..", "../../apps"})
  void anIdThatIsNotThisRunnersMachineEndsNothing(String id) throws Exception {
    Machine others = backend.launch(attempt(key));
    MachineRef claimed =
        new MachineRef(
            key(1), FlyFixtures.entry(server.url()), Optional.of(id.isEmpty() ? others.id() : id));
    backend.stop(claimed, Duration.ofSeconds(1));
    backend.delete(claimed);
    assertThat(refused(() -> backend.find(claimed)).kind()).isEqualTo(Kind.AMBIGUOUS);
    pass();
    assertThat(backend.find(claimed)).isEmpty();
    assertThat(cloud.live()).as("the other's machine").hasSize(1);
    assertThat(server.seen()).noneMatch(seen -> seen.what().startsWith("DELETE"));
  }

  // ---- create

  @Test
  void aLostAnswerMakesNoSecondMachine() throws Exception {
    server.next("POST machines", new Trouble.Cut());
    assertThat(refused(() -> backend.launch(attempt(key))).kind()).isEqualTo(Kind.AMBIGUOUS);
    assertThat(cloud.live()).hasSize(1);
    assertThat(backend.launch(attempt(key)).key()).isEqualTo(key);
    assertThat(cloud.live()).hasSize(1);
    assertThat(server.count("POST machines")).as("never sent again by itself").isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{}", "{\"id\":5.5}", "<html>", "{\"id\":\"../x\"}"})
  void aSuccessThatSaysNothingIsNone(String body) throws Exception {
    server.next("POST machines", new Trouble.Garble(body));
    assertThat(refused(() -> backend.launch(attempt(key))).kind()).isEqualTo(Kind.AMBIGUOUS);
    assertThat(backend.launch(attempt(key)).key()).isEqualTo(key);
    assertThat(cloud.live()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"500", "502", "503", "408"})
  void nothingIsBelievedSoonAfterAnUnclearAnswer(int status) throws Exception {
    server.next("POST machines", new Trouble.Answer(status, "upstream"));
    assertThat(refused(() -> backend.launch(attempt(key))).kind()).isEqualTo(Kind.AMBIGUOUS);
    for (int i = 0; i < 4; i++) {
      pass();
      assertThat(refused(() -> backend.find(ref(key))).kind()).isEqualTo(Kind.AMBIGUOUS);
    }
    pass();
    assertThat(backend.find(ref(key))).isEmpty();
  }

  @Test
  void aFullHostIsAskedAgainAndAFullRegionIsNot() throws Exception {
    Trouble full =
        new Trouble.Answer(409, "{\"error\":\"aborted: could not reserve resource for machine\"}");
    server.next("POST machines", full, full);
    assertThat(backend.launch(attempt(key)).key()).isEqualTo(key);
    assertThat(server.count("POST machines")).isEqualTo(3);
    clock.advance(Duration.ofSeconds(10));
    server.next(
        "POST machines",
        new Trouble.Answer(
            422,
            "{\"error\":\"could not find a candidate host\",\"status\":\"insufficient_capacity\"}"));
    BackendException e = refused(() -> backend.launch(attempt(key(1))));
    assertThat(e.kind()).isEqualTo(Kind.CAPACITY);
    assertThat(server.count("POST machines")).isEqualTo(4);
  }

  @Test
  void aNameOfSomebodyElsesIsNotAdopted() throws Exception {
    MachineKey other = key(1);
    Machine theirs = backend.launch(attempt(other));
    server.next(
        "POST machines",
        new Trouble.Answer(
            409,
            "{\"error\":\"already_exists: unique machine name violation, machine ID "
                + theirs.id()
                + " already exists with name \\\"x\\\"\"}"));
    BackendException e = refused(() -> backend.launch(attempt(key)));
    assertThat(e.kind()).isEqualTo(Kind.CONFIGURATION);
    assertThat(e.getMessage()).contains(theirs.id(), "not this runner's");
  }

  @Test
  void aMachineOnALostHostDoesNotHoldItsPlaceForever() throws Exception {
    String id = backend.launch(attempt(key)).id();
    backend.delete(ref(key));
    String stuck =
        "[{\"id\":\"%s\",\"state\":\"destroying\",\"host_status\":\"unreachable\",\"config\":null,"
                .formatted(id)
            + "\"incomplete_config\":{\"metadata\":"
            + new ObjectMapper().valueToTree(Ownership.MARKS.of(key, 7600))
            + "}}]";
    for (int minute = 0; minute < 5; minute++) {
      server.next("GET machines", new Trouble.Garble(stuck));
      assertThat(backend.find(ref(key))).get().matches(m -> m.state() == Machine.State.STOPPING);
      clock.advance(Duration.ofMinutes(1));
    }
    server.next("GET machines", new Trouble.Garble(stuck));
    assertThat(backend.find(ref(key))).isEmpty();
  }

  // ---- limits

  @Test
  void aHundredCreatesStayBelowTheLimitAndStarveNoDelete() throws Exception {
    assertThat(backend.launch(attempt(key)).state()).isEqualTo(Machine.State.RUNNING);
    int made = 1;
    int seconds = 0;
    while (made < 100) {
      for (int n = made; n < 100; n++) {
        try {
          backend.launch(attempt(key(n)));
          made++;
        } catch (BackendException e) {
          assertThat(e.kind()).isEqualTo(Kind.RATE_LIMITED);
          break;
        }
      }
      if (seconds == 10) {
        backend.delete(ref(key));
        assertThat(cloud.live()).noneMatch(m -> m.key().equals(key));
      }
      seconds++;
      pass();
    }
    assertThat(seconds).as("a burst of 3, then 1 a second").isBetween(96, 99);
    assertThat(server.count("POST machines")).isEqualTo(100);
  }

  @Test
  void allWhoAskWithinASecondShareOneList() throws Exception {
    for (int n = 0; n < 3; n++) {
      backend.launch(attempt(key(n)));
    }
    for (int n = 0; n < 3; n++) {
      assertThat(backend.find(ref(key(n)))).isPresent();
      assertThat(backend.find(ref(key(n)))).isPresent();
    }
    assertThat(server.count("GET machines")).isEqualTo(1);
  }

  @Test
  void fly429IsWaitedForAsItSays() throws Exception {
    server.next("POST machines", new Trouble.Answer(429, "{\"error\":\"rate limit exceeded\"}"));
    BackendException e = refused(() -> backend.launch(attempt(key)));
    assertThat(e.kind()).isEqualTo(Kind.RATE_LIMITED);
    BackendException again = refused(() -> backend.launch(attempt(key)));
    assertThat(again.getMessage()).as("a status that does not change").isEqualTo(e.getMessage());
    assertThat(server.count("POST machines")).isEqualTo(1);
    clock.advance(Duration.ofSeconds(3));
    assertThat(backend.launch(attempt(key)).key()).isEqualTo(key);
  }

  // ---- credentials and secrets

  @Test
  void aNewTokenIsTakenUpWhenTheOldOneIsRefused() throws Exception {
    backend.launch(attempt(key));
    credentials.copies.replaceAll((account, values) -> Map.of("token", "revoked"));
    assertThat(backend.find(ref(key))).isPresent();
    assertThat(server.seen().stream().map(FlyServer.Seen::authorization))
        .contains("Bearer revoked");
  }

  @Test
  void whatWasNeverMadeIsKnownWithoutAToken() throws Exception {
    String refusal = "{\"error\":\"unauthorized\"}";
    backend.prepare(key, attempt(key).entry(), "");
    server.next("POST machines", new Trouble.Answer(401, refusal));
    assertThat(refused(() -> backend.launch(attempt(key))).kind()).isEqualTo(Kind.CREDENTIALS);
    assertThat(backend.find(ref(key))).isEmpty();
    assertThat(server.count("GET machines")).isZero();

    server.next("POST machines", new Trouble.Answer(401, refusal));
    assertThat(refused(() -> backend.launch(attempt(key(1)))).kind()).isEqualTo(Kind.CREDENTIALS);
    assertThat(refused(() -> backend.find(ref(key(1)))).kind())
        .as("another process may have asked before")
        .isEqualTo(Kind.AMBIGUOUS);
  }

  @Test
  void theCopyEndsAMachineWhoseNamespaceIsGone() throws Exception {
    backend.launch(attempt(key));
    credentials.secret = Map.of();
    RunnerBackend next = open();
    next.delete(ref(key));
    assertThat(cloud.live()).isEmpty();
    BackendException e = refused(() -> next.launch(attempt(key(1))));
    assertThat(e.kind()).isEqualTo(Kind.CREDENTIALS);
    assertThat(e.getMessage()).contains("namespace ns has no Secret fly", "key token");
  }

  @Test
  void anAccountIsForgottenOnceItIsUnusedAndEmpty() throws Exception {
    backend.launch(attempt(key));
    Set<Tenant> nobody = Set.of();
    backend.list("here", Places.INLINE);
    backend.retain(nobody);
    clock.advance(Duration.ofMinutes(11));
    backend.list("here", Places.INLINE);
    backend.retain(nobody);
    assertThat(credentials.copies).as("a machine is left").hasSize(1);
    backend.delete(ref(key));
    clock.advance(Duration.ofSeconds(20));
    backend.list("here", Places.INLINE);
    backend.retain(Set.of(attempt(key).tenant()));
    assertThat(credentials.copies).as("somebody uses it").hasSize(1);
    backend.retain(nobody);
    clock.advance(Duration.ofMinutes(11));
    backend.list("here", Places.INLINE);
    backend.retain(nobody);
    assertThat(credentials.copies).isEmpty();
  }

  @Test
  void aCopyThatNeverWorkedGoesAndIsAskedForEverMoreSeldomUntilThen() throws Exception {
    credentials.secret = Map.of("token", "junk");
    assertThat(refused(() -> backend.launch(attempt(key))).kind()).isEqualTo(Kind.CREDENTIALS);
    assertThat(credentials.copies).hasSize(1);
    int ticks = 0;
    for (int minute = 0; minute < 12; minute++) {
      for (int tick = 0; tick < 6; tick++) {
        backend.list("here", Places.INLINE);
        backend.retain(Set.of());
        clock.advance(Duration.ofSeconds(10));
        ticks++;
      }
    }
    assertThat(credentials.copies).isEmpty();
    assertThat(server.count("GET machines")).as(ticks + " ticks").isLessThan(10);
  }

  @Test
  void aTokenThatWorkedAndIsRefusedIsKept() throws Exception {
    backend.launch(attempt(key));
    server.revoke();
    for (int minute = 0; minute < 30; minute++) {
      backend.list("here", Places.INLINE);
      backend.retain(Set.of());
      clock.advance(Duration.ofMinutes(1));
    }
    assertThat(credentials.copies).hasSize(1);
  }

  @Test
  void wordsOfAnotherHostAndTokensGoNowhere() throws Exception {
    server.next(
        "POST machines",
        new Trouble.Answer(400, "{\"error\":\"internal page with " + FlyServer.TOKEN + "\"}"));
    BackendException e = refused(() -> backend.launch(attempt(key)));
    assertThat(e.kind()).isEqualTo(Kind.CONFIGURATION);
    assertThat(e.getMessage()).contains("HTTP 400").doesNotContain("internal page", "fm2_");
  }

  @Test
  void aListWithoutEndIsGivenUpWithAWord() throws Exception {
    backend.launch(attempt(key));
    String huge = "[{\"id\":\"a1\",\"x\":\"" + "x".repeat(5 << 20) + "\"}]";
    server.next("GET machines", new Trouble.Answer(200, huge));
    assertThat(refused(() -> backend.find(ref(key))).getMessage())
        .contains("more than 4194304 bytes");
    clock.advance(Duration.ofSeconds(2));
    server.next("GET machines", new Trouble.Answer(200, "[" + "{},".repeat(20_001) + "{}]"));
    assertThat(refused(() -> backend.find(ref(key))).getMessage())
        .contains("more than 20000 machines");
    clock.advance(Duration.ofSeconds(2));
    server.next("GET machines", new Trouble.Answer(200, "[{\"id\":"));
    assertThat(refused(() -> backend.find(ref(key))).getMessage()).contains("no JSON");
    clock.advance(Duration.ofSeconds(2));
    assertThat(backend.find(ref(key))).isPresent();
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    server.next("POST machines", new Trouble.Answer(302, ""));
    assertThat(refused(() -> backend.launch(attempt(key))).kind()).isEqualTo(Kind.AMBIGUOUS);
    assertThat(server.count("POST machines")).isEqualTo(1);
  }

  @Test
  void oneAccountThatCannotBeListedDoesNotHideTheOthers() throws Exception {
    backend.launch(attempt(key));
    BackendEntry broken = FlyFixtures.entry("http://127.0.0.1:1");
    credentials.copies.put(new Tenant("other", broken), Map.of("token", "x"));
    assertThat(backend.list("here", Places.INLINE).stream().map(MachineRef::key))
        .containsExactly(key);
    credentials.copies.keySet().removeIf(account -> account.namespace().equals("ns"));
    assertThat(backend.list("here", Places.INLINE)).isEmpty();
  }

  // ---- the operator's own app, image and token

  private static final Map<String, String> OWN =
      Map.of("FLY_APP_NAME", "own", "FLY_IMAGE_REF", "own:1", "FLY_API_TOKEN", FlyServer.TOKEN);

  private RunnerBackend own(Map<String, String> environment) {
    return FlyFixtures.backend(
        credentials, server, Set.of("ns"), environment, clock, CrashPoints.never());
  }

  @ParameterizedTest
  @CsvSource({
    "app, FLY_APP_NAME, CONFIGURATION",
    "image, FLY_IMAGE_REF, CONFIGURATION",
    "tokenSecretRef, FLY_API_TOKEN, CREDENTIALS"
  })
  void whatIsLeftOutIsTheOperatorsOwnWhereItMayBe(String field, String variable, Kind kind)
      throws Exception {
    SecretKeyRef token = new SecretKeyRef("fly", "token");
    BackendEntry lacking =
        fly(
            field.equals("app") ? null : "a",
            field.equals("image") ? null : "i",
            null,
            null,
            null,
            null,
            field.equals("tokenSecretRef") ? null : token);
    assertThat(own(OWN).validate(lacking)).isEmpty();
    FlyBackend full = own(OWN).resolve("ns", lacking).fly();
    assertThat(full.app()).isEqualTo(field.equals("app") ? "own" : "a");
    assertThat(full.image()).isEqualTo(field.equals("image") ? "own:1" : "i");
    BackendException elsewhere = refused(() -> own(OWN).resolve("other", lacking));
    assertThat(elsewhere.kind()).isEqualTo(kind);
    assertThat(elsewhere)
        .hasMessageContainingAll("fly." + field, "--ambient-namespaces other", variable);
    BackendException without = refused(() -> own(Map.of()).resolve("ns", lacking));
    assertThat(without.kind()).isEqualTo(kind);
    assertThat(without).hasMessageContainingAll("fly." + field, "no " + variable, "give");
  }

  @Test
  void whatIsGivenWinsOverTheOperatorsOwn() throws Exception {
    BackendEntry given = FlyFixtures.entry(server.url(), "fra");
    assertThat(own(OWN).resolve("ns", given)).isEqualTo(given);
    assertThat(new Defaults(Set.of("ns"), OWN).toString()).doesNotContain(FlyServer.TOKEN);
  }

  @Test
  void anOwnAppOfNoNameIsNotPassedOn() {
    BackendEntry empty = fly(null, "i", null, null, null, null, new SecretKeyRef("fly", "token"));
    assertThat(refused(() -> own(Map.of("FLY_APP_NAME", "../x")).resolve("ns", empty)))
        .hasMessageContainingAll("FLY_APP_NAME", "'../x'");
  }

  // ---- validation

  @Test
  void anEntryIsRefusedWithFieldValueAndRemedy() {
    RunnerBackend own =
        new FlyRunnerBackend(credentials, new Endpoints(List.of()), Set.of(), Map.of(), clock);
    SecretKeyRef token = new SecretKeyRef("fly", "token");
    assertThat(own.validate(fly("a", "i", null, null, null, null, token))).isEmpty();
    assertThat(own.validate(fly("../x", "i", null, null, null, null, token)))
        .get()
        .asString()
        .contains("'../x'");
    assertThat(own.validate(fly("a", " ", null, null, null, null, token)))
        .get()
        .asString()
        .contains("fly.image");
    assertThat(own.validate(fly("a", "i", null, null, null, null, new SecretKeyRef("fly", null))))
        .get()
        .asString()
        .contains("fly.tokenSecretRef", "fly tokens create deploy");
    assertThat(own.validate(fly("a", "i", 1500, null, null, null, token)))
        .get()
        .asString()
        .contains("fly.memoryMb: 1500");
    assertThat(own.validate(fly("a", "i", null, "a100-40gb", null, null, token))).isEmpty();
    assertThat(own.validate(fly("a", "i", null, null, "http://x", null, token)))
        .get()
        .asString()
        .contains("--allow-endpoints http://x");
    assertThat(own.validate(fly("a", "i", null, null, null, Map.of("flamepool_uid", "x"), token)))
        .get()
        .asString()
        .contains("flamepool_uid is reserved");
    assertThat(own.validate(fly("a", "i", null, null, null, Map.of("fly_x", "x"), token)))
        .get()
        .asString()
        .contains("fly_x is reserved");
  }

  private static BackendEntry fly(
      String app,
      String image,
      Integer memory,
      String gpu,
      String host,
      Map<String, String> metadata,
      SecretKeyRef token) {
    return FlyFixtures.entry(
        new FlyBackend(
            app, image, null, null, null, memory, gpu, null, host, null, null, null, metadata,
            token));
  }

  @ParameterizedTest
  @CsvSource({
    "performance, 4096, 1",
    "performance, 8192, 1",
    "performance, 16384, 2",
    "performance, 20480, 4",
    "shared, 256, 1",
    "shared, 2048, 1",
    "shared, 4096, 2"
  })
  void asFewCpusAsTheMemoryTakes(String kind, int memory, int cpus) {
    FlyBackend fly =
        new FlyBackend(
            "a", "i", null, kind, null, memory, null, null, null, null, null, null, null, null);
    assertThat(FlyOptions.cpus(fly)).isEqualTo(cpus);
  }

  @Test
  void regionsAreOfferingsInTheirOrder() {
    assertThat(backend.offerings(FlyFixtures.entry(server.url(), "fra", "ams")))
        .containsExactly("fra", "ams");
    assertThat(backend.offerings(FlyFixtures.entry(server.url()))).containsExactly("");
  }

  @Test
  void anAppThatIsGoneHasNoMachines() throws Exception {
    Trouble gone = new Trouble.Answer(404, "{\"error\":\"app not found\"}");
    server.next("GET machines", gone, gone);
    credentials.open(account(), "fly", List.of("token"));
    refused(() -> backend.find(ref(key)));
    pass();
    assertThat(backend.find(ref(key))).isEqualTo(Optional.empty());
  }

  private Tenant account() {
    return FlyOptions.account(ref(key).tenant());
  }

  // ---- others

  /** Names somebody's app with a token that is none, and asks for everything. */
  private void askWithAJunkToken() {
    Map<String, String> honest = credentials.secret;
    credentials.secret = Map.of("token", "junk");
    for (int n = 0; n < 10; n++) {
      MachineKey junk = new MachineKey("here", "junk", "thumbs", "junk-" + n, "junk-" + n, 1);
      refused(() -> backend.launch(attempt(junk)));
      refused(() -> backend.check(new Tenant("junk", FlyFixtures.entry(server.url()))));
      refused(() -> backend.find(ref(junk)));
    }
    credentials.secret = honest;
  }

  @Test
  void aJunkTokenForSomebodysAppTakesNoneOfTheirTurns() throws Exception {
    askWithAJunkToken();
    for (int n = 0; n < 3; n++) {
      assertThat(backend.launch(attempt(key(n))).key()).as("a whole burst").isEqualTo(key(n));
    }
    assertThat(backend.find(ref(key))).as("lists").isPresent();
  }
}
