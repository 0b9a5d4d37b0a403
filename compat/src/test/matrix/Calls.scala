package app

import dev.flamepool.{RemoteCallable, RemoteFunction, RunnerContext}
import java.util.{LinkedHashMap, Map => JMap}
import scala.collection.immutable.{ArraySeq, ListMap, Queue, SortedMap, SortedSet}
import scala.collection.mutable
import scala.concurrent.duration.DurationInt
import scala.jdk.CollectionConverters._
import scala.util.{Failure, Success, Try}

case class Named(name: String, more: List[Int])

case class Tree(value: Int, left: Option[Tree], right: Option[Tree])

sealed trait Shape
case object Dot extends Shape
case class Circle(radius: Double) extends Shape

object Colour extends Enumeration {
  val Red, Green = Value
}

class Greeter(name: String) extends Serializable {
  def own(): AnyRef = name

  def capturingThis(): RemoteCallable[AnyRef] = () => name
}

trait Shared extends RemoteCallable[AnyRef] {
  def itself: Shared = this
}

class Special(name: String) extends RemoteCallable[AnyRef] {
  override def call(): AnyRef = name
}

/** Every way to write a call; each returns its own name. */
object Calls {
  private val field = "field of an object"

  private def nothing(): AnyRef = "method of an object"

  private def join(parts: String*): String = parts.mkString(" ")

  private def ofContext(context: RunnerContext): AnyRef = "method with the context"

  private def curried(a: String)(b: String): String = a + " " + b

  private def byName(text: => String): RemoteCallable[AnyRef] = () => text

  private def generic[T <: AnyRef](value: T): RemoteCallable[AnyRef] = () => value

  private def implicitly[T](value: T)(implicit order: Ordering[T]): RemoteCallable[AnyRef] =
    () => if (order.compare(value, value) == 0) "captured implicit" else ""

  def all(): JMap[String, RemoteCallable[AnyRef]] = {
    val calls = new LinkedHashMap[String, RemoteCallable[AnyRef]]()
    def add(name: String, call: RemoteCallable[AnyRef]): Unit = calls.put(name, call)

    val captured = "captured string"
    val number = 7
    val big = 1L << 40
    val real = 0.5
    val letter = 'x'
    val named = Named("captured case class", List(1, 2))
    val greeter = new Greeter("bound method")

    add("no capture", () => "no capture")
    add("captured string", () => captured)
    add(
      "captured numbers",
      () => if (number == 7 && big == 1L << 40 && real == 0.5 && letter == 'x') "captured numbers" else "")
    add("captured case class", () => if (named.more == List(1, 2)) named.name else "")
    add("method of an object", () => nothing())
    add("field of an object", () => field)
    add("bound method", () => greeter.own())
    add("captured this", new Greeter("captured this").capturingThis())
    add("generic", generic("generic"))
    add("captured implicit", implicitly(3))
    add("by name", byName(if (number == 7) "by name" else ""))
    add("varargs", () => join("varargs"))
    add("named class", new Special("named class"))
    add("own trait", { val shared: Shared = () => "own trait"; shared })
    add(
      "anonymous class",
      new RemoteCallable[AnyRef] {
        override def call(): AnyRef = captured.replace("captured string", "anonymous class")
      })

    // vars are captured in a box, which is copied
    var counter = 2
    counter += 1
    add("captured var", () => if (counter == 3) "captured var" else "")
    var text = "captured var"
    text += " of a string"
    add("captured var of a string", () => text)
    var total = 0L
    add("var changed there", () => { total += number; if (total == 7) "var changed there" else "" })
    lazy val later = captured.replace("string", "lazy val")
    add("captured lazy val", () => later)

    // functions
    val shout: String => String = _ + "!"
    val quiet: String => String = _.replace("!", "")
    val eta: String => String = curried("captured") _
    val three: (Int, Int, Int) => Int = _ + _ + _
    val partial: PartialFunction[Int, String] = { case 7 => "partial function" }
    val nothingTaken: () => String = () => "captured function without arguments"
    add("captured function", () => quiet(shout("captured function")))
    add("composed functions", () => shout.andThen(quiet)("composed functions"))
    val composed = shout.andThen(quiet).compose[String](_ + " there")
    add("composed there", () => composed("composed").replace("composed there", "composed there"))
    add("captured eta expansion", () => eta("eta expansion"))
    add("tupled function", () => if (three.tupled((1, 2, 3)) == 6) "tupled function" else "")
    add("curried function", () => if (three.curried(1)(2)(3) == 6) "curried function" else "")
    add("partial function", () => partial.lift(7).getOrElse(""))
    add("captured function without arguments", () => nothingTaken())
    val first: RemoteCallable[AnyRef] = () => "captured call"
    add("captured call", () => first.call())
    val withContext: RemoteFunction[RunnerContext, AnyRef] = ofContext
    add("method with the context", () => withContext.apply(null))

    // closures in closures
    add("closure in a closure", () => {
      val inner = () => captured.replace("captured string", "closure in a closure")
      inner()
    })
    add("three closures deep", () => {
      val one = (a: Int) => {
        val two = (b: Int) => if (a + b + number == 10) captured else ""
        two(2)
      }
      one(1).replace("captured string", "three closures deep")
    })
    add("collections' functions", () => if (List(1, 2, 3).map(_ * number).filter(_ > 7).sum == 35) "collections' functions" else "")
    add("for comprehension", () => {
      val sum = for { a <- Option(1); b <- Some(number); if b > a } yield a + b
      if (sum.contains(8)) "for comprehension" else ""
    })
    def fact(n: Int): Int = if (n < 2) 1 else n * fact(n - 1)
    add("local method", () => if (fact(4) == 24) "local method" else "")
    def local(n: Int): String = if (n == number) "local method that captures" else ""
    add("local method that captures", () => local(7))
    add("pattern match", () => (named: Any) match { case Named(_, List(a, b)) if a < b => "pattern match"; case _ => "" })
    add("caught", () => try sys.error("caught") catch { case e: RuntimeException => e.getMessage })
    add("string interpolation", () => s"${"string"} interpolation")

    // values as captures and, as they are, as results
    val values = List[(String, AnyRef)](
      "List(1, 2)" -> List(1, 2),
      "List()" -> Nil,
      "Vector(a, b)" -> Vector("a", "b"),
      "Map(a -> 1)" -> Map("a" -> 1),
      "Map(a -> 1, b -> 2, c -> 3, d -> 4)" -> Map("a" -> 1, "b" -> 2, "c" -> 3, "d" -> 4),
      "ListMap(z -> 1, a -> 2)" -> ListMap("z" -> 1, "a" -> 2),
      "TreeMap(1 -> b, 2 -> a)" -> SortedMap(2 -> "a", 1 -> "b"),
      "TreeSet(1, 2)" -> SortedSet(2, 1),
      "Set(1, 2)" -> Set(1, 2),
      "Queue(1, 2)" -> Queue(1, 2),
      "ArraySeq(1, 2)" -> ArraySeq(1, 2),
      "ArrayBuffer(1, 2)" -> mutable.ArrayBuffer(1, 2),
      "HashMap(a -> List(1))" -> mutable.HashMap("a" -> List(1)),
      "Some(Named(a,List(1)))" -> Some(Named("a", List(1))),
      "None" -> None,
      "(1,a)" -> ((1, "a")),
      "(1,a,2.5,List(b))" -> ((1, "a", 2.5, List("b"))),
      "Right(1)" -> Right(1),
      "Left(no)" -> Left("no"),
      "Success(1)" -> Success(1),
      "Range 1 until 4" -> Range(1, 4),
      "1.5" -> BigDecimal("1.5"),
      "123456789012345678901234567890" -> BigInt("123456789012345678901234567890"),
      "()" -> (().asInstanceOf[AnyRef]),
      "'symbol" -> Symbol("symbol"),
      "Dot" -> Dot,
      "Circle(1.5)" -> Circle(1.5),
      "Tree(1,Some(Tree(2,None,None)),None)" -> Tree(1, Some(Tree(2, None, None)), None),
      "Named(a,List(1, 2))" -> Named("a", List(1, 2)),
      "Red" -> Colour.Red,
      "5 seconds" -> 5.seconds,
      "[1, 2]" -> List(1, 2).asJava,
      "{a=1}" -> Map("a" -> 1).asJava,
      "Buffer(1, 2)" -> new java.util.ArrayList[Int](java.util.List.of(1, 2)).asScala,
    )
    values.foreach { case (_, value) => add(value.toString, () => value) }
    add("one object stays one", {
      val shared = List(named, named, Some(named))
      () => if (shared.head.asInstanceOf[AnyRef] eq shared(1).asInstanceOf[AnyRef]) "one object stays one" else ""
    })
    add("case object stays one", { val dot: Shape = Dot; () => if (dot eq Dot) "case object stays one" else "" })
    add("Nil stays one", { val nil: List[Int] = Nil; () => if (nil eq Nil) "Nil stays one" else "" })
    add("failed try", { val tried: Try[Int] = Failure(new IllegalStateException("failed try")); () => tried.failed.get.getMessage })
    add("array", { val array = Array("ar", "ray"); () => array.mkString })
    add("array of numbers", { val array = Array(1, 2); () => if (array.sum == 3) "array of numbers" else "" })
    add("array of case classes", { val array = Array(Dot, Circle(1)); () => if (array.length == 2) "array of case classes" else "" })
    calls
  }
}
