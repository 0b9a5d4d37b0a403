package dev.flamepool.operator.backend;

import java.util.Optional;

/**
 * What keeps a machine from running, or has ended it, in the backend's own words.
 *
 * @param reason one word, such as {@code Unschedulable}; no name of an end reason
 * @param words for people, without secrets; may be empty
 * @param refusal what it means for a machine that has not started; empty where nothing follows
 * @param definite whether waiting is in vain; else it has until the end of the boot time to pass
 */
public record Trouble(
    String reason, String words, Optional<BackendException.Kind> refusal, boolean definite) {
  /** There is no place for the machine at present. */
  public static final String UNSCHEDULABLE = "Unschedulable";

  /** Reason and words as one sentence. */
  public String text() {
    return words.isEmpty() ? reason : reason + ": " + words;
  }
}
