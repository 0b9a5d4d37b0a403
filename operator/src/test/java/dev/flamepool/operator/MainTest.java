package dev.flamepool.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The operator's command. */
class MainTest {
  @Test
  void thePageHasItsHelp() throws Exception {
    assertThat(Files.readString(Path.of("../docs/operating.md")))
        .contains("```\n" + new CommandLine(new Main()).getUsageMessage(Ansi.OFF) + "```\n");
  }

  @Test
  void aTimeThatIsNoneIsRefused() {
    assertThat(new CommandLine(new Main()).execute("end-all-pools", "--timeout=soon")).isNotZero();
  }
}
