package dev.flamepool.bench;

import dev.flamepool.Pool;

/** The public call path: {@link Pool#call} on a real runner. */
final class FlamePoolSubject implements Subject {
  private final Pool pool;
  private final long pid;
  private final int largeBytes;

  FlamePoolSubject(Pool pool, long pid, int largeBytes) {
    this.pool = pool;
    this.pid = pid;
    this.largeBytes = largeBytes;
  }

  @Override
  public String name() {
    return "flamepool";
  }

  @Override
  public Caller caller(int number) {
    return new Caller() {
      private byte[] array = {};

      @Override
      public void small(int call) {
        Work.small(pool, call);
      }

      @Override
      public void large(int call) {
        if (array.length == 0) {
          array = new byte[largeBytes];
        }
        Work.large(pool, array, call);
      }
    };
  }

  @Override
  public long pid() {
    return pid;
  }
}
