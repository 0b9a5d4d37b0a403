package dev.flamepool.caller;

import dev.flamepool.Pool;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** The forms of call on a real runner. */
@Tag("scenario")
class RunnerFormsTest extends RealRunners implements CallForms {
  @BeforeEach
  void runner() throws Exception {
    ready(1, 4);
  }

  @Override
  public Pool forms() {
    return pool;
  }

  @Override
  public Path files() {
    return folder;
  }
}
