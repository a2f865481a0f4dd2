//! The cases of tests/replies: a reply in a file, and what its category's `expect.json` says must be read in it.

use prompt_runner_core::phase::Phase;
use prompt_runner_core::reply::{Expect, Oddity, Problem, SectionState, Trailer};
use prompt_runner_core::session::SessionId;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Every prompt of the corpus has this session and this nonce.
pub(crate) const SESSION: &str = "20261122_141129_1a2b3c4d";
pub(crate) const NONCE: &str = "0123456789abcdef";

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) category: String,
    pub(crate) name: String,
    pub(crate) reply: String,
    pub(crate) expect: Expected,
}

/// What must be read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    phase: Phase,
    pub(crate) problem: Option<Problem>,
    pub(crate) trailer: Trailer,
    pub(crate) oddities: Vec<Oddity>,
    pub(crate) sections: BTreeMap<String, Section>,
}

/// A section: its text alone if it is whole, else its state, and its text where that is told.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Section {
    Whole(Text),
    Other { state: SectionState, text: Option<Text> },
}

impl Section {
    pub(crate) const fn state(&self) -> SectionState {
        match self {
            Self::Whole(_) => SectionState::Ok,
            Self::Other { state, .. } => *state,
        }
    }

    pub(crate) const fn text(&self) -> Option<&Text> {
        match self {
            Self::Whole(text) => Some(text),
            Self::Other { text, .. } => text.as_ref(),
        }
    }
}

/// A text, or the recipe of a long one.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Text {
    Plain(String),
    Recipe(Vec<Part>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Part {
    Once(String),
    Repeated { repeat: String, times: usize },
}

impl Text {
    /// The text itself.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Recipe(parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Once(text) => text.clone(),
                    Part::Repeated { repeat, times } => repeat.repeat(*times),
                })
                .collect(),
        }
    }
}

impl Case {
    /// The proof that the reply has to carry.
    pub(crate) fn expected_proof(&self) -> Expect {
        Expect::known(SessionId::parse(SESSION).unwrap(), self.expect.phase, NONCE.to_owned())
    }
}

/// Every case there is. A reply without an expectation fails, and an expectation without a reply.
pub(crate) fn all() -> Vec<Case> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/replies");
    let mut cases = Vec::new();
    for category in entries(&top).into_iter().filter(|path| path.is_dir()) {
        let expectations = std::fs::read_to_string(category.join("expect.json")).unwrap();
        let mut expectations: BTreeMap<String, Expected> =
            serde_json::from_str(&expectations).unwrap_or_else(|error| panic!("{}: {error}", category.display()));
        for file in entries(&category) {
            let file_name = file.file_name().unwrap().to_string_lossy().into_owned();
            let Some((name, reply)) = reply(&file, &file_name) else { continue };
            let expect =
                expectations.remove(name).unwrap_or_else(|| panic!("nothing is expected of {}", file.display()));
            let category = category.file_name().unwrap().to_string_lossy().into_owned();
            cases.push(Case { category, name: name.to_owned(), reply, expect });
        }
        assert!(expectations.is_empty(), "{}: no reply for {:?}", category.display(), expectations.keys());
    }
    cases
}

fn reply<'a>(file: &Path, name: &'a str) -> Option<(&'a str, String)> {
    let text = || std::fs::read_to_string(file).unwrap();
    if let Some(name) = name.strip_suffix(".recipe.json") {
        return Some((name, serde_json::from_str::<Text>(&text()).unwrap().written()));
    }
    name.strip_suffix(".md").map(|name| (name, text()))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
