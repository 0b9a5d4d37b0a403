package dev.flamepool.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class BenchTest {
  @TempDir Path folder;

  /** The whole bench, small: real processes, real TLS, replies checked; times are not. */
  @Test
  void measuresEveryRow() throws Exception {
    Options tiny = new Options(1, 1, 60, 1, 1, 3, 1 << 20, "64m");
    String table = Bench.run(tiny, folder, line -> {});
    assertThat(table.lines().filter(line -> line.startsWith("|")).toList())
        .hasSize(2 + 10 + 3 * ColdStart.KINDS.size())
        .allSatisfy(line -> assertThat(line.split("\\|", -1)).hasSize(13));
    assertThat(table)
        .contains("1 caller: p50", "3 callers: calls", "1 MiB in and out", "C1 + Serial, AppCDS")
        .doesNotContain("NaN", "Infinity", " 0.0 us", " 0.0 ms", " 0.0 /s");
  }

  /** On a machine that is slower than the windows were made for. */
  @Test
  void aWindowLastsUntilItShowsSomething() throws Exception {
    Load.Window window = Load.run(new Slow(), 1, 1, Subject.Caller::small);
    assertThat(window.calls()).isPositive();
    assertThat(window.cpuNanos()).isPositive();
    assertThat(window.p99Micros()).isPositive();
  }

  @Test
  void figuresAreMediansAndRatiosOfWhatWasMeasuredTogether() {
    Samples samples = new Samples();
    for (double value : new double[] {30, 10, 80}) {
      samples.add("ours", value);
    }
    for (double value : new double[] {10, 10, 20}) {
      samples.add("raw", value);
    }
    assertThat(samples.median("ours")).isEqualTo(30);
    assertThat(samples.ratio("ours", "raw")).isEqualTo(3);
    assertThat(samples.range("ours")).containsExactly(10, 80);
  }

  @Test
  void aWrongOptionIsNamedAndHelpMeasuresNothing() throws Exception {
    Bench.main(new String[] {"--quick", "--help"});
    assertThat(Options.parse(List.of("--quick", "--rounds", "2")).rounds()).isEqualTo(2);
    assertThatThrownBy(() -> Options.parse(List.of("--rounds", "many")))
        .hasMessageContaining("--rounds is 'many'");
    assertThatThrownBy(() -> Options.parse(List.of("--fast"))).hasMessageContaining("--fast");
  }

  @Test
  void aReplyThatDiffersFails() {
    byte[] array = new byte[10];
    Work.stamp(array, 7);
    Work.check(array, 10, 7);
    assertThatThrownBy(() -> Work.check(array, 10, 8)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Work.check(array, 11, 7)).isInstanceOf(IllegalStateException.class);
  }

  /** A call of it uses more CPU time than ramp and window last together. */
  private static final class Slow implements Subject, Subject.Caller {
    @Override
    public String name() {
      return "slow";
    }

    @Override
    public Caller caller(int number) {
      return this;
    }

    @Override
    public long pid() {
      return ProcessHandle.current().pid();
    }

    @Override
    public void small(int number) {
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long until = threads.getCurrentThreadCpuTime() + TimeUnit.MILLISECONDS.toNanos(250);
      while (threads.getCurrentThreadCpuTime() < until) {
        Thread.onSpinWait();
      }
    }

    @Override
    public void large(int number) {
      small(number);
    }
  }
}
