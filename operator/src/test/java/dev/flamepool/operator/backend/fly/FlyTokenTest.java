package dev.flamepool.operator.backend.fly;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlyTokenTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "abc|Bearer abc",
        "Bearer abc|Bearer abc",
        "fm2_lJPE|FlyV1 fm2_lJPE",
        "FlyV1 fm2_lJPE,fm2_second|FlyV1 fm2_lJPE,fm2_second",
        "Bearer FlyV1  fm2_lJPE|FlyV1 fm2_lJPE",
        "flyv1 FLYV1 fm1r_x|FlyV1 fm1r_x",
        "fm1a_x , other|FlyV1 fm1a_x,other",
        "fo1_x|Bearer fo1_x"
      })
  void isSentAsFlyWantsItHoweverItWasPasted(String pasted, String header) {
    assertThat(FlyToken.of(pasted + "\n").header()).isEqualTo(header);
  }

  @Test
  void isNeverPrinted() {
    FlyToken token = FlyToken.of("fm2_verysecret,fm2_another");
    assertThat(token.toString()).doesNotContain("secret");
    assertThat(new Session("h", "a", true, token, java.util.Map.of()).toString())
        .doesNotContain("secret");
    assertThat(token.redact("bad token fm2_verysecret and fm2_another"))
        .isEqualTo("bad token [token] and [token]");
  }
}
