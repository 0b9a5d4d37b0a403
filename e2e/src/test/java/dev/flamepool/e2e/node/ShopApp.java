package dev.flamepool.e2e.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flamepool.Flame;
import dev.flamepool.FlameParent;
import dev.flamepool.Pool;
import dev.flamepool.RunnerLostException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The application whose Pods and runners' Pods a real node runs: each request is one call. {@code
 * GET /POOL/WHAT/NUMBER?SECONDS} with {@code WHAT} one of {@code sleep} for so many ms, {@code
 * heap} and {@code native} to use up memory, {@code litter} to leave so many processes behind,
 * {@code build}; the seconds are the call's time limit. It ends after the requests that run.
 */
public final class ShopApp {
  private static final int PORT = 8080;
  private static final int BLOCK = 1 << 22;

  /** For requests that run when it is told to end; less than a Pod's grace. */
  private static final int PATIENCE_SECONDS = 20;

  private ShopApp() {}

  /** {@code ShopApp ADDRESS}. */
  public static void main(String[] args) throws IOException {
    if (Flame.serveIfRunner(() -> {})) {
      return;
    }
    Flame flame = Flame.connect();
    HttpServer web = HttpServer.create(new InetSocketAddress(args[0], PORT), 0);
    web.setExecutor(Executors.newCachedThreadPool());
    web.createContext("/", exchange -> answer(exchange, outcome(flame, exchange)));
    web.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> web.stop(PATIENCE_SECONDS)));
    System.out.println("web server on port " + PORT + ", " + build());
  }

  private static String outcome(Flame flame, HttpExchange exchange) {
    String[] path = exchange.getRequestURI().getPath().split("/", -1);
    long limit = Long.parseLong(exchange.getRequestURI().getQuery());
    try {
      Pool pool = flame.pool(path[1]).with(o -> o.timeout(Duration.ofSeconds(limit)));
      String what = path[2];
      int number = Integer.parseInt(path[3]);
      return "done " + pool.call(() -> work(what, number));
    } catch (RunnerLostException e) {
      return "lost " + e.reason() + " | " + e.getMessage();
    } catch (RuntimeException e) {
      return "failed " + e.getClass().getSimpleName() + " | " + e.getMessage();
    }
  }

  private static String work(String what, int number) throws Exception {
    String result =
        switch (what) {
          case "sleep" -> {
            TimeUnit.MILLISECONDS.sleep(number);
            yield "slept";
          }
          case "heap" -> {
            List<byte[]> all = new ArrayList<>();
            while (all.add(new byte[BLOCK])) {}
            yield "more than there is";
          }
          case "native" -> {
            List<ByteBuffer> all = new ArrayList<>();
            while (all.add(touched(ByteBuffer.allocateDirect(BLOCK)))) {}
            yield "more than there is";
          }
          case "litter" -> {
            for (int i = 0; i < number; i++) {
              new ProcessBuilder("sh", "-c", "sleep 2 &").start().waitFor();
            }
            yield "left " + number;
          }
          case "build" -> build();
          default -> throw new IllegalArgumentException(what);
        };
    return result + " on " + FlameParent.current().map(FlameParent::runner).orElse("nothing");
  }

  /** Memory is taken when it is first written to. */
  private static ByteBuffer touched(ByteBuffer block) {
    for (int i = 0; i < BLOCK; i += 1024) {
      block.put(i, (byte) 1);
    }
    return block;
  }

  /** Which build of the application this is: its resource {@code /build}. */
  private static String build() throws IOException {
    try (InputStream resource = ShopApp.class.getResourceAsStream("/build")) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
