package dev.flamepool.operator.backend;

/**
 * The operator dies here. An Error, so that no handler of failures takes it for one: whatever
 * catches it is a mistake, because {@code kill -9} is not caught either.
 */
public final class SimulatedCrash extends Error {
  /** Dies at a point. */
  public SimulatedCrash(String point) {
    super("killed " + point);
  }
}
