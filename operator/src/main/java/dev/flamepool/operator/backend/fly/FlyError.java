package dev.flamepool.operator.backend.fly;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flamepool.operator.backend.BackendException.Kind;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an answer that is no success means: a pure function of status and body. A {@code status}
 * word in the body outranks the prose, as in Fly's own client.
 *
 * @param meaning what it means
 * @param words Fly's own, at most 300 characters
 * @param adopt the machine that already has the name, with {@link Meaning#NAME_TAKEN}
 */
record FlyError(Meaning meaning, String words, Optional<String> adopt) {
  /** What Fly can mean. */
  enum Meaning {
    /** The host that was picked has no room; another may. */
    HOST_FULL(Kind.CAPACITY),
    /** The region has no room. */
    REGION_FULL(Kind.CAPACITY),
    /** The region is none of Fly's, or not for this organisation. */
    NO_SUCH_REGION(Kind.CAPACITY),
    /** A machine of that name exists: ours, if an earlier answer was lost. */
    NAME_TAKEN(Kind.AMBIGUOUS),
    /** Somebody else is at the machine: look again. */
    CONFLICT(Kind.AMBIGUOUS),
    /** Not in its present state: look again. */
    NOT_YET(Kind.AMBIGUOUS),
    /** The organisation may not have more machines. */
    QUOTA(Kind.QUOTA),
    /** There is no such image, or not yet. */
    NO_IMAGE(Kind.CONFIGURATION),
    /** The request is wrong. */
    INVALID(Kind.CONFIGURATION),
    /** The token is none. */
    BAD_TOKEN(Kind.CREDENTIALS),
    /** The token is not for this app. */
    NO_ACCESS(Kind.CREDENTIALS),
    /** There is no such app. */
    NO_APP(Kind.CONFIGURATION),
    /** There is no such machine. */
    NO_MACHINE(Kind.AMBIGUOUS),
    /** Too many requests. */
    TOO_FAST(Kind.RATE_LIMITED),
    /** It took too long, or failed inside: it may have been done. */
    UNKNOWN(Kind.AMBIGUOUS);

    private final Kind kind;

    Meaning(Kind kind) {
      this.kind = kind;
    }

    /** What that means for a launch attempt. */
    Kind kind() {
      return kind;
    }
  }

  private static final int MAX_WORDS = 300;
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern TAKEN =
      Pattern.compile("unique machine name violation, machine ID ([A-Za-z0-9]{1,64}) already");
  private static final Set<Integer> PROSE = Set.of(400, 403, 404, 409, 412, 422);

  /** Fly's registry, and others in their own words, through Fly. */
  private static final Pattern IMAGE =
      words(
          "manifest_unknown",
          "manifest unknown",
          "failed to get manifest",
          "could not (find|pull|resolve) image",
          "image [^.]{0,200}not found");

  private static final Pattern HOST =
      words(
          "insufficient (CPUs|memory|IPs|resources) available",
          "could not reserve resource for machine",
          "governor policy blocked start",
          "deploys to this host are temporarily disabled");

  /** Fly words a lack of room in several ways, and the status differs. */
  private static final Pattern NO_ROOM =
      words(
          "no capacity",
          "(insufficient|not enough|out of|at) (available )?(capacity|resources)",
          "could not find a (candidate|suitable) host");

  /** What only the organisation can mend, by a request to Fly or by paying. */
  private static final Pattern LIMIT =
      words(
          "machine limit",
          "\\bquota\\b",
          "(reached|exceed(s|ed)?|over) (its|your|the) [^.]{0,60}limit",
          "contact billing",
          "payment method",
          "credit card");

  private static final Pattern TOO_FAST = words("rate limit");
  private static final Pattern REGION = Pattern.compile("(?s)target region .* not found.*");

  private static Pattern words(String... any) {
    return Pattern.compile(String.join("|", any), Pattern.CASE_INSENSITIVE);
  }

  /** Classifies. */
  static FlyError of(int status, String body) {
    JsonNode tree = tree(body);
    String code = tree.path("status").asText("");
    String words = words(tree, body);
    Matcher taken = TAKEN.matcher(words);
    if (taken.find()) {
      return new FlyError(Meaning.NAME_TAKEN, shortened(words), Optional.of(taken.group(1)));
    }
    return new FlyError(meaning(status, code, words), shortened(words), Optional.empty());
  }

  private static Meaning meaning(int status, String code, String words) {
    if (code.equals("insufficient_capacity") || code.equals("volume_placement_capacity")) {
      return Meaning.REGION_FULL;
    }
    if (PROSE.contains(status)) {
      Optional<Meaning> said = said(words);
      if (said.isPresent()) {
        return said.get();
      }
    }
    return switch (status) {
      case 400, 422 -> refused(words);
      case 401 -> Meaning.BAD_TOKEN;
      case 403 -> Meaning.NO_ACCESS;
      case 404 -> missing(words);
      case 409 -> Meaning.CONFLICT;
      case 412 -> Meaning.NOT_YET;
      case 429 -> Meaning.TOO_FAST;
      default -> status >= 400 && status < 500 && status != 408 ? Meaning.INVALID : Meaning.UNKNOWN;
    };
  }

  /**
   * What the prose of a definite refusal says, whatever its status. Not asked after a failure
   * inside Fly: there the machine may exist.
   */
  private static Optional<Meaning> said(String words) {
    if (IMAGE.matcher(words).find()) {
      return Optional.of(Meaning.NO_IMAGE);
    } else if (HOST.matcher(words).find()) {
      return Optional.of(Meaning.HOST_FULL);
    } else if (NO_ROOM.matcher(words).find()) {
      return Optional.of(Meaning.REGION_FULL);
    } else if (TOO_FAST.matcher(words).find()) {
      return Optional.of(Meaning.TOO_FAST);
    }
    return LIMIT.matcher(words).find() ? Optional.of(Meaning.QUOTA) : Optional.empty();
  }

  /** For a create, which names no machine: something else that it names is not there. */
  FlyError forCreate() {
    return meaning == Meaning.NO_MACHINE ? new FlyError(Meaning.INVALID, words, adopt) : this;
  }

  /** The option to correct and how, to stand before Fly's words; empty where they say it best. */
  String remedy() {
    return switch (meaning) {
      case NO_IMAGE -> "fly.image: it cannot be pulled; push it, or correct its name. ";
      case NO_APP -> "fly.app: there is no such app; create it, or correct its name. ";
      default -> "";
    };
  }

  private static Meaning refused(String words) {
    return REGION.matcher(words).matches() ? Meaning.NO_SUCH_REGION : Meaning.INVALID;
  }

  private static Meaning missing(String words) {
    if (REGION.matcher(words).matches()) {
      return Meaning.NO_SUCH_REGION;
    }
    return words.toLowerCase(Locale.ROOT).contains("app") ? Meaning.NO_APP : Meaning.NO_MACHINE;
  }

  private static JsonNode tree(String body) {
    try {
      JsonNode tree = JSON.readTree(body);
      return tree == null ? JSON.missingNode() : tree;
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }

  private static String words(JsonNode tree, String body) {
    String said = tree.path("error").asText(tree.path("message").asText(""));
    return said.isEmpty() ? body : said;
  }

  private static String shortened(String words) {
    String line = words.replaceAll("\\s+", " ").strip();
    return line.length() <= MAX_WORDS ? line : line.substring(0, MAX_WORDS) + "...";
  }
}
