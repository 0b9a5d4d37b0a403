package dev.flamepool.simulators.fly;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was asked and what was wrong, the last of it. Thread-safe. */
final class Journal {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
  private static final int KEPT = 20_000;

  private final Deque<Served> served = new ArrayDeque<>();
  private final List<String> violations = new ArrayList<>();

  synchronized void served(Served request) {
    if (served.size() == KEPT) {
      served.removeFirst();
    }
    served.add(request);
  }

  synchronized void violation(String words) {
    LOG.warn("not in Fly's document: {}", words);
    if (violations.size() < KEPT) {
      violations.add(words);
    }
  }

  synchronized List<Served> served() {
    return List.copyOf(served);
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }
}
