//! What is put into a page, in bytes: the boot script and one of the two engines.

use crate::{Samples, told};

/// Of MCP-SuperAssistant's content script a fifth is 284 KB; this is the stricter line.
const MOST: f64 = 250_000.0;

pub(crate) fn measure() -> Vec<Samples> {
    let extension = told("PROMPT_RUNNER_ROOT").join("extension");
    let size = |name: &str| std::fs::metadata(extension.join(name)).unwrap().len() as f64;
    let boot = size("boot.js");
    vec![
        Samples::count(
            "P7",
            "content script, where WebAssembly is allowed",
            "bytes",
            boot + size("engine/wasm.js"),
            Some(MOST),
        ),
        Samples::count(
            "P7",
            "content script, translated to JavaScript",
            "bytes",
            boot + size("engine/js.js"),
            Some(MOST),
        ),
    ]
}
