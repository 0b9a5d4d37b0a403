package dev.flamepool.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.bench.Started;
import dev.flamepool.closure.CodeVersion;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.loader.tools.Layout;
import org.springframework.boot.loader.tools.Layouts;
import org.springframework.boot.loader.tools.Library;
import org.springframework.boot.loader.tools.LibraryScope;
import org.springframework.boot.loader.tools.Repackager;

/** One file that holds an application and its libraries, started as caller and as runner. */
@Timeout(120)
class FatJarTest {
  private static final String MAIN = "app.Started";

  @TempDir Path folder;

  @Test
  void springBootsJarsInAJar() throws Exception {
    Path jar = folder.resolve("fat.jar");
    repackage(plain(), jar, new Layouts.Jar());
    everyCallRuns(List.of("-jar", jar.toString()));
  }

  @Test
  void springBootsUnpackedWar() throws Exception {
    Path war = folder.resolve("fat.war");
    repackage(packed("WEB-INF/classes"), war, new Layouts.War());
    Path unpacked = unpack(war, folder.resolve("war"));
    everyCallRuns(
        List.of("-cp", unpacked.toString(), "org.springframework.boot.loader.launch.WarLauncher"));
  }

  @Test
  void oneJarOfAllClasses() throws Exception {
    Path jar = folder.resolve("uber.jar");
    merge(plain(), StartedApp.libraries(folder), jar);
    everyCallRuns(List.of("-jar", jar.toString()));
  }

  @Test
  void aClassOfAJarInAJarIsPartOfTheCodeVersion() throws Exception {
    Path plain = plain();
    Path inner = folder.resolve("inner.jar");
    Path jar = folder.resolve("fat.jar");
    inner(inner, "first");
    repackage(plain, jar, new Layouts.Jar(), inner);
    CodeVersion first = CodeVersion.ofClassPath(jar.toString());
    repackage(plain, jar, new Layouts.Jar(), inner);
    assertThat(CodeVersion.ofClassPath(jar.toString())).isEqualTo(first);
    inner(inner, "other");
    repackage(plain, jar, new Layouts.Jar(), inner);
    assertThat(CodeVersion.ofClassPath(jar.toString()).version()).isNotEqualTo(first.version());
  }

  private void everyCallRuns(List<String> start) throws Exception {
    List<String> command = StartedApp.java();
    command.addAll(start);
    try (Started started = new Started(folder)) {
      String printed = started.calls(command, command);
      assertThat(StartedApp.read(printed)).as(printed).isEqualTo(StartedApp.expected());
    }
  }

  /** The application's own jar. */
  private Path plain() throws Exception {
    return packed("");
  }

  /**
   * The application's own archive.
   *
   * @param inside where its classes lie in it
   */
  private Path packed(String inside) throws Exception {
    Path root = folder.resolve("root");
    StartedApp.classes(root.resolve(inside));
    Path manifest = root.resolve("META-INF/MANIFEST.MF");
    Files.createDirectories(manifest.getParent());
    Files.writeString(manifest, "Manifest-Version: 1.0\nMain-Class: " + MAIN + "\n");
    Path jar = folder.resolve("plain.jar");
    StartedApp.jar(root, jar);
    return jar;
  }

  private void repackage(Path plain, Path target, Layout layout, Path... more) throws Exception {
    Repackager repackager = new Repackager(plain.toFile());
    repackager.setMainClass(MAIN);
    repackager.setLayout(layout);
    repackager.setBackupSource(false);
    List<Path> libraries = new ArrayList<>(StartedApp.libraries(folder));
    libraries.addAll(List.of(more));
    repackager.repackage(
        target.toFile(),
        callback -> {
          for (Path library : libraries) {
            callback.library(new Library(library.toFile(), LibraryScope.COMPILE));
          }
        });
  }

  private static void inner(Path jar, String content) throws Exception {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      ZipEntry entry = new JarEntry("app/Inner.class");
      entry.setTime(0);
      out.putNextEntry(entry);
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static Path unpack(Path archive, Path target) throws Exception {
    try (JarFile jar = new JarFile(archive.toFile())) {
      for (JarEntry entry : jar.stream().filter(e -> !e.isDirectory()).toList()) {
        Path file = target.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file)) {
          jar.getInputStream(entry).transferTo(out);
        }
      }
    }
    return target;
  }

  /** As the shade plugin does with its transformer of services. */
  private static void merge(Path plain, List<Path> libraries, Path target) throws Exception {
    Map<String, byte[]> all = new LinkedHashMap<>();
    List<Path> jars = new ArrayList<>(List.of(plain));
    jars.addAll(libraries);
    for (Path each : jars) {
      try (JarFile jar = new JarFile(each.toFile())) {
        for (JarEntry entry : jar.stream().filter(e -> !e.isDirectory()).toList()) {
          byte[] content = jar.getInputStream(entry).readAllBytes();
          boolean service = entry.getName().startsWith("META-INF/services/");
          all.merge(entry.getName(), content, (a, b) -> service ? joined(a, b) : a);
        }
      }
    }
    Manifest manifest = new Manifest();
    manifest.read(new ByteArrayInputStream(all.remove(JarFile.MANIFEST_NAME)));
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(target), manifest)) {
      out.setLevel(1);
      for (Map.Entry<String, byte[]> entry : all.entrySet()) {
        out.putNextEntry(new JarEntry(entry.getKey()));
        out.write(entry.getValue());
      }
    }
  }

  private static byte[] joined(byte[] a, byte[] b) {
    String both =
        new String(a, StandardCharsets.UTF_8) + "\n" + new String(b, StandardCharsets.UTF_8);
    return both.getBytes(StandardCharsets.UTF_8);
  }
}
