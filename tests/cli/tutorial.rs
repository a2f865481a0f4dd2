//! The tutorial, as somebody plays it: to its end, left half-way, and begun again.

use crate::desk::{Desk, Said, said};
use std::io::Write;
use std::process::Stdio;

/// Plays it with these keys.
fn play(desk: &Desk, words: &[&str], keys: &str) -> Said {
    let mut command = desk.command(&[&["tutorial"], words].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Who leaves closes the pipe; that is no fault of this end.
    let _ = child.stdin.take().unwrap().write_all(keys.as_bytes());
    said(&child.wait_with_output().unwrap())
}

#[test]
fn it_goes_from_plan_to_done_in_a_sandbox_and_touches_nothing_else() {
    let desk = Desk::new();
    let tree = desk.tree();
    let played = play(&desk, &[], "\n\n\n\n\n\n");
    assert_eq!((played.code, played.err.as_str()), (Some(0), ""));
    for seen in [
        "── 6 of 6: the record ──",
        "[reply.incomplete]",
        "Stored: 3 of 3 sections",
        "All 3 phases are done and stored.",
        "That was all.",
    ] {
        assert!(played.out.contains(seen), "{seen} is missing in {}", played.out);
    }
    assert!(desk.tree() == tree, "the project is as it was");
    assert_eq!(desk.run(&["list"]).out.lines().count(), 1, "no session of it stands among the real ones");
}

#[test]
fn it_can_be_left_and_taken_up_again() {
    let desk = Desk::new();
    for (keys, seen) in [("\n\nq\n", "Left. `prompt-runner tutorial` goes on from here."), ("", "You were at step 3.")]
    {
        let played = play(&desk, &[], keys);
        assert_eq!(played.code, Some(0), "{}", played.err);
        assert!(played.out.contains(seen), "{seen} is missing in {}", played.out);
    }
    assert!(play(&desk, &[], "\n\n\n\n").out.contains("That was all."));
    assert!(play(&desk, &["--restart"], "q\n").out.contains("── 1 of 6"));
}

#[test]
fn its_stand_in_answers_prompts_and_nothing_else() {
    let desk = Desk::new();
    let refused = play(&desk, &["--answer"], "What is the weather?\n");
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("[request.invalid]"), "{}", refused.err);
}
