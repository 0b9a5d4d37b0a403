package dev.flamepool.e2e;

import static dev.flamepool.e2e.Gate.Fate.LATE;
import static dev.flamepool.e2e.Gate.Fate.LOST;
import static dev.flamepool.e2e.Gate.Fate.UNANSWERED;
import static dev.flamepool.e2e.Kills.ending;
import static dev.flamepool.e2e.Kills.growing;

import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** kill -9 of the operator around its calls of Fly's API. */
class FlyKillTest extends FlyScenario {
  private static final String CREATE = "^POST /v1/apps/thumbs/machines ";
  private static final String LIST = "^GET /v1/apps/thumbs/machines[ ?]";
  private static final String SHOW = "^GET /v1/apps/thumbs/machines/\\w+[ ?]";
  private static final String DELETE = "^DELETE /v1/apps/thumbs/machines/\\w+[ ?]";

  @AutoClose Gate gate;

  @TestFactory
  Stream<DynamicTest> aKilledOperatorLeavesNoMachine() throws Exception {
    start();
    gate = Gate.before(cloud.url());
    cloud.behind(gate);
    return new Kills(this, cloud, this::startCloudOperatorProcess, startApp("app", "none"))
        .at(
            growing("create", "lost", gate.trap(LOST, CREATE)),
            growing("create", "late", gate.trap(LATE, CREATE)),
            growing("create", "unanswered", gate.trap(UNANSWERED, CREATE)),
            growing("list", "lost", gate.trap(LOST, LIST)),
            growing("list", "unanswered", gate.trap(UNANSWERED, LIST)),
            ending("delete", "lost", gate.trap(LOST, DELETE)),
            ending("delete", "late", gate.trap(LATE, DELETE)),
            ending("delete", "unanswered", gate.trap(UNANSWERED, DELETE)),
            ending("show", "lost", gate.trap(LOST, SHOW)),
            ending("show", "unanswered", gate.trap(UNANSWERED, SHOW)));
  }
}
