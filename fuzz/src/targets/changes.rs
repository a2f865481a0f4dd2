//! Sections of files of any kind, against a file of any kind: behind a form feed stands the text of every file that is named. Nothing leads out
//! of a project, nothing that was left out is written, and what a diff of our own says becomes what it was made of.

use super::PART;
use prompt_runner_core::changes::{self, Edit, FilePath};

pub(super) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (section, before) = text.split_once(PART).map_or((&*text, None), |(section, before)| (section, Some(before)));
    for read in changes::read(section) {
        let change = match read {
            Ok(change) => change,
            Err(fault) => {
                assert!(!fault.why.text().is_empty() && fault.line >= 1, "{fault:?}");
                continue;
            }
        };
        for path in change.from.iter().chain([&change.path]) {
            assert_eq!(FilePath::new(path.as_str()).as_ref(), Ok(path));
            assert!(path.names().all(|name| !matches!(name, "" | "." | "..")), "{path}");
        }
        let Ok(applied) = changes::apply(&change, before) else { continue };
        match (&change.edit, &applied.text) {
            (Edit::Gone(_), text) => assert!(text.is_none()),
            (Edit::Same, text) => assert_eq!(text.as_deref(), before),
            (_, text) => assert!(text.is_some()),
        }
        // Line by line all that a change does not name is still there.
        if let (Edit::Hunks(hunks), Some(before), Some(after)) = (&change.edit, before, &applied.text) {
            let removed =
                hunks.iter().flat_map(|hunk| &hunk.rows).filter(|row| row.mark == changes::Mark::Remove).count();
            let added = hunks.iter().flat_map(|hunk| &hunk.rows).filter(|row| row.mark == changes::Mark::Add).count();
            let lines = |text: &str| text.split_inclusive('\n').count();
            assert_eq!(lines(before) + added, lines(after) + removed, "{change:?}");
        }
    }
}
