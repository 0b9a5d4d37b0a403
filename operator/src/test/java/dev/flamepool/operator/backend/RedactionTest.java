package dev.flamepool.operator.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
  private static final String SECRET = "p&s<w>\"r'd /é😀\\+%=$!";
  private static final byte[] BYTES = SECRET.getBytes(UTF_8);

  private static String of(String text) {
    return Redaction.of(text, Map.of("SECRET", SECRET));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p&s<w>\"r'd /é😀\\+%=$!",
        "p%26s%3Cw%3E%22r%27d%20%2F%C3%A9%F0%9F%98%80%5C%2B%25%3D%24%21",
        "p%26s%3cw%3e%22r'd+/%c3%a9%f0%9f%98%80%5c%2b%25=$!",
        "p&s<w>\\\"r'd /é😀\\\\+%=$!",
        "p\\u0026s\\u003cw\\u003e\\\"r\\u0027d \\/\\u00e9\\ud83d\\ude00\\\\+%=$!",
        "p&amp;s&lt;w&gt;&quot;r&apos;d /é😀\\+%=$!",
        "p&#38;s&#x3C;w&#x3e;&#34;r&#39;d /&#233;&#x1F600;\\+%=$!",
        "p\\&s\\<w\\>\\\"r\\'d\\ /é😀\\\\+%=\\$\\!",
        "p&s<w>\"r'\\''d /é😀\\+%=$!",
        "p&s<w>\"r'\"'\"'d /é😀\\+%=$!",
      })
  void aValueIsFoundInEveryWayOfEscapingIt(String escaped) {
    assertThat(of("before " + escaped + " after\nmore")).isEqualTo("before *** after\nmore");
  }

  @Test
  void aValueIsFoundInBase64WhateverStandsBeforeAndAfterIt() {
    for (String before : List.of("", "a", "ab", "abc", "é")) {
      for (String after : List.of("", "1", "12", "123")) {
        String encoded = base64(before + SECRET + after);
        String url =
            Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((before + SECRET + after).getBytes(UTF_8));
        for (String text : List.of(encoded, url)) {
          String left = of("x " + text + " y");
          assertThat(left).startsWith("x ").endsWith(" y").contains("***");
          assertThat(left.length()).as(left).isLessThan(20);
        }
      }
    }
  }

  @Test
  void aValueIsFoundInHex() {
    String hex = HexFormat.of().formatHex(BYTES);
    assertThat(of("a " + hex)).isEqualTo("a ***");
    assertThat(of("a " + hex.toUpperCase(Locale.ROOT))).isEqualTo("a ***");
    assertThat(of("a " + HexFormat.ofDelimiter(":").formatHex(BYTES))).isEqualTo("a ***");
    assertThat(of("a " + HexFormat.ofDelimiter(" ").formatHex(BYTES))).isEqualTo("a ***");
    assertThat(of("a \\x" + HexFormat.ofDelimiter("\\x").formatHex(BYTES))).isEqualTo("a ***");
  }

  @Test
  void aLongValueIsFoundWhereItsEncodingIsWrapped() {
    String pem = "-----BEGIN KEY-----\n" + ("s3cr3t/k3y+" + "x".repeat(53) + "\n").repeat(20);
    String wrapped = Base64.getMimeEncoder().encodeToString(pem.getBytes(UTF_8));
    String text = "key:\n" + wrapped.replace("\r\n", "\n    ") + "\nend";
    String left = Redaction.of(text, Map.of("KEY", pem));
    assertThat(left.replaceAll("[*\\s]", ""))
        .hasSizeLessThan(20)
        .startsWith("key:")
        .endsWith("end");
    String json = "{\"key\": \"" + pem.replace("\n", "\\n") + "\"}";
    assertThat(Redaction.of(json, Map.of("KEY", pem))).doesNotContain("s3cr3t", "xxxx");
  }

  @Test
  void whatIsNoSecretStays() {
    String text =
        "50% of a&b; \\ \\u12 &; %zz \\x & &unknown; &#xffffffff; 100%\r\n\ttab é😀 'a'\\''b'";
    assertThat(of(text)).isEqualTo(text);
    assertThat(Redaction.of(text, Map.of("SHORT", "a&b;"))).isEqualTo(text);
    assertThat(Redaction.of(text, Map.of())).isEqualTo(text);
    assertThat(Redaction.of("", Map.of("A", SECRET))).isEmpty();
  }

  @Test
  void valuesOneInAnotherLeaveNothingOfEither() {
    assertThat(
            Redaction.of(
                "url postgres://user:hunter-2@db/x",
                Map.of("URL", "postgres://user:hunter-2@db/x", "PASSWORD", "hunter-2")))
        .isEqualTo("url ***");
  }

  @Test
  void ofValuesThatBeginAlikeTheLongestIsFoundAndNoOther() {
    List<String> values = List.of("secret", "secret-é", "secret-é", "secret-é-longer", "secrets");
    assertThat(Redaction.of("a secret-é-lon", values)).isEqualTo("a ***-lon");
    assertThat(Redaction.of("a secret-é-longer. secrets, secre", values))
        .isEqualTo("a ***. ***, secre");
    assertThat(Redaction.of("a secreT secret", values)).isEqualTo("a secreT ***");
  }

  /** As large as a log and the values of a runner can be, all alike; not measured here. */
  @Test
  void muchIsReadOnce() {
    List<String> values = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      values.add("value-" + i);
    }
    for (int i = 0; i < 5_000; i++) {
      text.append("line ").append(URLEncoder.encode("value-" + i + "é", UTF_8)).append('\n');
    }
    assertThat(Redaction.of(text.toString(), values)).doesNotContain("value-");
    values.add("one more than is looked for");
    assertThat(Redaction.of(text.toString(), values)).isEqualTo("***");
  }
}
