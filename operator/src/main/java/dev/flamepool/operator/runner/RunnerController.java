package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.health.OperatorMetrics;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * JOSDK's shell round {@link RunnerReconciler}: it calls it when the runner, its machine or its
 * control connection changed.
 */
public final class RunnerController implements Reconciler<FlameRunner>, Cleaner<FlameRunner> {
  /** A runner by name, and its pool's. */
  public record Name(String namespace, String runner, String pool) {}

  private static final String BY_UID = "uid";

  private final SimpleInboundEventSource<FlameRunner> pokes =
      new SimpleInboundEventSource<>("pokes");
  private final RunnerReconciler reconciler;
  private final OperatorMetrics metrics;
  private @Nullable IndexerResourceCache<FlameRunner> runners;

  /** The reconciler is made once, with what has a runner reconciled. */
  public RunnerController(
      Function<Consumer<FlameRunner>, RunnerReconciler> factory, OperatorMetrics metrics) {
    this.reconciler = factory.apply(this::look);
    this.metrics = metrics;
  }

  @Override
  public List<EventSource<?, FlameRunner>> prepareEventSources(
      EventSourceContext<FlameRunner> context) {
    runners = context.getPrimaryCache();
    runners.addIndexer(BY_UID, runner -> List.of(uid(runner)));
    return List.of(pokes);
  }

  @Override
  public UpdateControl<FlameRunner> reconcile(FlameRunner runner, Context<FlameRunner> context) {
    return UpdateControl.<FlameRunner>noUpdate().rescheduleAfter(pass(runner));
  }

  /** The reconciler removes the finalizer itself, once the backend holds nothing. */
  @Override
  public DeleteControl cleanup(FlameRunner runner, Context<FlameRunner> context) {
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(pass(runner).toMillis());
  }

  private Duration pass(FlameRunner runner) {
    Duration again = metrics.timed("runners", () -> reconciler.reconcile(runner));
    if (name(uid(runner)).isEmpty()) {
      reconciler.gone(runner); // while this pass went on
    }
    return again;
  }

  private void look(FlameRunner runner) {
    if (name(uid(runner)).isEmpty()) {
      reconciler.gone(runner); // while its backend was called
    } else {
      pokes.propagateEvent(ResourceID.fromResource(runner));
    }
  }

  private static String uid(FlameRunner runner) {
    return runner.getMetadata().getUid();
  }

  /** A runner's object is gone. */
  public void gone(FlameRunner runner) {
    reconciler.gone(runner);
  }

  /** Has a runner reconciled now. */
  public void poke(Name name) {
    pokes.propagateEvent(new ResourceID(name.runner(), name.namespace()));
  }

  /** Whose uid it is; empty for runners that there are not. */
  public Optional<Name> name(String runnerUid) {
    return runners == null
        ? Optional.empty()
        : runners.byIndex(BY_UID, runnerUid).stream()
            .findFirst()
            .map(
                runner ->
                    new Name(
                        runner.getMetadata().getNamespace(),
                        runner.getMetadata().getName(),
                        runner.getSpec().pool()));
  }
}
