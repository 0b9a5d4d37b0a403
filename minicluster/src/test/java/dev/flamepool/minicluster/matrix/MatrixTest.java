package dev.flamepool.minicluster.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MatrixTest {
  private static final List<String> CELLS =
      List.of("create 1", "create 2", "delete 3", "create 4", "list 5", "delete 6");

  private static List<String> sample(int ofEach, long seed) {
    return Matrix.sample(CELLS, cell -> cell.replaceAll(" .*", ""), ofEach, seed);
  }

  @Test
  void everyKindIsThereAsOftenAsItIsWanted() {
    for (int seed = 0; seed < 20; seed++) {
      assertThat(sample(1, seed))
          .extracting(cell -> cell.charAt(0))
          .containsExactlyInAnyOrder('c', 'd', 'l');
      assertThat(sample(2, seed))
          .extracting(cell -> cell.charAt(0))
          .containsExactlyInAnyOrder('c', 'c', 'd', 'd', 'l');
    }
  }

  @Test
  void aSeedRepeatsItsChoiceInTheMatrixsOrder() {
    for (int seed = 0; seed < 20; seed++) {
      assertThat(sample(2, seed)).isEqualTo(sample(2, seed)).isSubsetOf(CELLS);
      assertThat(sample(2, seed))
          .isSortedAccordingTo((a, b) -> CELLS.indexOf(a) - CELLS.indexOf(b));
    }
  }

  @Test
  void everyCellHasItsRun() {
    Set<String> seen = new HashSet<>();
    IntStream.range(0, 100).forEach(seed -> seen.addAll(sample(1, seed)));
    assertThat(seen).containsExactlyInAnyOrderElementsOf(CELLS);
  }

  @Test
  void aChoiceDoesNotDependOnOtherKinds() {
    List<String> more = List.of("create 1", "stop 0", "create 2", "create 4");
    for (int seed = 0; seed < 20; seed++) {
      List<String> sample = Matrix.sample(more, cell -> cell.replaceAll(" .*", ""), 1, seed);
      assertThat(sample)
          .contains(
              sample(1, seed).stream()
                  .filter(c -> c.startsWith("create"))
                  .findFirst()
                  .orElseThrow());
    }
  }
}
