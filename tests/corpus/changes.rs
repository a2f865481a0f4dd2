//! Changes of files as models write them: tests/changes is the data, and this is all that judges it.

use prompt_runner_core::changes::{self, FilePath, Grade, Why};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// A file of cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

/// A section, the files that are there, and what must become of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    section: String,
    #[serde(default)]
    tree: BTreeMap<String, String>,
    #[serde(default)]
    becomes: BTreeMap<String, String>,
    #[serde(default)]
    gone: Vec<String>,
    #[serde(default)]
    refused: Vec<String>,
    #[serde(default)]
    grade: Grade,
    #[serde(default)]
    executable: BTreeMap<String, bool>,
}

/// What becomes of the files of a case.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    becomes: BTreeMap<String, String>,
    gone: Vec<String>,
    refused: Vec<String>,
    grade: Grade,
    executable: BTreeMap<String, bool>,
}

fn outcome(case: &Case) -> Outcome {
    let mut found = Outcome::default();
    let refused = |path: Option<&str>, why: &Why| {
        let code = serde_json::to_value(why).unwrap()["code"].as_str().unwrap().to_owned();
        path.map_or_else(|| code.clone(), |path| format!("{code} {path}"))
    };
    for read in changes::read(&case.section) {
        let change = match read {
            Ok(change) => change,
            Err(fault) => {
                found.refused.push(refused(fault.path.as_deref(), &fault.why));
                continue;
            }
        };
        let text = |path: &FilePath| case.tree.get(path.as_str()).map(String::as_str);
        let before = text(change.source());
        let taken = change.from.is_some() && text(&change.path).is_some();
        let applied = if taken { Err(Why::FileExists) } else { changes::apply(&change, before) };
        match applied {
            Err(why) => found.refused.push(refused(Some(change.at_fault(&why).as_str()), &why)),
            Ok(applied) => {
                found.grade = found.grade.max(applied.grade);
                found.gone.extend(change.from.as_ref().map(FilePath::to_string));
                match applied.text {
                    None => found.gone.push(change.path.to_string()),
                    Some(text) if change.from.is_some() || before != Some(text.as_str()) => {
                        found.becomes.insert(change.path.to_string(), text);
                    }
                    Some(_) => {}
                }
                found.executable.extend(change.executable.map(|may| (change.path.to_string(), may)));
            }
        }
    }
    found
}

#[test]
fn every_change_becomes_what_its_case_says_or_is_refused_by_that_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/changes");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let cases: Cases = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for mut case in cases.case {
            count += 1;
            let mut found = outcome(&case);
            // In which order files go is nobody's business.
            found.gone.sort();
            case.gone.sort();
            let Case { becomes, gone, refused, grade, executable, .. } = case;
            let expected = Outcome { becomes, gone, refused, grade, executable };
            if found != expected {
                let file = file.file_name().unwrap().to_string_lossy().into_owned();
                wrong.push(format!("{file}: {}\n  found    {found:?}\n  expected {expected:?}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 200, "there are {count} cases");
    println!("changes of files: {count} of {count} right, or refused by name");
}
