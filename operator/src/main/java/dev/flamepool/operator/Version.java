package dev.flamepool.operator;

import dev.flamepool.api.Names;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says: the build's version and the kinds that it serves. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    Properties build = new Properties();
    try (InputStream file = Version.class.getResourceAsStream("build.properties")) {
      build.load(file);
    }
    return new String[] {
      "flamepool-operator " + build.getProperty("version"),
      "serves " + Names.GROUP + "/" + Names.VERSION
    };
  }
}
