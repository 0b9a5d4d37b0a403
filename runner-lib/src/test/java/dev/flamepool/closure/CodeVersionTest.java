package dev.flamepool.closure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
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
        zip.write(
            e.substring(e.indexOf('=') + 1).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    return p;
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
}
