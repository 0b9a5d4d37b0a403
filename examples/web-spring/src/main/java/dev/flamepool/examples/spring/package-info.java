/** A Spring Boot web application that is its own runner, as one fat jar. */
@NullMarked
package dev.flamepool.examples.spring;

import org.jspecify.annotations.NullMarked;
