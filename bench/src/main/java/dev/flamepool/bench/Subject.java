package dev.flamepool.bench;

/** One of the two systems that are measured side by side. */
interface Subject {
  /** As in the names of its figures. */
  String name();

  /** The way of one thread to it; the same for the same number. */
  Caller caller(int number) throws Exception;

  /** Process whose CPU counts as the other end's. */
  long pid();

  /** Makes calls, on one thread. */
  interface Caller {
    /** One call with little in and out; throws if the reply is wrong. */
    void small(int number) throws Exception;

    /** One call with a big array in and out; throws if the reply is wrong. */
    void large(int number) throws Exception;
  }
}
