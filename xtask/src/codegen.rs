//! `cargo xtask codegen` — files that are written from the Rust source, so that the protocol is spelled once. They
//! are kept in the repository; `--check` tells when one is stale. A new one is a line in `ARTIFACTS` and a function. What there is one of for
//! each site follows from the sites, and the list of built-in workflows from their folder.

use std::fs::{self, DirEntry};

use anyhow::{Context as _, Result, bail};
use prompt_runner_core::protocol::{Client, Entry, HOST_NAME, TABLE, Twice, VERSION};
use prompt_runner_core::refusal::Code;
use prompt_runner_core::workflow::DEFAULT;
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
    ("extension/manifest.json", manifest),
    ("docs/SECURITY.md", security_document),
    ("native-host/runner/src/workflows/built_in.rs", built_in_workflows),
    ("extension/again.js", again),
    ("extension/requests.js", requests),
    ("core/src/protocol/golden.jsonl", golden),
    ("extension/_locales/en/messages.json", english),
    ("docs/PROTOCOL.md", protocol_document),
    ("docs/schema/request.schema.json", || schema(&types::request_schema())),
    ("docs/schema/reply.schema.json", || schema(&types::reply_schema())),
    ("docs/schema/refusal.schema.json", || schema(&types::refusal_schema())),
];

/// Every generated file, with the text that it should have.
fn artifacts() -> Vec<(String, Result<String>)> {
    let fixed = ARTIFACTS.iter().map(|(path, text)| ((*path).to_owned(), text()));
    let profiles =
        site::SITES.into_iter().map(|site| (format!("tests/pages/{}/profile.json", site.host), profile(site)));
    fixed.chain(profiles).collect()
}

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

/// The addresses of the sites, as browsers match them.
fn patterns() -> impl Iterator<Item = String> {
    site::SITES.into_iter().map(|site| format!("https://{}/*", site.host))
}

/// The manifest of the extension, with the sites that it reaches in its two lists; all else in it is written by hand.
fn manifest() -> Result<String> {
    let text = house::read_text(&house::root()?.join("extension/manifest.json"))?;
    let list = patterns().map(|pattern| json!(pattern).to_string()).collect::<Vec<_>>().join(", ");
    ["\"host_permissions\": [", "\"matches\": ["].into_iter().try_fold(text, |text, begin| {
        replaced(&text, begin, "]", &list).with_context(|| format!("The manifest has lost its list after {begin}"))
    })
}

/// The document with the sites that the extension reaches.
fn security_document() -> Result<String> {
    let text = house::read_text(&house::root()?.join("docs/SECURITY.md"))?;
    let list = patterns().map(|pattern| format!("`{pattern}`")).collect::<Vec<_>>().join(", ");
    between(&text, "sites", &format!("The sites are {list}.\n"))
}

/// The workflows in their folder: the one of who names none first, the others by their names.
fn built_in_workflows() -> Result<String> {
    let folder = house::root()?.join("native-host/runner/workflows");
    let entries = fs::read_dir(&folder).with_context(|| format!("{} cannot be listed", folder.display()))?;
    let name = |entry: DirEntry| entry.file_name().to_str()?.strip_suffix(".toml").map(str::to_owned);
    let mut names: Vec<String> = entries.flatten().filter_map(name).collect();
    names.sort_by_key(|name| (name != DEFAULT, name.clone()));
    let rows = names.iter().map(|name| format!("    (\"{name}\", include_str!(\"../../workflows/{name}.toml\")),\n"));
    Ok(format!(
        "//! The workflows that came with the program. Generated from native-host/runner/workflows by `cargo xtask codegen`.\n\n\
         /// Name and text of each. The first is the one of who names none.\n\
         pub(super) const BUILT_IN: &[(&str, &str)] = &[\n{}];\n",
        rows.collect::<String>()
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
    replaced(text, &format!("<!-- generated: {name} -->\n"), &format!("<!-- end: {name} -->"), body)
        .with_context(|| format!("The marks for “{name}” are gone; put them back around what is generated"))
}

/// The text with this body between the first of these beginnings and the end that follows.
fn replaced(text: &str, begin: &str, end: &str, body: &str) -> Option<String> {
    let head = text.find(begin)? + begin.len();
    let tail = head + text[head..].find(end)?;
    Some(format!("{}{body}{}", &text[..head], &text[tail..]))
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let artifacts = artifacts();
    let count = artifacts.len();
    let stale = stale(artifacts)?;
    if stale.is_empty() {
        house::say(&format!("codegen: {count} files, all fresh"));
        return Ok(());
    }
    if options.check {
        let names = stale.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>().join(", ");
        bail!("Stale: {names}; run `cargo xtask codegen` and commit what it writes");
    }
    let root = house::root()?;
    for (path, text) in stale {
        house::write(&root.join(&path), text.as_bytes())?;
        house::say(&format!("codegen: wrote {path}"));
    }
    Ok(())
}

/// The artifacts whose file is missing or differs, with the text they should have.
fn stale(artifacts: Vec<(String, Result<String>)>) -> Result<Vec<(String, String)>> {
    let root = house::root()?;
    let mut stale = Vec::new();
    for (path, text) in artifacts {
        let text = text.with_context(|| format!("{path} could not be generated"))?;
        if house::read_text(&root.join(&path)).ok().as_deref() != Some(&text) {
            stale.push((path, text));
        }
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use super::{Result, replaced, stale};

    #[test]
    fn a_missing_or_different_file_is_stale_and_an_equal_one_is_not() -> Result<()> {
        let artifacts = [
            ("xtask/src/codegen.rs", include_str!("codegen.rs")),
            ("xtask/src/main.rs", "something else"),
            ("xtask/no/such/file", ""),
        ];
        let artifacts = artifacts.map(|(path, text)| (path.to_owned(), Ok(text.to_owned())));
        let names: Vec<_> = stale(artifacts.into())?.into_iter().map(|(path, _)| path).collect();
        assert_eq!(names, ["xtask/src/main.rs", "xtask/no/such/file"]);
        Ok(())
    }

    #[test]
    fn what_stands_between_two_marks_is_replaced_and_nothing_else() {
        assert_eq!(replaced("a [1] [2]", "[", "]", "x").as_deref(), Some("a [x] [2]"));
        assert_eq!(replaced("] a", "[", "]", "x"), None);
        assert_eq!(replaced("[ a", "[", "]", "x"), None);
    }
}
