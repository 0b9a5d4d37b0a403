package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where machines come from. Every backend passes the same conformance suite.
 *
 * <p>Implementations are thread-safe, block no longer than their own request timeout, and classify
 * every failure as a {@link BackendException}: the steps around them decide only by {@link
 * BackendException#kind()}.
 */
public interface RunnerBackend {
  /** The kind of entry that this backend serves. */
  BackendKind kind();

  /**
   * What calls for a tenant use: those of one account wait for each other, if need be, and for
   * nobody else. Asks nobody.
   */
  default Places.Account account(Tenant tenant) {
    return new Places.Account(kind().field(), tenant.namespace());
  }

  /**
   * Checks an entry without creating anything.
   *
   * @return what is wrong, naming field, value and remedy; empty when runners can be launched
   */
  Optional<String> validate(BackendEntry entry);

  /**
   * Asks whether machines of an entry could be made: credentials are accepted, and what the entry
   * names is there. Makes nothing. Optional.
   *
   * @throws BackendException why not; {@link BackendException.Kind#AMBIGUOUS} when it cannot be
   *     known now
   */
  default void check(Tenant tenant) throws BackendException {}

  /**
   * Fills in what an entry only refers to, so that a runner's spec says all that its machine is
   * made from, and a change of that is another revision. Called at every look at a pool. What the
   * Kubernetes API throws passes through: then nothing is known, and nothing is done.
   *
   * @throws BackendException what keeps runners from being made from it; always definite
   */
  default BackendEntry resolve(String namespace, BackendEntry entry) throws BackendException {
    return entry;
  }

  /** Calls back with a namespace when what {@link #resolve} fills in there changes. Optional. */
  default void onSourceChange(java.util.function.Consumer<String> namespace) {}

  /**
   * Whether machines read the boot Secret themselves. Then each variable whose value comes from a
   * Secret also lies there under a key of its own, {@link LaunchAttempt#ENV_KEY} and its name.
   */
  default boolean readsBootSecret() {
    return false;
  }

  /**
   * Where an entry's machines can be made: regions, zones or types, in order of preference. A
   * refusal for lack of capacity blocks one of them and moves on to the next.
   */
  default List<String> offerings(BackendEntry entry) {
    return List.of("");
  }

  /**
   * Fixes what one attempt needs beside its entry, before anything is made: it lies in the boot
   * Secret, and so comes back with every replay of the attempt. Only reads.
   *
   * @return by key of the Secret; the values may be secrets
   * @throws BackendException what {@link #launch} would refuse; {@link
   *     BackendException.Kind#AMBIGUOUS} when it cannot be known now
   */
  default java.util.Map<String, byte[]> prepare(
      MachineKey machine, BackendEntry entry, String offering) throws BackendException {
    return java.util.Map.of();
  }

  /**
   * Creates the machine of one attempt. Idempotent: the same attempt again gives the same machine,
   * never a second.
   *
   * @throws BackendException a definite refusal, or {@link BackendException.Kind#AMBIGUOUS} when
   *     the machine may exist
   */
  Machine launch(LaunchAttempt attempt) throws BackendException;

  /**
   * Whether the cloud itself remembers an attempt for longer than its machine lives, so that asking
   * again is safe although {@link #find} cannot tell: it neither makes a second machine nor one in
   * the place of one that has ended.
   */
  default boolean remembersAttempts() {
    return false;
  }

  /**
   * Finds the machine of an attempt by its deterministic key, whatever state it is in.
   *
   * @return empty only when the backend is sure that it holds no such machine now; a backend whose
   *     answers lag throws {@link BackendException.Kind#AMBIGUOUS} until its settle time is over
   */
  Optional<Machine> find(MachineRef machine) throws BackendException;

  /**
   * Every machine that exists and carries this installation's ownership mark, also of runners that
   * are no more. A backend with several accounts leaves those out that cannot be listed now, and
   * says so in the log: whoever reads the list acts only on what is in it.
   *
   * @param places where each account is asked
   * @throws BackendException if nothing could be listed
   */
  List<MachineRef> list(String installation, Places places) throws BackendException;

  /**
   * Says who uses this backend at present, from a complete listing. What the backend keeps for
   * others it may forget once it is sure that they have no machine left. Optional.
   */
  default void retain(java.util.Set<Tenant> users) {}

  /**
   * What a machine has written, also one that still runs. Asked where a runner failed and its
   * machine's own record does not say why.
   *
   * @return {@link MachineOutput#NONE} where the backend cannot tell
   */
  default MachineOutput output(MachineRef machine) throws BackendException {
    return MachineOutput.NONE;
  }

  /**
   * The machine's runner said hello: what only its boot needed can go. May be left out, as after a
   * crash. Optional.
   */
  default void booted(MachineRef machine) throws BackendException {}

  /**
   * Asks a machine to end: what SIGTERM is to a process. Returns at once; harmless when it has
   * ended.
   *
   * @param grace how long running calls may take
   */
  void stop(MachineRef machine, Duration grace) throws BackendException;

  /**
   * Ends a machine by force and removes what is left of it. Repeated until {@link #find} is empty,
   * which also makes a create that is still under way come to nothing.
   */
  void delete(MachineRef machine) throws BackendException;

  /**
   * Calls back with a runner's uid when the backend itself notices a change of its machine.
   * Optional.
   */
  default void onChange(java.util.function.Consumer<String> runnerUid) {}

  /**
   * Says who knows whether a runner, by its uid, has calls now; empty while that is not known.
   * Asked from then on at each {@link #callsChanged}. Optional: for a backend whose machines
   * somebody else may take away, and who leaves those alone that have calls.
   */
  default void calls(java.util.function.Function<String, Optional<Boolean>> known) {}

  /** A runner said something of its calls. Returns at once. Optional. */
  default void callsChanged(String runnerUid) {}
}
