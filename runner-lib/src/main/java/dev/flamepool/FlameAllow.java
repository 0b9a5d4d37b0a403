package dev.flamepool;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets values travel that do not by themselves. Both ends read it, as they have the same classes.
 *
 * <ul>
 *   <li>Without a name, on a type or in a {@code package-info.java}: that type, or the types of
 *       that package, may be in results, wherever the call stands.
 *   <li>With names, on the class in which calls stand, on the class around it, or on its package:
 *       values of those packages and classes may be in captures and results, as by {@link
 *       FlameBuilder#allow}.
 * </ul>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.PACKAGE})
public @interface FlameAllow {
  /**
   * Which packages, with those below them, and which classes.
   *
   * @return for example {@code {"org.springframework.http", "java.awt.Point"}}; empty for what is
   *     annotated
   */
  String[] value() default {};
}
