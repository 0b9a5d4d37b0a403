package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.CloudInvariants;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.ScriptedBackend;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A runner whose cloud is lost for good, and the annotation that lets it go. */
class AbandonmentTest {
  private static final String COUNTER = "flamepool_machines_abandoned_total{backend=\"local\"} ";

  private boolean accountClosed;
  private final World world =
      new World(
          2, CrashPoints.never(), (world, at) -> new Account(new ScriptedBackend(world.cloud, at)));

  @AfterEach
  void close() {
    world.close();
  }

  private void deletedPoolOfAClosedAccount() {
    world.pool("p", "{min: 1}");
    world.pass(Duration.ofSeconds(2));
    assertThat(world.endpoints("p")).hasSize(1);
    accountClosed = true;
    world.delete("p");
    world.pass(Duration.ofSeconds(40));
    assertThat(world.runner("p-0").getStatus().phase()).isEqualTo(Phase.Stopping);
    assertThat(world.runner("p-0").getStatus().message())
        .contains("token revoked", "flamepool.dev/abandon-machine");
  }

  @Test
  void theReasonLetsItGoAndAHumanIsToldWhatToLookFor() {
    deletedPoolOfAClosedAccount();
    String machine = world.runner("p-0").getStatus().machine().id();

    world.abandon("p-0", "account closed, ticket 7");
    world.pass(Duration.ofSeconds(2));

    assertThat(world.runners("p")).isEmpty();
    assertThat(world.pool("p")).as("what waited for the runner").isNull();
    assertThat(world.cloud.live()).as("nobody could end it").hasSize(1);
    assertThat(world.events("MachineAbandoned"))
        .singleElement()
        .asString()
        .startsWith("Warning ")
        .contains("p-0", "machine " + machine, "backend local", "account closed, ticket 7");
    assertThat(world.metrics()).contains(COUNTER + "1");
  }

  @Test
  void anEmptyReasonIsRefused() {
    deletedPoolOfAClosedAccount();
    world.abandon("p-0", " ");
    world.pass(Duration.ofMinutes(1));
    assertThat(world.runner("p-0")).isNotNull();
    assertThat(world.events("AbandonRefused"))
        .singleElement()
        .asString()
        .contains("flamepool.dev/abandon-machine", "must say why");
    assertThat(world.metrics()).contains(COUNTER + "0");
  }

  @Test
  void aRunnerThatIsNotDeletedServesOn() {
    world.pool("p", "{min: 1}");
    world.pass(Duration.ofSeconds(2));
    world.abandon("p-0", "by mistake");
    world.pass(Duration.ofMinutes(1));
    assertThat(world.endpoints("p")).containsExactly("p-0");
    assertThat(world.events("MachineAbandoned")).isEmpty();
  }

  @Test
  void aMachineThatCanStillBeEndedIsEnded() {
    world.cloud.stopTime(Duration.ofMinutes(5));
    world.pool("p", "{min: 1, shutdownTimeout: 10m}");
    world.pass(Duration.ofSeconds(2));
    world.delete("p");
    world.pass(Duration.ofSeconds(2));
    world.abandon("p-0", "no patience");
    world.pass(Duration.ofSeconds(2));
    assertThat(world.pool("p")).isNull();
    CloudInvariants.nothingLeft(world.cloud);
    assertThat(world.events("MachineAbandoned")).isEmpty();
    assertThat(world.metrics()).contains(COUNTER + "0");
  }

  /** A cloud that takes no request of a closed account. */
  private final class Account implements RunnerBackend {
    private final RunnerBackend cloud;

    Account(RunnerBackend cloud) {
      this.cloud = cloud;
    }

    private RunnerBackend open() throws BackendException {
      if (accountClosed) {
        throw new BackendException(Kind.CREDENTIALS, "token revoked");
      }
      return cloud;
    }

    @Override
    public BackendKind kind() {
      return cloud.kind();
    }

    @Override
    public Optional<String> validate(BackendEntry entry) {
      return cloud.validate(entry);
    }

    @Override
    public Machine launch(LaunchAttempt attempt) throws BackendException {
      return open().launch(attempt);
    }

    @Override
    public Optional<Machine> find(MachineRef machine) throws BackendException {
      return open().find(machine);
    }

    @Override
    public List<MachineRef> list(String installation, Places places) throws BackendException {
      return open().list(installation, places);
    }

    @Override
    public void stop(MachineRef machine, Duration grace) throws BackendException {
      open().stop(machine, grace);
    }

    @Override
    public void delete(MachineRef machine) throws BackendException {
      open().delete(machine);
    }
  }
}
