package dev.flamepool.wire;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.closure.Closures;
import dev.flamepool.closure.Results;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GivenUpTest {
  /** A deadline ends the connection; what is here already is not read on for its own sake. */
  @Test
  void aReplyIsNotReadOnOnceItsConnectionIsEnded() {
    for (Object value :
        List.of(
            new ArrayList<>(List.of(1)),
            new TreeMap<>(Map.of("k", 1)),
            Arrays.asList(1, List.of(2)))) {
      BodyIn body = BodyIn.of(Results.encode(value));
      body.in().end();
      assertThatThrownBy(() -> Closures.replies(getClass().getClassLoader()).value(body))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("connection was ended");
    }
  }
}
