//! `cargo xtask build` — the native programs, and the page's engine in both flavours. Cargo decides what to compile;
//! the slow part after it (binding, optimising, translating) is skipped while its input and its results are the same.

use std::hash::{DefaultHasher, Hasher as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::{engine, house, setup};

#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Build the native programs for release (the engine always is)
    #[arg(long)]
    release: bool,
}

/// Where the extension looks for its engine.
const ENGINE: &str = "extension/engine";
const FILES: [&str; 3] = ["wasm.js", "js.js", "sizes.json"];
const STAMP: &str = "stamp";

pub(crate) fn run(options: &Options) -> Result<()> {
    setup::ensure_build_tools()?;
    let next = "correct what the compiler names above";
    let mut native = house::cargo()?;
    native.args(["build", "--package", "prompt-runner"]);
    if options.release {
        native.arg("--release");
    }
    house::say("native programs");
    house::run(&mut native, next)?;

    house::say("engine");
    let wasm = compile()?;
    let root = house::root()?;
    let (output, work) = (root.join(ENGINE), house::target()?.join("engine"));
    let input = digest([wasm.as_slice(), engine::RECIPE.as_bytes(), &house::read(&root.join("package-lock.json"))?]);
    let stamp = work.join(STAMP);
    let fresh =
        house::read_text(&stamp).is_ok_and(|old| results(&output).is_ok_and(|now| old == format!("{input} {now}")));
    if fresh {
        house::say("engine: unchanged");
        return Ok(());
    }
    let engine = engine::make(wasm, &work)?;
    prove([&engine.wasm, &engine.js], &work)?;
    house::write(&output.join(FILES[0]), engine.wasm.as_bytes())?;
    house::write(&output.join(FILES[1]), engine.js.as_bytes())?;
    let sizes = sizes([("wasm", &output.join(FILES[0])), ("js", &output.join(FILES[1])), ("module", &engine.module)])?;
    house::write(&output.join(FILES[2]), format!("{sizes:#}\n").as_bytes())?;
    house::write(&stamp, format!("{input} {}", results(&output)?).as_bytes())?;
    table(&sizes);
    Ok(())
}

/// One compilation serves both flavours: the oldest instruction set is what wasm2js understands, and with its heap of
/// JavaScript values in the glue instead of in a table it gives the smaller .wasm too. It has a target directory of
/// its own, for its flags would make cargo rebuild everything that another flavour of the same target has there.
fn compile() -> Result<Vec<u8>> {
    let target = house::target()?.join("wasm-mvp");
    let mut cargo = house::cargo()?;
    cargo.args(["build", "--package", "prompt-runner-wasm", "--target", "wasm32-unknown-unknown"]);
    cargo.args(["--profile", "wasm", "--target-dir"]).arg(&target);
    cargo.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", flags()?.join("\u{1f}"));
    house::run(&mut cargo, "correct what the compiler names above")?;
    house::read(&target.join("wasm32-unknown-unknown/wasm/prompt_runner_wasm.wasm"))
}

/// The paths of whoever builds stay out of the panic messages, which are shipped.
fn flags() -> Result<Vec<String>> {
    let mut flags = vec!["-Ctarget-cpu=mvp".to_owned()];
    flags.push(format!("--remap-path-prefix={}=", house::root()?.join("").display()));
    if let Some(cargo) =
        std::env::var_os("CARGO_HOME").map(Into::into).or_else(|| Some(std::env::home_dir()?.join(".cargo")))
    {
        flags.push(format!("--remap-path-prefix={}=cargo", cargo.display()));
    }
    Ok(flags)
}

fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hasher = DefaultHasher::new();
    for part in parts {
        hasher.write_usize(part.len());
        hasher.write(part);
    }
    format!("{:016x}", hasher.finish())
}

/// A digest of what stands in the extension now, so that a lost or edited file is made again.
fn results(output: &Path) -> Result<String> {
    let files = FILES.iter().map(|file| house::read(&output.join(file))).collect::<Result<Vec<_>>>()?;
    Ok(digest(files.iter().map(Vec::as_slice)))
}

/// Runs both flavours in Node up to their start, which wants a page and may fail there. A broken module is found here
/// and not in somebody's page: tools of this chain have written such and reported success.
fn prove(scripts: [&str; 2], work: &Path) -> Result<()> {
    const PROOF: &str = "
        const names = process.argv.slice(1).map((file) => {
            delete globalThis.__promptRunnerEngine;
            let said = '';
            try { said = (0, eval)(require('node:fs').readFileSync(file, 'utf8')); } catch (error) { said = error; }
            const running = globalThis.__promptRunnerEngine;
            return running ? Object.keys(running.engine).sort().join() : `nothing (${said})`;
        });
        console.log('\\n' + JSON.stringify(names));
        process.exit(0);";
    let files = [work.join(FILES[0]), work.join(FILES[1])];
    for (file, script) in files.iter().zip(scripts) {
        house::write(file, script.as_bytes())?;
    }
    let mut node = house::command("node")?;
    node.args(["-e", PROOF, "--"]).args(files);
    let said = house::output(&mut node, "check that `node` is a plain Node")?;
    let names: [String; 2] = serde_json::from_str(said.lines().last().unwrap_or_default())
        .context("Node said nothing about the engine; check that `node` is a plain Node")?;
    if names[0] != names[1] || !names[0].split(',').any(|name| name == "start") {
        bail!(
            "The engine does not run: wasm.js gives {}, js.js gives {}; compare the files in target/engine, and see \
             whether wasm-bindgen or binaryen changed",
            names[0],
            names[1]
        );
    }
    Ok(())
}

/// Raw and brotli sizes; brotli is what a store's download and most servers use.
fn sizes(files: [(&str, &Path); 3]) -> Result<Value> {
    const MEASURE: &str = "
        const sizes = process.argv.slice(1).map((file) => {
            const bytes = require('node:fs').readFileSync(file);
            return { raw: bytes.length, brotli: require('node:zlib').brotliCompressSync(bytes).length };
        });
        console.log(JSON.stringify(sizes));";
    let mut node = house::command("node")?;
    node.args(["-e", MEASURE, "--"]).args(files.map(|(_, path)| path));
    let unexpected = "Node's brotli sizes cannot be read; check that `node` is a plain Node";
    let measured: Vec<Value> = serde_json::from_str(&house::output(&mut node, "check Node")?).context(unexpected)?;
    let mut sizes = json!({});
    for ((name, _), size) in files.iter().zip(measured) {
        sizes[*name] = size;
    }
    Ok(sizes)
}

fn table(sizes: &Value) {
    eprintln!("{:<8}{:>10}{:>10}", "engine", "raw", "brotli");
    for name in ["wasm", "js", "module"] {
        eprintln!("{name:<8}{:>10}{:>10}", sizes[name]["raw"].to_string(), sizes[name]["brotli"].to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn the_digest_tells_parts_apart() {
        assert_eq!(digest([&b"ab"[..], b"c"]), digest([&b"ab"[..], b"c"]));
        assert_ne!(digest([&b"ab"[..], b"c"]), digest([&b"a"[..], b"bc"]));
    }
}
