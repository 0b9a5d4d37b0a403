package dev.flamepool.operator.backend.fly;

import static dev.flamepool.operator.backend.fly.FlyError.Meaning.BAD_TOKEN;
import static dev.flamepool.operator.backend.fly.FlyError.Meaning.CONFLICT;
import static dev.flamepool.operator.backend.fly.FlyError.Meaning.HOST_FULL;
import static dev.flamepool.operator.backend.fly.FlyError.Meaning.INVALID;
import static dev.flamepool.operator.backend.fly.FlyError.Meaning.NAME_TAKEN;
import static dev.flamepool.operator.backend.fly.FlyError.Meaning.NOT_YET;
import static dev.flamepool.operator.backend.fly.FlyError.Meaning.NO_ACCESS;
import static dev.flamepool.operator.backend.fly.FlyError.Meaning.NO_APP;
import static dev.flamepool.operator.backend.fly.FlyError.Meaning.NO_IMAGE;
import static dev.flamepool.operator.backend.fly.FlyError.Meaning.NO_MACHINE;
import static dev.flamepool.operator.backend.fly.FlyError.Meaning.QUOTA;
import static dev.flamepool.operator.backend.fly.FlyError.Meaning.REGION_FULL;
import static dev.flamepool.operator.backend.fly.FlyError.Meaning.TOO_FAST;
import static dev.flamepool.operator.backend.fly.FlyError.Meaning.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.fly.FlyError.Meaning;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FlyErrorTest {
  /** In the order of the collected bodies. */
  private static final List<Meaning> EXPECTED =
      List.of(
          NAME_TAKEN,
          REGION_FULL,
          REGION_FULL,
          HOST_FULL,
          HOST_FULL,
          HOST_FULL,
          HOST_FULL,
          REGION_FULL,
          CONFLICT,
          HOST_FULL,
          QUOTA,
          NO_IMAGE,
          NOT_YET,
          NOT_YET,
          NOT_YET,
          UNKNOWN,
          INVALID,
          CONFLICT,
          INVALID,
          NO_ACCESS,
          BAD_TOKEN,
          NO_APP,
          NO_MACHINE,
          TOO_FAST);

  static Stream<Arguments> collected() throws Exception {
    List<JsonNode> bodies = new ArrayList<>();
    new ObjectMapper().readTree(FlyFixtures.text("error-bodies.json")).forEach(bodies::add);
    assertThat(bodies).hasSameSizeAs(EXPECTED);
    return IntStream.range(0, bodies.size())
        .mapToObj(
            n ->
                Arguments.of(
                    bodies.get(n).get("status").asInt(),
                    bodies.get(n).get("body").toString(),
                    EXPECTED.get(n)));
  }

  @ParameterizedTest
  @MethodSource("collected")
  void everyCollectedBodyMeansWhatTheTableSays(int status, String body, Meaning expected) {
    assertThat(FlyError.of(status, body).meaning()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "HOST_FULL, CAPACITY",
    "REGION_FULL, CAPACITY",
    "NO_SUCH_REGION, CAPACITY",
    "QUOTA, QUOTA",
    "NO_IMAGE, CONFIGURATION",
    "INVALID, CONFIGURATION",
    "NO_APP, CONFIGURATION",
    "BAD_TOKEN, CREDENTIALS",
    "NO_ACCESS, CREDENTIALS",
    "TOO_FAST, RATE_LIMITED",
    "NAME_TAKEN, AMBIGUOUS",
    "CONFLICT, AMBIGUOUS",
    "NOT_YET, AMBIGUOUS",
    "NO_MACHINE, AMBIGUOUS",
    "UNKNOWN, AMBIGUOUS"
  })
  void whatThatMeansForAnAttempt(Meaning meaning, Kind kind) {
    assertThat(meaning.kind()).isEqualTo(kind);
  }

  @Test
  void aTakenNameSaysWhoHasIt() {
    FlyError error =
        FlyError.of(
            409,
            "{\"error\":\"already_exists: unique machine name violation, machine ID 32876249a30918"
                + " already exists with name \\\"foo\\\"\"}");
    assertThat(error.adopt()).hasValue("32876249a30918");
  }

  @ParameterizedTest
  @CsvSource({"500", "502", "503", "408", "599"})
  void afterThatTheMachineMayExist(int status) {
    assertThat(FlyError.of(status, "").meaning()).isEqualTo(UNKNOWN);
    assertThat(FlyError.of(status, "<html>bad gateway</html>").meaning()).isEqualTo(UNKNOWN);
  }

  @Test
  void aStatusWordOutranksTheProse() {
    assertThat(
            FlyError.of(
                    409,
                    "{\"error\":\"aborted: could not reserve resource for machine\","
                        + "\"status\":\"insufficient_capacity\"}")
                .meaning())
        .isEqualTo(REGION_FULL);
  }

  @Test
  void anUnknownRegionIsLeftAlone() {
    assertThat(FlyError.of(400, "{\"error\":\"target region xyz not found\"}").meaning())
        .isEqualTo(Meaning.NO_SUCH_REGION);
  }

  @Test
  void wordsAreShortAndOnOneLine() {
    assertThat(FlyError.of(400, "x\ny ".repeat(1000)).words())
        .hasSizeLessThan(310)
        .doesNotContain("\n");
  }
}
