package dev.flamepool.runner;

import java.io.Serializable;

/** A function to call in tests. */
public interface Task<T> extends Serializable {
  T call() throws Exception;
}
