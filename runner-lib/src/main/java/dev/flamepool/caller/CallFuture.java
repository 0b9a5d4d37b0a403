package dev.flamepool.caller;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The end of a submitted call, or what an application made depend on it: closing waits for what
 * depends on it, as long as that runs where it ends or on the default executor.
 */
final class CallFuture<T extends @Nullable Object> extends CompletableFuture<T> {
  private final Admission admission;

  CallFuture(Admission admission) {
    this.admission = admission;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CallFuture<>(admission);
  }

  @Override
  public Executor defaultExecutor() {
    return admission.dependents();
  }

  @Override
  public boolean complete(T value) {
    admission.dependentsBegin();
    try {
      return super.complete(value);
    } finally {
      admission.dependentsEnd();
    }
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    admission.dependentsBegin();
    try {
      return super.completeExceptionally(failure);
    } finally {
      admission.dependentsEnd();
    }
  }

  @Override
  public boolean cancel(boolean mayInterrupt) {
    admission.dependentsBegin();
    try {
      return super.cancel(mayInterrupt);
    } finally {
      admission.dependentsEnd();
    }
  }
}
