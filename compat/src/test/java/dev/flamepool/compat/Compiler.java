package dev.flamepool.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.eclipse.jdt.core.compiler.batch.BatchCompiler;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;

/** Compilers that applications are compiled with. */
enum Compiler {
  JAVAC {
    @Override
    void compile(Path source, Path target) {
      java.io.ByteArrayOutputStream said = new java.io.ByteArrayOutputStream();
      int code =
          ToolProvider.getSystemJavaCompiler()
              .run(null, said, said, javaArguments(source, target).toArray(String[]::new));
      assertThat(code).as(said.toString(StandardCharsets.UTF_8)).isZero();
    }
  },
  ECJ {
    @Override
    void compile(Path source, Path target) {
      StringWriter said = new StringWriter();
      List<String> arguments = new ArrayList<>(List.of("-nowarn", "-proc:none"));
      arguments.addAll(javaArguments(source, target));
      assertThat(
              BatchCompiler.compile(
                  arguments.toArray(String[]::new),
                  new PrintWriter(said),
                  new PrintWriter(said),
                  null))
          .as(said::toString)
          .isTrue();
    }
  },
  KOTLIN {
    @Override
    String suffix() {
      return ".kt";
    }

    @Override
    void compile(Path source, Path target) {
      java.io.ByteArrayOutputStream said = new java.io.ByteArrayOutputStream();
      ExitCode code =
          new K2JVMCompiler()
              .exec(
                  new PrintStream(said, true, StandardCharsets.UTF_8),
                  "-no-stdlib",
                  "-no-reflect",
                  "-jvm-target",
                  "17",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "-d",
                  target.toString(),
                  source.toString());
      assertThat(code).as(said.toString(StandardCharsets.UTF_8)).isEqualTo(ExitCode.OK);
    }
  };

  /** Of a source file in this compiler's language. */
  String suffix() {
    return ".java";
  }

  /** Fails the test with the compiler's words if it does not compile. */
  abstract void compile(Path source, Path target);

  private static List<String> javaArguments(Path source, Path target) {
    return List.of(
        "--release",
        "17",
        "-cp",
        System.getProperty("java.class.path"),
        "-d",
        target.toString(),
        source.toString());
  }
}
