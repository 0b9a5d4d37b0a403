package dev.flamepool.operator.backend.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.simulators.ec2.Ec2Options.Device;
import dev.flamepool.simulators.ec2.Ec2Options.Image;
import dev.flamepool.simulators.ec2.Ec2Options.LaunchTemplate;
import dev.flamepool.simulators.ec2.Ec2Simulator;
import dev.flamepool.simulators.ec2.Effect;
import dev.flamepool.simulators.ec2.Served;
import dev.flamepool.simulators.machine.ScriptedMachines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a launch template and an AMI say, and what a pool asks for beside it. */
class LaunchTemplateTest {
  private static final String AMI = "ami-0a";

  /** With a data volume that would stay. */
  private static final String DATA = "ami-0d";

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final MachineKey key = Ec2Fixtures.key(0);
  private Ec2Simulator ec2;
  private Ec2RunnerBackend backend;

  private void start(String... template) throws Exception {
    Map<String, String> parameters = new java.util.TreeMap<>(Map.of("ImageId", AMI));
    for (int i = 0; i < template.length; i += 2) {
      parameters.put(template[i], template[i + 1]);
    }
    ec2 =
        Ec2Simulator.start(
            new dev.flamepool.simulators.ec2.Ec2Options()
                .stateDir(folder)
                .runtime(new ScriptedMachines(clock))
                .rateLimits(false)
                .bucket("releases")
                .image(AMI, "x86_64")
                .image(
                    new Image(
                        DATA,
                        "x86_64",
                        List.of(new Device("/dev/xvda", true), new Device("/dev/sdf", false))))
                .launchTemplate(new LaunchTemplate("lt-1", "runner", List.of(parameters))));
    Files.write(ec2.bucket("releases").resolve("thumbs-v7.tar.gz"), new byte[] {1});
    backend =
        new Ec2RunnerBackend(
            Ec2Fixtures.credentials(),
            new Endpoints(Set.of(ec2.uri().toString())),
            Set.of(),
            Map.of(),
            clock);
  }

  @AfterEach
  void close() {
    if (ec2 != null) {
      backend.close();
      ec2.close();
    }
  }

  private BackendEntry entry(String... changes) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "imageId", "null",
                "launchTemplateId", "\"lt-1\"",
                "subnetId", "\"subnet-0a\"",
                "securityGroupId", "\"sg-0a\"",
                "ec2ServiceEndpoint", "\"" + ec2.uri() + "\""));
    all.addAll(List.of(changes));
    return Ec2Fixtures.entry(all.toArray(String[]::new));
  }

  /** Launches; gives what EC2 was asked for. */
  private Map<String, String> launch(BackendEntry entry) throws BackendException {
    Map<String, byte[]> boot = Ec2Fixtures.boot(key, Map.of());
    boot.putAll(backend.prepare(key, entry, ""));
    Machine launched = backend.launch(new LaunchAttempt(key, "t", "", entry, Boot.of(boot)));
    assertThat(launched.id()).startsWith("i-");
    return ec2.requests().stream()
        .filter(request -> request.operation().equals("RunInstances"))
        .map(Served::parameters)
        .reduce((before, last) -> last)
        .orElseThrow();
  }

  private BackendException refused(BackendEntry entry) {
    BackendException refusal = catchThrowableOfType(BackendException.class, () -> launch(entry));
    assertThat(refusal).as("a refusal").isNotNull();
    return refusal;
  }

  private void end(BackendEntry entry) throws BackendException {
    MachineRef ref = MachineRef.of(key, entry);
    backend.delete(ref);
    clock.advance(Lookups.SETTLE);
    ec2.settle();
    assertThat(backend.find(ref)).isEmpty();
  }

  // ---- network

  @Test
  void groupsOfTheTemplateAreReplacedByThePools() throws Exception {
    start("SecurityGroupId.1", "sg-0b", "SecurityGroupId.2", "sg-0c");
    assertThat(launch(entry()))
        .containsEntry("SecurityGroupId.1", "sg-0a")
        .containsEntry("SubnetId", "subnet-0a")
        .doesNotContainKeys("SecurityGroupId.2", "NetworkInterface.1.SubnetId");
  }

  @Test
  void interfacesOfTheTemplateAreReplacedByThePools() throws Exception {
    start(
        "NetworkInterface.1.DeviceIndex", "0",
        "NetworkInterface.1.SubnetId", "subnet-0b",
        "NetworkInterface.1.SecurityGroupId.1", "sg-0b");
    assertThat(launch(entry("reach", "\"public\"")))
        .containsEntry("NetworkInterface.1.SubnetId", "subnet-0a")
        .containsEntry("NetworkInterface.1.SecurityGroupId.1", "sg-0a")
        .containsEntry("NetworkInterface.1.AssociatePublicIpAddress", "true");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SecurityGroupId.1=sg-0b|public|gives SecurityGroupIds, and reach: public",
        "SecurityGroup.1=default|private|gives SecurityGroups by name",
        "InstanceMarketOptions.MarketType=spot|private|gives InstanceMarketOptions",
        "InstanceRequirements.VCpuCount.Min=2|private|gives InstanceRequirements",
        "SecurityGroupId.1=sg-0b NetworkInterface.1.DeviceIndex=0|private|both SecurityGroupIds and"
      })
  void whatCannotBeTakenBackIsNamed(String template, String reach, String words) throws Exception {
    start(template.split("[= ]", -1));
    assertThat(refused(entry("reach", "\"" + reach + "\"")))
        .matches(refusal -> refusal.kind() == Kind.CONFIGURATION)
        .hasMessageStartingWith("ec2.launchTemplateId: version 1 of lt-1 ")
        .hasMessageContaining(words);
    assertThat(ec2.requests()).noneMatch(it -> it.operation().equals("RunInstances"));
  }

  // ---- what stands, and what the pool says instead

  @Test
  void whatThePoolDoesNotSayIsTheTemplates() throws Exception {
    start(
        "InstanceType", "c7i.large",
        "IamInstanceProfile.Name", "runner",
        "MetadataOptions.HttpPutResponseHopLimit", "2",
        "MetadataOptions.InstanceMetadataTags", "enabled",
        "DisableApiTermination", "true",
        "InstanceInitiatedShutdownBehavior", "stop");
    BackendEntry entry = entry();
    assertThat(launch(entry))
        .containsEntry("InstanceType", "c7i.large")
        .containsEntry("MetadataOptions.HttpPutResponseHopLimit", "2")
        .containsEntry("MetadataOptions.InstanceMetadataTags", "enabled")
        .containsEntry("MetadataOptions.HttpTokens", "required")
        .containsEntry("MetadataOptions.HttpEndpoint", "enabled")
        .containsEntry("InstanceInitiatedShutdownBehavior", "terminate")
        .doesNotContainKey("IamInstanceProfile.Name");
    end(entry);
  }

  @Test
  void whatThePoolSaysCounts() throws Exception {
    start(
        "InstanceType", "c7i.large",
        "MetadataOptions.HttpPutResponseHopLimit", "2",
        "MetadataOptions.HttpTokens", "optional");
    assertThat(launch(entry("instanceType", "\"m7i.large\"", "metadataHopLimit", "3")))
        .containsEntry("InstanceType", "m7i.large")
        .containsEntry("MetadataOptions.HttpPutResponseHopLimit", "3")
        .containsEntry("MetadataOptions.HttpTokens", "optional");
  }

  @Test
  void withoutATemplateMetadataAreStrictUnlessThePoolSaysMore() throws Exception {
    start();
    BackendEntry plain = entry("launchTemplateId", "null", "imageId", "\"" + AMI + "\"");
    assertThat(launch(plain))
        .containsEntry("MetadataOptions.HttpPutResponseHopLimit", "1")
        .containsEntry("MetadataOptions.HttpTokens", "required")
        .containsEntry("InstanceType", "t3.nano");
    end(plain);
    BackendEntry more =
        entry("launchTemplateId", "null", "imageId", "\"" + AMI + "\"", "metadataHopLimit", "2");
    MachineKey other = Ec2Fixtures.key(1);
    Map<String, byte[]> boot = Ec2Fixtures.boot(other, Map.of());
    boot.putAll(backend.prepare(other, more, ""));
    backend.launch(new LaunchAttempt(other, "t", "", more, Boot.of(boot)));
    assertThat(ec2.requests())
        .anyMatch(it -> "2".equals(it.parameters().get("MetadataOptions.HttpPutResponseHopLimit")));
  }

  @Test
  void aTemplateThatMayNotBeReadIsEc2sToJudge() throws Exception {
    start("InstanceType", "c7i.large", "MetadataOptions.HttpPutResponseHopLimit", "2");
    ec2.faults().next("DescribeLaunchTemplateVersions", new Effect.Refuse("UnauthorizedOperation"));
    assertThat(launch(entry()))
        .containsEntry("LaunchTemplate.Version", "$Default")
        .doesNotContainKeys("InstanceType", "MetadataOptions.HttpPutResponseHopLimit");
  }

  @Test
  void aRefusalOfWhatCouldNotBeReadNamesTheTemplate() throws Exception {
    start("SecurityGroupId.1", "sg-0b");
    ec2.faults().next("DescribeLaunchTemplateVersions", new Effect.Refuse("UnauthorizedOperation"));
    assertThat(refused(entry()))
        .hasMessageContaining("version $Default of launch template lt-1")
        .hasMessageContaining("ec2:DescribeLaunchTemplateVersions");
  }

  // ---- volumes

  @Test
  void aDataVolumeOfTheAmiGoesWithItsInstance() throws Exception {
    start();
    BackendEntry entry = entry("launchTemplateId", "null", "imageId", "\"" + DATA + "\"");
    assertThat(launch(entry))
        .containsEntry("BlockDeviceMapping.1.DeviceName", "/dev/sdf")
        .containsEntry("BlockDeviceMapping.1.Ebs.DeleteOnTermination", "true")
        .containsEntry("BlockDeviceMapping.2.DeviceName", "/dev/xvda")
        .containsEntry("BlockDeviceMapping.2.Ebs.Encrypted", "true");
    end(entry);
    assertThat(ec2.leftVolumes()).isEmpty();
  }

  @Test
  void volumesOfTheTemplateAndOfItsAmiGoWithTheirInstance() throws Exception {
    start(
        "ImageId", DATA,
        "BlockDeviceMapping.1.DeviceName", "/dev/sdg",
        "BlockDeviceMapping.1.Ebs.VolumeSize", "20",
        "BlockDeviceMapping.1.Ebs.VolumeType", "gp3",
        "BlockDeviceMapping.1.Ebs.Iops", "4000",
        "BlockDeviceMapping.2.DeviceName", "/dev/sdb",
        "BlockDeviceMapping.2.VirtualName", "ephemeral0");
    BackendEntry entry = entry("rootVolume", "{\"sizeGb\": 30}");
    assertThat(launch(entry))
        .containsEntry("BlockDeviceMapping.1.DeviceName", "/dev/sdg")
        .containsEntry("BlockDeviceMapping.1.Ebs.VolumeSize", "20")
        .containsEntry("BlockDeviceMapping.1.Ebs.Iops", "4000")
        .containsEntry("BlockDeviceMapping.2.VirtualName", "ephemeral0")
        .containsEntry("BlockDeviceMapping.3.DeviceName", "/dev/sdf")
        .containsEntry("BlockDeviceMapping.4.DeviceName", "/dev/xvda")
        .containsEntry("BlockDeviceMapping.4.Ebs.VolumeSize", "30");
    end(entry);
    assertThat(ec2.leftVolumes()).isEmpty();
  }

  @Test
  void whatGoesByItselfIsLeftAlone() throws Exception {
    start(
        "BlockDeviceMapping.1.DeviceName", "/dev/sdg",
        "BlockDeviceMapping.1.Ebs.VolumeSize", "20",
        "BlockDeviceMapping.1.Ebs.DeleteOnTermination", "true");
    assertThat(launch(entry())).doesNotContainKey("BlockDeviceMapping.1.DeviceName");
  }
}
