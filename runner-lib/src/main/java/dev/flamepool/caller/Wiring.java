package dev.flamepool.caller;

import dev.flamepool.closure.Allowed;
import dev.flamepool.closure.CodeVersion;
import dev.flamepool.wire.Hello;
import dev.flamepool.wire.ReplyDecoder;
import dev.flamepool.wire.Role;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/**
 * What all pools of one {@code Flame} share.
 *
 * @param callerId names this process on all its connections
 * @param code this process's code version; asked for off the threads of calls where possible,
 *     because the first answer may take a while
 * @param decoder of replies
 * @param threads for what may block
 * @param timer for what must not
 * @param network the way to runners
 */
record Wiring(
    String callerId,
    Supplier<CodeVersion> code,
    ReplyDecoder decoder,
    Executor threads,
    ScheduledExecutorService timer,
    Network network) {

  /** Over TLS. */
  Wiring(
      String callerId,
      Supplier<CodeVersion> code,
      ReplyDecoder decoder,
      Executor threads,
      ScheduledExecutorService timer) {
    this(callerId, code, decoder, threads, timer, Network.TLS);
  }

  /** What this process says of itself to a runner of that pool, {@code namespace/name}. */
  Hello hello(String pool) {
    return new Hello(Role.CALLER, callerId, pool, codeVersion(), Allowed.said().names());
  }

  String codeVersion() {
    return code.get().version();
  }
}
