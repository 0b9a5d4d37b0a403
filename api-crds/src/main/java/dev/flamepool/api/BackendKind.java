package dev.flamepool.api;

import java.util.Locale;

/** Where runners can come from. */
public enum BackendKind {
  /** Fly machines. */
  FLY,
  /** EC2 instances. */
  EC2,
  /** Pods of the same cluster. */
  POD,
  /** Child processes of the operator. */
  LOCAL;

  /** The field's name in a spec, which is also how the kind is written for people. */
  public String field() {
    return name().toLowerCase(Locale.ROOT);
  }

  static BackendKind of(FlyBackend fly, Ec2Backend ec2, PodBackend pod, LocalBackend local) {
    if (fly != null) {
      return FLY;
    }
    if (ec2 != null) {
      return EC2;
    }
    if (pod != null) {
      return POD;
    }
    return local == null ? null : LOCAL;
  }
}
