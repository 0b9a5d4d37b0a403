package dev.flamepool.examples.spring;

import dev.flamepool.Pool;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The web side: captures what the work needs, and nothing of itself. */
@RestController
class OrdersController {
  private final Pool orders;

  OrdersController(Pool orders) {
    this.orders = orders;
  }

  @GetMapping("/total")
  String total(@RequestParam("customer") int customer) {
    return orders.call(ctx -> ctx.get(Invoices.class).total(customer));
  }
}
