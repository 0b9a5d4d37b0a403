package dev.flamepool.simulators.machine;

import java.util.Random;
import java.util.Set;

/**
 * Addresses of which each machine gets one of its own. Linux answers on all of 127.0.0.0/8; in IPv6
 * only {@code ::1} is a loopback address, and another needs root, so there are IPv4 ones only.
 */
public final class Loopback {
  private static final Random RANDOM = new Random();

  private Loopback() {}

  /** A random address {@code 127.x.y.z} with x from 1 on, which is not among those taken. */
  public static String next(Set<String> taken) {
    while (true) {
      String address =
          "127."
              + RANDOM.nextInt(1, 255)
              + "."
              + RANDOM.nextInt(0, 256)
              + "."
              + RANDOM.nextInt(1, 255);
      if (!taken.contains(address)) {
        return address;
      }
    }
  }

  /** The same address as an IPv6 literal; Java, Linux and TLS take it for the IPv4 one. */
  public static String mapped(String ipv4) {
    return "::ffff:" + ipv4;
  }
}
