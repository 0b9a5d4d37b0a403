package dev.flamepool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class OutTest {
  @Test
  void aLargeMessageIsLentWholeAndItsMemoryIsNotKept() throws IOException {
    Out body = new Out(64);
    body.string("x".repeat(1 << 20));
    Out message = new Out(512);
    message.u1(7);
    message.append(body);
    assertThat(message.capacity()).as("held once").isEqualTo(512);
    assertThat(message.size()).isEqualTo(body.size() + 1);
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    message.writeTo(written);
    assertThat(written.size()).isEqualTo(message.size());
    assertThat(written.toByteArray()[0]).isEqualTo((byte) 7);
    body.release();
    assertThat(body.capacity()).isLessThan(100_000);
    assertThat(body.size()).isZero();
  }
}
