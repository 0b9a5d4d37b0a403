package dev.flamepool.operator.credentials;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears at once when somebody deletes a pool's authority, which revokes it. Where it may not watch,
 * that is found out when the pool is looked at next, within minutes. Thread-safe.
 */
public final class AuthorityWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorityWatch.class);

  private final SharedIndexInformer<Secret> informer;

  /**
   * Starts nothing yet.
   *
   * @param operatorNamespace where the authorities lie
   * @param deleted told the uid of the pool; must not block
   */
  public AuthorityWatch(
      KubernetesClient client, String operatorNamespace, Consumer<String> deleted) {
    this.informer =
        client
            .secrets()
            .inNamespace(operatorNamespace)
            .withLabel(AuthoritySecrets.UID_LABEL)
            .runnableInformer(0);
    informer.exceptionHandler(
        (started, problem) -> {
          LOG.debug("authorities are not watched now: {}", problem.toString());
          return true;
        });
    informer.addEventHandler(new Deletions(deleted));
  }

  /** Begins, in the background. */
  public void start() {
    var unused = informer.start();
  }

  @Override
  public void close() {
    informer.stop();
  }

  private record Deletions(Consumer<String> deleted) implements ResourceEventHandler<Secret> {
    @Override
    public void onAdd(Secret secret) {}

    @Override
    public void onUpdate(@Nullable Secret before, Secret now) {}

    @Override
    public void onDelete(Secret secret, boolean unknown) {
      deleted.accept(secret.getMetadata().getLabels().get(AuthoritySecrets.UID_LABEL));
    }
  }
}
