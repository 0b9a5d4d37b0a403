package dev.flamepool.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.function.Consumer;

/**
 * An informer that also says which objects are gone, which no pass hears of when their finalizer
 * was taken away by hand: what is kept in memory of one goes then.
 *
 * @param <T> what is watched
 * @param <P> whose passes it causes
 */
public final class EndsInformer<T extends HasMetadata, P extends HasMetadata>
    extends InformerEventSource<T, P> {
  private final Consumer<T> gone;

  /**
   * An informer.
   *
   * @param gone called with the object as last seen; must not block
   */
  public EndsInformer(
      InformerEventSourceConfiguration<T> configuration,
      EventSourceContext<P> context,
      Consumer<T> gone) {
    super(configuration, context);
    this.gone = gone;
  }

  /** After a cut the successor of the same name may be all that is heard. */
  @Override
  public void onUpdate(T before, T now) {
    if (!before.getMetadata().getUid().equals(now.getMetadata().getUid())) {
      gone.accept(before);
    }
    super.onUpdate(before, now);
  }

  @Override
  public void onDelete(T last, boolean stateUnknown) {
    super.onDelete(last, stateUnknown);
    gone.accept(last);
  }
}
