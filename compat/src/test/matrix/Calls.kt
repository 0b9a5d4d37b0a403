package app

import dev.flamepool.RemoteCallable
import java.io.Serializable

data class Named(val name: String, val more: List<Int>) : Serializable

class Greeter(private val name: String) : Serializable {
  fun own(): Any = name

  fun capturingThis(): RemoteCallable<Any> = RemoteCallable { name }
}

object Calls {
  private fun nothing(): Any = "function"

  /** By name. */
  @JvmStatic
  fun all(): Map<String, RemoteCallable<out Any>> {
    val captured = "captured string"
    val number = 7
    val data = Named("captured data class", listOf(1, 2))
    val greeter = Greeter("bound function")
    val pair = Pair(1, Triple("a", 2L, Unit))
    val empty = listOf<Int>() to emptyMap<String, Int>()
    val map = mapOf(1 to setOf("a"), 2 to emptySet())
    val inner: () -> String = @JvmSerializableLambda { captured + "!" }
    return mapOf(
        "no capture" to RemoteCallable { "no capture" },
        "captured string" to RemoteCallable { captured },
        "captured numbers" to RemoteCallable { if (number == 7) "captured numbers" else "" },
        "captured data class" to RemoteCallable { data.name },
        "captured values of Kotlin" to
            RemoteCallable {
              val same = pair == Pair(1, Triple("a", 2L, Unit)) && map[1] == setOf("a")
              if (same && empty.first.isEmpty() && empty.second.isEmpty()) "captured values of Kotlin" else ""
            },
        "(1, (a, 2, kotlin.Unit))" to RemoteCallable { pair },
        "([], {})" to RemoteCallable { empty },
        "{1=[a], 2=[]}" to RemoteCallable { map },
        "function" to RemoteCallable { nothing() },
        "bound function" to RemoteCallable(greeter::own),
        "captured this" to Greeter("captured this").capturingThis(),
        "captured lambda" to RemoteCallable { inner().replace("captured string!", "captured lambda") },
        "object expression" to
            object : RemoteCallable<Any> {
              override fun call(): Any = "object expression"
            },
    )
  }
}
