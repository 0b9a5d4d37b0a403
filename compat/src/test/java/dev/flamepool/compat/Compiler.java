package dev.flamepool.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dotty.tools.dotc.interfaces.SimpleReporter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.eclipse.jdt.core.compiler.batch.BatchCompiler;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;

/** Compilers that applications are compiled with. */
enum Compiler {
  JAVAC {
    @Override
    void compile(List<Path> sources, Path target) {
      javac(CLASS_PATH, sources, target);
    }
  },
  ECJ {
    @Override
    void compile(List<Path> sources, Path target) {
      StringWriter said = new StringWriter();
      List<String> arguments = new ArrayList<>(List.of("-nowarn", "-proc:none"));
      arguments.addAll(javaArguments(CLASS_PATH, sources, target));
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
    void compile(List<Path> sources, Path target) {
      java.io.ByteArrayOutputStream said = new java.io.ByteArrayOutputStream();
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  "-no-stdlib",
                  "-no-reflect",
                  "-jvm-target",
                  "17",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "-d",
                  target.toString()));
      sources.forEach(source -> arguments.add(source.toString()));
      ExitCode code =
          new K2JVMCompiler()
              .exec(
                  new PrintStream(said, true, StandardCharsets.UTF_8),
                  arguments.toArray(String[]::new));
      assertThat(code).as(said.toString(StandardCharsets.UTF_8)).isEqualTo(ExitCode.OK);
    }
  },
  SCALA_2 {
    @Override
    String suffix() {
      return ".scala";
    }

    @Override
    void compile(List<Path> sources, Path target) {
      java.io.ByteArrayOutputStream said = new java.io.ByteArrayOutputStream();
      boolean compiled =
          scala.Console$.MODULE$.withErr(
              said, () -> scala.tools.nsc.Main.process(scalaArguments(sources, target, "-nowarn")));
      assertThat(compiled).as(said.toString(StandardCharsets.UTF_8)).isTrue();
    }
  },
  SCALA_3 {
    @Override
    String suffix() {
      return ".scala";
    }

    @Override
    void compile(List<Path> sources, Path target) {
      List<String> said = new ArrayList<>();
      SimpleReporter reporter = diagnostic -> said.add(diagnostic.message());
      assertThat(
              dotty.tools.dotc.Main.process(
                      scalaArguments(sources, target, "-nowarn"), reporter, null)
                  .hasErrors())
          .as(said::toString)
          .isFalse();
    }
  };

  private static final List<String> CLASS_PATH =
      List.of("-cp", System.getProperty("java.class.path"));

  private static final Path MATRIX = Path.of("src/test/matrix");

  /** Among what is built, as nobody deletes it: temporary folders must be empty in the end. */
  private static final Path MATRIX_CLASSES = Path.of("target/matrix").toAbsolutePath();

  private static final Map<Compiler, Path> COMPILED = new EnumMap<>(Compiler.class);

  /** Compiles a module with javac. */
  static void module(List<Path> sources, String modulePath, Path target) {
    javac(List.of("-p", modulePath), sources, target);
  }

  /** Of a source file in this compiler's language. */
  String suffix() {
    return ".java";
  }

  /** Fails the test with the compiler's words if they do not compile. */
  abstract void compile(List<Path> sources, Path target);

  /** The same for one. */
  void compile(Path source, Path target) {
    compile(List.of(source), target);
  }

  /** The classes of the matrix in this compiler's language, made once for all tests. */
  Path matrix() throws IOException {
    synchronized (COMPILED) {
      Path known = COMPILED.get(this);
      if (known != null) {
        return known;
      }
      Path target = Files.createDirectories(MATRIX_CLASSES.resolve(name()));
      compile(
          Stream.of("Calls", "EqualReferences", "Forms")
              .map(name -> MATRIX.resolve(name + suffix()))
              .toList(),
          target);
      COMPILED.put(this, target);
      return target;
    }
  }

  private static void javac(List<String> path, List<Path> sources, Path target) {
    java.io.ByteArrayOutputStream said = new java.io.ByteArrayOutputStream();
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, said, said, javaArguments(path, sources, target).toArray(String[]::new));
    assertThat(code).as(said.toString(StandardCharsets.UTF_8)).isZero();
  }

  private static List<String> javaArguments(List<String> path, List<Path> sources, Path target) {
    List<String> arguments = new ArrayList<>(List.of("--release", "17", "-d", target.toString()));
    arguments.addAll(path);
    sources.forEach(source -> arguments.add(source.toString()));
    return arguments;
  }

  private static String[] scalaArguments(List<Path> sources, Path target, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-release",
                "17",
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                target.toString()));
    arguments.addAll(List.of(more));
    sources.forEach(source -> arguments.add(source.toString()));
    return arguments.toArray(String[]::new);
  }
}
