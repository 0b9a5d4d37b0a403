package app

import dev.flamepool.{Pool, RemoteCallable, RemoteFunction, RemoteRunnable, RunnerContext}
import java.util.{ArrayList, LinkedHashMap, Map => JMap}
import java.util.concurrent.atomic.AtomicInteger

/** The forms of a call as Scala writes them. */
object Forms {
  private def text(): String = "none"

  private def touch(): Unit = ()

  def all(pool: Pool): JMap[String, AnyRef] = {
    val all = new LinkedHashMap[String, AnyRef]()
    val make: RemoteCallable[AtomicInteger] = () => new AtomicInteger()
    val counter = pool.place(make)
    val increment: RemoteFunction[AtomicInteger, Integer] = it => it.incrementAndGet()
    try all.put("place a constructor", counter.call(increment))
    finally counter.close()
    val list: RemoteCallable[ArrayList[String]] = () => new ArrayList[String]()
    all.put("call a constructor", pool.call(list))
    all.put("submit a constructor", pool.submit(list).get())
    val touched: RemoteRunnable = () => touch()
    pool.run(touched)
    pool.cast(touched).completion().toCompletableFuture.get()
    all.put("call a method", pool.call(() => text()))
    all.put("either", pool.call(() => "without"))
    all.put("context only", pool.call((_: RunnerContext) => "with"))
    all.put("lambda", pool.call(() => "lambda"))
    all.put(
      "lambda with context",
      pool.call((ctx: RunnerContext) => java.lang.Boolean.valueOf(ctx.parent().isPresent)))
    val kept: RemoteCallable[String] = () => "kept"
    all.put("in a variable", pool.call(kept))
    all.put(
      "an object",
      pool.call(new RemoteCallable[String] {
        override def call(): String = "an object"
      }))
    val executor: RemoteCallable[String] = () => "executor"
    all.put("executor", pool.asExecutor().submit(executor).get())
    all
  }
}
