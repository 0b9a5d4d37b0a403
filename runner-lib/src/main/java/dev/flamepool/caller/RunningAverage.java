package dev.flamepool.caller;

import java.util.ArrayDeque;

/** The average of a level over a window that ends now, from samples; each holds until the next. */
final class RunningAverage {
  private record Sample(long at, int level) {}

  private final long window;
  private final ArrayDeque<Sample> samples = new ArrayDeque<>();

  RunningAverage(long window) {
    this.window = window;
  }

  void add(long now, int level) {
    Sample last = samples.peekLast();
    if (last == null || last.level() != level) {
      samples.addLast(new Sample(now, level));
    }
    // The oldest is kept as long as it reaches into the window.
    while (samples.size() > 1 && second().at() <= now - window) {
      samples.removeFirst();
    }
  }

  private Sample second() {
    var all = samples.iterator();
    all.next();
    return all.next();
  }

  /** What was before the first sample does not count as zero. */
  double at(long now) {
    Sample first = samples.peekFirst();
    if (first == null) {
      return 0;
    }
    long from = Math.max(first.at(), now - window);
    if (now <= from) {
      return samples.getLast().level();
    }
    double sum = 0;
    long end = now;
    for (var all = samples.descendingIterator(); all.hasNext(); ) {
      Sample sample = all.next();
      long start = Math.max(sample.at(), from);
      sum += (double) sample.level() * (end - start);
      end = start;
    }
    return sum / (now - from);
  }
}
