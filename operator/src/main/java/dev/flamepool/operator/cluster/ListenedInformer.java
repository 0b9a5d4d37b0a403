package dev.flamepool.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.function.Consumer;

/**
 * An informer that also says what it hears, before any pass. No pass hears of the end of an object
 * whose finalizer was taken away by hand: what is kept in memory of one goes here.
 *
 * @param <T> what is watched
 * @param <P> whose passes it causes
 */
public final class ListenedInformer<T extends HasMetadata, P extends HasMetadata>
    extends InformerEventSource<T, P> {
  private final Consumer<T> heard;
  private final Consumer<T> gone;

  /**
   * An informer with its listeners, which must not block.
   *
   * @param heard an object is there, or has changed; after a cut also one that has not
   * @param gone an object is gone, as last seen
   */
  public ListenedInformer(
      InformerEventSourceConfiguration<T> configuration,
      EventSourceContext<P> context,
      Consumer<T> heard,
      Consumer<T> gone) {
    super(configuration, context);
    this.heard = heard;
    this.gone = gone;
  }

  @Override
  public void onAdd(T object) {
    heard.accept(object);
    super.onAdd(object);
  }

  /** After a cut the successor of the same name may be all that is heard. */
  @Override
  public void onUpdate(T before, T now) {
    if (!before.getMetadata().getUid().equals(now.getMetadata().getUid())) {
      gone.accept(before);
    }
    heard.accept(now);
    super.onUpdate(before, now);
  }

  @Override
  public void onDelete(T last, boolean stateUnknown) {
    super.onDelete(last, stateUnknown);
    gone.accept(last);
  }
}
