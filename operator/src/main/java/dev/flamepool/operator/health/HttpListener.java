package dev.flamepool.operator.health;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers short HTTP requests, one on each connection. One thread waits for all of them, so that
 * whoever sends or reads slowly keeps nobody else waiting, and is cut off. There are {@link
 * #CONNECTIONS} at most: a new one takes the place of the oldest.
 */
final class HttpListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);

  /** Probes and scrapers are few; an answer of all metrics may be a megabyte. */
  static final int CONNECTIONS = 64;

  /** From the connection to the end of its answer; a probe gives up earlier. */
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private static final long LOOK_MS = 1_000;
  private static final long PAUSE_MS = 100;
  private static final int BACKLOG = 128;
  private static final int MAX_HEAD = 8_192;
  private static final String END_OF_HEAD = "\r\n\r\n";
  private static final int HTTP_BAD_REQUEST = 400;

  /** What is answered. */
  record Answer(int status, String type, String text) {
    ByteBuffer bytes() {
      byte[] body = text.getBytes(UTF_8);
      byte[] head =
          "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
              .formatted(status, status < HTTP_BAD_REQUEST ? "OK" : "Error", type, body.length)
              .getBytes(ISO_8859_1);
      return ByteBuffer.allocate(head.length + body.length).put(head).put(body).flip();
    }
  }

  private final Selector selector;
  private final ServerSocketChannel server;
  private final BiFunction<String, String, Answer> answers;
  private final Deque<Connection> connections = new ArrayDeque<>();
  private final Thread thread = new Thread(this::run, "health");
  private volatile boolean closed;

  /**
   * Listens from now on.
   *
   * @param answers method and path to the answer; returns at once
   */
  HttpListener(InetSocketAddress bind, BiFunction<String, String, Answer> answers)
      throws IOException {
    this.answers = answers;
    this.selector = Selector.open();
    this.server = ServerSocketChannel.open();
    try {
      server.bind(bind, BACKLOG);
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      thread.setDaemon(true);
      thread.start();
    } catch (Throwable e) {
      server.close();
      selector.close();
      throw e;
    }
  }

  /** One client. */
  private final class Connection {
    final SocketChannel channel;
    final long openedNanos = System.nanoTime();
    final ByteBuffer head = ByteBuffer.allocate(MAX_HEAD);
    @Nullable ByteBuffer answer;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }

    void ready(SelectionKey key) throws IOException {
      if (answer == null) {
        read(key);
      } else if (answer.hasRemaining()) {
        write(key, answer);
      } else {
        awaitEnd();
      }
    }

    private void read(SelectionKey key) throws IOException {
      if (channel.read(head) < 0) {
        cut(this);
        return;
      }
      String text = new String(head.array(), 0, head.position(), ISO_8859_1);
      if (text.contains(END_OF_HEAD) || !head.hasRemaining()) {
        ByteBuffer bytes = answer(text).bytes();
        answer = bytes;
        write(key, bytes);
      }
    }

    private void write(SelectionKey key, ByteBuffer bytes) throws IOException {
      channel.write(bytes);
      if (!bytes.hasRemaining()) {
        channel.shutdownOutput();
      }
      key.interestOps(bytes.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    /** Closing before the client does might take the answer away from it. */
    private void awaitEnd() throws IOException {
      if (channel.read(head.clear()) < 0) {
        cut(this);
      }
    }
  }

  /** Where it listens. */
  InetSocketAddress address() {
    try {
      return (InetSocketAddress) server.getLocalAddress();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Answer answer(String head) {
    String[] words = head.lines().findFirst().orElse("").split(" ", -1);
    boolean understood =
        head.contains(END_OF_HEAD) && words.length == 3 && words[2].startsWith("HTTP/1.");
    return understood
        ? answers.apply(words[0], words[1].replaceAll("[?#].*", ""))
        : new Answer(HTTP_BAD_REQUEST, "text/plain", "no HTTP request\n");
  }

  private void run() {
    while (!closed) {
      try {
        selector.select(LOOK_MS);
        selector.selectedKeys().forEach(this::serve);
        selector.selectedKeys().clear();
        cutSlow();
      } catch (Throwable e) {
        if (!closed) {
          LOG.warn("the health port goes on after {}", e.toString());
          pause();
        }
      }
    }
    connections.forEach(this::closeQuietly);
  }

  private void serve(SelectionKey key) {
    if (key.attachment() instanceof Connection connection) {
      try {
        connection.ready(key);
      } catch (Throwable e) {
        cut(connection);
      }
    } else {
      accept();
    }
  }

  private void accept() {
    try {
      SocketChannel channel = server.accept();
      if (channel == null) {
        return;
      }
      if (connections.size() >= CONNECTIONS) {
        cut(connections.getFirst());
      }
      Connection connection = new Connection(channel);
      connections.add(connection);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, connection);
    } catch (IOException e) {
      LOG.debug("a connection cannot be accepted: {}", e.toString());
      if (connections.isEmpty()) {
        pause();
      } else {
        cut(connections.getFirst()); // files may be short
      }
    }
  }

  /** What failed at once would fail again at once. */
  private static void pause() {
    try {
      Thread.sleep(PAUSE_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void cutSlow() {
    long now = System.nanoTime();
    while (!connections.isEmpty() && now - connections.getFirst().openedNanos > PATIENCE_NANOS) {
      cut(connections.getFirst());
    }
  }

  private void cut(Connection connection) {
    connections.remove(connection);
    closeQuietly(connection);
  }

  private void closeQuietly(Connection connection) {
    try {
      connection.channel.close();
    } catch (IOException e) {
      LOG.debug("while closing a connection: {}", e.toString());
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      server.close();
      thread.join(LOOK_MS);
      selector.close();
    } catch (IOException e) {
      LOG.debug("while closing: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
