package app

import dev.flamepool.RemoteCallable
import dev.flamepool.RemoteFunction

private fun <T> text(value: T): String = "text $value"

/** References to one function that differ only in the type that they are used with. */
object EqualReferences {
  private fun <A> captured(function: RemoteFunction<A, Any>, argument: A): RemoteCallable<Any> =
      RemoteCallable { function.apply(argument) }

  /** Each captures a reference and calls it; the name is followed by what it returns. */
  @JvmStatic
  fun captured(): Map<String, RemoteCallable<Any>> =
      linkedMapOf(
          "unbound of an Integer=7" to captured(RemoteFunction<Int, Any>(Any::hashCode), 7),
          "unbound of a String=97" to captured(RemoteFunction<String, Any>(Any::hashCode), "a"),
          "unbound of a Long=8" to captured(RemoteFunction<Long, Any>(Any::hashCode), 8L),
      )

  /** With their arguments; the name is followed by what it returns. */
  @JvmStatic
  fun applied(): Map<String, Map.Entry<RemoteFunction<*, Any>, Any>> {
    val calls = LinkedHashMap<String, Map.Entry<RemoteFunction<*, Any>, Any>>()
    fun <A : Any> add(name: String, function: RemoteFunction<A, Any>, argument: A) {
      calls[name] = java.util.Map.entry(function, argument)
    }
    add("unbound of an Integer=7", RemoteFunction<Int, Any>(Any::hashCode), 7)
    add("unbound of a String=97", RemoteFunction<String, Any>(Any::hashCode), "a")
    add("interface of a String=1", RemoteFunction<String, Any>(CharSequence::length), "a")
    add("interface of a StringBuilder=2", RemoteFunction<StringBuilder, Any>(CharSequence::length), StringBuilder("ab"))
    add("static of an Integer=text 7", RemoteFunction<Int, Any>(::text), 7)
    add("static of a String=text a", RemoteFunction<String, Any>(::text), "a")
    add("lambda of an Integer=7", RemoteFunction<Int, Any> { it }, 7)
    add("lambda of a String=a", RemoteFunction<String, Any> { it }, "a")
    return calls
  }
}
