package dev.flamepool.operator.control;

import dev.flamepool.wire.ControlConnection;
import dev.flamepool.wire.ControlListener;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.Hello;
import dev.flamepool.wire.HelloRefusedException;
import dev.flamepool.wire.Identity;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.Timeouts;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One runner's control connection, present or wished for. Calls only note what is wanted; {@link
 * #work} makes it so, in the background and never twice at once.
 */
final class RunnerLink {
  /** A connection that lasted so long was a good one. */
  private static final Duration HELD = Duration.ofSeconds(1);

  private final String uid;
  private final WireRunnerLinks links;
  private final News news;

  // What is wanted; guarded by this, as all below.
  private @Nullable RunnerTarget target;
  private @Nullable IdleSettings settings;
  private boolean first;
  private boolean withdrawn;
  private boolean dropped;

  // What is.
  private @Nullable Session session;
  private @Nullable RunnerReport report;
  private int failures;
  private boolean working;
  private boolean again;

  /** One connection and what it has been told. */
  private final class Session implements ControlListener {
    final RunnerTarget to;
    final boolean first;
    @Nullable ControlConnection connection;
    @Nullable IdleSettings told;
    boolean toldWithdrawn;
    boolean over;
    long openedNanos;

    /** What it said before its hello was noted. */
    @Nullable RunnerReport early;

    Session(RunnerTarget to, boolean first) {
      this.to = to;
      this.first = first;
    }

    @Override
    public void received(ControlMessage message) {
      RunnerLink.this.received(this, message);
    }

    @Override
    public void closed(IOException cause) {
      RunnerLink.this.closed(this, cause);
    }
  }

  RunnerLink(String uid, WireRunnerLinks links) {
    this.uid = uid;
    this.links = links;
    this.news = new News(() -> links.changed(uid), links::later);
  }

  synchronized Optional<String> poolUid() {
    return Optional.ofNullable(target).map(RunnerTarget::poolUid);
  }

  synchronized Optional<RunnerReport> report() {
    return Optional.ofNullable(report);
  }

  synchronized void keep(RunnerTarget wanted, boolean awaited) {
    if (!wanted.equals(target)) {
      target = wanted;
      first = awaited;
      failures = 0;
      wake();
    }
  }

  synchronized void settings(IdleSettings wanted) {
    if (!wanted.equals(settings)) {
      settings = wanted;
      wake();
    }
  }

  synchronized void withdraw() {
    if (!withdrawn) {
      withdrawn = true;
      wake();
    }
  }

  synchronized void drop() {
    dropped = true;
    if (session != null && session.connection != null) {
      session.connection.close();
    }
  }

  private synchronized void wake() {
    if (dropped || target == null) {
      return;
    }
    if (working) {
      again = true;
    } else {
      working = true;
      links.soon(first, this::work);
    }
  }

  private void work() {
    try {
      Session current = current();
      if (current != null) {
        work(current);
      }
    } finally {
      synchronized (this) {
        working = false;
        if (again) {
          again = false;
          wake();
        }
      }
    }
  }

  /** Whatever goes wrong, be it that a thread cannot be made, costs one try. */
  private void work(Session on) {
    try {
      if (on.connection == null) {
        dial(on);
      }
      send(on);
    } catch (Throwable e) {
      failed(on, problem(on.to, e));
    }
  }

  /** The session to work on; a new one after a loss or for a new address. */
  private synchronized @Nullable Session current() {
    RunnerTarget wanted = target;
    if (dropped || wanted == null) {
      return null;
    }
    Session now = session;
    if (now == null || now.over || !now.to.equals(wanted)) {
      if (now != null && now.connection != null) {
        now.connection.close();
      }
      now = new Session(wanted, first);
      first = false;
      session = now;
    }
    return now;
  }

  private void dial(Session to) throws IOException, GeneralSecurityException {
    ControlConnection connection = open(to);
    synchronized (this) {
      to.connection = connection;
      to.openedNanos = System.nanoTime();
      if (dropped || to != session) {
        connection.close();
        return;
      }
      if (!to.over) {
        report = Reports.hello(connection.ack(), to.early);
      }
    }
    links.changed(uid);
  }

  /** A runner of a revoked authority, whose calls still run, knows only that one. */
  private ControlConnection open(Session to) throws IOException, GeneralSecurityException {
    String pool = to.to.poolUid();
    try {
      return open(to, links.identities().of(pool));
    } catch (HelloRefusedException e) {
      Optional<Identity> former = links.identities().former(pool);
      if (e.reason() != HelloRefusedException.Reason.CERTIFICATE || former.isEmpty()) {
        throw e;
      }
      return open(to, former.get());
    }
  }

  private ControlConnection open(Session to, Identity identity)
      throws IOException, GeneralSecurityException {
    RunnerTarget runner = to.to;
    InetSocketAddress address = address(runner.address());
    Hello hello =
        new Hello(Role.OPERATOR, links.operatorId(), runner.namespace() + "/" + runner.pool(), "");
    return links.inTurn(
        to.first,
        () -> ControlConnection.open(address, uid, identity, hello, Timeouts.DEFAULT, to));
  }

  private void send(Session to) throws IOException {
    IdleSettings wanted;
    boolean away;
    ControlConnection connection;
    synchronized (this) {
      wanted = settings;
      away = withdrawn;
      connection = to.connection;
      if (connection == null || to.over || dropped) {
        return;
      }
    }
    if (wanted != null && !wanted.equals(to.told)) {
      ControlMessage idle =
          new ControlMessage.Settings(
              millis(wanted.idleShutdownAfter()),
              millis(wanted.minIdleShutdownAfter()),
              wanted.log());
      ControlMessage kept = new ControlMessage.Kept(wanted.kept());
      // In this order: a kept runner must not end between the two messages.
      connection.send(wanted.kept() ? kept : idle);
      connection.send(wanted.kept() ? idle : kept);
      to.told = wanted;
    }
    if (away && !to.toldWithdrawn) {
      connection.send(new ControlMessage.Withdrawn());
      to.toldWithdrawn = true;
    }
  }

  private static long millis(Optional<Duration> time) {
    return time.map(Duration::toMillis).orElse(-1L);
  }

  private void received(Session from, ControlMessage message) {
    synchronized (this) {
      if (from != session) {
        return;
      }
      if (from.connection == null) {
        from.early = Reports.after(from.early, message);
        return;
      }
      RunnerReport next = Reports.after(report, message);
      if (next.equals(report)) {
        return;
      }
      report = next;
    }
    news.changed();
  }

  private void closed(Session from, IOException cause) {
    failed(from, from.to.address() + ": the connection was lost: " + words(cause));
  }

  private void failed(Session of, String problem) {
    synchronized (this) {
      if (of.over) {
        return;
      }
      of.over = true;
      if (of.connection != null) {
        of.connection.close();
      }
      if (of != session || dropped) {
        return;
      }
      // One that is lost at once counts as a failed try, or this would be a hot loop.
      boolean held = of.connection != null && System.nanoTime() - of.openedNanos > HELD.toNanos();
      failures = held ? 1 : failures + 1;
      report = Reports.unreachable(report, problem);
      links.later(Backoff.after(failures), this::wake);
    }
    links.changed(uid);
  }

  private static String problem(RunnerTarget to, Throwable e) {
    if (e instanceof NoRouteToHostException
        || e instanceof UnknownHostException
        || (e instanceof SocketTimeoutException && words(e).startsWith("Connect"))
        || (e instanceof ConnectException && words(e).contains("unreachable"))) {
      return RunnerReport.NO_ROUTE + to.address() + ": " + words(e);
    }
    return e instanceof HelloRefusedException refused
        ? "%s%s (%s): %s"
            .formatted(to.address(), RunnerReport.REFUSED, refused.reason(), refused.getMessage())
        : "%s cannot be reached: %s".formatted(to.address(), words(e));
  }

  private static String words(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static InetSocketAddress address(String text) throws IOException {
    int colon = text.lastIndexOf(':');
    try {
      String host = text.substring(0, Math.max(colon, 0)).replaceAll("^\\[|]$", "");
      return new InetSocketAddress(host, Integer.parseInt(text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new IOException("it is no host:port", e);
    }
  }
}
