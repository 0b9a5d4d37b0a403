/** A web application that is its own runner, in plain Java. */
@NullMarked
package dev.flamepool.examples.web;

import org.jspecify.annotations.NullMarked;
