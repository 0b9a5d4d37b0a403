package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.ListedMachine;
import dev.flamepool.operator.backend.MachineKey;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * What EC2 says of an instance, as far as it counts here; what it does not say is empty.
 *
 * @param state EC2's word
 * @param reason code of the last change of state
 * @param words EC2's own of that reason
 */
record Instance(
    String id,
    String token,
    String state,
    String privateIp,
    String publicIp,
    String ipv6,
    String reason,
    String words,
    Map<String, String> tags)
    implements ListedMachine {

  static Instance of(software.amazon.awssdk.services.ec2.model.Instance instance) {
    Map<String, String> tags = new TreeMap<>();
    for (Tag tag : instance.tags()) {
      tags.put(tag.key(), tag.value() == null ? "" : tag.value());
    }
    boolean reason = instance.stateReason() != null;
    return new Instance(
        text(instance.instanceId()),
        text(instance.clientToken()),
        instance.state() == null ? "" : text(instance.state().nameAsString()),
        text(instance.privateIpAddress()),
        text(instance.publicIpAddress()),
        text(instance.ipv6Address()),
        reason ? text(instance.stateReason().code()) : "",
        reason ? text(instance.stateReason().message()) : "",
        tags);
  }

  @Override
  public Optional<MachineKey> key() {
    return Ownership.MARKS.key(tags);
  }

  /** Nothing of it runs, ever again. */
  @Override
  public boolean isGone() {
    return state.equals("terminated");
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
