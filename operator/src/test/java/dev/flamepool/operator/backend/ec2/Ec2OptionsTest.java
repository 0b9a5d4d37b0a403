package dev.flamepool.operator.backend.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.Endpoints;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The required and optional options of the seed, and the order in which places are tried. */
class Ec2OptionsTest {
  private static final Endpoints NONE = new Endpoints(Set.of());

  private static List<String> offerings(BackendEntry entry) {
    return Offering.of(entry.ec2()).stream().map(Offering::text).toList();
  }

  @Test
  void aCompleteEntryHasNoProblem() {
    assertThat(Ec2Options.problem(Ec2Fixtures.entry(), NONE)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "s3BundleUrl|null|ec2.s3BundleUrl: is missing",
        "s3BundleUrl|\"https://releases/x\"|s3://bucket/folder",
        "s3BundleUrl|\"s3://releases/a.tar.gz#sha256=12\"|64 hex digits",
        "app|null|ec2.app",
        "app|\"a b\"|'a b'",
        "imageId|null|imageId, imageIdParameter or launchTemplateId",
        "subnetId|null|ec2.subnetId: is missing",
        "securityGroupId|null|ec2.securityGroupId: is missing",
        "region|null|ec2.region: is missing",
        "region|\"nowhere\"|'nowhere'",
        "subnetIds|[\"subnet-b\"]|subnetId or subnetIds, not both",
        "imageIdParameter|\"/aws/x\"|imageId or imageIdParameter, not both",
        "tags|{\"flamepool:uid\": \"x\"}|flamepool:uid is reserved",
        "ec2ServiceEndpoint|\"http://127.0.0.1:9\"|--allow-endpoints http://127.0.0.1:9",
        "instanceMetadataUrl|\"http://127.0.0.1:9/\"|ec2.instanceMetadataUrl",
      })
  void aProblemNamesItsOption(String option, String value, String words) {
    assertThat(Ec2Options.problem(Ec2Fixtures.entry(option, value), NONE))
        .get()
        .asString()
        .contains(words);
  }

  @Test
  void whatTheOperatorsInstanceHasNeedNotBeGiven() {
    BackendEntry entry =
        Ec2Fixtures.entry(
            "autoConfigure",
            "true",
            "imageId",
            "null",
            "subnetId",
            "null",
            "securityGroupId",
            "null",
            "region",
            "null");
    assertThat(Ec2Options.problem(entry, NONE)).isEmpty();
    assertThat(offerings(entry)).containsExactly("own/own/on-demand");
  }

  @Test
  void awsMayBeNamedAsTheEndpoint() {
    for (String url :
        List.of("https://ec2.amazonaws.com/", "https://ec2.eu-central-1.amazonaws.com")) {
      BackendEntry entry = Ec2Fixtures.entry("ec2ServiceEndpoint", "\"" + url + "\"");
      assertThat(Ec2Options.problem(entry, NONE)).isEmpty();
      assertThat(Ec2Options.endpoint(entry.ec2())).isEmpty();
    }
  }

  @Test
  void spotComesFirstThenTypesThenSubnets() {
    BackendEntry entry =
        Ec2Fixtures.entry(
            "subnetId",
            "null",
            "subnetIds",
            "[\"subnet-a\", \"subnet-b\"]",
            "instanceTypes",
            "[\"c7i.large\", \"c6i.large\"]",
            "spot",
            "true");
    assertThat(offerings(entry))
        .startsWith("subnet-a/c7i.large/spot", "subnet-b/c7i.large/spot", "subnet-a/c6i.large/spot")
        .endsWith("subnet-b/c6i.large/on-demand")
        .hasSize(8);
    assertThat(offerings(Ec2Fixtures.entry())).containsExactly("subnet-a/t3.nano/on-demand");
  }

  @Test
  void aBundleIsAnArchiveOrAFolder() {
    assertThat(Bundle.of("s3://bkt/x/y.tar.gz#sha256=" + "A".repeat(64)))
        .isEqualTo(new Bundle("bkt", "x/y.tar.gz", "a".repeat(64)));
    assertThat(Bundle.of("s3://bkt/x")).isEqualTo(new Bundle("bkt", "x/", ""));
  }
}
