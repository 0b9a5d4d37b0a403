package app

import dev.flamepool.Pool
import dev.flamepool.RemoteCallable
import dev.flamepool.RemoteRunnable
import java.util.concurrent.atomic.AtomicInteger

private fun text() = "none"

private fun touch() {}

/** The forms of a call as Kotlin writes them. */
object Forms {
  @JvmStatic
  fun all(pool: Pool): Map<String, Any?> {
    val all = LinkedHashMap<String, Any?>()
    pool.place(::AtomicInteger).use { counter ->
      all["place a constructor"] = counter.call { it.incrementAndGet() }
    }
    all["call a constructor"] = pool.call { -> ArrayList<String>() }
    all["submit a constructor"] = pool.submit { -> ArrayList<String>() }.get()
    pool.run { -> touch() }
    pool.run(RemoteRunnable(::touch))
    pool.run { _ -> touch() }
    pool.cast { -> touch() }.completion().toCompletableFuture().get()
    all["call a method"] = pool.call(::text)
    all["either"] = pool.call(RemoteCallable { "without" })
    all["context only"] = pool.call { _ -> "with" }
    all["lambda"] = pool.call { -> "lambda" }
    all["lambda with context"] = pool.call { ctx -> ctx.parent().isPresent }
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
