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
    val inner: () -> String = @JvmSerializableLambda { captured + "!" }
    return mapOf(
        "no capture" to RemoteCallable { "no capture" },
        "captured string" to RemoteCallable { captured },
        "captured numbers" to RemoteCallable { if (number == 7) "captured numbers" else "" },
        "captured data class" to RemoteCallable { data.name },
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
