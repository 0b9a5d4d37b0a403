package dev.flamepool.caller;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a schedule decides, one number after another: all schedules that leave the usual way so many
 * times at most, or what a seed says.
 */
final class Choices {
  private record Choice(int taken, int of, boolean free) {}

  private final List<Choice> path = new ArrayList<>();
  private final int bound;
  private final Random random;
  private int at;

  private Choices(int bound, Random random) {
    this.bound = bound;
    this.random = random;
  }

  /** All that leave the usual way that often at most. */
  static Choices all(int deviations) {
    return new Choices(deviations, null);
  }

  /** Those of that seed. */
  static Choices of(long seed) {
    return new Choices(Integer.MAX_VALUE, new Random(seed));
  }

  /**
   * One of so many; 0 is the usual way.
   *
   * @param free whether no way is the usual one
   */
  int next(int of, boolean free) {
    if (of == 1) {
      return 0;
    }
    if (random != null) {
      int taken = random.nextInt(of);
      path.add(new Choice(taken, of, free));
      return taken;
    }
    if (at == path.size()) {
      path.add(new Choice(0, of, free));
    }
    Choice choice = path.get(at);
    if (choice.of() != of) { // a thread that waits for another was slower this time
      path.subList(at, path.size()).clear();
      choice = new Choice(Math.min(choice.taken(), of - 1), of, free);
      path.add(choice);
    }
    at++;
    return choice.taken();
  }

  /** Goes on to the next schedule; false if there is none. */
  boolean advance() {
    at = 0;
    while (!path.isEmpty()) {
      Choice last = path.remove(path.size() - 1);
      boolean affordable = last.free() || last.taken() > 0 || spent() < bound;
      if (last.taken() + 1 < last.of() && affordable) {
        path.add(new Choice(last.taken() + 1, last.of(), last.free()));
        return true;
      }
    }
    return false;
  }

  private long spent() {
    return path.stream().filter(choice -> !choice.free() && choice.taken() > 0).count();
  }

  @Override
  public String toString() {
    return path.stream().map(choice -> choice.taken() + "/" + choice.of()).toList().toString();
  }
}
