package dev.flamepool.simulators.ec2;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/**
 * EC2's request limits of an account in a region, as token buckets; RunInstances and
 * TerminateInstances have one for instances beside that for requests. Thread-safe.
 */
final class Buckets {
  private record Size(double burst, double perSecond) {}

  private static final class Bucket {
    double tokens;
    long atMs;
  }

  private final Clock clock;
  private final Map<String, Bucket> buckets = new HashMap<>();

  Buckets(Clock clock) {
    this.clock = clock;
  }

  /** Takes a request's tokens, if there are enough. */
  synchronized boolean take(String action, Params params) throws AwsError {
    String name = action;
    Size size;
    if (action.equals("RunInstances")) {
      size = new Size(5, 2);
    } else if (action.equals("TerminateInstances")) {
      size = new Size(100, 5);
    } else if (action.equals("CreateTags")) {
      size = new Size(100, 10);
    } else if (action.startsWith("Describe") || action.startsWith("Get")) {
      boolean narrow =
          !action.equals("DescribeInstances")
              || params.has("MaxResults")
              || params.hasAny("Filter")
              || params.hasAny("InstanceId");
      name = narrow ? action : action + " of all";
      size = narrow ? new Size(100, 20) : new Size(50, 10);
    } else {
      name = "changes";
      size = new Size(50, 5);
    }
    int instances =
        switch (action) {
          case "RunInstances" -> params.number("MaxCount", 1);
          case "TerminateInstances" -> params.list("InstanceId").size();
          default -> 0;
        };
    Size resources = new Size(1_000, action.equals("RunInstances") ? 2 : 20);
    if (left(name, size) < 1
        || (instances > 0 && left(action + " resources", resources) < instances)) {
      return false;
    }
    spend(name, 1);
    if (instances > 0) {
      spend(action + " resources", instances);
    }
    return true;
  }

  private double left(String name, Size size) {
    long now = clock.millis();
    Bucket bucket =
        buckets.computeIfAbsent(
            name,
            key -> {
              Bucket full = new Bucket();
              full.tokens = size.burst();
              full.atMs = now;
              return full;
            });
    bucket.tokens =
        Math.min(size.burst(), bucket.tokens + (now - bucket.atMs) / 1_000.0 * size.perSecond());
    bucket.atMs = now;
    return bucket.tokens;
  }

  private void spend(String name, int tokens) {
    Bucket bucket = buckets.get(name);
    if (bucket != null) {
      bucket.tokens -= tokens;
    }
  }
}
