package dev.flamepool.caller;

import dev.flamepool.Flame;
import dev.flamepool.Pool;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The forms of call in this process. */
@Timeout(60)
class InProcessFormsTest implements CallForms {
  @TempDir Path folder;
  private final Flame flame = Flame.inProcess();

  @AfterEach
  void close() {
    flame.closeNow();
  }

  @Override
  public Pool forms() {
    return flame.pool("pool");
  }

  @Override
  public Path files() {
    return folder;
  }
}
