package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;

/** A Fly whose machines run the test application. */
final class FlyCloud extends SimulatedCloud {
  static final String TOKEN = "fm2_e2e";

  private final String name;

  private FlyCloud(Scenario scenario, String name, int port) {
    super(
        scenario,
        "fly",
        name,
        port,
        List.of(
            "--app",
            "thumbs",
            "--token",
            TOKEN + "=thumbs",
            "--boot-delay",
            "300",
            "--image",
            "*=" + String.join(" ", JavaProcess.SHORT_LIVED) + " " + JavaProcess.classPath()));
    this.name = name;
  }

  static FlyCloud start(Scenario scenario) {
    return start(scenario, "fly");
  }

  /** One of several; its name is its folder's. */
  static FlyCloud start(Scenario scenario, String name) {
    return new FlyCloud(scenario, name, 0);
  }

  /** Another one at the same place, with the machines of this one. */
  FlyCloud again(Scenario scenario) {
    return new FlyCloud(scenario, name, port());
  }

  @Override
  public String backend() {
    return "{name: fra, fly: {app: thumbs, image: 'registry.fly.io/thumbs:v7', regions: [fra, ams],"
        + " host: '"
        + endpoint()
        + "', tokenSecretRef: {name: cloud, key: token}}}";
  }

  @Override
  public int count() throws IOException, InterruptedException {
    JsonNode machines = get("/v1/apps/thumbs/machines", "Authorization", "FlyV1 " + TOKEN);
    return machines.isArray() ? machines.size() : -1;
  }

  @Override
  public void assertNothingWrong() throws IOException, InterruptedException {
    assertThat(get("/_sim/violations").path("violations"))
        .as("what Fly's document does not allow")
        .isEmpty();
  }
}
