package dev.flamepool.bench;

/** Told what is being done, for people who wait. */
@FunctionalInterface
interface Progress {
  /** One line. */
  void say(String line);
}
