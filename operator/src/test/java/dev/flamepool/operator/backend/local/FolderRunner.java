package dev.flamepool.operator.backend.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The least program that keeps a runner's side of the folder contract. */
final class FolderRunner {
  private FolderRunner() {}

  /** Arguments come as system properties, so that the command line is the real one. */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(parent().getProperty("folder"));
    Thread.sleep(Long.getLong("test.beforeLock", 0));
    FileChannel lock = FileChannel.open(folder.resolve("lock"), CREATE, WRITE);
    if (lock.tryLock() == null || Files.exists(folder.resolve("closed"))) {
      Runtime.getRuntime().halt(3);
    }
    write(folder, "pid", Long.toString(ProcessHandle.current().pid()));
    Map<String, String> env = new TreeMap<>(System.getenv());
    StringBuilder dump = new StringBuilder();
    env.forEach(
        (name, value) ->
            dump.append(encoded(name)).append(' ').append(encoded(value)).append('\n'));
    write(folder, "env.dump", dump.toString());
    if (Boolean.getBoolean("test.fail")) {
      for (int i = 0; i < 100_000; i++) {
        System.out.println("line " + i + " token " + System.getenv("TOKEN"));
      }
      System.exit(7);
    }
    ServerSocket server =
        new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    write(folder, "address", "127.0.0.1:" + server.getLocalPort());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> drained(folder)));
    while (true) {
      server.accept().close();
    }
  }

  private static Properties parent() throws Exception {
    Properties lines = new Properties();
    String text = new String(Base64.getDecoder().decode(System.getenv("FLAME_PARENT")), UTF_8);
    for (String line : text.lines().toList()) {
      String[] pair = line.split("=", 2);
      lines.setProperty(pair[0], pair[1]);
    }
    return lines;
  }

  private static void drained(Path folder) {
    try {
      write(folder, "exit", "12 DRAINED told to end");
    } catch (Exception e) {
      System.out.println(Arrays.toString(e.getStackTrace()));
    }
    Runtime.getRuntime().halt(12);
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static void write(Path folder, String name, String text) throws Exception {
    Path fresh = folder.resolve(name + ".tmp");
    Files.writeString(fresh, text);
    Files.move(fresh, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }
}
