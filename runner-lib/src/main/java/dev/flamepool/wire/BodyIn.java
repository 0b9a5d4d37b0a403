package dev.flamepool.wire;

/** A body being read from a connection: its bytes, bounded, and the classes it mentions. */
public final class BodyIn {}
