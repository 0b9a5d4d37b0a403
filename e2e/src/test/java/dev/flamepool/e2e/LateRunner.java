package dev.flamepool.e2e;

import dev.flamepool.RunnerMain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A runner whose process stands still before it does anything, while a file exists. */
public final class LateRunner {
  /** The system property that names the file. */
  static final String WHILE = "late.while";

  private LateRunner() {}

  /** As {@link RunnerMain}. */
  public static void main(String[] args) throws Exception {
    while (Files.exists(Path.of(System.getProperty(WHILE)))) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    RunnerMain.main(args);
  }
}
