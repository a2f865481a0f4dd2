//! A workspace of the predecessor, laid into a folder: `== PATH MILLISECONDS` begins a file of it. Each file that lies there comes
//! back once, in a session or among what is left, and every session can be told from the others and folded.

use runner::testing::{Workspace, survey};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use tempfile::TempDir;

const FOLDERS: [&str; 3] = ["sessions", "outputs", "templates"];
/// Of more files the rest are as good as the first ones.
const FILES: usize = 12;

thread_local! {
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

pub(super) fn check(bytes: &[u8]) {
    FOLDER.with(|folder| {
        let folder = folder.get_or_init(|| tempfile::tempdir().expect("there is a folder for temporary files"));
        let root = folder.path().join("orchestrator_workspace");
        for name in FOLDERS {
            fs::create_dir_all(root.join(name)).expect("the folder can be written");
        }
        let files = files(bytes);
        lay(&root, &files);
        is_brought_over_whole(&root, &files);
        for path in files.keys() {
            fs::remove_file(root.join(path)).expect("it was just written");
        }
    });
}

/// The files of a workspace by path, each with its bytes and its time.
fn files(bytes: &[u8]) -> BTreeMap<String, (&[u8], u64)> {
    let mut begins: Vec<usize> = (0..bytes.len()).filter(|at| is_begin(bytes, *at)).take(FILES).collect();
    begins.push(bytes.len());
    begins.windows(2).filter_map(|pair| file(&bytes[pair[0]..pair[1]])).collect()
}

fn is_begin(bytes: &[u8], at: usize) -> bool {
    bytes[at..].starts_with(b"== ") && (at == 0 || bytes[at - 1] == b'\n')
}

fn file(part: &[u8]) -> Option<(String, (&[u8], u64))> {
    let end = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
    let line = std::str::from_utf8(&part[3..end]).ok()?;
    let (path, ms) = line.rsplit_once(' ').unwrap_or((line, ""));
    let (folder, name) = path.split_once('/')?;
    let is_name = !name.is_empty() && name.len() < 200 && !name.contains(['/', '\0']) && name != "." && name != "..";
    let body = part.get(end + 1..).unwrap_or_default();
    // Beyond this a file system has no times.
    (FOLDERS.contains(&folder) && is_name).then(|| (path.to_owned(), (body, ms.parse().unwrap_or(0) % (1 << 43))))
}

fn lay(root: &Path, files: &BTreeMap<String, (&[u8], u64)>) {
    for (path, (body, ms)) in files {
        let mut file = File::create(root.join(path)).expect("the folder can be written");
        file.write_all(body).expect("the file can be written");
        file.set_modified(UNIX_EPOCH + Duration::from_millis(*ms)).expect("a file has a time");
    }
}

fn is_brought_over_whole(root: &Path, files: &BTreeMap<String, (&[u8], u64)>) {
    let workspace = Workspace::read(root).expect("it is a workspace");
    assert!(workspace.left.is_empty(), "{:?}", workspace.left);
    let read = workspace.files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice()));
    assert!(read.eq(files.iter().map(|(path, (body, _))| (path.as_str(), *body))), "a file was read as another");

    let survey = survey(workspace.files, "/shop");
    let of_sessions = survey.plans.iter().flat_map(|plan| &plan.texts).flat_map(|kept| &kept.files);
    let mut found: Vec<&String> = of_sessions.chain(survey.left.iter().map(|left| &left.path)).collect();
    found.sort();
    assert!(found.iter().copied().eq(files.keys()), "{found:?} of {:?}", files.keys());
    assert!(survey.left.iter().all(|left| left.why.ends_with('.')), "{:?}", survey.left);

    let ids: BTreeSet<_> = survey.plans.iter().map(|plan| &plan.id).collect();
    assert_eq!(ids.len(), survey.plans.len(), "two sessions of one id");
    for plan in &survey.plans {
        let state = plan.state().expect("a session folds");
        assert_eq!(state.imported.map(|imported| imported.id), Some(plan.old.clone()));
    }
}
