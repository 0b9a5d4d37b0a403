package dev.flamepool.simulators.ec2;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What was asked, the last of it. Thread-safe. */
final class Journal {
  private static final int KEPT = 20_000;

  private final Deque<Served> served = new ArrayDeque<>();

  synchronized void served(Served request) {
    if (served.size() == KEPT) {
      served.removeFirst();
    }
    served.add(request);
  }

  synchronized List<Served> served() {
    return List.copyOf(served);
  }
}
