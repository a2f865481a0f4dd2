//! What a reply says of one file at several places, as one change. What does not go together is a fault, and a file of which one change cannot be
//! read is not changed in part.

use super::path::FilePath;
use super::{Edit, Fault, FileChange, Hunk, Read, Why};
use std::collections::{HashMap, HashSet};

/// One entry for each file, in the order in which they come.
pub(super) fn merged(found: Vec<Read>) -> Vec<Read> {
    let broken: HashSet<String> = found.iter().filter_map(broken).collect();
    let mut out: Vec<Read> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for read in found {
        let change = match read {
            Ok(change) if !names(&change).any(|name| broken.contains(&name.folded())) => change,
            Ok(_) => continue,
            Err(fault) => {
                out.push(Err(fault));
                continue;
            }
        };
        let shared = names(&change).find_map(|name| Some((places.get(&name.folded()).copied()?, name.clone())));
        let at = shared.as_ref().map_or(out.len(), |(at, _)| *at);
        places.extend(names(&change).map(|name| (name.folded(), at)));
        match shared {
            None => out.push(Ok(change)),
            Some((at, name)) => {
                let other = join(&mut out[at], change, &name);
                out.extend(other.map(Err));
            }
        }
    }
    out
}

/// The file that a fault is about, if one of its changes cannot be read.
fn broken(read: &Read) -> Option<String> {
    match read {
        Err(Fault { why: Why::NoText, .. } | Fault { path: None, .. }) | Ok(_) => None,
        Err(Fault { path: Some(path), .. }) => {
            Some(FilePath::new(path).map_or_else(|_| path.clone(), |path| path.folded()))
        }
    }
}

fn names(change: &FileChange) -> impl Iterator<Item = &FilePath> {
    change.from.iter().chain([&change.path])
}

/// Puts what is said of a file once more to what was said before. Two names that are one file on some system give a fault for each.
fn join(before: &mut Read, second: FileChange, shared: &FilePath) -> Option<Fault> {
    let Ok(first) = before else { return None };
    let twin = names(first).find(|name| *name != shared && name.folded() == shared.folded()).cloned();
    if let Some(twin) = &twin {
        let fault = |path: &FilePath, other: &FilePath, line| Fault {
            path: Some(path.to_string()),
            line,
            why: Why::TwoPaths { other: other.to_string() },
        };
        let (one, other) = (fault(twin, shared, first.line), fault(shared, twin, second.line));
        *before = Err(one);
        return Some(other);
    }
    if first.path == second.path && first.from == second.from && first.edit == second.edit {
        return None;
    }
    match (&mut first.edit, &second.edit, &second.from) {
        // Parts that stand apart may come in any order.
        (Edit::Hunks(hunks), Edit::Hunks(more), from)
            if first.path == second.path && (from.is_none() || *from == first.from) =>
        {
            if let [first] = &mut hunks[..] {
                first.ordered = false;
            }
            hunks.extend(more.iter().map(|hunk| Hunk { ordered: false, ..hunk.clone() }));
            first.executable = second.executable.or(first.executable);
        }
        // One that only gets another name may have its text under that.
        (Edit::Same, Edit::Whole { new: false, .. } | Edit::Hunks(_), None)
            if first.path == second.path && first.from.is_some() =>
        {
            let from = first.from.take();
            let executable = second.executable.or(first.executable);
            *first = FileChange { from, executable, ..second };
        }
        _ => *before = Err(Fault { path: Some(shared.to_string()), line: second.line, why: Why::Twice }),
    }
    None
}
