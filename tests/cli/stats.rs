//! `prompt-runner stats` as it is typed. What it writes of figures is in native-host/src/cli/stats/tests.rs.

use crate::desk::{Desk, said};

#[test]
fn bad_use_is_named() {
    let desk = Desk::new();
    for words in [
        &["--by", "moon"][..],
        &["--csv"],
        &["--by", "day", "--csv", "--json"],
        &["--since", "yesterday"],
        &["--until", "2026-02-30"],
        &["session"],
        &["--by", "day", "session", "1a2b"],
        &["--project", "no-such-folder"],
    ] {
        let said = said(&desk.command(&[&["stats"], words].concat()).output().unwrap());
        assert_eq!(said.code, Some(2), "{words:?}: {said:?}");
        // Where JSON is wanted, wrong words are told in JSON.
        assert_eq!(said.out.is_empty(), !words.contains(&"--json"), "{words:?}: {said:?}");
        assert!(!said.err.is_empty(), "{words:?}: {said:?}");
    }
    let nobody = said(&desk.command(&["stats", "session", "1a2b3c4d"]).output().unwrap());
    assert_eq!(nobody.code, Some(3), "{nobody:?}");
}
