package dev.flamepool.operator.world;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.api.FlamePool;
import dev.flamepool.operator.credentials.Credentials;
import dev.flamepool.operator.credentials.Seal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Identities that are no certificates; every new one differs, as keys do. */
public final class FakeCredentials implements Credentials {
  private static final AtomicInteger SERIAL = new AtomicInteger();

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
    return new Seal(("authority of " + poolUid).getBytes(UTF_8));
  }

  @Override
  public void forget(String poolUid) {}
}
