package dev.flamepool.closure;

import java.io.Serializable;

/** A tracked resource inside a Java stream. */
record TrackedRef(int index) implements Serializable {}
