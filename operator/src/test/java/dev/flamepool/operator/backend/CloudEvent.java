package dev.flamepool.operator.backend;

import java.time.Instant;

/**
 * One line of a scripted cloud's log.
 *
 * @param at when
 * @param type what
 * @param key whose; null for a list
 * @param detail for people
 */
public record CloudEvent(Instant at, Type type, MachineKey key, String detail) {
  /** What can happen in a cloud. */
  public enum Type {
    /** A call arrived. */
    CALL,
    /** A machine exists from here on. */
    CREATED,
    /** It runs. */
    RUNNING,
    /** It was asked to end. */
    STOPPING,
    /** It ended; it lives no more. */
    ENDED,
    /** Its remains are gone. */
    REMOVED,
    /** A fault of the script struck. */
    FAULT,
    /** The operator did what it must never do. */
    VIOLATION
  }
}
