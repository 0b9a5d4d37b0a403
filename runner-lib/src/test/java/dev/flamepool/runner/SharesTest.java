package dev.flamepool.runner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SharesTest {
  @Test
  void sharesAddUpToTwoForEachPlaceAndNobodyHasNone() {
    for (int max = 1; max <= 100; max++) {
      for (int callers = 1; callers <= 300; callers++) {
        int share = Shares.share(max, callers);
        assertThat(share).isPositive();
        assertThat(share * callers).isLessThanOrEqualTo(Math.max(2 * max, callers));
      }
    }
    assertThat(Shares.share(100, 0)).isEqualTo(200);
  }

  @Test
  void whateverCallersDoTheSumIsBoundedAndTheFirstSlotIsNeverRefused() {
    int max = 8;
    for (int callers : new int[] {1, 5, 100}) {
      int[] open = new int[callers];
      int all = 0;
      for (int round = 0; round < 1_000; round++) { // the first is the greediest
        for (int i = 0; i < callers; i += 1 + round % 2) {
          if (!Shares.refuses(open[i], all, max, callers)) {
            open[i]++;
            all++;
          }
        }
      }
      assertThat(all).isLessThanOrEqualTo(4 * max + 2 * callers);
      assertThat(open).doesNotContain(0);
      assertThat(open[0]).as("a caller can use every place").isGreaterThanOrEqualTo(max / callers);
    }
  }
}
