package dev.flamepool.examples.thumbnails;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/**
 * The work of the example: expensive, CPU-bound, and written without a thought of where it runs.
 */
public final class Thumbnails {
  private static final int LEVELS = 24;

  private Thumbnails() {}

  /**
   * Renders an image as an oil painting of the given width.
   *
   * @param image a file's bytes, in any format that the JDK reads
   * @param width of the result, in pixels
   * @param brush radius of the brush in pixels; the work grows with its square
   * @return a PNG file's bytes
   * @throws IOException when the bytes are no image
   */
  public static byte[] render(byte[] image, int width, int brush) throws IOException {
    BufferedImage source = ImageIO.read(new ByteArrayInputStream(image));
    if (source == null) {
      throw new IOException("not an image that this JDK can read");
    }
    BufferedImage painted = paint(scale(source, width), brush);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(painted, "png", png);
    return png.toByteArray();
  }

  private static BufferedImage scale(BufferedImage source, int width) {
    int height = Math.max(1, source.getHeight() * width / source.getWidth());
    BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = scaled.createGraphics();
    canvas.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    canvas.drawImage(source, 0, 0, width, height, null);
    canvas.dispose();
    return scaled;
  }

  /** Each pixel becomes the mean colour of the most common brightness under the brush. */
  private static BufferedImage paint(BufferedImage source, int brush) {
    int width = source.getWidth();
    int height = source.getHeight();
    int[] pixels = source.getRGB(0, 0, width, height, null, 0, width);
    int[] painted = new int[pixels.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        painted[y * width + x] = stroke(pixels, width, height, x, y, brush);
      }
    }
    BufferedImage result = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    result.setRGB(0, 0, width, height, painted, 0, width);
    return result;
  }

  private static int stroke(int[] pixels, int width, int height, int x, int y, int brush) {
    int[] count = new int[LEVELS];
    int[] red = new int[LEVELS];
    int[] green = new int[LEVELS];
    int[] blue = new int[LEVELS];
    for (int dy = -brush; dy <= brush; dy++) {
      int row = Math.min(height - 1, Math.max(0, y + dy)) * width;
      for (int dx = -brush; dx <= brush; dx++) {
        int rgb = pixels[row + Math.min(width - 1, Math.max(0, x + dx))];
        int r = (rgb >> 16) & 0xff;
        int g = (rgb >> 8) & 0xff;
        int b = rgb & 0xff;
        int level = (r + g + b) * LEVELS / (3 * 256);
        count[level]++;
        red[level] += r;
        green[level] += g;
        blue[level] += b;
      }
    }
    int most = 0;
    for (int level = 1; level < LEVELS; level++) {
      if (count[level] > count[most]) {
        most = level;
      }
    }
    int n = count[most];
    return ((red[most] / n) << 16) | ((green[most] / n) << 8) | (blue[most] / n);
  }
}
