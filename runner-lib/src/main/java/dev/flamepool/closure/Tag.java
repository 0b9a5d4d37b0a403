package dev.flamepool.closure;

/** What follows in a body. */
final class Tag {
  static final int NULL = 0;
  static final int STRING = 1;
  static final int INT = 2;
  static final int LONG = 3;
  static final int DOUBLE = 4;
  static final int TRUE = 5;
  static final int FALSE = 6;
  static final int FLOAT = 7;
  static final int SHORT = 8;
  static final int BYTE = 9;
  static final int CHAR = 10;
  static final int BYTES = 11;
  static final int INTS = 12;
  static final int LONGS = 13;
  static final int DOUBLES = 14;
  static final int FLOATS = 15;
  static final int ENUM = 16;
  static final int RECORD = 17;
  static final int ARRAY_LIST = 18;
  static final int LIST_OF = 19;
  static final int LINKED_HASH_MAP = 20;
  static final int HASH_MAP = 21;
  static final int MAP_OF = 22;

  /** What stays on the runner, by its number. */
  static final int TRACKED = 23;

  static final int HASH_SET = 24;
  static final int LINKED_HASH_SET = 25;
  static final int SET_OF = 26;

  /** What cannot be changed and may hold null. */
  static final int LIST_WITH_NULLS = 27;

  static final int ARRAY = 28;

  /** What {@link Substitute} makes again. */
  static final int SUBSTITUTE = 29;

  /** Something that came before in this body, by its number. */
  static final int SAME = 30;

  /** The next object of the body's Java stream. */
  static final int JAVA = 31;

  /** What a codec of the application's wrote. */
  static final int CODED = 32;

  /** An object of an allowed class that is not Serializable, by its fields. */
  static final int FIELDS = 33;

  /** Strings from this length on are sent once, however often they are mentioned. */
  static final int LONG_STRING = 16;

  private Tag() {}
}
