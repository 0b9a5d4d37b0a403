package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.api.Ec2Backend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.MachineOutput;
import dev.flamepool.operator.backend.MachineRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What instances said before they ended. Their script leaves it in S3 at once; where it could not,
 * there is the console, which EC2 shows minutes later. Nobody waits for that: an instance whose
 * console is still empty is asked again when the next boot of its pool fails. Thread-safe.
 */
final class Reports {
  /** A report has exactly so many, NULs at its end among them. */
  static final int BYTES = 4096;

  private static final int LINES = 50;
  private static final int LINE_LENGTH = 500;

  /** EC2 keeps a console for so long at least after the end of its instance. */
  private static final Duration KEPT = Duration.ofHours(1);

  private static final int SILENT = 1_000;

  private record Pool(String namespace, String name) {}

  private record Silent(String runner, String id, Instant since) {}

  private final Sessions sessions;
  private final Ec2Calls calls;
  private final S3Calls objects;
  private final Clock clock;

  /** The first instance of each pool that ended and said nothing so far. */
  private final Map<Pool, Silent> silent =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Pool, Silent> eldest) {
          return size() > SILENT;
        }
      };

  Reports(Sessions sessions, Ec2Calls calls, S3Calls objects, Clock clock) {
    this.sessions = sessions;
    this.calls = calls;
    this.objects = objects;
    this.clock = clock;
  }

  /**
   * What an instance said, or one of its pool that failed before it.
   *
   * @param id the instance's, if it is surely the runner's
   */
  MachineOutput of(MachineRef ref, Optional<String> id, Trace trace) throws BackendException {
    @Nullable Collection<String> secrets;
    synchronized (trace) {
      secrets = trace.secrets;
    }
    Optional<String> report = report(ref);
    if (report.isPresent()) {
      return said(report.get(), secrets);
    }
    if (id.isEmpty()) {
      return MachineOutput.NONE;
    }
    MachineOutput own = said(console(ref, id.get()), secrets);
    return own.why().isEmpty() ? earlier(ref, id.get(), own) : own;
  }

  private static MachineOutput said(String text, @Nullable Collection<String> secrets) {
    List<String> lines = Console.lines(text, LINES, LINE_LENGTH, secrets);
    String why = Console.why(lines);
    return new MachineOutput(lines, why, Console.exitCode(why));
  }

  private Optional<String> report(MachineRef ref) throws BackendException {
    Ec2Backend ec2 = ref.entry().ec2();
    if (!Ec2Options.hasBootBucket(ec2)) {
      return Optional.empty();
    }
    return sessions
        .run(
            ref.tenant(),
            session ->
                objects.read(
                    session, Ec2Options.bootBucket(ec2), Ownership.report(ref.key()), BYTES))
        .map(bytes -> new String(bytes, UTF_8).replace("\0", ""));
  }

  private String console(MachineRef ref, String id) throws BackendException {
    String base64 = sessions.run(ref.tenant(), session -> calls.console(session, id));
    return new String(Base64.getMimeDecoder().decode(base64), UTF_8);
  }

  private MachineOutput earlier(MachineRef ref, String id, MachineOutput own)
      throws BackendException {
    Pool pool = new Pool(ref.key().namespace(), ref.key().pool());
    Instant now = clock.instant();
    Silent before;
    synchronized (silent) {
      silent.values().removeIf(old -> !now.isBefore(old.since().plus(KEPT)));
      before = silent.putIfAbsent(pool, new Silent(ref.key().runner(), id, now));
    }
    if (before != null && !before.id().equals(id)) {
      // Whose secrets may be in it is not known any more: only its script's own words count.
      MachineOutput late = said(console(ref, before.id()), null);
      if (!late.why().isEmpty()) {
        synchronized (silent) {
          silent.put(pool, new Silent(ref.key().runner(), id, now));
        }
        return new MachineOutput(
            late.lines(),
            "nothing so far; %s before it: %s".formatted(before.runner(), late.why()));
      }
    }
    return new MachineOutput(
        own.lines(),
        "nothing so far; in some minutes try aws ec2 get-console-output --instance-id " + id);
  }
}
