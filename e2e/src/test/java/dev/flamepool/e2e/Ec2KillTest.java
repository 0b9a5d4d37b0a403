package dev.flamepool.e2e;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** kill -9 of the operator around its calls of EC2 and S3. */
class Ec2KillTest extends Ec2Scenario {
  @ParameterizedTest
  @CsvSource({
    "s3:PutObject, delay",
    "s3:PutObject, lose-response",
    "RunInstances, delay",
    "RunInstances, lose-response",
    "RunInstances, lose-request",
    "DescribeInstances, delay",
    "DescribeInstances, lose-response",
    "TerminateInstances, delay",
    "TerminateInstances, lose-response",
    "TerminateInstances, lose-request"
  })
  void aKilledOperatorLeavesNoInstance(String operation, String effect) throws Exception {
    start();
    killTheOperatorAt(operation, effect, operation.equals("TerminateInstances"));
  }
}
