package dev.flamepool.simulators.node;

import io.fabric8.kubernetes.api.model.Container;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a container runs: its image's entry point, or its {@code command}, and its {@code args}. In
 * a command that is {@code java}, the class path of the real image is replaced by that of this
 * host.
 *
 * @param words program and arguments
 * @param hostWords those of the words that name things of this host
 */
record Command(List<String> words, Set<String> hostWords) {
  private static final Set<String> CLASS_PATH = Set.of("-cp", "-classpath", "--class-path");
  private static final Set<String> WITH_VALUE =
      Set.of(
          "-p",
          "--module-path",
          "--add-modules",
          "--add-opens",
          "--add-exports",
          "--add-reads",
          "--limit-modules",
          "--patch-module");

  static Command of(Container container, Image image, Map<String, String> env) {
    List<String> words = new ArrayList<>();
    if (container.getCommand().isEmpty()) {
      words.addAll(image.entrypoint());
    } else {
      container.getCommand().forEach(word -> words.add(Expansion.expand(word, env)));
    }
    container.getArgs().forEach(word -> words.add(Expansion.expand(word, env)));
    boolean java = !words.isEmpty() && words.get(0).matches("(.*/)?java");
    boolean own = container.getCommand().isEmpty() || image.classPath().isEmpty();
    return new Command(
        java && !own ? java(words, image) : words,
        image.classPath().isEmpty() ? Set.copyOf(image.entrypoint()) : Set.of(image.classPath()));
  }

  private static List<String> java(List<String> given, Image image) {
    List<String> words = new ArrayList<>(List.of("java", "-cp", image.classPath()));
    Iterator<String> rest = given.subList(1, given.size()).iterator();
    while (rest.hasNext()) {
      String word = rest.next();
      if (CLASS_PATH.contains(word) && rest.hasNext()) {
        rest.next();
      } else if (word.equals("-jar") && rest.hasNext()) {
        rest.next();
        words.add(image.main());
        break;
      } else if (!word.startsWith("--class-path=")) {
        words.add(word);
        if (WITH_VALUE.contains(word) && rest.hasNext()) {
          words.add(rest.next());
        } else if (!word.startsWith("-")) {
          break;
        }
      }
    }
    rest.forEachRemaining(words::add);
    return words;
  }
}
