package dev.flamepool.operator.world;

import dev.flamepool.minicluster.RequestHook;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A hook for each namespace: tests that run at the same time see their own requests only. */
final class Hooks implements RequestHook {
  private static final Pattern NAMESPACE = Pattern.compile("/namespaces/([^/?]+)/");

  private final Map<String, RequestHook> hooks = new ConcurrentHashMap<>();
  private volatile RequestHook elsewhere = new RequestHook() {};

  void elsewhere(RequestHook hook) {
    elsewhere = hook;
  }

  void put(String namespace, RequestHook hook) {
    hooks.put(namespace, hook);
  }

  void remove(String namespace) {
    hooks.remove(namespace);
  }

  private RequestHook of(String path) {
    Matcher matcher = NAMESPACE.matcher(path);
    return matcher.find() ? hooks.getOrDefault(matcher.group(1), elsewhere) : elsewhere;
  }

  @Override
  public int before(String method, String path, String body) throws IOException {
    return of(path).before(method, path, body);
  }

  @Override
  public String words(String method, String path) {
    return of(path).words(method, path);
  }

  @Override
  public void after(String method, String path, String body, int status) throws IOException {
    of(path).after(method, path, body, status);
  }
}
