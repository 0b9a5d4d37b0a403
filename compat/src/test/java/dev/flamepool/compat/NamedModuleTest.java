package dev.flamepool.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.RemoteCallable;
import dev.flamepool.closure.CaptureException;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.Reply;
import java.io.ByteArrayOutputStream;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application in a named module, opened to the library or not. */
class NamedModuleTest {
  @TempDir Path folder;

  @Test
  void everyCallOfAnOpenModuleRuns() throws Exception {
    everyCallRunsBut(Set.of(), "open module app {}");
  }

  @Test
  void aClosedModulesRecordsMustBeSerializable() throws Exception {
    RemoteCallable<?> record =
        everyCallRunsBut(Set.of("captured record"), "module app { exports app; }");
    assertThatThrownBy(() -> Closures.encode(record, RemoteCallable.class, false))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("app.Calls$Named")
        .hasMessageContaining("write 'opens app;' in the module-info.java of module app");
  }

  @Test
  void equalReferencesOfDifferentTypesAreTheirOwnWhereTheModuleIsOpen() throws Exception {
    compile("open module app {}");
    assertThat(secondReference())
        .isInstanceOfSatisfying(
            Reply.Result.class, result -> assertThat(result.value()).isEqualTo(97));
    compile("module app { exports app; }");
    assertThat(secondReference())
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed ->
                assertThat(failed.failure())
                    .hasMessageContaining("write one of them as a lambda, or write 'opens app;'"));
  }

  private Reply secondReference() throws Exception {
    Map<String, RemoteCallable<?>> all = calls(load(), "EqualReferences", "captured");
    return Closures.runHere(
        Closures.encode(all.get("unbound of a String=97"), RemoteCallable.class, false),
        load(),
        null);
  }

  /** One of those left out, if there is any. */
  private @Nullable RemoteCallable<?> everyCallRunsBut(Set<String> leftOut, String declaration)
      throws Exception {
    compile(declaration);
    ClassLoader caller = load();
    ClassLoader runner = load();
    List<Object> outcomes = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    RemoteCallable<?> out = null;
    for (Map.Entry<String, RemoteCallable<?>> call : calls(caller, "Calls", "all").entrySet()) {
      if (leftOut.contains(call.getKey())) {
        out = call.getValue();
        continue;
      }
      Reply reply =
          Closures.runHere(
              Closures.encode(call.getValue(), RemoteCallable.class, false), runner, null);
      outcomes.add(reply instanceof Reply.Result result ? String.valueOf(result.value()) : reply);
      expected.add(call.getKey().equals("constructor") ? "" : call.getKey());
    }
    assertThat(outcomes).isNotEmpty().isEqualTo(expected);
    return out;
  }

  private void compile(String declaration) throws Exception {
    Path info = folder.resolve("module-info.java");
    Files.writeString(info, declaration);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                said,
                said,
                "--release",
                "17",
                "--add-reads",
                "app=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                folder.resolve("classes").toString(),
                info.toString(),
                "src/test/matrix/Calls.java",
                "src/test/matrix/EqualReferences.java");
    assertThat(code).as(said.toString(StandardCharsets.UTF_8)).isZero();
  }

  /** In a layer of its own, reading the class path as an application on the module path would. */
  private ClassLoader load() {
    ClassLoader library = NamedModuleTest.class.getClassLoader();
    Configuration app =
        ModuleLayer.boot()
            .configuration()
            .resolve(ModuleFinder.of(folder.resolve("classes")), ModuleFinder.of(), Set.of("app"));
    ModuleLayer.Controller layer =
        ModuleLayer.defineModulesWithOneLoader(app, List.of(ModuleLayer.boot()), library);
    Module module = layer.layer().findModule("app").orElseThrow();
    layer.addReads(module, library.getUnnamedModule());
    return module.getClassLoader();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, RemoteCallable<?>> calls(
      ClassLoader loader, String type, String method) throws Exception {
    return (Map<String, RemoteCallable<?>>)
        loader.loadClass("app." + type).getMethod(method).invoke(null);
  }
}
