package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.CallOptions;
import dev.flamepool.PoolState;
import dev.flamepool.wire.EncodedCall;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a call waits, and what is known of the runner that it was lost with. */
class CallWaitTest {
  private static final Duration BOOT = Duration.ofSeconds(1);

  private static Call call(CallOptions options) {
    return new SyncCall(1, EncodedCall.NOTHING, options);
  }

  @Test
  void aCallThatIsRepeatedWaitsAsLongAsANewOne() {
    Call call = call(CallOptions.DEFAULTS.retryOnRunnerLost(2));
    assertThat(call.waitsUntil(BOOT)).isEqualTo(call.born + BOOT.toNanos());
    long lost = Ticks.now();
    call.repeat(null);
    assertThat(call.waitsUntil(BOOT)).isGreaterThanOrEqualTo(lost + BOOT.toNanos());
    assertThat(call.retriesLeft).isEqualTo(1);
  }

  @Test
  void aTimeOfItsOwnIsForAllAttemptsTogether() {
    Call call = call(CallOptions.DEFAULTS.timeout(Duration.ofSeconds(7)).retryOnRunnerLost(2));
    call.repeat(null);
    assertThat(call.waitsUntil(BOOT)).isEqualTo(call.born + Duration.ofSeconds(7).toNanos());
  }

  private static PoolState.Failure failure(String uid, String reason) {
    return new PoolState.Failure("shop-0", uid, "local", reason, "", List.of());
  }

  @Test
  void runnersOfOneNameAreToldApart() {
    List<PoolState.Failure> failures =
        List.of(failure("older", "Lost"), failure("", "Evicted"), failure("mine", "BootFailed"));
    assertThat(LossReason.told(failures, "mine")).isEqualTo("BootFailed");
    assertThat(LossReason.told(failures, "newer")).isNull();
    assertThat(LossReason.told(List.of(failure("mine", "a"), failure("mine", "b")), "mine"))
        .as("the last word")
        .isEqualTo("b");
  }
}
