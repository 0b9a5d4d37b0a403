package dev.flamepool.caller;

import dev.flamepool.PoolState;
import dev.flamepool.RunnerLostException.Started;
import dev.flamepool.wire.Reply;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** What a {@link Hold} needs of where its objects are. */
interface Keeper {
  /** Where the objects are and how long a call on them may run. */
  Outcomes.Place place(@Nullable Call call);

  /** The same after a loss, with its reason if that can be learnt. Blocks. */
  Outcomes.Place placeOfLoss(Call call);

  /** The execution limit of the pool in nanoseconds. */
  long poolTimeout();

  /** Counts the calls of the pool; throws if it takes no more. */
  Admission admission();

  /** For calls that wait for their turn. */
  QueueRoom room();

  /** For calls, which block. */
  Executor threads();

  /** For time. */
  ScheduledExecutorService timer();

  /** One more place where the objects are, or null. Blocks. */
  @Nullable Seat another();

  /**
   * Whether a reply means that the objects are gone, and whether its call had begun; null if not.
   */
  @Nullable Started lossIn(HeldCall call, Reply reply);

  /** Whether this process gives up all calls. */
  boolean isCutOff();

  /** For an exception. */
  PoolState state(int waiting);

  /** The objects are closed or gone. */
  void over(Hold hold);
}
