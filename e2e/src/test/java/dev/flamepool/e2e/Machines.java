package dev.flamepool.e2e;

import java.io.IOException;
import java.util.List;

/** Where a test's machines live, and what is known of them without the operator. */
interface Machines {
  /** A pool's backend in flow style. */
  String backend();

  /** How many live; less than 0 while that cannot be told. */
  int count() throws IOException, InterruptedException;

  /** Every process of every machine. */
  List<ProcessHandle> processes();

  /** Fails if something came or was left that must not be, once no machine lives. */
  void assertNothingWrong() throws IOException, InterruptedException;
}
