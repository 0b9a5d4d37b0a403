package dev.flamepool.examples.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flamepool.Flame;
import dev.flamepool.FlameException;
import dev.flamepool.Pool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/**
 * Serves {@code GET /total?CUSTOMER}. The work is done on a runner of the pool {@code orders}: the
 * same application, without the web server and with fewer connections to the database.
 */
public final class WebApp {
  private WebApp() {}

  /**
   * {@code WebApp [PORT [ADDRESS]]}; 8080 on loopback unless given; prints the port. In a Pod the
   * address is the Pod's.
   */
  public static void main(String[] args) throws IOException {
    if (Flame.serveIfRunner(() -> Services.start(2))) {
      return; // it was a runner, and has ended
    }
    if (args.length > 0 && !args[0].matches("[0-9]{1,5}")) {
      System.err.println("give PORT and ADDRESS, or none for 8080 on 127.0.0.1");
      System.exit(args[0].equals("--help") ? 0 : 2);
    }
    Services.start(10);
    Pool orders = Flame.connect().pool("orders");
    serve(
        orders,
        new InetSocketAddress(
            args.length > 1 ? args[1] : "127.0.0.1",
            args.length > 0 ? Integer.parseInt(args[0]) : 8080));
  }

  private static void serve(Pool orders, InetSocketAddress address) throws IOException {
    HttpServer web = HttpServer.create(address, 0);
    web.setExecutor(Executors.newCachedThreadPool());
    web.createContext(
        "/total",
        exchange -> {
          int customer = Integer.parseInt(exchange.getRequestURI().getQuery());
          try {
            answer(exchange, 200, orders.call(ctx -> ctx.get(Invoices.class).total(customer)));
          } catch (FlameException e) {
            answer(exchange, 503, e.getMessage());
          }
        });
    web.start();
    System.out.println("web server on port " + web.getAddress().getPort());
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
