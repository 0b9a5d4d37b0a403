package dev.flamepool.operator.backend;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An item of {@code NO_PROXY}: a host with all below it, only those below it ({@code .host} or
 * {@code *.host}), an address, a block of addresses ({@code 10.0.0.0/8}), or {@code *} for all;
 * with {@code :port} only that one. Names are compared as they are given: nothing is looked up.
 *
 * @param text host, address or block, in lower case
 * @param port 0 for any
 */
record DirectHosts(String text, int port) {
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*");
  private static final Pattern PORT = Pattern.compile(":([0-9]{1,5})$");

  /** The items of a list with commas or spaces between them. */
  static List<DirectHosts> list(String value) {
    return Arrays.stream(value.split("[,\\s]+", -1))
        .filter(item -> !item.isEmpty())
        .map(item -> of(item.toLowerCase(Locale.ROOT)))
        .toList();
  }

  private static DirectHosts of(String item) {
    boolean bare = item.indexOf(':') != item.lastIndexOf(':') && !item.startsWith("[");
    var port = PORT.matcher(item);
    return bare || !port.find()
        ? new DirectHosts(plain(item), 0)
        : new DirectHosts(plain(item.substring(0, port.start())), Integer.parseInt(port.group(1)));
  }

  /** Without the brackets of an IPv6 address. */
  static String plain(String host) {
    return host.replaceAll("^\\[(.*)]$", "$1");
  }

  boolean matches(String target, int targetPort) {
    String host = target.toLowerCase(Locale.ROOT);
    if (port != 0 && port != targetPort) {
      return false;
    }
    if (text.equals("*")) {
      return true;
    }
    Optional<byte[]> address = address(host);
    if (address.isPresent()) {
      return isIn(address.get());
    }
    String below = text.startsWith("*.") ? text.substring(1) : text;
    return below.startsWith(".")
        ? host.endsWith(below)
        : host.equals(below) || host.endsWith("." + below);
  }

  private boolean isIn(byte[] address) {
    int slash = text.indexOf('/');
    Optional<byte[]> block = address(slash < 0 ? text : text.substring(0, slash));
    if (block.isEmpty() || block.get().length != address.length) {
      return false;
    }
    int bits = address.length * 8;
    if (slash >= 0) {
      try {
        bits = Math.min(bits, Integer.parseInt(text.substring(slash + 1)));
      } catch (NumberFormatException e) {
        return false;
      }
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((address[bit / 8] & mask) != (block.get()[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  /** Of what is an address already; no name is looked up. */
  private static Optional<byte[]> address(String text) {
    if (!ADDRESS.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text).getAddress());
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
