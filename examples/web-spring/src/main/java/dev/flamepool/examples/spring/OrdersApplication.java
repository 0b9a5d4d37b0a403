package dev.flamepool.examples.spring;

import dev.flamepool.Flame;
import dev.flamepool.Pool;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/**
 * Serves {@code GET /total?customer=N}. The work is done on a runner of the pool {@code orders}:
 * the same jar, without the web server and with the profile {@code runner}.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class OrdersApplication {
  /** The command of the application and of its runners: {@code java -jar web-spring.jar}. */
  public static void main(String[] args) {
    if (Flame.serveIfRunner(OrdersRunner::begin)) {
      return; // it was a runner, and has ended
    }
    if (List.of(args).contains("--help")) {
      System.out.println(
          "serves GET /total?customer=N; takes Spring Boot's options, such as --server.port=8081");
      return;
    }
    SpringApplication.run(OrdersApplication.class, args);
  }

  /** The way to all pools; closed with the application. */
  @Bean
  Flame flame() {
    return Flame.connect();
  }

  @Bean
  Pool orders(Flame flame) {
    return flame.pool("orders");
  }
}
