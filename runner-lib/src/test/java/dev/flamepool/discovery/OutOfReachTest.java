package dev.flamepool.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.flamepool.caller.PoolSource;
import dev.flamepool.minicluster.MiniCluster;
import dev.flamepool.minicluster.RequestHook;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What is said of a cluster that is not there, or lets this process not in. */
@Timeout(60)
class OutOfReachTest {
  private static final Logger DISCOVERY =
      (Logger) LoggerFactory.getLogger(OutOfReachTest.class.getPackageName());

  @TempDir Path folder;
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> log =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          if (event.getLevel() == Level.WARN) {
            warnings.add(event.getFormattedMessage());
          }
        }
      };
  private MiniCluster server;

  @BeforeEach
  void start() throws Exception {
    server = MiniCluster.start(0);
    log.start();
    DISCOVERY.addAppender(log);
  }

  @AfterEach
  void stop() {
    DISCOVERY.detachAppender(log);
    server.close();
  }

  private Cluster connect(String kubeconfig) throws Exception {
    Path file = Files.writeString(folder.resolve("kubeconfig"), kubeconfig);
    return Cluster.connect(file, null, null);
  }

  /** Without any call the log says it; what a waiting call says has it too; neither twice. */
  private void isTold(String kubeconfig, String... words) throws Exception {
    AtomicReference<String> trouble = new AtomicReference<>("");
    try (Cluster cluster = connect(kubeconfig)) {
      await().until(() -> !warnings.isEmpty());
      assertThat(warnings.get(0)).contains(words).contains("cannot reach the cluster: https://");
      try (PoolSource source = cluster.pool("thumbs")) {
        source.start(news -> trouble.set(String.valueOf(news.trouble())));
        await().until(() -> trouble.get().contains("cannot watch FlamePool default/thumbs"));
        assertThat(trouble.get()).contains(words);
      }
    }
    assertThat(warnings).hasSize(1);
  }

  @Test
  void aServerThatIsDownIsNamed() throws Exception {
    String kubeconfig = server.kubeconfig();
    server.close();
    isTold(kubeconfig, server.url(), "connection refused", "does the API server run there?");
  }

  @Test
  void soIsAHostThatIsUnknown() throws Exception {
    String nowhere = "https://" + "a.".repeat(130) + "a:6443"; // too long to be asked for
    isTold(server.kubeconfig().replace(server.url(), nowhere), nowhere, "unknown host");
  }

  @Test
  void soAreCredentialsThatAreNotAccepted() throws Exception {
    isTold(server.kubeconfig().replace(server.token(), "old"), "(401)", "kubectl get pods");
  }

  @Test
  void soIsACertificateOfAnotherAuthority() throws Exception {
    try (MiniCluster other = MiniCluster.start(0)) {
      String kubeconfig = server.kubeconfig().replace(server.url(), other.url());
      isTold(kubeconfig, other.url(), "not trusted", "certificate-authority");
    }
  }

  @Test
  void whoeverComesWithoutCredentialsIsNotToldToBindARoleToNobody() throws Exception {
    server.setHook(
        new RequestHook() {
          @Override
          public int before(String method, String path, String body) {
            return path.contains("/flamepools") ? 403 : PASS;
          }

          @Override
          public String words(String method, String path) {
            return "flamepools is forbidden: User \"system:anonymous\" cannot list resource";
          }
        });
    AtomicReference<String> trouble = new AtomicReference<>("");
    try (Cluster cluster = connect(server.kubeconfig());
        PoolSource source = cluster.pool("thumbs")) {
      source.start(news -> trouble.set(String.valueOf(news.trouble())));
      await().until(() -> trouble.get().contains("(403)"));
    }
    assertThat(trouble.get())
        .contains("came without credentials", "automountServiceAccountToken")
        .doesNotContain("rolebinding");
    assertThat(warnings).singleElement().asString().contains("thumbs");
  }

  @Test
  void aServerThatSaysNothingIsToldToo() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Config config =
          new ConfigBuilder(Config.empty())
              .withMasterUrl("https://127.0.0.1:" + silent.getLocalPort())
              .withRequestRetryBackoffLimit(0)
              .build();
      try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
        Trouble trouble = FirstLook.at(client, Duration.ofMillis(100)).seen().join().orElseThrow();
        assertThat(trouble.text())
            .contains("https://127.0.0.1:" + silent.getLocalPort(), "no answer in time");
      }
    }
  }

  @Test
  void aClusterThatIsThereIsNotSpokenOf() throws Exception {
    try (KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(server.kubeconfig()))
            .build()) {
      assertThat(FirstLook.at(client).seen().join()).isEmpty();
    }
    assertThat(warnings).isEmpty();
  }
}
