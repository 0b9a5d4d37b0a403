package dev.flamepool.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who has to go when too many have shown no certificate. */
class ArrivalsTest {
  private static final long SECOND = 1_000_000_000L;

  private final Arrivals arrivals = new Arrivals();
  private long now = 5_000 * SECOND;

  private static final class Caller implements Arrivals.Door {
    private Arrivals.Arrival arrival;
    private boolean hasInput;
    private boolean shut;

    @Override
    public boolean hasInput() {
      return hasInput;
    }

    @Override
    public void shut() {
      shut = true;
      arrival.left();
    }
  }

  private Caller from(String address) {
    Caller c = new Caller();
    try {
      c.arrival = arrivals.arrives(InetAddress.getByName(address), now, c);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
    return c;
  }

  private List<Caller> from(String address, int number) {
    List<Caller> all = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      all.add(from(address));
    }
    return all;
  }

  private static long shut(List<Caller> all) {
    return all.stream().filter(c -> c.shut).count();
  }

  @Test
  void theOldestOfASourceThatHasTooManyGoesAndNobodyElse() {
    Caller other = from("10.0.0.2");
    List<Caller> flood = from("10.0.0.1", Arrivals.PER_SOURCE);
    assertThat(shut(flood)).isZero();
    Caller last = from("10.0.0.1");
    assertThat(flood.get(0).shut).isTrue();
    assertThat(shut(flood)).isEqualTo(1);
    assertThat(last.shut).isFalse();
    from("10.0.0.1", 5_000);
    assertThat(other.shut).isFalse();
    assertThat(arrivals.size()).isEqualTo(Arrivals.PER_SOURCE + 1);
  }

  @Test
  void whoHasSaidSomethingStaysWhileOthersOfItsSourceAreSilent() {
    Caller spoke = from("10.0.0.1");
    spoke.arrival.spoke();
    Caller sent = from("10.0.0.1"); // its thread has not read it yet
    sent.hasInput = true;
    from("10.0.0.1", 5_000);
    assertThat(spoke.shut).isFalse();
    assertThat(sent.shut).isFalse();
    // All have: then the oldest goes, never who comes.
    List<Caller> speakers = new ArrayList<>();
    for (int i = 0; i < 2 * Arrivals.PER_SOURCE; i++) {
      Caller c = from("10.0.0.1");
      assertThat(c.shut).isFalse();
      c.hasInput = true;
      speakers.add(c);
    }
    assertThat(spoke.shut).isTrue();
    assertThat(shut(speakers)).isEqualTo(Arrivals.PER_SOURCE);
  }

  @Test
  void ofManySourcesTheOneThatHasMostMakesRoom() {
    List<Caller> few = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      few.add(from("10.1.0." + i));
    }
    List<Caller> crowd = from("10.0.0.1", 100);
    List<Caller> others = from("10.0.0.3", 70);
    assertThat(shut(crowd)).isEqualTo(270 - Arrivals.PLACES);
    assertThat(shut(others) + shut(few)).isZero();
  }

  @Test
  void sixteenBytesOfAddressAreNoCrowdOfSources() {
    List<Caller> flood = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      flood.add(from("2001:db8:1:2::" + Integer.toHexString(i)));
    }
    assertThat(shut(flood)).isEqualTo(1_000 - Arrivals.PER_SOURCE);
  }

  @Test
  void whoseCertificateWasSeenHasRoomOfItsOwnForAnHour() {
    Caller honest = from("10.0.0.9");
    honest.arrival.certified(now);
    for (int i = 0; i < 200; i++) {
      from("10.2.0." + i, 10);
    }
    List<Caller> burst = from("10.0.0.9", 200);
    from("10.3.0.1", 1_000);
    assertThat(shut(burst)).isZero();
    now += 3_601 * SECOND;
    assertThat(shut(from("10.0.0.9", 200))).as("a stranger again").isEqualTo(72);
  }

  @Test
  void whileHalfOfThePlacesAreTakenSilenceIsShort() {
    List<Caller> some = from("10.0.0.1", Arrivals.PLACES / 4);
    now += 9 * SECOND;
    from("10.0.0.2");
    assertThat(shut(some)).isZero();
    some.get(3).arrival.spoke();
    from("10.0.0.3", Arrivals.PLACES / 4);
    assertThat(shut(some)).isEqualTo(Arrivals.PLACES / 4 - 1);
    assertThat(some.get(3).shut).isFalse();
  }

  @Test
  void placesAreGivenBack() {
    for (Caller c : from("10.0.0.1", 100)) {
      c.arrival.left();
      c.arrival.left();
    }
    assertThat(arrivals.size()).isZero();
  }
}
