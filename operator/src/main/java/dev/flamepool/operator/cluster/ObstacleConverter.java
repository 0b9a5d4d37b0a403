package dev.flamepool.operator.cluster;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * In a log, what an exception means in one sentence where that is known, whoever logs it; else, and
 * where the log says more, its stack trace.
 */
public final class ObstacleConverter extends ThrowableProxyConverter {
  @Override
  public String convert(ILoggingEvent event) {
    return words(event)
        .map(why -> ": " + why + System.lineSeparator())
        .orElseGet(() -> System.lineSeparator() + super.convert(event));
  }

  private static Optional<String> words(ILoggingEvent event) {
    return event.getThrowableProxy() instanceof ThrowableProxy thrown
            && !LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME).isDebugEnabled()
        ? Obstacle.of(thrown.getThrowable())
        : Optional.empty();
  }
}
