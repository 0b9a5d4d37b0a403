package dev.flamepool.operator.world;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.api.FlamePool;
import dev.flamepool.operator.credentials.Credentials;
import dev.flamepool.operator.credentials.Seal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Identities that are no certificates; every new one differs, as keys do. */
public final class FakeCredentials implements Credentials {
  private static final AtomicInteger SERIAL = new AtomicInteger();

  private final AtomicInteger authority = new AtomicInteger();

  /** Somebody deletes every authority; the next ones are others. */
  void revoke() {
    authority.incrementAndGet();
  }

  @Override
  public void ensure(FlamePool pool) {}

  @Override
  public Map<String, byte[]> runnerIdentity(String poolUid, String runnerUid, Duration lifetime) {
    return Map.of(
        "ca.der", poolUid.getBytes(UTF_8),
        "cert.der", runnerUid.getBytes(UTF_8),
        "key.pk8", ("key-" + SERIAL.incrementAndGet()).getBytes(UTF_8));
  }

  @Override
  public Map<String, byte[]> operatorIdentity(String poolUid) {
    return Map.of();
  }

  @Override
  public Seal seal(String poolUid) {
    return new Seal(("authority " + authority + " of " + poolUid).getBytes(UTF_8));
  }

  @Override
  public Optional<Map<String, byte[]>> formerOperatorIdentity(String poolUid) {
    return Optional.empty();
  }

  @Override
  public void recheck(String poolUid) {}

  @Override
  public void forget(String poolUid) {}
}
