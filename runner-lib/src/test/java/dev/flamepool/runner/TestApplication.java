package dev.flamepool.runner;

import dev.flamepool.FlameParent;
import dev.flamepool.RunnerApplication;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The application of a runner in a child JVM, in whose class path {@link #services} makes it known.
 */
public final class TestApplication implements RunnerApplication {
  private String bean = "";

  /** A folder for the class path. */
  static Path services(Path folder) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(RunnerApplication.class.getName()), TestApplication.class.getName());
    return folder;
  }

  /**
   * With {@code -Dtest.start=status} it ends the process; with {@code -Dtest.starting=file} it says
   * so there, and fails once the JVM shuts down. With {@code -Dtest.process=file} it starts a
   * process that only a kill ends, whose number is there.
   */
  @Override
  public void start(FlameParent parent) throws Exception {
    Integer status = Integer.getInteger("test.start");
    if (status != null) {
      System.exit(status);
    }
    String starting = System.getProperty("test.starting");
    if (starting != null) {
      Files.createFile(Path.of(starting));
      Thread none = new Thread(() -> {});
      while (true) {
        Runtime.getRuntime().addShutdownHook(none);
        Runtime.getRuntime().removeShutdownHook(none);
        Thread.sleep(1);
      }
    }
    String process = System.getProperty("test.process");
    if (process != null) {
      String deaf = "trap '' TERM; echo $$ >$0.tmp; mv $0.tmp $0; while :; do sleep 600; done";
      new ProcessBuilder("sh", "-c", deaf, process).start();
      while (!Files.exists(Path.of(process))) {
        Thread.sleep(1);
      }
    }
    bean = "started as " + parent.runner();
  }

  /**
   * With {@code -Dtest.loads=jar} one that has that as well; with {@code -Dtest.loads.late=jar}
   * only once it has started.
   */
  @Override
  public ClassLoader classLoader() {
    String late = bean.isEmpty() ? null : System.getProperty("test.loads.late");
    String jar = System.getProperty("test.loads", late);
    try {
      return jar == null
          ? RunnerApplication.super.classLoader()
          : new URLClassLoader(
              new URL[] {Path.of(jar).toUri().toURL()}, RunnerApplication.super.classLoader());
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** With {@code -Dtest.stop=status} it ends the process with that. */
  @Override
  public void stop() {
    Integer status = Integer.getInteger("test.stop");
    if (status != null) {
      System.exit(status);
    }
  }

  @Override
  public <T> T lookup(Class<T> type) {
    return type.cast(bean);
  }
}
