package dev.flamepool.operator.validation;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.Ec2Backend;
import dev.flamepool.api.FlyBackend;
import dev.flamepool.api.LocalBackend;
import dev.flamepool.api.PodBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules of one backend entry, as the CRD has them. */
final class BackendRules {
  private static final Set<String> TEMPLATE = Set.of("metadata", "spec");

  private BackendRules() {}

  static List<String> check(String at, BackendEntry entry) {
    List<String> findings = new ArrayList<>();
    long kinds =
        Stream.of(entry.fly(), entry.ec2(), entry.pod(), entry.local())
            .filter(Objects::nonNull)
            .count();
    if (kinds > 1) {
      findings.add(at + ": has " + kinds + " kinds; give only one of fly, ec2, pod, local");
    } else if (kinds == 0 && entry.ref() == null) {
      findings.add(
          at
              + ": has no kind; give one of fly, ec2, pod, local, or ref with the name of a"
              + " FlameBackend");
    }
    findings.addAll(References.check(at, entry));
    if (entry.local() != null) {
      local(at, entry.local(), findings);
    }
    if (entry.fly() != null) {
      fly(at, entry.fly(), findings);
    }
    if (entry.ec2() != null) {
      ec2(at, entry.ec2(), findings);
    }
    if (entry.pod() != null) {
      pod(at, entry, findings);
    }
    return findings;
  }

  /** A reference may give what the entry itself leaves out. */
  private static void pod(String at, BackendEntry entry, List<String> findings) {
    PodBackend pod = entry.pod();
    if (entry.ref() == null && pod.template() == null && pod.runnerFrom() == null) {
      findings.add(at + ".pod: give template or runnerFrom");
    }
    if (pod.runnerFrom() != null
        && (pod.runnerFrom().deployment() == null || pod.runnerFrom().deployment().isBlank())) {
      findings.add(
          at + ".pod.runnerFrom.deployment: is missing; give the application's own Deployment");
    }
    if (pod.template() != null
        && pod.template().keySet().stream().anyMatch(key -> !TEMPLATE.contains(key))) {
      findings.add(
          at
              + ".pod.template: "
              + pod.template().keySet()
              + " is no Pod template; give metadata and spec, as a Deployment's template has them");
    }
  }

  private static void local(String at, LocalBackend local, List<String> findings) {
    if (local.command() != null
        && (local.classPath() != null || local.mainClass() != null || local.jvmOptions() != null)) {
      findings.add(
          at
              + ".local: command replaces classPath, mainClass and jvmOptions; give one or the"
              + " other");
    }
  }

  private static void fly(String at, FlyBackend fly, List<String> findings) {
    int step = "shared".equals(fly.cpuKind()) ? 256 : 1024;
    if (fly.memoryMb() != null && fly.memoryMb() % step != 0) {
      findings.add(
          at
              + ".fly.memoryMb: "
              + fly.memoryMb()
              + " must be a multiple of 1024, or of 256 with"
              + " cpuKind shared");
    }
    if (fly.gpus() != null && fly.gpuKind() == null) {
      findings.add(
          at
              + ".fly.gpus: "
              + fly.gpus()
              + " counts the GPUs of gpuKind; give gpuKind as well, or remove gpus");
    }
  }

  private static void ec2(String at, Ec2Backend ec2, List<String> findings) {
    either(at, "subnetId", ec2.subnetId(), "subnetIds", ec2.subnetIds(), findings);
    either(
        at,
        "securityGroupId",
        ec2.securityGroupId(),
        "securityGroupIds",
        ec2.securityGroupIds(),
        findings);
    either(at, "instanceType", ec2.instanceType(), "instanceTypes", ec2.instanceTypes(), findings);
    either(at, "imageId", ec2.imageId(), "imageIdParameter", ec2.imageIdParameter(), findings);
  }

  private static void either(
      String at,
      String one,
      @Nullable Object first,
      String other,
      @Nullable Object second,
      List<String> findings) {
    if (first != null && second != null) {
      findings.add(at + ".ec2: give " + one + " or " + other + ", not both");
    }
  }
}
