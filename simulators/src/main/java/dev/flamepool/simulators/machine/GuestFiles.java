package dev.flamepool.simulators.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands in for a file system of the machine's own: files are written below the machine's folder,
 * and their guest paths are rewritten to there wherever the process is told them: in arguments, in
 * values of the environment, and inside {@code FLAME_PARENT}, which is base64.
 *
 * <p>A path is rewritten if it is that of a file, or if it is, or lies below, a directory that
 * exists in the guest only because of the files. So {@code /flame/boot} is, and {@code /etc} is not
 * because of a file {@code /etc/app.conf}.
 */
public final class GuestFiles {
  private static final String PARENT = "FLAME_PARENT";

  /** A path in the middle of other text: begins with a slash that does not continue a name. */
  private static final Pattern PATHS = Pattern.compile("(?<![\\w./\\-])/[^\\s:;,'\"=]*");

  private final Path root;
  private final Set<String> files = new HashSet<>();
  private final Set<String> directories = new HashSet<>();

  /** The files of a machine whose file system is rooted at a folder of this host. */
  public GuestFiles(Path root, List<GuestFile> given) {
    this(root, given, Set.of());
  }

  /** As the other, with what lies at the guest paths of mounts, whatever this host has there. */
  GuestFiles(Path root, List<GuestFile> given, Set<String> mounts) {
    this.root = root.toAbsolutePath();
    directories.addAll(mounts);
    for (GuestFile file : given) {
      files.add(file.path());
      for (Path up = Path.of(file.path()).getParent();
          up != null && up.getNameCount() > 0 && !Files.isDirectory(up);
          up = up.getParent()) {
        directories.add(up.toString());
      }
    }
  }

  /** Writes the files, each with its mode; what is there is replaced. */
  public void write(List<GuestFile> given) throws IOException {
    for (GuestFile file : given) {
      Path path = here(file.path());
      Files.createDirectories(path.getParent());
      Files.deleteIfExists(path);
      Files.createFile(path);
      Files.setPosixFilePermissions(path, permissions(0600));
      Files.write(path, file.bytes());
      Files.setPosixFilePermissions(path, permissions(file.mode()));
    }
  }

  /** Makes folders and files of this host appear below the root; outer ones before inner ones. */
  void mount(Map<String, Path> mounts) throws IOException {
    for (Map.Entry<String, Path> mount : new TreeMap<>(mounts).entrySet()) {
      Path path = here(mount.getKey());
      Files.createDirectories(path.getParent());
      if (Files.isSymbolicLink(path)) {
        Files.delete(path);
      } else {
        FileTrees.delete(path);
      }
      Files.createSymbolicLink(path, mount.getValue());
    }
  }

  /** The arguments with paths of this host. */
  public List<String> arguments(List<String> guest) {
    return arguments(guest, Set.of());
  }

  /** As the other, but some words stay as they are. */
  List<String> arguments(List<String> guest, Set<String> asTheyAre) {
    List<String> rewritten = new ArrayList<>();
    guest.forEach(word -> rewritten.add(asTheyAre.contains(word) ? word : text(word)));
    return rewritten;
  }

  /** The environment with paths of this host. */
  public Map<String, String> env(Map<String, String> guest) {
    Map<String, String> rewritten = new TreeMap<>();
    guest.forEach((k, v) -> rewritten.put(k, k.equals(PARENT) ? parent(v) : text(v)));
    return rewritten;
  }

  private String parent(String base64) {
    byte[] lines;
    try {
      lines = Base64.getDecoder().decode(base64.strip());
    } catch (IllegalArgumentException e) {
      return base64;
    }
    return Base64.getEncoder().encodeToString(text(new String(lines, UTF_8)).getBytes(UTF_8));
  }

  private String text(String guest) {
    return PATHS
        .matcher(guest)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    isOurs(found.group()) ? here(found.group()).toString() : found.group()));
  }

  private boolean isOurs(String path) {
    String plain =
        path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return files.contains(plain)
        || directories.stream().anyMatch(d -> plain.equals(d) || plain.startsWith(d + "/"));
  }

  private Path here(String guestPath) {
    return root.resolve(guestPath.substring(1));
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] bits = {
      PosixFilePermission.OTHERS_EXECUTE,
      PosixFilePermission.OTHERS_WRITE,
      PosixFilePermission.OTHERS_READ,
      PosixFilePermission.GROUP_EXECUTE,
      PosixFilePermission.GROUP_WRITE,
      PosixFilePermission.GROUP_READ,
      PosixFilePermission.OWNER_EXECUTE,
      PosixFilePermission.OWNER_WRITE,
      PosixFilePermission.OWNER_READ
    };
    for (int i = 0; i < bits.length; i++) {
      if ((mode & (1 << i)) != 0) {
        set.add(bits[i]);
      }
    }
    return set;
  }
}
