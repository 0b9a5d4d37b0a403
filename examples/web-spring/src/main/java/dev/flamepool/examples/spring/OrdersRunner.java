package dev.flamepool.examples.spring;

import dev.flamepool.FlameParent;
import dev.flamepool.RunnerApplication;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The application as a runner starts it. Named in {@code
 * META-INF/services/dev.flamepool.RunnerApplication}, so that {@code ctx.get} finds its beans.
 */
public final class OrdersRunner implements RunnerApplication {
  private static volatile @Nullable ConfigurableApplicationContext context;

  static void begin() {
    context =
        new SpringApplicationBuilder(OrdersApplication.class)
            .web(WebApplicationType.NONE)
            .profiles("runner")
            .run();
  }

  /** Only where the command is {@code dev.flamepool.RunnerMain}. */
  @Override
  public void start(FlameParent parent) {
    begin();
  }

  @Override
  public <T> T lookup(Class<T> type) {
    ConfigurableApplicationContext started = context;
    if (started == null) {
      throw new IllegalStateException("the application has not started");
    }
    return started.getBean(type);
  }

  @Override
  public void stop() {
    ConfigurableApplicationContext started = context;
    if (started != null) {
      started.close();
    }
  }
}
