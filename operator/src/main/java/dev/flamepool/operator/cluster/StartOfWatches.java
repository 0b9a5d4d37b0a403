package dev.flamepool.operator.cluster;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.slf4j.Marker;

/**
 * Leaves out of the log that a watch will not be tried again: so it ends at a start only, whose
 * failure the operator tells in its own words.
 */
public final class StartOfWatches extends TurboFilter {
  private static final String REFLECTOR =
      "io.fabric8.kubernetes.client.informers.impl.cache.Reflector";

  @Override
  public FilterReply decide(
      Marker marker, Logger logger, Level level, String format, Object[] params, Throwable t) {
    return level == Level.ERROR && logger.getName().equals(REFLECTOR)
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }
}
