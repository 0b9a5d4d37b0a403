/**
 * A small in-memory Kubernetes API server on the JDK's own HTTP server: the cluster of fast tests
 * and of the quickstart.
 *
 * <p>It serves what the operator, the library and kubectl use: discovery, OpenAPI v3, get / list /
 * watch, all patch kinds, server-side apply, status and scale, finalizers, garbage collection,
 * namespaces, Tables, defaults and schema validation.
 *
 * <p>It lacks CEL rules, RBAC (the one token may do everything), admission, pagination ({@code
 * limit} is ignored), protobuf, WebSockets, {@code managedFields} (ownership of server-side apply
 * is approximated in memory), more than one version of a custom resource, controllers other than
 * garbage collection and namespace deletion, and a schema for built-in kinds. State lives as long
 * as the process. Where it disagrees with a real API server, it is wrong.
 */
package dev.flamepool.minicluster;
