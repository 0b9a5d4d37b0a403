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

/** kill -9 of the operator around its calls of EC2 and S3. */
class Ec2KillTest extends Ec2Scenario {
  private static final String PUT = "^PUT /";
  private static final String RUN = "^POST / .*Action=RunInstances";
  private static final String DESCRIBE = "^POST / .*Action=DescribeInstances\\b";
  private static final String TERMINATE = "^POST / .*Action=TerminateInstances";

  @AutoClose Gate gate;

  @TestFactory
  Stream<DynamicTest> aKilledOperatorLeavesNoInstance() throws Exception {
    start();
    gate = Gate.before(cloud.url());
    cloud.behind(gate);
    return new Kills(this, cloud, this::startCloudOperatorProcess, startApp("app", "none"))
        .at(
            growing("boot object", "late", gate.trap(LATE, PUT)),
            growing("boot object", "unanswered", gate.trap(UNANSWERED, PUT)),
            growing("launch", "lost", gate.trap(LOST, RUN)),
            growing("launch", "late", gate.trap(LATE, RUN)),
            growing("launch", "unanswered", gate.trap(UNANSWERED, RUN)),
            growing("description", "lost", gate.trap(LOST, DESCRIBE)),
            growing("description", "unanswered", gate.trap(UNANSWERED, DESCRIBE)),
            ending("termination", "lost", gate.trap(LOST, TERMINATE)),
            ending("termination", "late", gate.trap(LATE, TERMINATE)),
            ending("termination", "unanswered", gate.trap(UNANSWERED, TERMINATE)));
  }
}
