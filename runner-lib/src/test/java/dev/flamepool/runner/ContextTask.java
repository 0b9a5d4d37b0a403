package dev.flamepool.runner;

import dev.flamepool.RunnerContext;
import java.io.Serializable;

/** A function of the runner's context. */
public interface ContextTask<T> extends Serializable {
  T call(RunnerContext context) throws Exception;
}
