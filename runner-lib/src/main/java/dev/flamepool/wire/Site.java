package dev.flamepool.wire;

/**
 * A call site: what never changes about a serializable lambda, all nine fixed fields of {@code
 * SerializedLambda} and the number of captured values. Sent once per connection, then named by an
 * id. {@code implMethodKind} 0 stands for a serializable object that is no lambda: then only the
 * functional interface and its method are given, and the object is the one captured value.
 *
 * @param capturingClass internal name ({@code a/b/C}) of the class in which the lambda stands
 * @param functionalInterfaceClass internal name of the interface it implements
 * @param functionalInterfaceMethodName that interface's method
 * @param functionalInterfaceMethodSignature its descriptor
 * @param implMethodKind a {@code MethodHandleInfo.REF_} constant, or 0
 * @param implClass internal name
 * @param implMethodName implementing method
 * @param implMethodSignature its descriptor
 * @param instantiatedMethodType the interface method's type after substitution
 * @param captures number of captured values
 * @param applied one more value follows the captured ones: the argument that the function is to be
 *     called with
 */
public record Site(
    String capturingClass,
    String functionalInterfaceClass,
    String functionalInterfaceMethodName,
    String functionalInterfaceMethodSignature,
    int implMethodKind,
    String implClass,
    String implMethodName,
    String implMethodSignature,
    String instantiatedMethodType,
    int captures,
    boolean applied) {

  /** How many values a call carries. */
  public int values() {
    return captures + (applied ? 1 : 0);
  }

  /** False for a serializable object that is no lambda. */
  public boolean isLambda() {
    return implMethodKind != 0;
  }

  /** The class in which the call stands, or whose object it is. */
  public String stands() {
    return (isLambda() ? capturingClass : implClass).replace('/', '.');
  }

  /** Of all its names together. */
  int characters() {
    return capturingClass.length()
        + functionalInterfaceClass.length()
        + functionalInterfaceMethodName.length()
        + functionalInterfaceMethodSignature.length()
        + implClass.length()
        + implMethodName.length()
        + implMethodSignature.length()
        + instantiatedMethodType.length();
  }

  /** For people: where the call was written. */
  @Override
  public String toString() {
    return (isLambda() ? capturingClass + "::" + implMethodName : functionalInterfaceClass)
        .replace('/', '.');
  }
}
