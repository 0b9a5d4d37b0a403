package dev.flamepool.examples.web;

import dev.flamepool.FlameParent;

/** The work. */
public final class Invoices {
  private final Database database;

  Invoices(Database database) {
    this.database = database;
  }

  /** A total of that customer, and where it was added up. */
  public String total(int customer) {
    String where = FlameParent.current().map(FlameParent::runner).orElse("the application");
    return "total %d on %s with %d connections"
        .formatted(customer * 100, where, database.connections());
  }
}
