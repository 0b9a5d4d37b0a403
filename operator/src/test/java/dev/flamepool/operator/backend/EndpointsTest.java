package dev.flamepool.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class EndpointsTest {
  private final Endpoints endpoints = new Endpoints(Set.of("http://127.0.0.1:4280/"));

  @Test
  void onlyWhatIsListedIsAllowedHoweverItIsSpelt() {
    assertThat(endpoints.allows("HTTP://127.0.0.1:4280")).isTrue();
    assertThat(endpoints.allows("http://127.0.0.1:4280//")).isTrue();
    assertThat(endpoints.allows("https://127.0.0.1:4280")).isFalse();
    assertThat(endpoints.allows("http://127.0.0.1:4281")).isFalse();
    assertThat(endpoints.allows("http://127.0.0.1:4280/other")).isFalse();
    assertThat(endpoints.allows("http://127.0.0.1:4280@elsewhere")).isFalse();
    assertThat(endpoints.allows("http://user@127.0.0.1:4280")).isFalse();
    assertThat(endpoints.allows("file:///etc/passwd")).isFalse();
    assertThat(endpoints.allows("no url at all")).isFalse();
  }
}
