package dev.flamepool.operator.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.OperatingPage;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Why runners end, in the words that people read. */
class EndReasonTest {
  @Test
  void thePageListsEveryReasonAndNoOther() {
    assertThat(OperatingPage.codes(OperatingPage.between("Reasons of an end.", "While `Pending`")))
        .isEqualTo(
            Arrays.stream(EndReason.values()).map(EndReason::name).collect(Collectors.toSet()));
  }
}
