package dev.flamepool.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimedDnsTest {
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();
  private final TimedDns dns = new TimedDns(this::addresses, Duration.ofMillis(50));

  @AfterEach
  void close() {
    end.countDown();
  }

  private List<InetAddress> addresses(String host) throws UnknownHostException {
    asked.incrementAndGet();
    if (host.equals("hangs")) {
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (host.equals("unknown")) {
      throw new UnknownHostException(host);
    }
    return List.of(InetAddress.getLoopbackAddress());
  }

  @Test
  void aResolverThatHangsHoldsOneThreadAHostAndNobodyElse() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> dns.lookup("hangs"))
          .isInstanceOf(UnknownHostException.class)
          .hasMessageContaining("no answer to the look-up of hangs");
    }
    assertThat(asked.get()).isEqualTo(1);
    assertThat(dns.lookup("localhost")).hasSize(1);
    assertThatThrownBy(() -> dns.lookup("unknown"))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("unknown is not known");
  }
}
