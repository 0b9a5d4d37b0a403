package dev.flamepool.operator.backend.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The policy in the documentation allows what the code calls, and nothing else. What it calls is
 * read from its compiled classes, so that no path through it can be forgotten.
 */
class PermissionsTest {
  private static final String SDK = "software/amazon/awssdk/services/";

  private static final Map<String, String> SERVICES =
      Map.of(
          SDK + "ec2/Ec2Client", "ec2",
          SDK + "s3/S3Client", "s3",
          SDK + "ssm/SsmClient", "ssm",
          // what is signed before is done with the signer's rights
          SDK + "s3/presigner/S3Presigner", "s3");

  /** Actions that no call is named for, and what needs them. */
  private static final Map<String, String> IMPLIED =
      Map.of(
          "ec2:CreateTags", "RunInstances that sets tags",
          "iam:PassRole", "RunInstances with an instance profile",
          "iam:CreateServiceLinkedRole", "the first RunInstances of an account for spot capacity");

  /** Actions of a key of one's own: EC2 and S3 use it in the caller's name. */
  private static final Set<String> OWN_KEY =
      Set.of(
          "kms:CreateGrant",
          "kms:Decrypt",
          "kms:DescribeKey",
          "kms:GenerateDataKey*",
          "kms:ReEncrypt*");

  private record Method(String owner, String name) {}

  @Test
  void thePolicyAllowsExactlyWhatTheCodeCalls() throws Exception {
    Set<String> needed = new TreeSet<>(IMPLIED.keySet());
    for (Path type : classes()) {
      for (Method method : methods(type)) {
        String service = SERVICES.get(method.owner());
        if (service != null && !Set.of("builder", "close").contains(method.name())) {
          String call = method.name().replaceAll("^presign|Paginator$|AsBytes$", "");
          needed.add(Permissions.of(service, call));
        }
      }
    }
    assertThat(Permissions.policy()).isEqualTo(needed);
  }

  @Test
  void thePageSaysOfEveryActionWhatItIsFor() throws Exception {
    Set<String> all = new TreeSet<>(Permissions.policy());
    all.addAll(OWN_KEY);
    assertThat(Permissions.table()).isEqualTo(all);
  }

  private static List<Path> classes() throws Exception {
    Path home =
        Path.of(
                URI.create(
                    Ec2Calls.class.getProtectionDomain().getCodeSource().getLocation().toString()))
            .resolve(Ec2Calls.class.getPackageName().replace('.', '/'));
    try (Stream<Path> files = Files.list(home)) {
      return files.filter(file -> file.toString().endsWith(".class")).toList();
    }
  }

  /** The methods that a class file refers to, by its constant pool (JVMS 4.4). */
  private static List<Method> methods(Path type) throws IOException {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(type))) {
      in.skipNBytes(8);
      int count = in.readUnsignedShort();
      String[] texts = new String[count];
      int[][] entries = new int[count][];
      for (int i = 1; i < count; i++) {
        int tag = in.readUnsignedByte();
        switch (tag) {
          case 1 -> texts[i] = in.readUTF();
          case 3, 4 -> in.skipNBytes(4);
          case 5, 6 -> {
            in.skipNBytes(8);
            i++;
          }
          case 7, 8, 16, 19, 20 -> entries[i] = new int[] {tag, in.readUnsignedShort()};
          case 15 -> in.skipNBytes(3);
          default -> entries[i] = new int[] {tag, in.readUnsignedShort(), in.readUnsignedShort()};
        }
      }
      List<Method> methods = new ArrayList<>();
      for (int[] entry : entries) {
        if (entry != null && (entry[0] == 10 || entry[0] == 11)) {
          String owner = texts[entries[entry[1]][1]];
          methods.add(new Method(owner, texts[entries[entry[2]][1]]));
        }
      }
      return methods;
    }
  }
}
