package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.Tenant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * Ends instances many at a time: while one request of an account is under way all others that are
 * asked for wait, and go together in the next. If EC2 refuses a request of several, perhaps because
 * it does not know one of them, each is asked for by itself. Thread-safe; blocks.
 */
final class Terminations {
  private static final int MAX = 100;

  /** One request. */
  interface Call {
    void terminate(Set<String> ids) throws BackendException;
  }

  private record Wish(String id, CompletableFuture<Void> done) {}

  private static final class Account {
    final List<Wish> waiting = new ArrayList<>();
  }

  private final Map<Tenant, Account> accounts = new ConcurrentHashMap<>();

  /** Ends an instance, together with what others want to end at the same time. */
  void end(Tenant tenant, String id, Call call) throws BackendException {
    Account account = accounts.computeIfAbsent(tenant, t -> new Account());
    Wish wish = new Wish(id, new CompletableFuture<>());
    synchronized (account.waiting) {
      account.waiting.add(wish);
    }
    synchronized (account) {
      while (!wish.done().isDone()) {
        send(next(account), call);
      }
    }
    try {
      wish.done().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BackendException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<Wish> next(Account account) {
    synchronized (account.waiting) {
      List<Wish> first = account.waiting.subList(0, Math.min(MAX, account.waiting.size()));
      List<Wish> taken = List.copyOf(first);
      first.clear();
      return taken;
    }
  }

  private static void send(List<Wish> wishes, Call call) {
    Set<String> ids = new LinkedHashSet<>();
    wishes.forEach(wish -> ids.add(wish.id()));
    try {
      call.terminate(ids);
      wishes.forEach(wish -> wish.done().complete(null));
    } catch (BackendException e) {
      if (ids.size() == 1 || e.kind() == BackendException.Kind.RATE_LIMITED) {
        wishes.forEach(wish -> wish.done().completeExceptionally(e));
      } else {
        wishes.forEach(wish -> send(List.of(wish), call));
      }
    } catch (RuntimeException | Error e) {
      wishes.forEach(wish -> wish.done().completeExceptionally(e));
      throw e;
    }
  }
}
