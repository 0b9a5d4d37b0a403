package dev.flamepool.e2e;

import dev.flamepool.FlameParent;
import dev.flamepool.IdleCheck;
import dev.flamepool.RunnerApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** On runners: busy as long as the file exists that the variable {@code BUSY_FILE} names. */
public final class TestApplication implements RunnerApplication {
  @Override
  public void start(FlameParent parent) {}

  @Override
  public IdleCheck idleCheck() {
    String busy = System.getenv("BUSY_FILE");
    return busy == null ? IdleCheck.ALWAYS : () -> noted(Path.of(busy));
  }

  private static boolean noted(Path busy) {
    try {
      Files.writeString(
          Path.of(busy + ".asked"), ".", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return !Files.exists(busy);
  }
}
