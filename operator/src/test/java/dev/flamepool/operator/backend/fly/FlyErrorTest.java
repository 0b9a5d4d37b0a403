package dev.flamepool.operator.backend.fly;

import static dev.flamepool.operator.backend.fly.FlyError.Meaning.REGION_FULL;
import static dev.flamepool.operator.backend.fly.FlyError.Meaning.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.fly.FlyError.Meaning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlyErrorTest {
  @ParameterizedTest
  @CsvSource({
    "name_conflict, NAME_TAKEN",
    "insufficient_capacity, REGION_FULL",
    "volume_placement_capacity, REGION_FULL",
    "host_cpus, HOST_FULL",
    "host_memory, HOST_FULL",
    "insufficient_memory, HOST_FULL",
    "insufficient_ips, HOST_FULL",
    "no_capacity, REGION_FULL",
    "concurrent_update, CONFLICT",
    "host_deploys_disabled, HOST_FULL",
    "machine_limit, QUOTA",
    "manifest_unknown, NO_IMAGE",
    "start_created, NOT_YET",
    "start_replacing, NOT_YET",
    "destroy_not_stopped, NOT_YET",
    "wait_deadline, UNKNOWN",
    "wait_timeout_range, INVALID",
    "lease_held, CONFLICT",
    "app_name_taken, INVALID",
    "unauthorized, NO_ACCESS",
    "invalid_token, BAD_TOKEN",
    "app_not_found, NO_APP",
    "machine_not_found, NO_MACHINE",
    "rate_limit, TOO_FAST"
  })
  void everyErrorOfFlyMeansWhatTheTableSays(String name, Meaning expected) {
    JsonNode error = FlyFixtures.error(name);
    assertThat(meaning(error)).isEqualTo(expected);
  }

  private static Meaning meaning(JsonNode error) {
    return FlyError.of(error.path("status").asInt(), error.path("body").toString()).meaning();
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          403 | Your organization has reached its limit of 50 machines. | QUOTA
          403 | To create more machines, add a payment method            | QUOTA
          422 | Quota exceeded for memory in fra                         | QUOTA
          400 | aborted: no capacity                                     | REGION_FULL
          403 | not enough capacity in fra                               | REGION_FULL
          412 | insufficient resources for a machine of that size        | REGION_FULL
          422 | could not find a suitable host                           | REGION_FULL
          412 | could not reserve resource for machine                   | HOST_FULL
          403 | rate limit exceeded                                      | TOO_FAST
          403 | unauthorized                                             | NO_ACCESS
          403 | token does not allow limits                              | NO_ACCESS
          400 | invalid machine config                                   | INVALID
          400 | failed to get manifest registry.fly.io/thumbs:v9         | NO_IMAGE
          422 | could not find image registry.fly.io/thumbs:v9           | NO_IMAGE
          404 | manifest unknown: manifest unknown                       | NO_IMAGE
          404 | Image not found                                          | NO_IMAGE
          500 | no capacity                                              | UNKNOWN
          """)
  void proseCountsWhateverTheStatusOfARefusal(int status, String words, Meaning expected) {
    assertThat(FlyError.of(status, "{\"error\":\"" + words + "\"}").meaning()).isEqualTo(expected);
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
