/**
 * A small in-memory Kubernetes API server on the JDK's own HTTP server: the cluster of fast tests
 * and of the quickstart.
 *
 * <p>It serves what the operator, the library and kubectl use: discovery, OpenAPI v3, get / list /
 * watch, all patch kinds, server-side apply, status and scale, finalizers, garbage collection,
 * namespaces, Tables, defaults and schema validation.
 *
 * <p>It lacks CEL rules, RBAC (the one token may do everything), admission, pagination ({@code
 * limit} is ignored), protobuf (so {@code kubectl create namespace} and its like need {@code
 * --dry-run=client -o yaml | kubectl apply -f -}), WebSockets, {@code managedFields} (ownership by
 * server-side apply is approximated in memory, and updates own nothing), more than the storage
 * version of a definition, a schema for built-in kinds, and every controller but garbage collection
 * and namespace deletion, which happen within the request; Pods have no graceful deletion. State
 * lives as long as the process. Where it disagrees with a real API server, it is wrong.
 */
package dev.flamepool.minicluster;
