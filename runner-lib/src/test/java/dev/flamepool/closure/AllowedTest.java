package dev.flamepool.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.FlameAllow;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllowedTest {
  @FlameAllow("com.acme.model")
  static class Around {
    static class Within {}
  }

  @FlameAllow
  static class Marked {}

  private static boolean covers(String name, Class<?> c) {
    return Allowed.of(List.of(name)).covers(Standing.of(c));
  }

  @Test
  void aNameCoversItsPackageThoseBelowAndWhatIsNested() {
    assertThat(covers("java.awt", java.awt.Point.class)).isTrue();
    assertThat(covers("java.awt.Point", java.awt.Point.class)).isTrue();
    assertThat(covers("java.awt.geom.Rectangle2D", java.awt.geom.Rectangle2D.Double.class))
        .isTrue();
    assertThat(covers("java.awt", java.awt.geom.Rectangle2D.Double.class)).isTrue();
    assertThat(covers("java.aw", java.awt.Point.class)).isFalse();
    assertThat(covers("java.awt.Po", java.awt.Point.class)).isFalse();
    assertThat(covers("java.awt.Point.x", java.awt.Point.class)).isFalse();
  }

  @Test
  void aGadgetHasToBeNamedItself() {
    Class<?> gadget = javax.management.BadAttributeValueExpException.class;
    assertThat(covers("javax.management", gadget)).isFalse();
    assertThat(covers(gadget.getName(), gadget)).isTrue();
    assertThat(covers("java.net", java.net.URL.class)).isFalse();
    assertThat(covers("java.net.URL", java.net.URL.class)).isTrue();
    assertThat(Remedy.refused(javax.management.ObjectName.class, false))
        .contains("FLAME_ALLOW=javax.management.ObjectName ");
  }

  @Test
  void whatTheJdkResolvesForAnyClassIsNeverTaken() {
    Allowed.add(List.of("java.lang.invoke.SerializedLambda"));
    assertThat(Policy.RESULTS.accepts(java.lang.invoke.SerializedLambda.class)).isFalse();
  }

  @Test
  void anAnnotationCountsOnTheClassAroundAndOnAType() {
    assertThat(Allowed.by(Around.Within.class).names()).containsExactly("com.acme.model");
    Policy strangers = Policy.results("net.stranger.App", Allowed.NOTHING, Allowed.NOTHING);
    assertThat(strangers.accepts(Marked.class)).isTrue();
    assertThat(strangers.accepts(Marked[][].class)).isTrue();
    assertThat(strangers.accepts(Around.class)).isFalse();
  }

  @Test
  void theConfigurationIsAListOfNames() {
    assertThat(Allowed.split("FLAME_ALLOW", " com.acme.a,com.acme.B.  com.acme.c,"))
        .containsExactly("com.acme.a", "com.acme.B", "com.acme.c");
    assertThat(Allowed.split("FLAME_ALLOW", null)).isEmpty();
    assertThatThrownBy(() -> Allowed.split("FLAME_ALLOW", "com.acme,java"))
        .hasMessageContaining("FLAME_ALLOW is 'java'");
    List<String> many = java.util.stream.IntStream.range(0, 201).mapToObj(i -> "a.b" + i).toList();
    assertThatThrownBy(() -> Allowed.NOTHING.and(many)).hasMessageContaining("at most 200");
  }

  /** Whatever calls were made before: the class of this one decides, and what is named. */
  @Test
  void oneVerdictPerTypeForCallsOfOneClass() {
    Policy.own("org.awaitility.Caller");
    Policy own = Policy.results("com.acme.shop.Orders", Allowed.NOTHING, Allowed.NOTHING);
    assertThat(own.accepts(org.awaitility.Durations.class)).isFalse();
    Policy named =
        Policy.results(
            "com.acme.shop.Orders", Allowed.of(List.of("org.awaitility")), Allowed.NOTHING);
    assertThat(named.accepts(org.awaitility.Durations.class)).isTrue();
    for (Policy each : List.of(own, named, Policy.CALLS)) {
      assertThat(each.accepts(java.nio.file.StandardOpenOption.class)).isTrue();
      assertThat(each.accepts(java.awt.Font.class)).isFalse();
    }
  }
}
