package dev.flamepool.wire;

/** Who a certificate speaks for: the DNS name in its subject alternative names decides. */
public enum Role {
  /** May make calls: {@code caller.flame}. */
  CALLER("caller.flame"),
  /** May also say kept, settings, withdrawn and stop: {@code operator.flame}. */
  OPERATOR("operator.flame");

  private final String name;

  Role(String name) {
    this.name = name;
  }

  /** The name a certificate of this role carries. */
  public String dnsName() {
    return name;
  }
}
