package dev.flamepool.simulators.fly;

import dev.flamepool.simulators.machine.Loopback;
import dev.flamepool.simulators.machine.MachineRuntime;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a Fly simulator is to be. Without options it has no app and no image, takes any token, keeps
 * its limits of rate, is strict, and launches machines at once. Not thread-safe; not to be changed
 * once a simulator has started with it.
 */
public final class FlyOptions {
  private int port;
  private @Nullable Path stateDir;
  private Clock clock = Clock.systemUTC();
  private @Nullable MachineRuntime runtime;
  private final List<String> apps = new ArrayList<>();
  private final List<String> foreignApps = new ArrayList<>();
  private final Map<String, Image> images = new LinkedHashMap<>();
  private final Map<String, Set<String>> tokens = new LinkedHashMap<>();
  private Duration bootDelay = Duration.ZERO;
  private Duration startDelay = Duration.ZERO;
  private Duration destroyDelay = Duration.ZERO;
  private Duration forgetAfter = Duration.ofHours(1);
  private boolean rateLimits = true;
  private boolean strict = true;
  private boolean ipv4;

  /** The port on 127.0.0.1; 0, the default, takes a free one. */
  public FlyOptions port(int value) {
    port = value;
    return this;
  }

  /** Where everything is kept; a temporary folder that goes with the simulator unless given. */
  public FlyOptions stateDir(Path value) {
    stateDir = value;
    return this;
  }

  /** What all delays, limits of rate and times of events go by; the system's unless given. */
  public FlyOptions clock(Clock value) {
    clock = value;
    return this;
  }

  /** What runs the machines; processes of this host unless given. The simulator closes it. */
  public FlyOptions runtime(MachineRuntime value) {
    runtime = value;
    return this;
  }

  /** An app of the organisation {@code personal}. */
  public FlyOptions app(String name) {
    apps.add(name);
    return this;
  }

  /** An app that exists, but in an organisation that no token reaches. */
  public FlyOptions foreignApp(String name) {
    foreignApps.add(name);
    return this;
  }

  /** What machines of an image run; the name {@code *} stands for every image without its own. */
  public FlyOptions image(String name, Image image) {
    images.put(name, image);
    return this;
  }

  /** A token and the apps it reaches, all if none is given. Without any token all are taken. */
  public FlyOptions token(String token, String... reaches) {
    tokens.put(token, Set.of(reaches));
    return this;
  }

  /** How long a machine is {@code created}; zero unless given, 6 to 9 s at Fly. */
  public FlyOptions bootDelay(Duration value) {
    bootDelay = value;
    return this;
  }

  /** How long it is {@code starting} before its process starts; zero unless given. */
  public FlyOptions startDelay(Duration value) {
    startDelay = value;
    return this;
  }

  /** How long it is {@code destroying} before its process is killed; zero unless given. */
  public FlyOptions destroyDelay(Duration value) {
    destroyDelay = value;
    return this;
  }

  /** How long a destroyed machine can be got; 1 h unless given. */
  public FlyOptions forgetAfter(Duration value) {
    forgetAfter = value;
    return this;
  }

  /** Whether requests above Fly's limits of rate are refused. */
  public FlyOptions rateLimits(boolean value) {
    rateLimits = value;
    return this;
  }

  /** Whether a request that Fly's document does not allow is refused, instead of only noted. */
  public FlyOptions strict(boolean value) {
    strict = value;
    return this;
  }

  /**
   * Whether {@code private_ip} is the machine's address as {@code 127.x.y.z}. Fly's are IPv6, so by
   * default it is the same address written as {@code ::ffff:127.x.y.z}.
   */
  public FlyOptions ipv4(boolean value) {
    ipv4 = value;
    return this;
  }

  int port() {
    return port;
  }

  @Nullable Path stateDir() {
    return stateDir;
  }

  Clock clock() {
    return clock;
  }

  @Nullable MachineRuntime runtime() {
    return runtime;
  }

  List<String> apps() {
    return apps;
  }

  List<String> foreignApps() {
    return foreignApps;
  }

  @Nullable Image image(String name) {
    return images.getOrDefault(name, images.get("*"));
  }

  Map<String, Set<String>> tokens() {
    return tokens;
  }

  Duration bootDelay() {
    return bootDelay;
  }

  Duration startDelay() {
    return startDelay;
  }

  Duration destroyDelay() {
    return destroyDelay;
  }

  Duration forgetAfter() {
    return forgetAfter;
  }

  boolean rateLimits() {
    return rateLimits;
  }

  boolean strict() {
    return strict;
  }

  String privateIp(String address) {
    return ipv4 ? address : Loopback.mapped(address);
  }
}
