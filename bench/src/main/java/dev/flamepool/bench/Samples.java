package dev.flamepool.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Figures by name, one per window or run, in order. */
final class Samples {
  private final Map<String, List<Double>> figures = new LinkedHashMap<>();

  void add(String name, double value) {
    figures.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
  }

  private List<Double> of(String name) {
    List<Double> found = figures.getOrDefault(name, List.of());
    if (found.isEmpty()) {
      throw new IllegalStateException("nothing was measured for " + name);
    }
    return found;
  }

  boolean has(String name) {
    return figures.containsKey(name);
  }

  double median(String name) {
    return median(of(name));
  }

  /** Lowest and highest. */
  double[] range(String name) {
    return new double[] {
      of(name).stream().mapToDouble(Double::doubleValue).min().orElseThrow(),
      of(name).stream().mapToDouble(Double::doubleValue).max().orElseThrow()
    };
  }

  /** Median of the ratios of what was measured side by side. */
  double ratio(String name, String to) {
    List<Double> upper = of(name);
    List<Double> lower = of(to);
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(upper.size(), lower.size()); i++) {
      ratios.add(upper.get(i) / lower.get(i));
    }
    return median(ratios);
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
