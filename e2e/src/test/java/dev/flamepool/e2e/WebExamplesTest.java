package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The example applications that are their own runners: a request to the web server of the one is
 * worked on by the other, which has none and a smaller connection pool.
 */
class WebExamplesTest extends Scenario {
  private static final String OPTIONS =
      "min: 0, max: 1, bootTimeout: 60s, idleShutdownAfter: 2s, backends: [{name: local, local: ";

  @Test
  void plainJava() throws Exception {
    startOperator();
    applyPool(
        "orders",
        "{" + OPTIONS + "{mainClass: dev.flamepool.examples.web.WebApp, jvmOptions: [-Xmx64m]}}]}");
    JavaProcess app =
        remember(
            JavaProcess.start(
                folder.resolve("app.log"),
                List.of("dev.flamepool.examples.web.WebApp", "0"),
                Map.of("KUBECONFIG", kubeconfig("app").toString())));
    assertThat(get(app, "web server on port (\\d+)", "/total?7"))
        .isEqualTo("total 700 on orders-0 with 2 connections");
  }

  @Test
  void springBootFatJar() throws Exception {
    Path jar = Path.of("../examples/web-spring/target/web-spring.jar").toAbsolutePath().normalize();
    assertThat(jar).as("build the examples first: mvn package").exists();
    startOperator();
    applyPool(
        "orders",
        "{"
            + OPTIONS
            + "{command: ['"
            + JavaProcess.java()
            + "', '-XX:TieredStopAtLevel=1', '-Xmx128m', '-jar', '"
            + jar
            + "']}}]}");
    JavaProcess app =
        remember(
            JavaProcess.startJvm(
                folder.resolve("app.log"),
                List.of("-jar", jar.toString(), "--server.port=0"),
                Map.of("KUBECONFIG", kubeconfig("app").toString())));
    assertThat(get(app, "Tomcat started on port (\\d+)", "/total?customer=7"))
        .isEqualTo("total 700 on orders-0 with 2 connections");
    String runner = output();
    assertThat(runner).contains("Started OrdersApplication", "profile is active: \"runner\"");
    assertThat(runner).as("the runner's output").doesNotContain("Tomcat");
  }

  /** What the runner that lives has printed. */
  private String output() throws Exception {
    try (var folders = Files.list(folder.resolve("runners"))) {
      Path one = folders.findFirst().orElseThrow();
      return Files.readString(one.resolve("output.log"));
    }
  }
}
