package dev.flamepool.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;

class ParentLinesTest {
  private static ParentLines of(String lines) {
    return ParentLines.of(Base64.getEncoder().encodeToString(lines.getBytes(UTF_8)));
  }

  private static String decoded(ParentLines lines) {
    return new String(Base64.getDecoder().decode(lines.text()), UTF_8);
  }

  @Test
  void aValueIsTheLineOfItsNameOnly() {
    assertThat(of("pool=p\nenv=/flame/boot/env\nport=1\n").get("env")).isEqualTo("/flame/boot/env");
    assertThat(of("env=/e").get("env")).isEqualTo("/e");
    assertThat(of("pool=p\nenvironment=/x\nfolder=/env=/y\n").get("env")).isNull();
    assertThat(of("env=\n=lost\nnone\n").get("env")).isEmpty();
  }

  @Test
  void whatIsNotKnownIsKeptInItsPlace() {
    ParentLines lines = of("pool=p\nlater=ü=1\nenv=/e\nport=1\n");
    assertThat(decoded(lines.without("env").with("port", 0).with("folder", "/f")))
        .isEqualTo("pool=p\nlater=ü=1\nport=0\nfolder=/f\n");
    assertThat(decoded(lines)).isEqualTo("pool=p\nlater=ü=1\nenv=/e\nport=1\n");
  }

  @Test
  void whatIsMalformedIsNamed() {
    assertThatThrownBy(() -> ParentLines.of("not base64!"))
        .hasMessage("FLAME_PARENT is not base64; only the operator sets it");
    assertThatThrownBy(() -> ParentLines.NONE.with("folder", "a\nb"))
        .hasMessage("FLAME_PARENT folder holds a line break");
    assertThat(ParentLines.of(" ").text()).isEmpty();
  }
}
