package dev.flamepool.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.operator.backend.AccountPasses.Wait;
import dev.flamepool.operator.backend.Places.Account;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccountPassesTest {
  private static final Account ACCOUNT = new Account("cloud", "me");
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final ManualClock clock = new ManualClock();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final List<String> wakes = new ArrayList<>();
  private final List<String> passed = new ArrayList<>();
  private final AccountPasses<Secret> passes =
      new AccountPasses<>(
          (account, flow, work) -> waiting.add(work),
          (object, time) -> wakes.add(version(object) + " in " + time.toSeconds()),
          clock);

  private static Secret object(String version) {
    return new SecretBuilder()
        .withNewMetadata()
        .withUid("uid")
        .withResourceVersion(version)
        .endMetadata()
        .build();
  }

  private static String version(Secret object) {
    return object.getMetadata().getResourceVersion();
  }

  private Duration pass(Secret object) {
    passed.add(version(object));
    return AGAIN;
  }

  private Duration begin(String version) {
    return passes.run(object(version), ACCOUNT, "p", this::pass);
  }

  private Optional<Wait> underWay(String version) {
    return passes.underWay(object(version));
  }

  @Test
  void whoAsksDoesNotWaitAndIsWokenAfterTheTimeThatThePassSays() {
    assertThat(begin("1")).isLessThan(Duration.ofSeconds(10));
    assertThat(passed).isEmpty();
    waiting.remove().run();
    assertThat(passed).containsExactly("1");
    assertThat(wakes).containsExactly("1 in 60");
    assertThat(underWay("1")).isEmpty();
  }

  @Test
  void aPassThatIsOverAtOnceNeedsNoWake() {
    AccountPasses<Secret> inline =
        new AccountPasses<>(
            Places.INLINE,
            (object, time) -> {
              throw new AssertionError("nobody left");
            },
            clock);
    assertThat(inline.run(object("1"), ACCOUNT, "p", this::pass)).isEqualTo(AGAIN);
    assertThatThrownBy(
            () ->
                inline.run(
                    object("2"),
                    ACCOUNT,
                    "p",
                    object -> {
                      throw new IllegalStateException("api");
                    }))
        .hasMessage("api");
    assertThat(inline.underWay(object("2"))).isEmpty();
  }

  @Test
  void aPassThatWaitsLooksAtTheNewestAndIsFollowedByAnotherOnlyIfThereWasMore() {
    begin("1");
    assertThat(underWay("2")).contains(new Wait(clock.instant(), false));
    waiting.remove().run();
    assertThat(passed).containsExactly("2");
    assertThat(wakes).as("it has seen all there was").containsExactly("2 in 60");
  }

  @Test
  void whatChangesDuringAPassIsLookedAtAtOnceAfterIt() {
    passes.run(
        object("1"),
        ACCOUNT,
        "p",
        object -> {
          assertThat(underWay("2").map(Wait::begun)).contains(true);
          return AGAIN;
        });
    waiting.remove().run();
    assertThat(wakes).containsExactly("2 in 0");
    assertThat(underWay("2")).isEmpty();
  }

  @Test
  void aLongWaitForAPlaceIsNoSlowAnswer() {
    List<Wait> waits = new ArrayList<>();
    Instant asked = clock.instant();
    passes.run(
        object("1"),
        ACCOUNT,
        "p",
        object -> {
          underWay("1").ifPresent(waits::add);
          return AGAIN;
        });
    clock.advance(Duration.ofSeconds(20));
    underWay("1").ifPresent(waits::add);
    waiting.remove().run();
    assertThat(waits)
        .containsExactly(new Wait(asked, false), new Wait(asked.plusSeconds(20), true));
  }

  @Test
  void whatAPassThrewIsToldToWhoLooksNext() {
    passes.run(
        object("1"),
        ACCOUNT,
        "p",
        object -> {
          throw new IllegalStateException("no API server");
        });
    waiting.remove().run();
    assertThat(wakes).containsExactly("1 in 0");
    assertThatThrownBy(() -> underWay("1")).hasMessage("no API server");
    assertThat(underWay("1")).as("once").isEmpty();
  }

  @Test
  void nothingIsKeptOfWhatIsGone() {
    passes.run(
        object("1"),
        ACCOUNT,
        "p",
        object -> {
          throw new OutOfMemoryError("unable to create native thread");
        });
    passes.forget(object("1"));
    assertThat(underWay("1")).as("a pass that is not over yet").isPresent();
    waiting.remove().run();
    passes.forget(object("1"));
    assertThat(underWay("1")).isEmpty();
  }

  @Test
  void withoutAPlaceThereIsNoPass() {
    AccountPasses<Secret> full =
        new AccountPasses<>(
            (account, flow, work) -> {
              throw new OutOfMemoryError("unable to create native thread");
            },
            (object, time) -> {},
            clock);
    assertThatThrownBy(() -> full.run(object("1"), ACCOUNT, "p", this::pass))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(full.underWay(object("1"))).isEmpty();
  }
}
