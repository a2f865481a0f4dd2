//! `cargo xtask codegen` — files that are written from the Rust source, so that the protocol is spelled once. They
//! are kept in the repository; `--check` tells when one is stale. A new one is a line in `ARTIFACTS` and a function.

use anyhow::{Context as _, Result, bail};
use prompt_runner_core::protocol::{Client, Entry, HOST_NAME, TABLE, Twice, VERSION};
use prompt_runner_core::refusal::Code;
use prompt_runner_core::{site, types, words};
use serde_json::json;

use crate::house;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Write nothing; fail and name the files that are stale
    #[arg(long)]
    check: bool,
}

impl Options {
    pub(crate) fn checking() -> Self {
        Self { check: true }
    }
}

/// Path from the top of the repository, and the function that gives the whole text.
type Artifact = (&'static str, fn() -> Result<String>);

const ARTIFACTS: &[Artifact] = &[
    ("extension/types/protocol.d.ts", protocol_types),
    ("extension/sites.js", sites),
    ("extension/again.js", again),
    ("extension/requests.js", requests),
    ("core/src/protocol/golden.jsonl", golden),
    ("extension/_locales/en/messages.json", english),
    ("docs/PROTOCOL.md", protocol_document),
    ("docs/schema/request.schema.json", || schema(&types::request_schema())),
    ("docs/schema/reply.schema.json", || schema(&types::reply_schema())),
    ("docs/schema/refusal.schema.json", || schema(&types::refusal_schema())),
    ("tests/pages/claude.ai/profile.json", || profile(&site::CLAUDE)),
    ("tests/pages/chatgpt.com/profile.json", || profile(&site::CHATGPT)),
    ("tests/pages/gemini.google.com/profile.json", || profile(&site::GEMINI)),
];

fn protocol_types() -> Result<String> {
    Ok(format!(
        "// Generated from core/src by `cargo xtask codegen`: the protocol, for type-checked JavaScript.\n{}",
        types::declarations()
    ))
}

/// The catalogue of words as WebExtensions read it. `$1` stands for a placeholder there as it does here.
fn english() -> Result<String> {
    let messages = words::CATALOGUE.iter().map(|(key, text)| ((*key).to_owned(), json!({ "message": text })));
    let messages: Vec<String> = messages.map(|(key, message)| format!("  {}: {message}", json!(key))).collect();
    Ok(format!("{{\n{}\n}}\n", messages.join(",\n")))
}

/// The sites, for the part of the extension that is not the engine.
fn sites() -> Result<String> {
    let rows = site::SITES.map(|site| {
        let (host, new_chat, path) = (json!(site.host), json!(site.new_chat), json!(site.conversation_path));
        format!("\t{{ host: {host}, newChat: {new_chat}, conversationPath: {path} }},\n").replace('"', "'")
    });
    Ok(format!(
        "// Why this exists: the sites that have a profile, and where their chats live. Generated from core/src/site by `cargo xtask codegen`.\n\
         export const SITES = [\n{}];\n\
         export const ORIGINS = SITES.map(({{ host }}) => `https://${{host}}`);\n\
         export const PATTERNS = ORIGINS.map((origin) => `${{origin}}/*`);\n",
        rows.concat()
    ))
}

/// What the worker has to know of the protocol: its version, the host's name, and of each request whether a page may ask it and whether it may
/// be asked again.
fn requests() -> Result<String> {
    let row = |entry: &Entry| {
        let (page, again) = (entry.may_come_from(Client::Page), entry.twice == Twice::Same);
        format!("\t{}: {{ page: {page}, again: {again} }},\n", entry.name)
    };
    Ok(format!(
        "// Why this exists: the worker lets through what the table of requests allows. Generated from core/src/protocol by `cargo xtask codegen`.\n\
         export const VERSION = {VERSION};\n\
         export const HOST_NAME = '{HOST_NAME}';\n\
         /**\n \
         * Of each request: whether a page of a chat site may ask it (the rest belongs to our own pages), and whether it does no more the second\n \
         * time than the first. A host may end after it did what it was asked and before it said so.\n \
         * @type {{Record<import('./types/protocol.d.ts').Request['type'], {{ page: boolean, again: boolean }}>}}\n \
         */\n\
         export const REQUESTS = {{\n{}}};\n",
        TABLE.iter().map(row).collect::<String>(),
    ))
}

/// The examples of the table, after every line that was golden before: what was understood once stays understood.
fn golden() -> Result<String> {
    let kept = house::read_text(&house::root()?.join("core/src/protocol/golden.jsonl"))?;
    let examples =
        TABLE.iter().flat_map(|entry| entry.examples).filter(|example| !kept.lines().any(|line| line == **example));
    Ok(examples.fold(kept.clone(), |all, example| format!("{all}{example}\n")))
}

/// The table of requests, for people.
fn request_rows() -> String {
    let row = |entry: &Entry| {
        let doc = entry.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        let from = Client::ALL.iter().filter(|(client, _)| entry.may_come_from(*client)).map(|(_, name)| *name);
        let again = if entry.twice == Twice::Same { "yes" } else { "no" };
        let (name, answer) = (entry.name, entry.answer_type);
        format!("| `{name}` | {doc} | `{answer}` | {} | {again} |\n", from.collect::<Vec<_>>().join(", "))
    };
    let rows = TABLE.iter().map(row).collect::<String>();
    format!("| request | what it does | answer | who may ask | may be asked again |\n|---|---|---|---|---|\n{rows}")
}

/// Of each code whether the same request may be sent again: a host that is older than the field in a refusal does not say so.
fn again() -> Result<String> {
    let rows = Code::ALL.iter().map(|code| format!("\t'{}': '{}',\n", code.name(), code.again().name()));
    Ok(format!(
        "// Why this exists: a host that is older than the field `again` of a refusal is understood too. Generated from core/src/refusal.rs by `cargo xtask codegen`.\n\
         /** @type {{Record<string, import('./types/protocol.d.ts').Again>}} */\n\
         export const AGAIN = {{\n{}}};\n",
        rows.collect::<String>()
    ))
}

/// The elements of a site profile, for the test that holds every selector against the stored pages.
fn profile(site: &site::Profile) -> Result<String> {
    let elements = site.elements().map(|(name, candidates)| (name.to_owned(), json!(candidates)));
    Ok(format!("{:#}\n", serde_json::Value::Object(elements.into_iter().collect())))
}

/// What `--json` prints, for a validator.
fn schema(schema: &impl serde::Serialize) -> Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(schema)?))
}

/// The document with its tables written anew between their marks; the text around them is written by hand.
fn protocol_document() -> Result<String> {
    let text = house::read_text(&house::root()?.join("docs/PROTOCOL.md"))?;
    let text = between(&text, "declarations", &format!("```ts\n{}\n```\n", types::declarations().trim()))?;
    let text = between(&text, "requests", &request_rows())?;
    let rows: Vec<String> = Code::ALL
        .iter()
        .map(|code| format!("| `{}` | {} | {} | {} |\n", code.name(), code.exit(), code.again().name(), code.hint()))
        .collect();
    between(&text, "refusals", &format!("| code | exit | again | next step |\n|---|---|---|---|\n{}", rows.concat()))
}

fn between(text: &str, name: &str, body: &str) -> Result<String> {
    let (begin, end) = (format!("<!-- generated: {name} -->\n"), format!("<!-- end: {name} -->"));
    let head = text.find(&begin).map(|at| at + begin.len());
    let tail = text.find(&end);
    let (Some(head), Some(tail)) = (head, tail) else {
        bail!("docs/PROTOCOL.md has lost its marks for “{name}”; put them back around the table");
    };
    Ok(format!("{}{body}{}", &text[..head], &text[tail..]))
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let stale = stale(ARTIFACTS)?;
    if stale.is_empty() {
        house::say(&format!("codegen: {} files, all fresh", ARTIFACTS.len()));
        return Ok(());
    }
    if options.check {
        let names = stale.iter().map(|(path, _)| *path).collect::<Vec<_>>().join(", ");
        bail!("Stale: {names}; run `cargo xtask codegen` and commit what it writes");
    }
    let root = house::root()?;
    for (path, text) in stale {
        house::write(&root.join(path), text.as_bytes())?;
        house::say(&format!("codegen: wrote {path}"));
    }
    Ok(())
}

/// The artifacts whose file is missing or differs, with the text they should have.
fn stale(artifacts: &[Artifact]) -> Result<Vec<(&'static str, String)>> {
    let root = house::root()?;
    let mut stale = Vec::new();
    for (path, text) in artifacts {
        let text = text().with_context(|| format!("{path} could not be generated"))?;
        if house::read_text(&root.join(path)).ok().as_deref() != Some(&text) {
            stale.push((*path, text));
        }
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use super::{Artifact, Result, stale};

    #[test]
    fn a_missing_or_different_file_is_stale_and_an_equal_one_is_not() -> Result<()> {
        let artifacts: &[Artifact] = &[
            ("xtask/src/codegen.rs", || Ok(include_str!("codegen.rs").to_owned())),
            ("xtask/src/main.rs", || Ok("something else".to_owned())),
            ("xtask/no/such/file", || Ok(String::new())),
        ];
        let names: Vec<_> = stale(artifacts)?.into_iter().map(|(path, _)| path).collect();
        assert_eq!(names, ["xtask/src/main.rs", "xtask/no/such/file"]);
        Ok(())
    }
}
