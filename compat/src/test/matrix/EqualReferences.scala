package app

import dev.flamepool.{RemoteCallable, RemoteFunction}
import java.util.{LinkedHashMap, Map => JMap}

/** References to one method that differ only in the type that they are used with. */
object EqualReferences {
  private def text[T](value: T): AnyRef = "text " + value

  private def hash(value: Any): AnyRef = Integer.valueOf(value.hashCode)

  private def capture[A](function: RemoteFunction[A, AnyRef], argument: A): RemoteCallable[AnyRef] =
    () => function.apply(argument)

  /** Each captures a reference and calls it; the name is followed by what it returns. */
  def captured(): JMap[String, RemoteCallable[AnyRef]] = {
    val calls = new LinkedHashMap[String, RemoteCallable[AnyRef]]()
    calls.put("method of an Integer=7", capture[Integer](hash(_), 7))
    calls.put("method of a String=97", capture[String](hash(_), "a"))
    calls.put("method of a Long=8", capture[java.lang.Long](hash(_), 8L))
    calls.put("generic of a String=text a", capture[String](text, "a"))
    calls.put("generic of an Integer=text 7", capture[Integer](text, 7))
    calls
  }

  /** With their arguments; the name is followed by what it returns. */
  def applied(): JMap[String, JMap.Entry[RemoteFunction[_, AnyRef], AnyRef]] = {
    val calls = new LinkedHashMap[String, JMap.Entry[RemoteFunction[_, AnyRef], AnyRef]]()
    def add[A <: AnyRef](name: String, function: RemoteFunction[A, AnyRef], argument: A): Unit =
      calls.put(name, JMap.entry[RemoteFunction[_, AnyRef], AnyRef](function, argument))
    add[Integer]("method of an Integer=7", hash(_), 7)
    add[String]("method of a String=97", hash(_), "a")
    add[Integer]("generic of an Integer=text 7", text, 7)
    add[String]("generic of a String=text a", text, "a")
    add[String]("interface of a String=1", (s: CharSequence) => Integer.valueOf(s.length), "a")
    add[java.lang.StringBuilder](
      "interface of a StringBuilder=2",
      (s: CharSequence) => Integer.valueOf(s.length),
      new java.lang.StringBuilder("ab"))
    add[Integer]("lambda of an Integer=7", it => it, 7)
    add[String]("lambda of a String=a", it => it, "a")
    add[List[Int]]("lambda of a List=List(2)", it => it.map(_ + 1), List(1))
    add[(Int, String)]("pattern of a tuple=a1", { case (n, s) => s + n }, (1, "a"))
    calls
  }
}
