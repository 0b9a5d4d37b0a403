package dev.flamepool.operator.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.BackendKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContactTest {
  private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

  private final List<Contact> all = new ArrayList<>();

  private ContactTest answer(int runners, BackendKind kind) {
    for (int i = 0; i < runners; i++) {
      all.add(new Contact("pool", kind, null));
    }
    return this;
  }

  private ContactTest silent(int runners, BackendKind kind, int atSecond) {
    for (int i = 0; i < runners; i++) {
      all.add(new Contact("pool", kind, T.plusSeconds(atSecond)));
    }
    return this;
  }

  private boolean isCutOff(BackendKind kind, int silentAtSecond) {
    Contact one = new Contact("pool", kind, T.plusSeconds(silentAtSecond));
    assertThat(all).contains(one);
    return one.isCutOff(all);
  }

  @Test
  void allOrMostAtOnceMeansTheOperator() {
    silent(40, BackendKind.POD, 0).silent(20, BackendKind.EC2, 50).answer(3, BackendKind.POD);
    assertThat(isCutOff(BackendKind.POD, 0)).isTrue();
    assertThat(isCutOff(BackendKind.EC2, 50)).isTrue();
  }

  @Test
  void oneAloneIsSickItself() {
    silent(1, BackendKind.POD, 0);
    assertThat(isCutOff(BackendKind.POD, 0)).as("there is no other").isFalse();
    answer(9, BackendKind.POD);
    assertThat(isCutOff(BackendKind.POD, 0)).isFalse();
  }

  @Test
  void halfOfOneBackendsRunnersHaveLostTheirNodeWhileTheOthersAnswer() {
    silent(10, BackendKind.POD, 0).answer(10, BackendKind.POD).answer(5, BackendKind.FLY);
    assertThat(isCutOff(BackendKind.POD, 0)).isFalse();
  }

  @Test
  void theWayToOneKindOfMachineMayBeLostAlone() {
    silent(3, BackendKind.EC2, 0).answer(50, BackendKind.POD);
    assertThat(isCutOff(BackendKind.EC2, 0)).isTrue();
  }

  @Test
  void whoeverFellSilentOneByOneDoesNotCount() {
    silent(1, BackendKind.POD, 0)
        .silent(1, BackendKind.POD, 300)
        .silent(1, BackendKind.POD, 600)
        .answer(2, BackendKind.POD);
    assertThat(isCutOff(BackendKind.POD, 300)).isFalse();
  }

  @Test
  void whoeverAnswersIsNotCutOff() {
    silent(5, BackendKind.POD, 0);
    assertThat(new Contact("pool", BackendKind.POD, null).isCutOff(all)).isFalse();
  }
}
