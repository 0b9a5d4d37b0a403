package dev.flamepool.minicluster;

/**
 * Identity of an object: {@code resource} is plural and group; {@code namespace} is empty for
 * cluster scope.
 */
record Key(String resource, String namespace, String name) {
  /** How objects are ordered: by resource, namespace and name. */
  String path() {
    return resource + "/" + namespace + "/" + name;
  }

  /** Whether it is of this resource and in this namespace; an empty namespace means any. */
  boolean isIn(String wantedResource, String wantedNamespace) {
    return resource.equals(wantedResource)
        && (wantedNamespace.isEmpty() || namespace.equals(wantedNamespace));
  }
}
