package dev.flamepool.operator.backend.ec2;

import dev.flamepool.api.Ec2Backend;
import java.util.ArrayList;
import java.util.List;

/**
 * Where an instance can be had: a subnet, a type and a market. In a runner's status it is written
 * {@code subnet/type/market}.
 *
 * @param subnet {@code own} for that of the operator's own instance
 * @param type {@code template} for that of the launch template, {@code own} for that of the
 *     operator's own instance
 * @param spot whether at the spot price
 */
record Offering(String subnet, String type, boolean spot) {
  /** Taken from the operator's own instance, where the launch template does not say it. */
  static final String OWN = "own";

  /** Taken from the launch template. */
  static final String TEMPLATE = "template";

  private static final String SPOT = "spot";
  private static final String ON_DEMAND = "on-demand";

  /** All of an entry, the preferred first: spot before on demand, then by type, then by subnet. */
  static List<Offering> of(Ec2Backend ec2) {
    List<Offering> all = new ArrayList<>();
    List<Boolean> markets = Boolean.TRUE.equals(ec2.spot()) ? List.of(true, false) : List.of(false);
    for (boolean spot : markets) {
      for (String type :
          or(ec2.launchTemplateId() == null ? OWN : TEMPLATE, Ec2Options.types(ec2))) {
        for (String subnet : or(OWN, Ec2Options.subnets(ec2))) {
          all.add(new Offering(subnet, type, spot));
        }
      }
    }
    return List.copyOf(all);
  }

  /** Reads one; the empty text is the preferred one of the entry. */
  static Offering parse(String text, Ec2Backend ec2) {
    return of(ec2).stream()
        .filter(offering -> offering.text().equals(text))
        .findFirst()
        .orElseGet(() -> of(ec2).get(0));
  }

  String text() {
    return "%s/%s/%s".formatted(subnet, type, spot ? SPOT : ON_DEMAND);
  }

  private static List<String> or(String otherwise, List<String> given) {
    return given.isEmpty() ? List.of(otherwise) : given;
  }
}
