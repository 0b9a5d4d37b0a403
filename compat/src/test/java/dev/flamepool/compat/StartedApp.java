package dev.flamepool.compat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The application {@code app.Started}, and what it needs. */
final class StartedApp {
  static final Path SOURCE = Path.of("src/test/matrix/Started.java");

  private static final Pattern OWN = Pattern.compile("flamepool-(runner-lib|api-crds)-.*");

  /** Of what the library depends on. */
  private static final Pattern LIBRARIES =
      Pattern.compile(
          "(kubernetes-|jackson-(core|annotations|databind|dataformat-yaml|datatype-jsr310)-"
              + "|snakeyaml-|zjsonpatch-|slf4j-api-|jspecify-|generator-annotations-).*\\.jar");

  private StartedApp() {}

  /** How its calls end. */
  static Map<String, String> expected() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("captures", "text[1, 2]");
    all.put("elsewhere", "true");
    all.put("started", "yes");
    all.put("reference", "reference");
    all.put("own interface", "text");
    all.put("own interface with the context", "truetext");
    all.put("captured functions", "TEXTnamed");
    all.put("common pool", "text");
    all.put("an object", "task text");
    all.put("items", "[1text, 2text]");
    all.put("serializable", "sent back");
    all.put("record", "Plain[text=plain back, numbers=[1, 2]]");
    all.put("codec", "8");
    all.put("bean", "bean");
    all.put("exception", "app.Started$Refused: refused text");
    all.put("placed", "22");
    return all;
  }

  /** What it printed of its calls; whatever else it said stands under the empty name. */
  static Map<String, String> read(String printed) {
    Map<String, String> all = new LinkedHashMap<>();
    Map<String, String> expected = expected();
    StringBuilder rest = new StringBuilder();
    for (String line : printed.lines().toList()) {
      int colon = line.indexOf(": ");
      if (colon > 0 && expected.containsKey(line.substring(0, colon))) {
        all.put(line.substring(0, colon), line.substring(colon + 2));
      } else if (!line.isBlank()) {
        rest.append(line).append('\n');
      }
    }
    if (all.isEmpty()) {
      all.put("", rest.toString());
    }
    return all;
  }

  /** The command of a JVM like this one that lives for seconds. */
  static List<String> java(String... flags) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
    command.addAll(List.of(flags));
    return command;
  }

  /** The jars of the library and of what it needs; those that are not packed yet go there. */
  static List<Path> libraries(Path folder) throws IOException {
    List<Path> all = new ArrayList<>();
    for (String each : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(each).toAbsolutePath();
      String name = path.getFileName().toString();
      if (LIBRARIES.matcher(name).matches() || OWN.matcher(name).matches()) {
        all.add(path);
      } else if (path.endsWith("runner-lib/target/classes")
          || path.endsWith("api-crds/target/classes")) {
        Path jar = folder.resolve(path.getName(path.getNameCount() - 3) + ".jar");
        if (Files.notExists(jar)) {
          jar(path, jar);
        }
        all.add(jar);
      }
    }
    return all;
  }

  /** Compiles it, and writes the files that name its services on a class path. */
  static void classes(Path classes) throws IOException {
    Compiler.JAVAC.compile(SOURCE, classes);
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(services.resolve("dev.flamepool.ValueCodec"), "app.Started$MoneyCodec");
    Files.writeString(
        services.resolve("dev.flamepool.RunnerApplication"), "app.Started$Application");
  }

  /** Packs a folder of classes with its manifest. */
  static void jar(Path classes, Path jar) throws IOException {
    Manifest manifest = new Manifest();
    Path own = classes.resolve("META-INF/MANIFEST.MF");
    try (var in = Files.newInputStream(own)) {
      manifest.read(in);
    }
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream packed = new JarOutputStream(out, manifest);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(f -> Files.isRegularFile(f) && !f.equals(own)).toList()) {
        packed.putNextEntry(
            new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
        Files.copy(file, packed);
      }
    }
  }
}
