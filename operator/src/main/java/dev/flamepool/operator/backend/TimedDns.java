package dev.flamepool.operator.backend;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks up hosts in a bounded time: the JVM itself waits for as long as the system's resolver does,
 * and no time-out of an HTTP client ends that. A host is looked up once at a time, by a thread of
 * its own. Thread-safe.
 */
public final class TimedDns {
  /** For everybody. */
  public static final TimedDns SYSTEM =
      new TimedDns(host -> List.of(InetAddress.getAllByName(host)), Duration.ofSeconds(5));

  /** The addresses of a host. */
  @FunctionalInterface
  interface Resolver {
    /** Blocks for as long as it likes. */
    List<InetAddress> addresses(String host) throws UnknownHostException;
  }

  private final Resolver resolver;
  private final Duration patience;
  private final Map<String, FutureTask<List<InetAddress>>> underWay = new ConcurrentHashMap<>();

  TimedDns(Resolver resolver, Duration patience) {
    this.resolver = resolver;
    this.patience = patience;
  }

  /**
   * The addresses of a host.
   *
   * @throws UnknownHostException if it has none, or if that is not known in time
   */
  public List<InetAddress> lookup(String host) throws UnknownHostException {
    FutureTask<List<InetAddress>> mine = new FutureTask<>(() -> resolver.addresses(host));
    FutureTask<List<InetAddress>> others = underWay.putIfAbsent(host, mine);
    if (others == null) {
      begin(host, mine);
    }
    try {
      return (others == null ? mine : others).get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw failed(
          "no answer to the look-up of " + host + " within " + patience.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw failed(host + " is not known", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted", e);
    }
  }

  private void begin(String host, FutureTask<List<InetAddress>> lookup)
      throws UnknownHostException {
    Thread thread =
        new Thread(
            () -> {
              try {
                lookup.run();
              } finally {
                underWay.remove(host, lookup);
              }
            },
            "host-lookup");
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (Error e) {
      underWay.remove(host, lookup);
      lookup.cancel(false);
      throw failed("no thread to look up " + host, e);
    }
  }

  private static UnknownHostException failed(String words, Throwable cause) {
    UnknownHostException e = new UnknownHostException(words);
    e.initCause(cause);
    return e;
  }
}
