package dev.flamepool.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.bench.Started;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An application of modules, started with {@code java -p ... -m ...} as caller and as runner. */
@Timeout(120)
class ModulePathTest {
  /** As the documentation has it. */
  private static final String FLAG =
      "--add-modules=ALL-MODULE-PATH,java.net.http,jdk.net,jdk.unsupported";

  private static final String SERVICES =
      "provides dev.flamepool.ValueCodec with app.Started.MoneyCodec;"
          + " provides dev.flamepool.RunnerApplication with app.Started.Application; ";

  @TempDir Path folder;

  @Test
  void everyCallOfAnOpenModuleRuns() throws Exception {
    compile("module app { requires dev.flamepool; opens app to dev.flamepool; " + SERVICES + "}");
    try (Started started = new Started(folder)) {
      Map<String, String> expected = StartedApp.expected();
      assertThat(StartedApp.read(started.calls(command(FLAG), command(FLAG)))).isEqualTo(expected);
      List<String> runner = java(FLAG);
      runner.addAll(List.of("-m", "dev.flamepool/dev.flamepool.RunnerMain"));
      expected.put("started", "by the service");
      assertThat(StartedApp.read(started.calls(runner, command(FLAG)))).isEqualTo(expected);
    }
  }

  @Test
  void aClosedModuleIsToldWhichLineToWrite() throws Exception {
    compile("module app { requires dev.flamepool; " + SERVICES + "}");
    try (Started started = new Started(folder)) {
      Map<String, String> came = StartedApp.read(started.calls(command(FLAG), command(FLAG)));
      assertThat(came.remove("record"))
          .contains("app.Started$Plain", "'opens app to dev.flamepool;'", "of module app");
      Map<String, String> expected = StartedApp.expected();
      expected.remove("record");
      assertThat(came).isEqualTo(expected);
    }
  }

  @Test
  void whatTheModuleGraphLacksIsOneSentenceWithTheFlag() throws Exception {
    compile("module app { requires dev.flamepool; " + SERVICES + "}");
    String remedy = FLAG.replace('=', ' ');
    try (Started started = new Started(folder)) {
      assertThat(started.prints(command()))
          .contains("FlameException: Calls cannot be made", remedy);
      assertThat(started.prints(command("--add-modules=jdk.net,org.slf4j")))
          .contains("FlameException: The cluster cannot be reached", remedy);
      assertThat(started.fails(command()))
          .contains("the module jdk.net is not in this JVM", remedy);
      assertThat(started.output(command("--add-modules=org.slf4j,jdk.net")))
          .contains("'opens app to dev.flamepool;'", "--add-modules jdk.unsupported");
    }
  }

  @Test
  void theDocumentationHasTheFlagAndTheLines() throws Exception {
    assertThat(Files.readString(Path.of("../docs/calling.md")))
        .contains(
            FLAG.replace('=', ' '),
            "requires dev.flamepool;",
            "to dev.flamepool;",
            "provides dev.flamepool.RunnerApplication with",
            "provides dev.flamepool.ValueCodec with");
  }

  private void compile(String declaration) throws Exception {
    Path info = folder.resolve("module-info.java");
    Files.writeString(info, declaration);
    Compiler.module(List.of(info, StartedApp.SOURCE), libraries(), folder.resolve("app"));
  }

  private List<String> command(String... flags) throws Exception {
    List<String> command = java(flags);
    command.addAll(List.of("-m", "app/app.Started"));
    return command;
  }

  private List<String> java(String... flags) throws Exception {
    List<String> command = StartedApp.java(flags);
    command.addAll(List.of("-p", libraries() + File.pathSeparator + folder.resolve("app")));
    return command;
  }

  private String libraries() throws Exception {
    return StartedApp.libraries(folder).stream()
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }
}
