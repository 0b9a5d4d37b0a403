package dev.flamepool.examples.web;

import dev.flamepool.FlameParent;
import dev.flamepool.RunnerApplication;
import org.jspecify.annotations.Nullable;

/**
 * What calls need of the application. Named in {@code
 * META-INF/services/dev.flamepool.RunnerApplication}, so that {@code ctx.get} finds it.
 */
public final class Services implements RunnerApplication {
  private static volatile @Nullable Invoices invoices;

  static void start(int connections) {
    invoices = new Invoices(new Database(connections));
  }

  /** Only where the command is {@code dev.flamepool.RunnerMain}. */
  @Override
  public void start(FlameParent parent) {
    start(2);
  }

  @Override
  public <T> T lookup(Class<T> type) {
    return type.cast(invoices);
  }
}
