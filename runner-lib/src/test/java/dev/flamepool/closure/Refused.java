package dev.flamepool.closure;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;

/** Objects that do not travel, each with its type as people call it. */
final class Refused {
  private Refused() {}

  static Map<String, Object> all() throws Exception {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("Path", java.nio.file.Path.of("a"));
    all.put("URL", new java.net.URL("http://localhost/"));
    all.put("Manifest", new java.util.jar.Manifest());
    all.put("HttpCookie", new java.net.HttpCookie("a", "b"));
    all.put("DateTimeFormatter", java.time.format.DateTimeFormatter.ISO_DATE);
    all.put("Stream", java.util.stream.Stream.of(1));
    all.put("Iterator", List.of(1).iterator());
    all.put("Spliterator", List.of(1).spliterator());
    all.put("Matcher", java.util.regex.Pattern.compile("a").matcher("a"));
    all.put("ByteBuffer", java.nio.ByteBuffer.allocate(1));
    all.put("InputStream", new ByteArrayInputStream(new byte[1]));
    all.put("OutputStream", java.io.OutputStream.nullOutputStream());
    all.put("ByteArrayOutputStream", new ByteArrayOutputStream());
    all.put("Reader", new StringReader("a"));
    all.put("Writer", java.io.Writer.nullWriter());
    all.put("StringWriter", new StringWriter());
    all.put("Scanner", new java.util.Scanner("a"));
    all.put("Thread", new Thread(() -> {}));
    all.put("ThreadLocal", new ThreadLocal<>());
    all.put("Executor", ForkJoinPool.commonPool());
    all.put("CompletableFuture", new java.util.concurrent.CompletableFuture<>());
    all.put("CountDownLatch", new CountDownLatch(1));
    all.put("BlockingQueue that is no Serializable", new DelayQueue<>());
    all.put("WeakHashMap", new WeakHashMap<>());
    all.put("WeakReference", new java.lang.ref.WeakReference<>("x"));
    all.put("ClassLoader", Refused.class.getClassLoader());
    all.put("Method", String.class.getMethod("length"));
    all.put("MethodHandle", java.lang.invoke.MethodHandles.identity(int.class));
    all.put("ProcessHandle", ProcessHandle.current());
    all.put("ResourceBundle", new Words());
    all.put("Logger of java.util.logging", java.util.logging.Logger.getLogger("x"));
    all.put("System.Logger", System.getLogger("x"));
    all.put("MessageDigest", java.security.MessageDigest.getInstance("SHA-256"));
    all.put("SecureRandom", new java.security.SecureRandom());
    all.put("HttpClient", java.net.http.HttpClient.newHttpClient());
    all.put("Socket", new java.net.Socket());
    all.put("Connection of JDBC", proxy(java.sql.Connection.class));
    all.put("DataSource", proxy(javax.sql.DataSource.class));
    all.put("ResultSet", proxy(java.sql.ResultSet.class));
    all.put("java.awt.Point", new java.awt.Point());
    all.put("ObjectName", new javax.management.ObjectName("a:b=c"));
    all.put("new Object()", new Object());
    all.put("lambda of a type that is not Serializable", (Supplier<String>) () -> "a");
    return all;
  }

  /** The same inside others: where it lies is said. */
  static Map<String, Object> nested() {
    Thread thread = new Thread(() -> {});
    Map<String, Object> all = new LinkedHashMap<>();
    all.put(".get()", Optional.of(thread));
    all.put("[1]", java.util.Arrays.asList(1, thread));
    all.put("[1][0]", new Object[] {1, List.of(thread)});
    all.put(".get(1)", Map.of(1, thread));
    all.put(".get(..)", Map.of("secret", thread));
    all.put(".held", new Holds(thread));
    all.put(".held.get()", new Holds(Optional.of(thread)));
    all.put(".getValue()", Map.entry("k", thread));
    return all;
  }

  record Holds(Object held) {}

  private static final class Words extends java.util.ListResourceBundle {
    @Override
    protected Object[][] getContents() {
      return new Object[0][];
    }
  }

  /** As a driver's own class would be, but for the name. */
  private static Object proxy(Class<?> type) {
    return Proxy.newProxyInstance(
        Refused.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, args) ->
            switch (method.getName()) {
              case "hashCode" -> 1;
              case "equals" -> proxy == args[0];
              default -> null;
            });
  }
}
