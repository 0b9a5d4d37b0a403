package dev.flamepool.examples.thumbnails;

import dev.flamepool.Flame;
import dev.flamepool.Pool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Paints every image of a folder in three styles, on the runners of the pool {@code thumbnails}.
 *
 * <p>The same class is the runner: the first line of {@code main} sees to that.
 */
public final class ThumbnailsApp {
  private static final int WIDTH = 640;
  private static final List<Integer> BRUSHES = List.of(3, 5, 7);

  private ThumbnailsApp() {}

  /** {@code ThumbnailsApp IMAGE_FOLDER RESULT_FOLDER}; the cluster is found as kubectl finds it. */
  public static void main(String[] args) throws Exception {
    if (Flame.serveIfRunner(() -> {})) {
      return;
    }
    if (args.length != 2) {
      System.err.println("give two folders: IMAGE_FOLDER, and RESULT_FOLDER, which is made");
      System.exit(List.of(args).contains("--help") ? 0 : 2);
    }
    List<Painting> paintings = plan(Path.of(args[0]));
    Path results = Files.createDirectories(Path.of(args[1]));
    long onRunners;
    try (Flame flame = Flame.connect()) {
      onRunners = paintOnRunners(flame.pool("thumbnails"), paintings, results);
    }
    System.out.printf(
        "%n%d paintings on runners: %.1f s. Now the same in this process, one after another ...%n",
        paintings.size(), onRunners / 1e3);
    long here = paintHere(paintings);
    System.out.printf(
        "%d paintings in this process: %.1f s. The results are in %s%n",
        paintings.size(), here / 1e3, results);
  }

  private record Painting(Path file, int brush) {
    String name() {
      String file = file().getFileName().toString();
      return file.substring(0, file.lastIndexOf('.')) + "-brush" + brush + ".png";
    }
  }

  private static List<Painting> plan(Path folder) throws IOException {
    List<Painting> paintings = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        if (file.getFileName().toString().matches("(?i).*\\.(jpe?g|png|gif|bmp)")) {
          BRUSHES.forEach(brush -> paintings.add(new Painting(file, brush)));
        }
      }
    }
    if (paintings.isEmpty()) {
      throw new IOException("no jpg, png, gif or bmp file in " + folder);
    }
    return paintings;
  }

  private static long paintOnRunners(Pool pool, List<Painting> paintings, Path results)
      throws IOException {
    long start = System.nanoTime();
    AtomicInteger done = new AtomicInteger();
    // A copy of the whole application boots for each runner: that takes longer than a plain call
    // may wait.
    Pool patient = pool.with(o -> o.timeout(Duration.ofMinutes(5)));
    List<CompletableFuture<Void>> pending = new ArrayList<>();
    for (Painting painting : paintings) {
      byte[] image = Files.readAllBytes(painting.file());
      int brush = painting.brush();
      long asked = System.nanoTime();
      pending.add(
          patient
              .submit(() -> Thumbnails.render(image, WIDTH, brush))
              .thenAccept(
                  png -> {
                    write(results.resolve(painting.name()), png);
                    System.out.printf(
                        "  [%2d/%d] %-24s %4d KiB, %5.1f s after it was asked for%n",
                        done.incrementAndGet(),
                        paintings.size(),
                        painting.name(),
                        png.length / 1024,
                        (System.nanoTime() - asked) / 1e9);
                  }));
    }
    CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new)).join();
    return (System.nanoTime() - start) / 1_000_000;
  }

  private static long paintHere(List<Painting> paintings) throws IOException {
    long start = System.nanoTime();
    for (Painting painting : paintings) {
      Thumbnails.render(Files.readAllBytes(painting.file()), WIDTH, painting.brush());
    }
    return (System.nanoTime() - start) / 1_000_000;
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
