package dev.flamepool.caller;

import dev.flamepool.CallOptions;
import dev.flamepool.PoolState;
import dev.flamepool.RunnerLostException.Started;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Reply.Failed.Kind;
import dev.flamepool.wire.Stay;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Objects kept on a runner.
 *
 * @param id the number they were placed under
 */
record RunnerKeeper(PoolClient client, RunnerLink link, long id) implements Keeper {
  @Override
  public Outcomes.Place place(@Nullable Call call) {
    return client.place(call, link);
  }

  @Override
  public Outcomes.Place placeOfLoss(Call call) {
    return client.placeOfLoss(call, link);
  }

  @Override
  public long poolTimeout() {
    return client.line().poolTimeout();
  }

  @Override
  public Admission admission() {
    return client.admission();
  }

  @Override
  public QueueRoom room() {
    return client.room();
  }

  @Override
  public Executor threads() {
    return client.threads();
  }

  @Override
  public ScheduledExecutorService timer() {
    return client.timer();
  }

  @Override
  public @Nullable Seat another() {
    if (!link.tryTake()) {
      return null;
    }
    HeldCall attach =
        new HeldCall(
            PoolClient.IDS.incrementAndGet(),
            EncodedCall.NOTHING,
            CallOptions.DEFAULTS,
            new Stay(Stay.Verb.ATTACH, id),
            false,
            admission());
    link.exchange(attach, poolTimeout());
    return attach.seat;
  }

  @Override
  public @Nullable Started lossIn(HeldCall call, Reply reply) {
    if (reply instanceof Reply.Lost lost) {
      return lost.started() ? Started.YES : Started.UNKNOWN;
    }
    if (reply instanceof Reply.Failed failed) {
      boolean cutOff =
          failed.kind() == Kind.RUNNER_ENDED
              || (failed.kind() == Kind.CANCELLED && call.ending() == null);
      return cutOff ? Started.YES : null;
    }
    boolean never = reply instanceof Reply.NotStarted || reply instanceof Reply.Refused;
    return never ? Started.NO : null;
  }

  @Override
  public boolean isCutOff() {
    return link.isCutOff();
  }

  @Override
  public PoolState state(int waiting) {
    return client.line().view().state(waiting);
  }

  @Override
  public void over(Hold hold) {
    link.forget(hold);
  }
}
