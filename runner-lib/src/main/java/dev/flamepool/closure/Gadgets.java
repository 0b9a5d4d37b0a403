package dev.flamepool.closure;

import java.util.List;

/**
 * Classes that run other code while they are read, or hold what does, as published attacks on Java
 * serialization use them. A package that is allowed does not allow these: each has to be named.
 */
final class Gadgets {
  static final List<String> PREFIXES =
      List.of(
          "bsh.",
          "clojure.",
          "com.alibaba.fastjson.",
          "com.mchange.",
          "com.rometools.rome.feed.impl.",
          "com.sun.jndi.",
          "com.sun.org.apache.",
          "com.sun.rowset.",
          "com.vaadin.data.util.",
          "java.beans.",
          "java.lang.invoke.",
          "java.lang.reflect.",
          "java.net.URL",
          "java.rmi.",
          "java.security.SignedObject",
          "javax.imageio.",
          "javax.management.",
          "javax.naming.",
          "javax.script.",
          "javax.swing.",
          "net.sf.json.",
          "org.apache.bcel.",
          "org.apache.click.control.",
          "org.apache.commons.beanutils.",
          "org.apache.commons.collections.functors.",
          "org.apache.commons.collections.keyvalue.",
          "org.apache.commons.collections.map.",
          "org.apache.commons.collections4.functors.",
          "org.apache.commons.collections4.keyvalue.",
          "org.apache.commons.collections4.map.",
          "org.apache.commons.configuration",
          "org.apache.commons.fileupload.",
          "org.apache.commons.jelly.",
          "org.apache.wicket.util.upload.",
          "org.apache.xalan.",
          "org.aspectj.weaver.",
          "org.codehaus.groovy.runtime.",
          "org.hibernate.engine.spi.TypedValue",
          "org.hibernate.property.",
          "org.hibernate.tuple.",
          "org.hibernate.type.",
          "org.jboss.",
          "org.mozilla.javascript.",
          "org.python.",
          "org.springframework.aop.",
          "org.springframework.beans.",
          "org.springframework.context.",
          "org.springframework.core.SerializableTypeWrapper",
          "org.springframework.jndi.",
          "org.springframework.transaction.",
          "scala.sys.",
          "sun.rmi.");

  private Gadgets() {}

  static boolean isOne(String className) {
    return PREFIXES.stream().anyMatch(className::startsWith);
  }
}
