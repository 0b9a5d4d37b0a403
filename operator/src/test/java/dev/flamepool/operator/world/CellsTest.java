package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CellsTest {
  @Test
  void whatDiffersInUidsHashesAndNumbersAloneIsOfOneKind() {
    List<Cells.Point> points =
        Cells.points(
            List.of(
                "before S3 DELETE /flamepool-boot/here/2dc811d7-bb53-434d-941e-39d43adc539e-1.said",
                "after S3 DELETE /flamepool-boot/here/9000eed8-9618-4e61-be64-f6ebf4e133a5-2.said",
                "after S3 DELETE /flamepool-boot/here/9000eed8-9618-4e61-be64-f6ebf4e133a5-2.tar",
                "before PATCH /namespaces/test-7/controllerrevisions/p-r-a755d18f2914-0f8c759a",
                "after PATCH /namespaces/test-7/controllerrevisions/p-r-a85dc67d865d-fa2e3bec",
                "before PATCH /namespaces/test-7/flamerunners/p-0",
                "before PATCH /namespaces/test-7/flamerunners/p-12",
                "before PATCH /namespaces/test-7/flamerunners/p-0/status"),
            name -> true);
    assertThat(points.stream().map(Cells.Point::kind).distinct())
        .containsExactly(
            "S# DELETE /flamepool-boot/here/#-#.said",
            "S# DELETE /flamepool-boot/here/#-#.tar",
            "PATCH /namespaces/test-#/controllerrevisions/p-r-#-#",
            "PATCH /namespaces/test-#/flamerunners/p-#",
            "PATCH /namespaces/test-#/flamerunners/p-#/status");
  }
}
