package dev.flamepool.minicluster;

/**
 * Identity of an object: {@code resource} is plural and group; {@code namespace} is empty for
 * cluster scope.
 */
record Key(String resource, String namespace, String name) {
  static Key of(Kind kind, String namespace, String name) {
    return new Key(kind.resource(), kind.namespaced() ? namespace : "", name);
  }

  String path() {
    return namespace + "/" + name;
  }
}
