package dev.flamepool.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.Flame;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeVersionTest {
  @TempDir Path tmp;

  private Path jar(String name, long time, String... entries) throws IOException {
    Path p = tmp.resolve(name);
    Files.createDirectories(p.getParent());
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(p))) {
      for (String e : entries) {
        ZipEntry entry = new ZipEntry(e.substring(0, e.indexOf('=')));
        entry.setTime(time);
        zip.putNextEntry(entry);
        zip.write(e.substring(e.indexOf('=') + 1).getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    return p;
  }

  @Test
  void aVersionOfMoreThan128CharactersIsRefusedWhereItIsGiven() {
    assertThat(CodeVersion.problem("codeVersion", "v".repeat(128))).isEmpty();
    assertThat(CodeVersion.problem("codeVersion", null)).isEmpty();
    assertThat(CodeVersion.problem("FLAME_CODE_VERSION", "v".repeat(129)))
        .contains("FLAME_CODE_VERSION", "129", "at most 128");
    assertThatThrownBy(() -> Flame.builder().codeVersion("v".repeat(129)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("codeVersion");
  }

  private static CodeVersion of(Path... paths) {
    StringBuilder b = new StringBuilder();
    for (Path p : paths) {
      b.append(b.isEmpty() ? "" : File.pathSeparator).append(p);
    }
    return CodeVersion.ofClassPath(b.toString());
  }

  @Test
  void pathsOrderTimesAndManifestsDoNotCount() throws Exception {
    Path a =
        jar(
            "one/a.jar",
            1_000_000_000_000L,
            "META-INF/MANIFEST.MF=1",
            "x/A.class=code",
            "x/B.class=more");
    Path b = jar("one/b.jar", 1_000_000_000_000L, "y=1");
    Path a2 =
        jar(
            "two/a.jar",
            1_500_000_000_000L,
            "x/B.class=more",
            "META-INF/MANIFEST.MF=2",
            "x/A.class=code");
    Path b2 = jar("two/b.jar", 1_500_000_000_000L, "y=1");
    assertThat(of(a, b, tmp.resolve("missing.jar"))).isEqualTo(of(b2, a2));
  }

  @Test
  void aStraySeparatorDoesNotBringInTheWorkingDirectory() throws Exception {
    Path a = jar("a.jar", 1_000_000_000_000L, "x/A.class=code");
    String sep = File.pathSeparator;
    assertThat(CodeVersion.ofClassPath(sep + a + sep + sep)).isEqualTo(of(a));
    assertThat(CodeVersion.ofClassPath(a + sep + ".").artifacts()).hasSize(2);
    // By name: other tests write below the working directory between one hash and the next.
    assertThat(names(CodeVersion.ofClassPath("")))
        .as("alone it is all there is")
        .isEqualTo(names(CodeVersion.ofClassPath(".")))
        .hasSize(1);
  }

  private static List<String> names(CodeVersion version) {
    return version.artifacts().stream().map(one -> one.replaceFirst("=.*", "")).toList();
  }

  @Test
  void contentCountsAndTheArtifactIsNamed() throws Exception {
    Path classes = Files.createDirectories(tmp.resolve("classes/x"));
    Files.writeString(classes.resolve("A.class"), "code");
    Path jar = jar("a.jar", 1_000_000_000_000L, "y=1");
    CodeVersion before = of(tmp.resolve("classes"), jar);
    Files.writeString(classes.resolve("A.class"), "eode");
    CodeVersion after = of(tmp.resolve("classes"), jar);
    assertThat(after.version()).isNotEqualTo(before.version());
    assertThat(CodeVersion.firstDifference(before.artifacts(), after.artifacts()))
        .startsWith("classes ");
    assertThat(CodeVersion.firstDifference(before.artifacts(), of(jar).artifacts()))
        .isEqualTo("classes (only here)");
    assertThat(CodeVersion.firstDifference(before.artifacts(), before.artifacts())).isNull();
  }

  @Test
  void whatManifestsNameIsPartOfTheCode() throws Exception {
    Path app = application("lib/a.jar", "../lib/b.jar");
    Path b = jar("lib/b.jar", 1_000_000_000_000L, "y=1");
    CodeVersion before = of(app);
    assertThat(of(b, app, app.resolveSibling("lib/a.jar"), b)).isEqualTo(before);
    jar("lib/b.jar", 1_000_000_000_000L, "y=2");
    assertThat(of(app).version()).as("named by a jar that is named").isNotEqualTo(before.version());
    assertThat(CodeVersion.firstDifference(before.artifacts(), of(app).artifacts()))
        .startsWith("b.jar ");
    Files.delete(b);
    assertThat(CodeVersion.firstDifference(before.artifacts(), of(app).artifacts()))
        .isEqualTo("b.jar (only here)");
  }

  /** An application jar that names the first jar, which names the second and itself. */
  private Path application(String named, String namedByThat) throws IOException {
    jar(
        "app/" + named,
        1_000_000_000_000L,
        "META-INF/MANIFEST.MF=Manifest-Version: 1.0\nClass-Path: a.jar ../" + namedByThat + "\n",
        "x/A.class=code");
    return jar(
        "app/app.jar",
        1_000_000_000_000L,
        "META-INF/MANIFEST.MF=Manifest-Version: 1.0\nClass-Path: nowhere.jar http://x/y.jar\n  "
            + named
            + "\n",
        "App.class=code");
  }

  public static void main(String[] args) {
    System.out.println(CodeVersion.current().version());
  }

  @Test
  void theSameJarsAreTheSameCodeHoweverTheJvmWasStarted() throws Exception {
    Path lib = Files.createDirectories(tmp.resolve("lib"));
    try (JarOutputStream out = manifest(lib.resolve("flame.jar"), null)) {
      Path classes =
          Path.of(CodeVersion.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      for (Path file : files(classes.resolve("dev/flamepool/closure"))) {
        add(out, classes, file);
      }
    }
    manifest(lib.resolve("other.jar"), null).close();
    try (JarOutputStream out = manifest(tmp.resolve("app.jar"), "lib/flame.jar lib/other.jar")) {
      Path classes =
          Path.of(
              CodeVersionTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      add(out, classes, classes.resolve("dev/flamepool/closure/CodeVersionTest.class"));
    }
    String asJar = version("-jar", "app.jar");
    assertThat(version("-cp", "app.jar" + File.pathSeparator + "lib/*", MAIN)).isEqualTo(asJar);
    assertThat(version("-cp", "lib/other.jar" + File.pathSeparator + "app.jar", MAIN))
        .isEqualTo(asJar);
    jar("lib/other.jar", 1_000_000_000_000L, "y=1");
    assertThat(version("-jar", "app.jar")).isNotEqualTo(asJar);
  }

  private static final String MAIN = CodeVersionTest.class.getName();

  private static JarOutputStream manifest(Path jar, @Nullable String classPath) throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    if (classPath != null) {
      main.put(Attributes.Name.MAIN_CLASS, MAIN);
      main.put(Attributes.Name.CLASS_PATH, classPath);
    }
    return new JarOutputStream(Files.newOutputStream(jar), manifest);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private static void add(JarOutputStream out, Path root, Path file) throws IOException {
    out.putNextEntry(new ZipEntry(root.relativize(file).toString()));
    Files.copy(file, out);
    out.closeEntry();
  }

  private String version(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Process process =
        new ProcessBuilder(command).directory(tmp.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.trim();
  }
}
