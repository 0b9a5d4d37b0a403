package dev.flamepool.wire;

import org.jspecify.annotations.Nullable;

/** A call site as one connection knows it. What the reader made of it is kept beside it. */
public final class SiteRef {
  private static final int MAX_METHOD_KIND = 9; // MethodHandleInfo.REF_invokeInterface

  private final Site site;
  private @Nullable Object resolved;

  SiteRef(Site site) {
    this.site = site;
  }

  /** The site as it was sent. */
  public Site site() {
    return site;
  }

  /** What {@link #resolve} was given. */
  public @Nullable Object resolved() {
    return resolved;
  }

  /** Keeps what this site means to the reader. */
  public void resolve(Object meaning) {
    resolved = meaning;
  }

  static void write(Site s, Out out) {
    out.string(s.capturingClass());
    out.string(s.functionalInterfaceClass());
    out.string(s.functionalInterfaceMethodName());
    out.string(s.functionalInterfaceMethodSignature());
    out.u1(s.implMethodKind());
    out.string(s.implClass());
    out.string(s.implMethodName());
    out.string(s.implMethodSignature());
    out.string(s.instantiatedMethodType());
    out.u1(s.captures());
    out.u1(s.applied() ? 1 : 0);
  }

  static Site read(In in) throws java.io.IOException {
    return new Site(
        in.string(Limits.MAX_NAME),
        in.string(Limits.MAX_NAME),
        in.string(Limits.MAX_NAME),
        in.string(Limits.MAX_NAME),
        Said.number("Site.implMethodKind", in.u1(), 0, MAX_METHOD_KIND),
        in.string(Limits.MAX_NAME),
        in.string(Limits.MAX_NAME),
        in.string(Limits.MAX_NAME),
        in.string(Limits.MAX_NAME),
        in.u1(),
        Said.flag("Site.applied", in.u1()));
  }
}
