package dev.flamepool.closure;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to write instead of an object of a well-known type.
 *
 * @param type the name of a class or interface
 * @param capture what to do with one that a call captures
 * @param result what to do with one that a call returns
 */
record Advice(String type, String capture, String result) {
  private static final String READ = "return what you need of it";

  /** The first type that fits counts. */
  private static final List<Advice> ALL = new ArrayList<>();

  static {
    both("send path.toString(), and there Path.of(text)", "java.nio.file.Path");
    both("send url.toString(), and there URI.create(text).toURL()", "java.net.URL");
    both("send a string of what it holds: writer.toString()", "java.io.StringWriter");
    both("send its bytes: out.toByteArray()", "java.io.ByteArrayOutputStream");
    both("collect it first: stream.toList()", "java.util.stream.BaseStream");
    both("collect it first: sequence.toList()", "kotlin.sequences.Sequence");
    both("collect it first: view.toList", "scala.collection.View");
    both(
        "collect it first: list.toList",
        "scala.collection.immutable.LazyList",
        "scala.collection.immutable.Stream");
    both("collect it first: it.toList", "scala.collection.Iterator");
    both("collect it first: flow.toList()", "kotlinx.coroutines.flow.Flow");
    both("wait for its value first, and send that", "org.reactivestreams.Publisher");
    both("wait for its value first, and send that", "java.util.concurrent.Flow$Publisher");
    both(
        "wait for its value first, and send that",
        "kotlinx.coroutines.Job",
        "scala.concurrent.Future");
    both("send its value: future.get()", "java.util.concurrent.Future");
    both("send the text that it scans", "java.util.Scanner");
    both("send the collection it goes through", "java.util.Iterator", "java.util.Enumeration");
    both("send the collection it goes through", "java.util.Spliterator");
    both("send first and last, or range.toList()", "kotlin.ranges.ClosedRange");
    both("send what its constructor takes: its name and value", "java.net.HttpCookie");
    both("send its rules: collator.getRules()", "java.text.RuleBasedCollator");
    both("send its name, and look it up there", "java.net.NetworkInterface");
    both("send manifest.getMainAttributes() as a LinkedHashMap", "java.util.jar.Manifest");
    both("send the pattern, or keep it in a static field", "java.time.format.DateTimeFormatter");
    both("send an array of what it holds", "java.nio.Buffer");
    both("send the groups that you need, as strings", "java.util.regex.MatchResult");
    both("send its value: local.get()", "java.lang.ThreadLocal");
    both("send what it refers to: reference.get()", "java.lang.ref.Reference");
    both("send its number: process.pid()", "java.lang.ProcessHandle", "java.lang.Process");
    both("send its name, and look it up there", "java.lang.reflect.AnnotatedElement");
    both("send its name, and look it up there", "java.lang.Package", "java.lang.Module");
    both("send its name, and there ResourceBundle.getBundle(name)", "java.util.ResourceBundle");
    both("send the image's bytes: ImageIO.write(image, \"png\", out)", "java.awt.Image");
    both("send it as text, as a Transformer writes it", "org.w3c.dom.Node");
    both("send its bytes: file.getBytes()", "org.springframework.web.multipart.MultipartFile");
    both("keep it in a static field", "java.util.logging.Logger", "java.lang.System$Logger");
    both("keep it in a static field", "org.slf4j.Logger", "org.apache.logging.log4j.Logger");
    both("keep it in a static field", "org.apache.commons.logging.Log");
    both(
        "it is for the threads of one process: make one where it is used",
        "java.util.concurrent.CountDownLatch",
        "java.util.concurrent.CyclicBarrier",
        "java.util.concurrent.Phaser",
        "java.util.concurrent.Exchanger",
        "java.util.concurrent.SynchronousQueue");
    both(
        "it is for the threads of one process: send what it holds, new ArrayList<>(queue)",
        "java.util.concurrent.BlockingQueue");
    both(
        "send a plain copy of it: new LinkedHashMap<>(map)",
        "java.util.WeakHashMap",
        "java.util.jar.Attributes",
        "java.awt.RenderingHints");
    both("make one where it is used: new SecureRandom()", "java.security.SecureRandom");
    each(
        "threads stay where they are: start one there", "return what it found", "java.lang.Thread");
    each("start one there", READ, "java.util.Timer", "java.lang.ThreadGroup");
    bean("Executor", "java.util.concurrent.Executor");
    bean("DataSource", "javax.sql.DataSource");
    each("get one there: ctx.get(DataSource.class).getConnection()", READ, "java.sql.Connection");
    each("run it there", "return its rows as a list of records", "java.sql.ResultSet");
    each("make it there, of a connection of its own", READ, "java.sql.Statement");
    each("send its bytes or text", "return its bytes or text", "java.sql.Blob", "java.sql.Clob");
    bean("EntityManagerFactory", "jakarta.persistence.EntityManagerFactory");
    bean("EntityManagerFactory", "jakarta.persistence.EntityManager");
    bean("EntityManagerFactory", "javax.persistence.EntityManager");
    each(
        "use the runner's own: ctx.get(Type.class) gives its beans",
        "return what you need of it",
        "org.springframework.beans.factory.BeanFactory");
    each(
        "take out what you need of it, before the call",
        "return a record of what it holds",
        "jakarta.servlet.ServletRequest",
        "jakarta.servlet.ServletResponse",
        "javax.servlet.ServletRequest",
        "javax.servlet.ServletResponse");
    each(
        "send the bytes: in.readAllBytes(), or open it there",
        "return the bytes: in.readAllBytes()",
        "java.io.InputStream");
    each("open it there", "return the bytes that were written", "java.io.OutputStream");
    each("send the text, or open it there", "return the text", "java.io.Reader");
    each("open it there", "return the text that was written", "java.io.Writer");
    each("open it there", READ, "java.nio.channels.Channel", "java.net.Socket");
    each("open it there", READ, "java.net.ServerSocket", "java.io.RandomAccessFile");
    each("open it there", READ, "java.util.zip.ZipFile", "java.nio.file.WatchService");
    each("make one there", READ, "java.net.http.HttpClient", "java.lang.ClassLoader");
    each("make one there", READ, "java.security.MessageDigest", "javax.crypto.Cipher");
    each("make one there", READ, "java.lang.invoke.MethodHandle", "java.lang.invoke.VarHandle");
  }

  private static void both(String text, String... types) {
    each(text, text, types);
  }

  private static void bean(String type, String name) {
    each("use the runner's own: ctx.get(" + type + ".class)", READ, name);
  }

  private static void each(String capture, String result, String... types) {
    for (String type : types) {
      ALL.add(new Advice(type, capture, result));
    }
  }

  static @Nullable Advice on(Class<?> c) {
    for (Advice a : ALL) {
      if (isA(c, a.type)) {
        return a;
      }
    }
    return null;
  }

  private static boolean isA(Class<?> c, String name) {
    for (Class<?> k = c; k != null; k = k.getSuperclass()) {
      if (k.getName().equals(name)) {
        return true;
      }
      for (Class<?> i : k.getInterfaces()) {
        if (isA(i, name)) {
          return true;
        }
      }
    }
    return false;
  }
}
