package dev.flamepool.runner;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Connections that have not shown a certificate yet. Each holds a thread, so there is room for a
 * number of them only, and who has been there longest makes room for who comes: first among those
 * that have said nothing at all, and of the source that has most. Sources whose certificate was
 * seen within the hour have room of their own. Nobody is turned away at the door. Times come in.
 * Thread-safe.
 */
final class Arrivals {
  /** For sources that have shown no certificate, and as many for those that have. */
  static final int PLACES = 256;

  /** Of them for one source: a caller that opens a slot for each of 100 calls at once fits in. */
  static final int PER_SOURCE = 128;

  /** While half of the places are taken, this is as long as one may say nothing. */
  static final long SHORT_NANOS = 2_000_000_000L;

  private static final long KNOWN_NANOS = 3_600_000_000_000L;
  private static final int MAX_KNOWN = 1_024;

  private final Map<Source, Long> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Source, Long> eldest) {
          return size() > MAX_KNOWN;
        }
      };
  private final Set<Arrival> strangers = new LinkedHashSet<>();
  private final Set<Arrival> acquaintances = new LinkedHashSet<>();

  /**
   * Where a connection comes from: an IPv4 address, or the /64 of an IPv6 one, which is one host's.
   */
  record Source(long prefix, int length) {
    static Source of(InetAddress address) {
      byte[] bytes = address.getAddress();
      long prefix = 0;
      for (int i = 0; i < Math.min(8, bytes.length); i++) {
        prefix = prefix << 8 | (bytes[i] & 0xff);
      }
      return new Source(prefix, bytes.length);
    }
  }

  /** A connection, from below. */
  interface Door {
    /** Whether something has come that nobody has read yet. */
    boolean hasInput();

    /** Ends it, whatever it waits for. Must not block. */
    void shut();
  }

  /** One connection. */
  final class Arrival {
    private final Source source;
    private final long since;
    private final Door door;
    private final Set<Arrival> among;
    private boolean spoke;
    private volatile boolean shut;

    private Arrival(Source source, long since, Door door, Set<Arrival> among) {
      this.source = source;
      this.since = since;
      this.door = door;
      this.among = among;
    }

    /** Others needed its place. */
    boolean wasShut() {
      return shut;
    }

    private void shut() {
      shut = true;
      door.shut();
    }

    private boolean isSilent() {
      spoke = spoke || door.hasInput();
      return !spoke;
    }

    /** It has said something. */
    void spoke() {
      synchronized (Arrivals.this) {
        spoke = true;
      }
    }

    /** It has shown its certificate: its source is known from now on. */
    void certified(long now) {
      synchronized (Arrivals.this) {
        known.put(source, now);
        among.remove(this);
      }
    }

    /** It is over, or known. */
    void left() {
      synchronized (Arrivals.this) {
        among.remove(this);
      }
    }
  }

  /** One more is there; others may have to go for it. */
  Arrival arrives(InetAddress from, long now, Door door) {
    Source source = Source.of(from);
    List<Arrival> gone = new ArrayList<>();
    Arrival comes;
    synchronized (this) {
      Long seen = known.get(source);
      boolean met = seen != null && now - seen < KNOWN_NANOS;
      Set<Arrival> among = met ? acquaintances : strangers;
      if (among.size() >= PLACES / 2) {
        among.stream().filter(a -> now - a.since > SHORT_NANOS && a.isSilent()).forEach(gone::add);
        gone.forEach(among::remove);
      }
      Arrival victim = victim(among, source, met);
      if (victim != null) {
        among.remove(victim);
        gone.add(victim);
      }
      comes = new Arrival(source, now, door, among);
      among.add(comes);
    }
    gone.forEach(Arrival::shut);
    return comes;
  }

  private static @Nullable Arrival victim(Set<Arrival> among, Source source, boolean met) {
    if (!met && count(among, source) >= PER_SOURCE) {
      return oldest(among, source);
    }
    return among.size() >= PLACES ? oldest(among, crowd(among)) : null;
  }

  private static long count(Collection<Arrival> among, Source source) {
    return among.stream().filter(a -> a.source.equals(source)).count();
  }

  /** The source that has most, of equals the one that has been there longest. */
  private static Source crowd(Set<Arrival> among) {
    Map<Source, Integer> counts = new HashMap<>();
    among.forEach(a -> counts.merge(a.source, 1, Integer::sum));
    Source most = among.iterator().next().source;
    for (Arrival a : among) {
      if (counts.get(a.source) > counts.get(most)) {
        most = a.source;
      }
    }
    return most;
  }

  /** Of that source: first who has said nothing. */
  private static @Nullable Arrival oldest(Set<Arrival> among, Source source) {
    Arrival first = null;
    for (Arrival a : among) {
      if (a.source.equals(source)) {
        if (a.isSilent()) {
          return a;
        }
        first = first == null ? a : first;
      }
    }
    return first;
  }

  /** How many there are. */
  synchronized int size() {
    return strangers.size() + acquaintances.size();
  }
}
