//! From one compiled .wasm to the two scripts that the extension can put into a page: `wasm.js` carries the module,
//! `js.js` is the same module translated to JavaScript, for pages whose policy forbids WebAssembly. Both come from one
//! run of wasm-bindgen, so they cannot drift apart; every step below that is not obvious says what goes wrong without.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use wasm_bindgen_cli_support::Bindgen;

use crate::letters::{letters, order, reader};
use crate::{house, wasm_file};

/// What the results depend on besides the .wasm; the build compares it.
pub(crate) const RECIPE: &str = concat!(
    include_str!("engine.rs"),
    include_str!("letters.rs"),
    include_str!("wasm_file.rs"),
    include_str!("../Cargo.toml")
);

/// With these each flavour would need a compilation: wasm2js knows one table only, and one result a function.
const UNWANTED: [&str; 2] = ["reference-types", "multivalue"];

/// What the standard library was compiled with. wasm-opt is told, so that it does not depend on a section that says so.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-mutable-globals",
    "--disable-reference-types",
    "--disable-multivalue",
];

/// Takes those features out again, for wasm2js; saturating conversions have a step of their own.
const LOWERING: [&str; 3] =
    ["--signext-lowering", "--llvm-memory-copy-fill-lowering", "--disable-nontrapping-float-to-int"];

/// Flattened code that is put together again comes out smaller, and a second round finds a little more. Offsets may be folded
/// into loads because rustc lays the stack first: nothing lives in the lowest addresses.
const SMALLER: [&str; 5] = ["--flatten", "--rereloop", "-Oz", "-Oz", "--low-memory-unused"];

/// How terser makes the scripts shorter. Nothing in them asks for the number of a function's arguments, or calls one with `new`.
const SHORTER: &str = "passes=3,ecma=2020,keep_fargs=false,unsafe_arrows=true";

/// Where the standard library ends a program that cannot go on. In a page nobody hears its last words: a panic there is a trap with
/// or without them, and with them come the tables to print any letter.
const LAST_WORDS: [&str; 9] = [
    "]::panicking::panic",
    "]::panicking::assert_failed",
    "]::str::slice_error_fail",
    "]::slice::index::slice_index_fail",
    "]::slice::copy_from_slice_impl::len_mismatch_fail",
    "]::option::expect_failed",
    "]::option::unwrap_failed",
    "]::result::unwrap_failed",
    "]::cell::panic_already",
];

pub(crate) struct Engine {
    pub(crate) wasm: String,
    pub(crate) js: String,
    /// The optimised module alone, for the table of sizes.
    pub(crate) module: PathBuf,
}

pub(crate) fn make(compiled: Vec<u8>, work: &Path) -> Result<Engine> {
    let (glue, bound) = bind(compiled, work)?;
    let (glue, bound) = with_short_names(&glue, &bound, work)?;
    let module = work.join("module.wasm");
    optimise(&bound, &FEATURES, &module)?;
    let carried = house::read(&module)?;
    let low = work.join("low.wasm");
    optimise(&without_saturation(&bound, work)?, &[FEATURES.as_slice(), &LOWERING].concat(), &low)?;

    let wasm = minify("wasm", &wasm_script(&glue, &carried), work)?;
    let js = minify("js", &js_script(&glue, &translate(&low, work)?, &house::read(&low)?)?, work)?;
    Ok(Engine { wasm, js, module })
}

fn bind(compiled: Vec<u8>, work: &Path) -> Result<(String, PathBuf)> {
    let because = "wasm-bindgen could not read the engine; check that its versions in Cargo.toml are the same";
    let input = work.join("compiled.wasm");
    house::write(&input, &wasm_file::without_features(compiled, &UNWANTED)?)?;
    let mut bindgen = Bindgen::new();
    bindgen.input_path(&input).out_name("engine").typescript(false);
    // The names are asked for below, and left out by wasm-opt.
    bindgen.remove_name_section(false).remove_producers_section(true);
    bindgen
        .no_modules(true)
        .and_then(|b| b.no_modules_global("prWasm"))
        .and_then(|b| b.generate(work))
        .context(because)?;
    Ok((house::read_text(&work.join("engine.js"))?, work.join("engine_bg.wasm")))
}

/// wasm-bindgen names each import with a hash of its own, which no compressor can shorten: 3 KB of the page's script.
/// Both sides get a short name instead; nobody else knows these names.
fn with_short_names(glue: &str, bound: &Path, work: &Path) -> Result<(String, PathBuf)> {
    let (before, after, output) = (work.join("long.wat"), work.join("short.wat"), work.join("short.wasm"));
    to_text(bound, &before)?;
    let (glue, text) = shortened(glue, &house::read_text(&before)?)?;
    house::write(&after, without_last_words(&text)?.as_bytes())?;
    from_text(&after, &output)?;
    Ok((glue, output))
}

fn shortened(glue: &str, text: &str) -> Result<(String, String)> {
    const MODULE: &str = "\"./engine_bg.js\"";
    const IMPORT: &str = "(import \"./engine_bg.js\" \"";
    let names: Vec<&str> = text.split(IMPORT).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let (mut short_glue, mut short_text) = (glue.to_owned(), text.to_owned());
    for (at, name) in names.iter().enumerate() {
        let key = format!("{name}: function");
        if short_glue.matches(&key).count() != 1 {
            bail!("The glue does not give {name} once; adapt `shortened` in xtask/src/engine.rs");
        }
        short_glue = short_glue.replace(&key, &format!("i{at}: function"));
        short_text = short_text.replace(&format!("{IMPORT}{name}\""), &format!("(import \"glue\" \"i{at}\""));
    }
    if short_glue.matches(MODULE).count() != 1 {
        bail!("The glue does not give {MODULE} once; adapt `shortened` in xtask/src/engine.rs");
    }
    short_glue = short_glue.replace(MODULE, "glue");
    Ok((short_glue, short_text))
}

/// The module with a trap in the place of what ends a program: a function begins with one blank and ends at the next line like it.
fn without_last_words(text: &str) -> Result<String> {
    const END: &str = "\n )\n";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = 0;
    while let Some(at) = rest.find("\n (func $") {
        let (before, function) = rest.split_at(at + 1);
        let (head, _) = function.split_once('\n').context("A function has no end; see whether binaryen changed")?;
        let length = function.find(END).context("A function has no end; see whether binaryen changed")? + END.len() - 1;
        let (whole, after) = function.split_at(length);
        out.push_str(before);
        if LAST_WORDS.iter().any(|name| head.contains(name)) {
            found += 1;
            out.push_str(&format!("{head}\n  (unreachable)\n )"));
        } else {
            out.push_str(whole);
        }
        rest = after;
    }
    if found == 0 {
        bail!("The module has none of the functions of `LAST_WORDS`; see whether Rust or wasm-bindgen named them anew");
    }
    Ok(out + rest)
}

fn to_text(module: &Path, text: &Path) -> Result<()> {
    let mut tool = house::npm_tool("wasm-opt")?;
    tool.args(FEATURES).arg(module).args(["--vacuum", "--emit-text"]).arg("-o").arg(text);
    house::run(&mut tool, "read what it says about the module above")
}

fn from_text(text: &Path, module: &Path) -> Result<()> {
    let mut tool = house::npm_tool("wasm-as")?;
    house::run(tool.args(FEATURES).arg(text).arg("-o").arg(module), "read what it says about the module above")
}

fn optimise(input: &Path, flags: &[&str], output: &Path) -> Result<()> {
    let mut tool = house::npm_tool("wasm-opt")?;
    tool.args(SMALLER).args(flags).arg(input).arg("-o").arg(output);
    house::run(&mut tool, "run `npm ci`, for an older wasm-opt breaks modules")
}

/// Rust's `as` from a float to an integer saturates, which is one instruction that wasm2js does not know. wasm-opt's
/// own lowering gives the lowest number for everything out of range, NaN too; so here each becomes a call.
fn without_saturation(bound: &Path, work: &Path) -> Result<PathBuf> {
    let (before, after, output) = (work.join("bound.wat"), work.join("saturating.wat"), work.join("saturating.wasm"));
    to_text(bound, &before)?;
    house::write(&after, saturating_calls(&house::read_text(&before)?)?.as_bytes())?;
    from_text(&after, &output)?;
    Ok(output)
}

fn saturating_calls(text: &str) -> Result<String> {
    let end = text.rfind(')').context("wasm-opt wrote no module; run `npm ci`")?;
    let mut module = text[..end].to_owned();
    for int in ["i32", "i64"] {
        for float in ["f32", "f64"] {
            for sign in ["s", "u"] {
                let name = format!("{int}.trunc_sat_{float}_{sign}");
                let call = format!("call $saturating.{name}");
                module = module.replace(&format!("({name}"), &format!("({call}"));
                module.push_str(&saturating_function(int, float, sign));
            }
        }
    }
    module.push_str(")\n");
    Ok(module)
}

/// The conversion in the oldest instruction set. The bounds are powers of two, so both kinds of float have them.
fn saturating_function(int: &str, float: &str, sign: &str) -> String {
    let (above, least, most, low) = match (int, sign) {
        ("i32", "s") => ("2147483648", "-2147483648", "2147483647", "-2147483648"),
        ("i32", _) => ("4294967296", "0", "-1", "0"),
        (_, "s") => ("9223372036854775808", "-9223372036854775808", "9223372036854775807", "-9223372036854775808"),
        _ => ("18446744073709551616", "0", "-1", "0"),
    };
    format!(
        "(func $saturating.{int}.trunc_sat_{float}_{sign} (param $x {float}) (result {int})
            (if (result {int}) ({float}.ge (local.get $x) ({float}.const {above})) (then ({int}.const {most}))
            (else (if (result {int}) ({float}.ge (local.get $x) ({float}.const {least}))
                (then ({int}.trunc_{float}_{sign} (local.get $x)))
            (else (if (result {int}) ({float}.lt (local.get $x) ({float}.const 0)) (then ({int}.const {low}))
            (else ({int}.const 0))))))))\n"
    )
}

fn translate(low: &Path, work: &Path) -> Result<String> {
    let output = work.join("low.js");
    let mut tool = house::npm_tool("wasm2js")?;
    tool.arg("-Oz").args(FEATURES).arg(low).arg("-o").arg(&output);
    house::run(&mut tool, "read what it says about the module above")?;
    house::read_text(&output)
}

fn wasm_script(glue: &str, module: &[u8]) -> String {
    let order = order(module);
    // Where the policy forbids WebAssembly this is not an error but an answer: the other flavour is wanted.
    script(
        "wasm",
        &format!(
            "{}
             const text = \"{}\";
             const bytes = new Uint8Array(text.length);
             put(bytes, 0, text);
             {glue}
             try {{ prWasm.initSync({{ module: bytes }}); }} catch (error) {{ return `refused: ${{error}}`; }}",
            reader(&order),
            letters(module, &order)
        ),
    )
}

fn js_script(glue: &str, translated: &str, low: &[u8]) -> Result<String> {
    let core = with_letters(&core_of(translated)?)?;
    let glue = glue_for_growing_memory(glue)?;
    let wide = wasm_file::wide_imports(low)?;
    let wide = wide.iter().map(|wide| format!("{:?}: {:?}", wide.name, wide.shape)).collect::<Vec<_>>().join(", ");
    // The glue asks WebAssembly for a module and an instance; here it gets the translated functions. wasm2js hands a
    // 64-bit integer to an import as two halves, where the glue expects one BigInt.
    let body = format!(
        "{core}
         const wide = {{ {wide} }};
         const whole = (give, shape) => (...halves) => {{
             let at = 0;
             return give(...[...shape].map((kind) => {{
                 const low = halves[at++];
                 return kind === \"w\" ? (BigInt(halves[at++]) << 32n) | BigInt(low >>> 0) : low;
             }}));
         }};
         class Module {{}}
         class Instance {{
             constructor(_module, imports) {{
                 for (const given of Object.values(imports)) {{
                     for (const name of Object.keys(wide)) {{
                         if (given[name]) given[name] = whole(given[name], wide[name]);
                     }}
                 }}
                 this.exports = asmFunc(imports);
             }}
         }}
         const WebAssembly = {{ Module, Instance }};
         {glue}
         prWasm.initSync({{ module: new Module() }});"
    );
    Ok(script("js", &body))
}

/// The frame of both flavours. Put into a page again it does nothing. Its value is the flavour that runs there, or
/// why none does: whoever injects it gets that as the result.
fn script(flavour: &str, body: &str) -> String {
    format!(
        "(() => {{
             if (globalThis.__promptRunnerEngine) return globalThis.__promptRunnerEngine.flavour;
             {body}
             globalThis.__promptRunnerEngine = {{ flavour: \"{flavour}\", engine: prWasm }};
             prWasm.start(\"{flavour}\");
             return \"{flavour}\";
         }})();\n"
    )
}

/// wasm2js writes an ES module; wanted is the function in it that makes an instance.
fn core_of(translated: &str) -> Result<String> {
    let (core, _) = translated
        .split_once("var retasmFunc = asmFunc(")
        .context("wasm2js writes another ending than the recipe in xtask/src/engine.rs knows; adapt `core_of`")?;
    let lines = core.lines().filter(|line| !line.starts_with("import "));
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// wasm2js writes the data of the module in base64, four letters for three bytes; here it stands in letters, as the module does.
fn with_letters(core: &str) -> Result<String> {
    const CALL: &str = "base64DecodeToExistingUint8Array(bufferView, ";
    let other =
        "wasm2js writes the data of a module in another way than xtask/src/engine.rs knows; adapt `with_letters`";
    let (before, rest) = core.split_once("var base64ReverseLookup").context(other)?;
    let (_, rest) = rest.split_once("function initActiveSegments").context(other)?;
    let mut parts = rest.split(CALL);
    let begins = parts.next().context(other)?;
    let mut segments = Vec::new();
    for part in parts {
        let (place, rest) = part.split_once(", \"").context(other)?;
        let (data, rest) = rest.split_once('"').context(other)?;
        segments.push((place, BASE64.decode(data).context(other)?, rest));
    }
    let order = order(&segments.iter().flat_map(|(_, data, _)| data.iter().copied()).collect::<Vec<_>>());
    let mut out = [before, &reader(&order), "\nfunction initActiveSegments", begins].concat();
    for (place, data, rest) in segments {
        out.push_str(&format!("put(bufferView, {place}, \"{}\"{rest}", letters(&data, &order)));
    }
    Ok(out)
}

/// The glue keeps views of the memory and makes new ones when the old are detached. In the translated engine a growing
/// memory is a new buffer and the old one is left as it was: unpatched glue then reads old values and says nothing.
fn glue_for_growing_memory(glue: &str) -> Result<String> {
    const VIEW: &str = "cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === \
                        undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)";
    const BYTES: &str = "cachedUint8ArrayMemory0.byteLength === 0";
    let mut patched = glue.to_owned();
    for (old, new) in [
        (VIEW, "cachedDataViewMemory0.buffer !== wasm.memory.buffer"),
        (BYTES, "cachedUint8ArrayMemory0.buffer !== wasm.memory.buffer"),
    ] {
        let count = patched.matches(old).count();
        if count != 1 {
            bail!("The glue has {count} times `{old}`, and once is expected; adapt the recipe in xtask/src/engine.rs");
        }
        patched = patched.replace(old, new);
    }
    for unknown in ["Memory0.byteLength === 0", ".detached ==="] {
        if patched.contains(unknown) {
            bail!("The glue has another view of the memory (`{unknown}`); patch it in xtask/src/engine.rs too");
        }
    }
    Ok(patched)
}

fn minify(flavour: &str, script: &str, work: &Path) -> Result<String> {
    let (long, short) = (work.join(format!("{flavour}.long.js")), work.join(format!("{flavour}.short.js")));
    house::write(&long, script.as_bytes())?;
    let mut tool = house::npm_tool("terser")?;
    tool.arg(&long).args(["--compress", SHORTER, "--mangle", "toplevel", "--ecma", "2020", "--output"]);
    house::run(tool.arg(&short), "read what it says about the script above")?;
    let what = match flavour {
        "wasm" => "the page's engine as WebAssembly",
        _ => "the page's engine translated to JavaScript, for pages that forbid WebAssembly",
    };
    let banner = format!("// Generated by `cargo xtask build` from wasm/ and core/: {what}. Do not edit.\n");
    Ok(banner + &house::read_text(&short)?)
}

#[cfg(test)]
mod tests {
    use super::{Result, core_of, glue_for_growing_memory, saturating_calls, script, shortened, with_letters};

    #[test]
    fn both_sides_get_the_same_short_names() -> Result<()> {
        let text =
            "(import \"./engine_bg.js\" \"__wbg_get_0a\" (func))(import \"./engine_bg.js\" \"__wbg_get_0b\" (func))";
        let glue = "\"./engine_bg.js\": __wbg_get_0a: function() {},__wbg_get_0b: function() {}";
        let (glue, text) = shortened(glue, text)?;
        assert_eq!(glue, "glue: i0: function() {},i1: function() {}");
        assert_eq!(text, "(import \"glue\" \"i0\" (func))(import \"glue\" \"i1\" (func))");
        assert!(shortened("", &text).is_err());
        Ok(())
    }

    #[test]
    fn the_data_of_the_translation_is_written_in_letters() -> Result<()> {
        let core = "var base64ReverseLookup = 1;\nfunction initActiveSegments() {\n\
                    base64DecodeToExistingUint8Array(bufferView, 8, \"AAAAYQ==\");\n}\nfunction asmFunc() {}";
        let written = with_letters(core)?;
        assert!(
            written.ends_with("initActiveSegments() {\nput(bufferView, 8, \"   !\");\n}\nfunction asmFunc() {}"),
            "{written}"
        );
        assert!(!written.contains("base64"));
        assert!(with_letters("function asmFunc() {}").is_err());
        Ok(())
    }

    const GLUE: &str = "if (cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || \
        (cachedDataViewMemory0.buffer.detached === undefined && \
        cachedDataViewMemory0.buffer !== wasm.memory.buffer)) {}\n\
        if (cachedUint8ArrayMemory0 === null || cachedUint8ArrayMemory0.byteLength === 0) {}";

    #[test]
    fn both_memory_views_are_patched_and_a_changed_glue_is_refused() -> Result<()> {
        let patched = glue_for_growing_memory(GLUE)?;
        assert_eq!(patched.matches("Memory0.buffer !== wasm.memory.buffer").count(), 2);
        assert!(glue_for_growing_memory("").is_err());
        assert!(glue_for_growing_memory(&GLUE.repeat(2)).is_err());
        assert!(glue_for_growing_memory(&format!("{GLUE}cachedInt32ArrayMemory0.byteLength === 0")).is_err());
        Ok(())
    }

    #[test]
    fn saturating_conversions_become_calls_of_functions_that_exist() -> Result<()> {
        let text = saturating_calls("(module (func (i64.trunc_sat_f32_u (f32.const 1))))")?;
        assert!(text.contains("(call $saturating.i64.trunc_sat_f32_u (f32.const 1))"), "{text}");
        assert_eq!(text.matches("(func $saturating.").count(), 8);
        assert_eq!(text.matches('(').count(), text.matches(')').count());
        assert!(!text.contains("(i64.trunc_sat"));
        Ok(())
    }

    #[test]
    fn only_the_instance_maker_is_kept_of_the_translation() -> Result<()> {
        let translated =
            "import * as a from './a.js';\nfunction asmFunc() {}\nvar retasmFunc = asmFunc({});\nexport var b = 1;";
        assert_eq!(core_of(translated)?, "function asmFunc() {}");
        assert!(core_of("something else").is_err());
        Ok(())
    }

    #[test]
    fn the_frame_looks_for_an_engine_first_and_starts_its_own_last() {
        let text = script("js", "BODY");
        let place = |part: &str| text.find(part).unwrap_or(usize::MAX);
        assert!(place("return globalThis") < place("BODY") && place("BODY") < place("prWasm.start(\"js\")"), "{text}");
    }
}
