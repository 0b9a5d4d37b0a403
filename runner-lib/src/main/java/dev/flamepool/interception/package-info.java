/** Interceptors at work: how they are found and nested, and those that come with the library. */
@NullMarked
package dev.flamepool.interception;

import org.jspecify.annotations.NullMarked;
