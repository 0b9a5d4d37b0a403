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
 * --dry-run=client -o yaml | kubectl apply -f -}), WebSockets, more than the first version of a
 * definition, a schema and columns for built-in kinds, and every controller but garbage collection
 * and namespace deletion, which happen within the request and always in the background. Nobody owns
 * fields: server-side apply, always by force, and the strategic merge of built-in kinds merge maps,
 * join finalizers, replace all other lists, and drop nothing that is merely left out. Messages of
 * errors name the field and the value, but are not the API server's. State lives as long as the
 * process. Where it disagrees with a real API server, it is wrong.
 */
package dev.flamepool.minicluster;
