package dev.flamepool.wire;

/** Enums on the wire: their order is the format, so constants are only ever added at the end. */
final class Codes {
  private Codes() {}

  @SuppressWarnings("EnumOrdinal") // the one place that relies on it
  static int of(Enum<?> constant) {
    return constant.ordinal();
  }

  /** The constant of a number; {@code unknown} for one that a later version added. */
  static <E> E read(E[] constants, int code, E unknown) {
    return code >= 0 && code < constants.length ? constants[code] : unknown;
  }
}
