package app

import dev.flamepool.Pool
import dev.flamepool.RemoteCallable
import dev.flamepool.RemoteFunction
import dev.flamepool.RemoteRunnable
import dev.flamepool.RunnerContext
import java.util.concurrent.atomic.AtomicInteger

private fun text() = "none"

private fun touch() {}

/** The forms of a call as Kotlin writes them. */
object Forms {
  @JvmStatic
  fun all(pool: Pool): Map<String, Any?> {
    val all = LinkedHashMap<String, Any?>()
    pool.place(RemoteCallable { AtomicInteger() }).use { counter ->
      all["place a constructor"] = counter.call { it.incrementAndGet() }
    }
    all["call a constructor"] = pool.call(RemoteCallable { ArrayList<String>() })
    all["submit a constructor"] = pool.submit(RemoteCallable { ArrayList<String>() }).get()
    pool.run(RemoteRunnable(::touch))
    pool.cast(RemoteRunnable(::touch)).completion().toCompletableFuture().get()
    all["call a method"] = pool.call(RemoteCallable(::text))
    all["either"] = pool.call(RemoteCallable { "without" })
    all["context only"] = pool.call(RemoteFunction { _: RunnerContext -> "with" })
    all["lambda"] = pool.call(RemoteCallable { "lambda" })
    all["lambda with context"] = pool.call(RemoteFunction { ctx: RunnerContext -> ctx.parent().isPresent })
    val kept = RemoteCallable { "kept" }
    all["in a variable"] = pool.call(kept)
    all["an object"] =
        pool.call(
            object : RemoteCallable<String> {
              override fun call() = "an object"
            })
    all["executor"] = pool.asExecutor().submit(RemoteCallable { "executor" }).get()
    return all
  }
}
