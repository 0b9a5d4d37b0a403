package dev.flamepool.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What keeps a Pod from running is told in the cluster's own words, at once. */
@OnRealNode
class CannotRunStory {
  private static final String OPTIONS = "max: 1, bootTimeout: 60s";

  private final Shop shop = Shop.open();

  @Test
  void anUnknownImage() throws Exception {
    shop.altered("image", OPTIONS, "containers: [{image: 'nowhere.example/none:1'}]");
    assertThat(shop.call("image", "build", 0))
        .startsWith("failed BootFailedException")
        .contains("nowhere.example/none:1");
  }

  @Test
  void aVolumesMissingConfigMap() throws Exception {
    shop.altered("volume", OPTIONS, "volumes: [{name: app, configMap: {name: not-there}}]");
    assertThat(shop.call("volume", "build", 0))
        .startsWith("failed BootFailedException")
        .contains("FailedMount", "\"not-there\" not found");
  }

  @Test
  void whatPodSecurityForbids() throws Exception {
    shop.altered("privileged", OPTIONS, "hostNetwork: true");
    assertThat(shop.call("privileged", "build", 0))
        .startsWith("failed BootFailedException")
        .contains("violates PodSecurity \"restricted:latest\"", "hostNetwork");
  }
}
