package dev.flamepool.examples.spring;

import com.zaxxer.hikari.HikariDataSource;
import dev.flamepool.FlameParent;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;

/** The work. */
@Service
class Invoices {
  private final JdbcTemplate jdbc;
  private final HikariDataSource database;

  Invoices(JdbcTemplate jdbc, HikariDataSource database) {
    this.jdbc = jdbc;
    this.database = database;
  }

  /** A total of that customer, and where it was added up. */
  String total(int customer) {
    Integer total = jdbc.queryForObject("select 100 * ?", Integer.class, customer);
    String where = FlameParent.current().map(FlameParent::runner).orElse("the application");
    return "total %d on %s with %d connections"
        .formatted(total, where, database.getMaximumPoolSize());
  }
}
