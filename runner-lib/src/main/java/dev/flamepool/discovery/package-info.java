/**
 * What a caller reads from and writes to Kubernetes: the pool's status, its caller Secret, and this
 * process's demand. The only package that uses a Kubernetes client. Not for applications.
 */
@NullMarked
package dev.flamepool.discovery;

import org.jspecify.annotations.NullMarked;
