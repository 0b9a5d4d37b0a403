package dev.flamepool.simulators.machine;

import java.util.Base64;

/**
 * A file that a cloud puts into a machine.
 *
 * @param path absolute, as the guest sees it
 * @param base64 its bytes
 * @param mode permission bits as of chmod, such as 0600
 */
public record GuestFile(String path, String base64, int mode) {
  /** Refuses what is no base64 or no absolute path without {@code ..}. */
  public GuestFile {
    if (!path.startsWith("/") || path.endsWith("/") || path.matches(".*/\\.\\.?(/.*)?")) {
      throw new IllegalArgumentException(
          path + " is not the absolute path of a file: give one that begins with /, without ..");
    }
    byte[] unused = Base64.getDecoder().decode(base64);
  }

  byte[] bytes() {
    return Base64.getDecoder().decode(base64);
  }

  /** May hold a secret: only the path is named. */
  @Override
  public String toString() {
    return "GuestFile[" + path + "]";
  }
}
