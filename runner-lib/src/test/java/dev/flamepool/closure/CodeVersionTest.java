package dev.flamepool.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.flamepool.Flame;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
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
    assertThat(CodeVersion.ofClassPath("").artifacts()).as("nor is it all there is").isEmpty();
  }

  /** A class path that names no more than one folder, and the system loader. */
  private static CodeVersion of(Path folder, List<String> unknown) {
    return CodeVersion.of(folder.toString(), ClassLoader.getSystemClassLoader(), unknown);
  }

  @Test
  void aFolderIsTheSameBehindALink() throws Exception {
    Path classes = Files.createDirectories(tmp.resolve("real/x")).getParent();
    Files.writeString(classes.resolve("x/A.class"), "code");
    Path link = Files.createSymbolicLink(tmp.resolve("link"), classes);
    assertThat(of(link).version()).isEqualTo(of(classes).version());
    Path elsewhere = Files.createDirectories(tmp.resolve("elsewhere"));
    Files.createSymbolicLink(elsewhere.resolve("x"), classes.resolve("x"));
    assertThat(of(elsewhere).version()).as("a link inside").isEqualTo(of(classes).version());
    Files.createSymbolicLink(classes.resolve("x/loop"), classes);
    assertThat(of(classes).version()).as("one that leads back").isEqualTo(of(elsewhere).version());
    Files.writeString(classes.resolve("x/A.class"), "eode");
    assertThat(of(link).version()).isEqualTo(of(classes).version());
    assertThat(of(link).artifacts()).isNotEqualTo(of(jar("a.jar", 0, "y=1")).artifacts());
  }

  private Path classes() throws IOException {
    Path classes = Files.createDirectories(tmp.resolve("classes/x")).getParent();
    Files.writeString(classes.resolve("x/A.class"), "code");
    return classes;
  }

  @Test
  void whatCannotBeReadDoesNotCount() throws Exception {
    Path classes = classes();
    CodeVersion before = of(classes);
    Files.createSymbolicLink(classes.resolve("nowhere"), tmp.resolve("missing"));
    Files.createSymbolicLink(classes.resolve("itself"), classes.resolve("itself"));
    assertThat(of(classes)).as("links").isEqualTo(before);
    Path text = Files.writeString(tmp.resolve("no-jar.jar"), "text");
    assertThat(of(text, classes)).as("what is no jar").isEqualTo(before);
    assertThat(of(text.resolve("below"), classes)).as("a file for a folder").isEqualTo(before);
    Path empty = Files.createDirectories(tmp.resolve("empty"));
    assertThat(of(empty, classes)).as("an empty folder").isEqualTo(before);
  }

  /** Not even root can open a folder by a path of more than 4,096 bytes. */
  @Test
  void aFolderInsideThatCannotBeOpenedDoesNotCount() throws Exception {
    Path classes = classes();
    String before = of(classes).version();
    Path inner = deep(tmp.resolve("inner"));
    Files.writeString(inner.resolve("B.class"), "code");
    Path outer = deep(classes.resolve("a")); // before what is there: the walk has to go on
    Path moved = outer.resolve("inner");
    Files.move(tmp.resolve("inner"), moved);
    try {
      assertThatThrownBy(() -> Files.size(moved.resolve(tmp.resolve("inner").relativize(inner))))
          .isInstanceOf(IOException.class);
      assertThat(of(classes).version()).isEqualTo(before);
    } finally {
      Files.move(moved, tmp.resolve("inner"));
    }
  }

  private static Path deep(Path folder) throws IOException {
    Path deep = folder;
    for (int i = 0; i < 11; i++) {
      deep = deep.resolve("d".repeat(200));
    }
    return Files.createDirectories(deep);
  }

  @Test
  void aFolderWithoutRightsDoesNotCount() throws Exception {
    Path classes = classes();
    String before = of(classes).version();
    Path closed = Files.createDirectories(classes.resolve("closed"));
    Files.writeString(closed.resolve("B.class"), "code");
    Files.setPosixFilePermissions(closed, Set.of());
    try {
      // Root reads everything.
      assumeThat(Files.isReadable(closed)).isFalse();
      assertThat(of(classes).version()).isEqualTo(before);
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void aFolderThatIsTooLargeIsNotWalkedAndAsksForAVersion() throws Exception {
    List<String> unknown = new ArrayList<>();
    assertThat(of(Path.of("/"), unknown).artifacts()).isNotEmpty();
    assertThat(unknown).singleElement().asString().contains("the folder /");
    for (int i = 0; i < 5; i++) {
      Files.writeString(tmp.resolve("file-" + i), "");
    }
    unknown.clear();
    assertThat(Artifact.digest(tmp, 5, unknown)).isNotNull();
    assertThat(unknown).isEmpty();
    assertThat(Artifact.digest(tmp, 4, unknown)).isNotNull();
    assertThat(Artifact.asked(unknown)).contains(tmp.toString(), "FLAME_CODE_VERSION");
  }

  @Test
  void whatTheApplicationsLoaderAddsIsPartOfTheCode() throws Exception {
    Path launcher = jar("run.jar", 0, "Launcher.class=code");
    Path lib = jar("lib/a.jar", 0, "META-INF/MANIFEST.MF=Manifest-Version: 1.0\n", "y=1");
    Path classes = Files.createDirectories(tmp.resolve("web-inf/classes"));
    Files.writeString(classes.resolve("A.class"), "code");
    URL[] urls = {lib.toUri().toURL(), classes.toUri().toURL()};
    List<String> unknown = new ArrayList<>();
    try (URLClassLoader war = new URLClassLoader(urls);
        URLClassLoader inside = new URLClassLoader(urls, null)) {
      ClassLoader own = new Other(inside); // as frameworks have them that keep their own index
      CodeVersion all = of(launcher, lib, classes);
      assertThat(CodeVersion.of(launcher.toString(), war, unknown)).isEqualTo(all);
      assertThat(CodeVersion.of(launcher.toString(), own, unknown)).isEqualTo(all);
      assertThat(unknown).isEmpty();
      Files.writeString(classes.resolve("A.class"), "eode");
      assertThat(CodeVersion.of(launcher.toString(), own, unknown).version())
          .isNotEqualTo(all.version());
    }
    CodeVersion.of(launcher.toString(), new Other(null), unknown);
    assertThat(unknown).singleElement().asString().contains(Other.class.getName());
  }

  /**
   * As Quarkus lays an application out: the launcher's manifest names what boots, the loader of the
   * rest tells of jars with a manifest only, and one without has classes that were rewritten.
   */
  @Test
  void allJarsBelowALauncherWhoseLoaderHasAnIndexAreTheCode() throws Exception {
    String version = indexed("one", "1", "1", "1").version();
    assertThat(indexed("two", "1", "1", "1").version()).as("elsewhere").isEqualTo(version);
    assertThat(indexed("one", "2", "1", "1").version()).as("a library").isNotEqualTo(version);
    assertThat(indexed("one", "1", "2", "1").version()).as("the code").isNotEqualTo(version);
    CodeVersion rewritten = indexed("one", "1", "1", "2");
    assertThat(rewritten.version()).as("rewritten code").isNotEqualTo(version);
    assertThat(difference(indexed("two", "1", "1", "1"), rewritten))
        .isEqualTo("rewritten.jar (its content differs)");
  }

  private CodeVersion indexed(String folder, String lib, String code, String rewritten)
      throws Exception {
    String manifest = "META-INF/MANIFEST.MF=Manifest-Version: 1.0\n";
    jar(folder + "/lib/boot/boot.jar", 0, manifest, "Boot.class=1");
    Path run = jar(folder + "/run.jar", 0, manifest + "Class-Path: lib/boot/boot.jar\n");
    URL[] read = {
      jar(folder + "/lib/main/lib.jar", 0, manifest, "Lib.class=" + lib).toUri().toURL(),
      jar(folder + "/app/app.jar", 0, manifest, "App.class=" + code).toUri().toURL(),
      jar(folder + "/more/rewritten.jar", 0, "Entity.class=" + rewritten).toUri().toURL()
    };
    List<String> unknown = new ArrayList<>();
    try (URLClassLoader inside = new URLClassLoader(read, null)) {
      CodeVersion found = CodeVersion.of(run.toString(), new Other(inside), unknown);
      assertThat(unknown).isEmpty();
      return found;
    }
  }

  @Test
  void aLauncherInAFolderOfEverythingAsksForAVersion() throws Exception {
    Path run = jar("home/run.jar", 0, "Boot.class=1");
    Path lib = jar("home/lib/a.jar", 0, "META-INF/MANIFEST.MF=Manifest-Version: 1.0\n", "y=1");
    List<String> unknown = new ArrayList<>();
    assertThat(BesideLauncher.jars(List.of(run), List.of(lib), 2, unknown))
        .containsExactlyInAnyOrder(run, lib);
    assertThat(unknown).isEmpty();
    assertThat(BesideLauncher.jars(List.of(run), List.of(lib), 1, unknown)).isEmpty();
    assertThat(Artifact.asked(unknown)).contains("the jars below " + run.getParent());
    assertThat(BesideLauncher.jars(List.of(lib), List.of(run), 1, unknown))
        .as("nothing is read below its folder")
        .isEmpty();
  }

  private static final class Other extends ClassLoader {
    private final @Nullable ClassLoader inside;

    Other(@Nullable ClassLoader inside) {
      super(ClassLoader.getSystemClassLoader());
      this.inside = inside;
    }

    @Override
    protected Enumeration<URL> findResources(String name) throws IOException {
      return inside == null ? Collections.emptyEnumeration() : inside.getResources(name);
    }
  }

  @Test
  void anApplicationOfModulesIsItsModules() throws Exception {
    Path mods = Files.createDirectories(tmp.resolve("mods"));
    Path classes =
        Path.of(CodeVersion.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (JarOutputStream out = manifest(mods.resolve("flame.jar"), null)) {
      for (Path file : files(classes.resolve("dev/flamepool/closure"))) {
        add(out, classes, file);
      }
      Path tests =
          Path.of(
              CodeVersionTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      add(out, tests, tests.resolve("dev/flamepool/closure/CodeVersionTest.class"));
      add(out, tests, tests.resolve("dev/flamepool/closure/CodeVersionTest$Other.class"));
    }
    Files.writeString(tmp.resolve("not-code"), "1");
    String before = version("-p", "mods", "-m", "flame/" + MAIN);
    Files.writeString(tmp.resolve("not-code"), "2");
    assertThat(version("-p", "mods", "-m", "flame/" + MAIN)).isEqualTo(before);
    assertThat(version("-cp", "mods/flame.jar", MAIN)).as("the same code").isEqualTo(before);
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

  private Path folder(String name, String code) throws IOException {
    Path classes = Files.createDirectories(tmp.resolve(name));
    Files.writeString(classes.resolve("A.class"), code);
    return classes;
  }

  private static String difference(CodeVersion here, CodeVersion there) {
    return CodeVersion.firstDifference(here.artifacts(), there.artifacts());
  }

  /** As an IDE runs an application of several modules. */
  @Test
  void ofFoldersThatAreCalledAlikeItIsToldWhichOne() throws Exception {
    Path a = folder("here/a/target/classes", "a");
    Path b = folder("here/b/target/classes", "b");
    Path jar = jar("here/lib.jar", 0, "y=1");
    CodeVersion here = of(a, b, jar);
    CodeVersion there =
        of(
            folder("there/b/target/classes", "B"),
            folder("there/a/target/classes", "a"),
            jar("there/lib.jar", 0, "y=1"));
    assertThat(difference(here, there)).isEqualTo("b/target/classes (its content differs)");
    assertThat(difference(here, of(a, jar))).isEqualTo("b/target/classes (only here)");
    assertThat(difference(of(a, jar), here)).isEqualTo("b/target/classes (only there)");
    Path main = folder("there/c/build/classes/java/main", "c");
    Path resources = folder("there/c/build/resources/main", "r");
    assertThat(difference(of(main, resources), of(main, folder("x/resources/main", "s"))))
        .isEqualTo("resources/main (its content differs)");
  }

  @Test
  void whatIsTheSameUnderAnotherNameIsNoDifference() throws Exception {
    CodeVersion here = of(jar("a-1.jar", 0, "x=1"), jar("b.jar", 0, "y=1"));
    CodeVersion there = of(jar("a-2.jar", 0, "x=1"), jar("there/b.jar", 0, "y=2"));
    assertThat(difference(here, there)).isEqualTo("b.jar (its content differs)");
    assertThat(difference(of(tmp.resolve("a-1.jar")), of(tmp.resolve("a-2.jar")))).isNull();
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
      add(out, classes, classes.resolve("dev/flamepool/closure/CodeVersionTest$Other.class"));
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
