//! What `--json` prints is as `docs/schema/` says: every command that takes the option, where it succeeds and where it is turned down.

use crate::desk::{Desk, said};
use crate::flow::MODEL;
use crate::help::commands;
use crate::page;
use jsonschema::{Retrieve, Uri, Validator};
use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::process::Command;

/// What was understood once, for the one schema of what is read.
const REQUESTS: &str = include_str!("../../core/src/protocol/golden.jsonl");
const SCHEMAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/schema");
const TRANSCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cli/transcripts");

/// What is typed before `--json`, its exit code, and the schema of each line that it prints. The prompt that came last has its answer in
/// `reply.md`; MODEL is a command that answers, CUT one whose answer is cut.
type Row = (&'static str, i32, &'static [&'static str]);

const ROWS: &[Row] = &[
    ("db verify", 3, &["refusal"]),
    ("db rebuild", 3, &["refusal"]),
    ("db prune --older-than 1", 3, &["refusal"]),
    ("orchestrate status", 3, &["refusal"]),
    ("orchestrate list", 0, &["reply"]),
    ("orchestrate list --project nowhere", 2, &["refusal"]),
    ("orchestrate plan 'Dark mode'", 0, &["reply"]),
    ("orchestrate plan ' '", 2, &["refusal"]),
    ("orchestrate status", 0, &["reply"]),
    ("orchestrate analyze", 4, &["refusal"]),
    ("orchestrate repair", 4, &["refusal"]),
    ("orchestrate accept", 4, &["refusal"]),
    ("orchestrate complete", 4, &["refusal"]),
    ("orchestrate process --file nowhere.md", 2, &["refusal"]),
    ("read --phase planning reply.md", 1, &["read"]),
    ("read --phase planning nowhere.md", 2, &["refusal"]),
    ("orchestrate process --file reply.md", 0, &["reply"]),
    ("orchestrate process --phase planning --file reply.md", 0, &["reply"]),
    ("orchestrate analyze", 0, &["reply"]),
    ("orchestrate phase analysis", 0, &["reply"]),
    ("orchestrate process-analysis --file reply.md", 0, &["reply"]),
    ("orchestrate implement", 0, &["reply"]),
    ("orchestrate complete --file reply.md", 0, &["reply"]),
    ("orchestrate implement", 4, &["refusal"]),
    ("orchestrate abandon", 4, &["refusal"]),
    ("orchestrate status --watch", 0, &["reply"]),
    ("orchestrate show", 0, &["reply"]),
    ("orchestrate rate 4 'Went well.' --saved 30", 0, &["reply"]),
    ("orchestrate rate 4 --session nobody", 3, &["refusal"]),
    ("stats", 0, &["stats"]),
    ("stats --by model --since 30d", 0, &["stats"]),
    ("stats --project nowhere", 2, &["refusal"]),
    ("stats session dark", 0, &["reply"]),
    ("stats session nobody", 3, &["refusal"]),
    ("db verify", 0, &["db"]),
    ("db rebuild", 0, &["db"]),
    ("db backup copy.db", 0, &["db"]),
    ("db backup copy.db", 2, &["refusal"]),
    ("db prune --older-than 1", 0, &["db"]),
    ("db prune --older-than 1 --yes", 0, &["db"]),
    ("orchestrate show --reply planning", 0, &["text"]),
    ("orchestrate show --prompt planning", 0, &["text"]),
    ("orchestrate show --attachment notes", 3, &["refusal"]),
    ("orchestrate redo implementation", 0, &["reply"]),
    ("orchestrate redo testing", 4, &["refusal"]),
    ("orchestrate skip", 0, &["reply"]),
    ("orchestrate skip", 4, &["refusal"]),
    ("orchestrate plan 'All of it' --workflow full", 0, &["reply"]),
    ("orchestrate test", 4, &["refusal"]),
    ("orchestrate clean", 4, &["refusal"]),
    ("orchestrate skip planning", 0, &["reply"]),
    ("orchestrate skip analysis", 0, &["reply"]),
    ("orchestrate skip implementation", 0, &["reply"]),
    ("orchestrate test", 0, &["reply"]),
    ("orchestrate skip testing", 0, &["reply"]),
    ("orchestrate clean", 0, &["reply"]),
    ("orchestrate abandon", 0, &["reply"]),
    ("orchestrate use-session dark", 0, &["reply"]),
    ("orchestrate use-session nobody", 3, &["refusal"]),
    ("orchestrate flow 'Sign in' --provider command --command MODEL", 0, &["reply"]),
    ("orchestrate apply", 4, &["refusal"]),
    ("orchestrate apply --dry-run", 0, &["reply"]),
    ("orchestrate apply --yes", 0, &["reply"]),
    ("orchestrate outcome", 0, &["reply"]),
    ("orchestrate outcome --session nobody", 3, &["refusal"]),
    ("orchestrate undo --list", 0, &["reply"]),
    ("orchestrate undo STEP", 0, &["reply"]),
    ("orchestrate undo", 4, &["refusal"]),
    ("orchestrate restore --at STEP", 0, &["reply"]),
    ("orchestrate restore --at STEP", 4, &["refusal"]),
    ("orchestrate retry --phase analysis --provider command --command MODEL", 0, &["reply"]),
    ("orchestrate retry --provider oracle", 2, &["refusal"]),
    ("orchestrate flow 'Sign out' --provider command --command CUT --attempts 1", 5, &["refusal"]),
    ("orchestrate status", 0, &["reply"]),
    ("orchestrate repair", 0, &["reply"]),
    ("orchestrate process --file reply.md", 0, &["reply"]),
    ("orchestrate resume --provider command --command CUT --attempts 1", 5, &["refusal"]),
    ("orchestrate accept", 0, &["reply"]),
    ("orchestrate resume --provider command --command false", 8, &["refusal"]),
    ("orchestrate list", 0, &["reply"]),
    ("orchestrate resume --provider command --command MODEL", 0, &["reply"]),
    ("orchestrate batch --file features.txt --provider command --command MODEL", 0, &["batch"]),
    ("orchestrate batch --file features.txt --provider command --command false", 8, &["batch", "refusal"]),
    ("orchestrate batch --file nowhere.txt", 2, &["refusal"]),
    ("workflow list", 0, &["workflow"]),
    ("workflow list --project nowhere", 2, &["refusal"]),
    ("workflow show bugfix", 0, &["workflow"]),
    ("workflow show dancing", 2, &["refusal"]),
    ("workflow new ours --like quick", 0, &["workflow"]),
    ("workflow new ours", 2, &["refusal"]),
    ("workflow edit ours", 0, &["workflow"]),
    ("workflow edit dancing", 2, &["refusal"]),
    ("workflow check", 0, &["workflow"]),
    ("workflow check .prompt-runner/workflows/ours.toml", 0, &["workflow"]),
    ("workflow check features.txt", 2, &["refusal"]),
    ("workflow try ours", 0, &["workflow"]),
    ("workflow try dancing", 2, &["refusal"]),
    ("orchestrate phase analysis", 4, &["refusal"]),
    ("template list", 0, &["template"]),
    ("template list --project nowhere", 2, &["refusal"]),
    ("template show planning", 0, &["template"]),
    ("template show dancing", 3, &["refusal"]),
    ("template edit planning", 0, &["template"]),
    ("template edit dancing", 3, &["refusal"]),
    ("template diff planning", 0, &["template"]),
    ("template diff dancing", 3, &["refusal"]),
    ("template test planning", 0, &["template"]),
    ("template test planning --file features.txt", 2, &["refusal"]),
    ("template add planning --file .prompt-runner/templates/planning.md.jinja --user", 0, &["template"]),
    ("template add planning --file nowhere.jinja", 2, &["refusal"]),
    ("template list", 0, &["template"]),
    ("template reset planning", 0, &["template"]),
    ("template reset planning", 0, &["template"]),
    ("template reset dancing", 3, &["refusal"]),
    ("migrate WORKSPACE", 0, &["migrate"]),
    ("migrate WORKSPACE --apply", 0, &["migrate"]),
    ("migrate WORKSPACE --apply", 0, &["migrate"]),
    ("migrate nowhere", 2, &["refusal"]),
    ("orchestrate show csv_export_20250301_090000", 0, &["reply"]),
    ("install --user-data-dir profile --dry-run", 0, &["steps"]),
    ("install --user-data-dir profile", 0, &["steps"]),
    ("install --browser netscape", 2, &["refusal"]),
    ("install", 7, &["steps"]),
    ("uninstall --user-data-dir profile", 0, &["steps"]),
    ("uninstall --browser netscape", 2, &["refusal"]),
    ("doctor --user-data-dir nowhere", 7, &["checks"]),
    ("doctor --fix --user-data-dir nowhere", 7, &["checks"]),
    ("doctor --browser netscape", 2, &["refusal"]),
    ("doctor --page", 7, &["pages"]),
];

/// The schemas by their names, each of which may refer to the others.
pub(crate) struct Schemas(BTreeMap<String, Validator>);

struct Folder;

impl Retrieve for Folder {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let name = uri.path().as_str().trim_start_matches('/').to_owned();
        Ok(serde_json::from_str(&std::fs::read_to_string(Path::new(SCHEMAS).join(name))?)?)
    }
}

impl Schemas {
    pub(crate) fn read() -> Self {
        let names = std::fs::read_dir(SCHEMAS).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let schema = |file: String| {
            let schema: Value =
                serde_json::from_str(&std::fs::read_to_string(Path::new(SCHEMAS).join(&file)).unwrap()).unwrap();
            let validator = jsonschema::options().with_retriever(Folder).build(&schema);
            let name = file.strip_suffix(".schema.json").unwrap_or_else(|| panic!("{file} is no schema")).to_owned();
            (name, validator.unwrap_or_else(|error| panic!("{file}: {error}")))
        };
        Self(names.map(schema).collect())
    }

    /// Holds what a command printed against the schema of an answer, or of a refusal.
    #[cfg(target_os = "linux")]
    pub(crate) fn hold_answer(&self, line: &str, what: &str) {
        self.holds(if is_refusal(line) { "refusal" } else { "reply" }, line, what);
    }

    fn holds(&self, name: &str, line: &str, what: &str) {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{what}: {error}: {line}"));
        let wrong: Vec<_> =
            self.0[name].iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{what} is not as {name}.schema.json says:\n{}\n{line}", wrong.join("\n"));
    }
}

/// Whether a line of JSON says that a command was turned down.
pub(crate) fn is_refusal(line: &str) -> bool {
    line.starts_with(r#"{"refusal":"#)
}

/// The words after the program's name of a line that ends with `--json` and is nothing but that command.
pub(crate) fn asks_for_json(line: &str) -> Option<&str> {
    line.strip_prefix("prompt-runner ")?.strip_suffix(" --json").filter(|words| !words.contains(['|', ';', '>']))
}

/// Each command that a transcript types with `--json`, with a line of JSON that it prints.
fn shown_as_json() -> Vec<(String, String)> {
    let mut shown = Vec::new();
    for file in std::fs::read_dir(TRANSCRIPTS).unwrap() {
        let mut typed = None;
        for line in std::fs::read_to_string(file.unwrap().path()).unwrap().lines() {
            if let Some(line) = line.strip_prefix("$ ") {
                typed = asks_for_json(line).map(str::to_owned);
            } else if let Some(typed) = typed.as_ref().filter(|_| line.starts_with('{')) {
                shown.push((typed.clone(), line.to_owned()));
            }
        }
    }
    shown
}

#[test]
fn what_is_printed_as_json_is_as_its_schema_says() {
    let schemas = Schemas::read();
    let desk = Desk::new();
    std::fs::write(desk.project().join("features.txt"), "Search\nFilter\n").unwrap();
    let workspace = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/legacy/every-status");
    let mut step = String::new();
    for (typed, exit, expected) in ROWS {
        // Not before: it makes the record, and the first rows are about what there is without one.
        if *typed == "doctor --page" {
            page::tell(&desk, &page::report("claude.ai", 0));
            page::tell(&desk, &page::report("gemini.google.com", 1));
        }
        let words = format!("{typed} --json").replace("WORKSPACE", workspace);
        let words = words.replace("MODEL", MODEL).replace("CUT", &format!("'env MODEL_FAULT=cut {MODEL}'"));
        let words = shlex::split(&words.replace("STEP", &step)).unwrap();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut command = desk.command(&words);
        // An editor that makes a change.
        command
            .env("VISUAL", "sed -i.before s/engineer/carpenter/")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME");
        if typed.contains("'Sign in'") {
            command.env("MODEL_SAYS", "### new.txt\n```\nx\n```");
        }
        let said = said(&command.output().unwrap());
        assert_eq!(said.code, Some(*exit), "{typed}: {said:?}");
        let lines: Vec<&str> = said.out.lines().collect();
        assert_eq!(lines.len(), expected.len(), "{typed}: {said:?}");
        for (line, schema) in lines.iter().zip(*expected) {
            schemas.holds(schema, line, typed);
        }
        let first: Value = serde_json::from_str(lines[0]).unwrap();
        if first["type"] == "files" && step.is_empty() {
            step = first["step"].to_string();
        }
        if first["type"] == "prompt" {
            let prompt = desk.file("prompt.md", first["text"].as_str().unwrap());
            let reply = Command::new(MODEL).stdin(File::open(prompt).unwrap()).output().unwrap();
            std::fs::write(desk.project().join("reply.md"), reply.stdout).unwrap();
        }
    }
    for line in REQUESTS.lines() {
        schemas.holds("request", line, "golden.jsonl");
    }
    let unused: Vec<_> = schemas
        .0
        .keys()
        .filter(|name| *name != "request" && !ROWS.iter().any(|(.., used)| used.contains(&name.as_str())))
        .collect();
    assert!(unused.is_empty(), "nothing is printed as {unused:?} say");
}

/// A schema that takes anything would hold for anything.
#[test]
fn a_schema_turns_down_what_is_not_so() {
    let schemas = Schemas::read();
    for (name, schema) in &schemas.0 {
        for line in
            ["{}", "[]", r#"{"type":"session","view":{}}"#, r#"{"refusal":{"code":"no.such","message":"","hint":""}}"#]
        {
            assert!(!schema.is_valid(&serde_json::from_str(line).unwrap()), "{name} takes {line}");
        }
    }
}

/// A row of ROWS, or a transcript that types it with `--json`: both are held against the schemas.
#[test]
fn every_command_that_takes_json_is_among_them() {
    let shown = shown_as_json();
    for one in commands().iter().filter(|one| one.help.contains("--json ")) {
        let short = one.path.strip_prefix("orchestrate ").unwrap_or(&one.path);
        let is = |typed: &str| {
            [one.path.as_str(), short].iter().any(|path| format!("{typed} ").starts_with(&format!("{path} ")))
        };
        let of = |good: bool| {
            ROWS.iter().any(|(typed, exit, _)| (*exit == 0) == good && is(typed))
                || shown.iter().any(|(typed, printed)| is_refusal(printed) != good && is(typed))
        };
        // `doctor` succeeds only on a machine that is set up, and `read` only with a proof: what they print then is the same.
        let always = ["doctor", "read"].contains(&one.path.as_str()) || of(true);
        assert!(
            always && of(false),
            "`{}` takes --json: say what it prints, and what where it is turned down",
            one.path
        );
    }
}
