package dev.flamepool.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class JavaFormTest {
  @Test
  void optionsComeFirst() {
    assertThat(JavaForm.parse("-Xmx1g -Da=b  com.acme.App@/here/a b.jar"))
        .isEqualTo(new JavaForm(List.of("-Xmx1g", "-Da=b"), "com.acme.App@/here/a b.jar"));
    assertThat(JavaForm.parse("/here/app.jar").options()).isEmpty();
  }

  @Test
  void optionsAloneAreNoImage() {
    assertThatThrownBy(() -> JavaForm.parse("-Xmx1g -Xss1m"))
        .hasMessage(
            "the image '-Xmx1g -Xss1m' has no class path: write it after the options, and a space");
  }
}
