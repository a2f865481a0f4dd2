//! Files of a project through the runner: what is refused that no command line can bring about, and steps that were interrupted.

use crate::answer::Fault;
use crate::home::{Home, Prompt, capture, prompt};
use prompt_runner_core::protocol::answer::{ChangePlan, FilesDone};
use prompt_runner_core::protocol::{Handler as _, ask};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::session::SessionId;
use runner::Runner;
use std::path::PathBuf;
use tempfile::TempDir;

/// A session that ended with a reply, and the project that it is about.
struct Story {
    home: Home,
    runner: Runner,
    session: SessionId,
    project: TempDir,
}

impl Story {
    fn new(section: &str) -> Self {
        let project = tempfile::tempdir().unwrap();
        let (home, path) = (Home::new(), project.path().canonicalize().unwrap().display().to_string());
        let mut runner = home.runner();
        let session = ended(&mut runner, Some(path), section);
        Self { home, runner, session, project }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.project.path().join(name)
    }

    fn plan(&mut self) -> Result<ChangePlan, Refusal> {
        self.runner.ask(ask::Changes { session: self.session.clone(), phase: None })
    }

    fn apply(&mut self, token: String) -> Result<FilesDone, Refusal> {
        self.runner.ask(ask::Apply {
            session: self.session.clone(),
            phase: None,
            token,
            files: None,
            allow: Vec::new(),
        })
    }

    fn undo(&mut self) -> Result<FilesDone, Refusal> {
        self.runner.ask(ask::Undo { session: self.session.clone(), step: None, force: Vec::new() })
    }
}

/// A session of one phase whose reply has this section of files.
fn ended(runner: &mut Runner, project: Option<String>, section: &str) -> SessionId {
    let start =
        ask::Start { feature: "Files".to_owned(), project, workflow: Some("quick".to_owned()), conversation: None };
    let session = runner.ask(start).unwrap().view.session;
    let asked: Prompt = prompt(runner, &session, None).unwrap();
    runner.handle(capture(&session, "c1", &asked, &format!("\n\n{section}"), Fault::None)).unwrap();
    session
}

const TWO: &str = "### a.txt\n```\nafter\n```\n\n### b/c.txt\n```\nnew\n```\n";

#[test]
fn files_are_changed_only_as_they_were_shown() {
    let mut story = Story::new(TWO);
    std::fs::write(story.path("a.txt"), "before\n").unwrap();
    let plan = story.plan().unwrap();
    assert_eq!(plan.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["a.txt", "b/c.txt"]);
    std::fs::write(story.path("a.txt"), "mine\n").unwrap();
    assert_eq!(story.apply(plan.token).unwrap_err().code, Code::ChangesMoved);
    assert_eq!(std::fs::read_to_string(story.path("a.txt")).unwrap(), "mine\n");
    assert!(!story.path("b").exists());
    let token = story.plan().unwrap().token;
    assert_eq!(story.apply(token).unwrap().files.len(), 2);
}

#[test]
fn without_a_project_there_are_no_files() {
    let home = Home::new();
    let mut runner = home.runner();
    let session = ended(&mut runner, None, TWO);
    assert_eq!(runner.ask(ask::Changes { session, phase: None }).unwrap_err().code, Code::ProjectNone);
}

#[test]
fn a_reply_that_changes_too_much_is_refused_as_a_whole() {
    let section: String = (0..2_001).map(|nth| format!("### f{nth}.txt\n```\nx\n```\n")).collect();
    assert_eq!(Story::new(&section).plan().unwrap_err().code, Code::ChangesTooMany);
}

#[test]
fn what_is_no_longer_kept_cannot_be_put_back_and_nothing_else_is_then() {
    let mut story = Story::new(TWO);
    std::fs::write(story.path("a.txt"), "before\n").unwrap();
    let token = story.plan().unwrap().token;
    story.apply(token).unwrap();
    story.home.database().execute("DELETE FROM image", []).unwrap();
    assert_eq!(story.undo().unwrap_err().code, Code::ChangesPruned);
    assert!(story.path("b/c.txt").exists());
}

#[test]
fn where_the_project_is_gone_or_in_the_way_it_is_said() {
    let mut story = Story::new(TWO);
    let token = story.plan().unwrap().token;
    // A folder that appears between the plan and its end is in the way of the file.
    std::fs::create_dir(story.path("b")).unwrap();
    std::fs::write(story.path("a.txt"), "").unwrap();
    std::fs::remove_file(story.path("a.txt")).unwrap();
    story.apply(token).unwrap();
    std::fs::remove_file(story.path("b/c.txt")).unwrap();
    std::fs::create_dir(story.path("b/c.txt")).unwrap();
    assert_eq!(story.undo().unwrap_err().code, Code::ProjectFiles);
    std::fs::remove_dir_all(story.project.path()).unwrap();
    assert_eq!(story.plan().unwrap_err().code, Code::FileUnreadable);
}

/// As a program leaves it that ended in the middle: the step is in the log, its end is not, and some of the files are changed.
#[test]
fn a_step_that_was_interrupted_is_brought_to_its_end_or_taken_back() {
    for (what, written, complete) in [("nothing", false, false), ("one of two", true, false), ("all", true, true)] {
        let mut story = Story::new(TWO);
        std::fs::write(story.path("a.txt"), "before\n").unwrap();
        let token = story.plan().unwrap().token;
        story.apply(token).unwrap();
        let sql = "DROP TRIGGER event_is_never_removed; DELETE FROM event WHERE kind = 'files_changed'";
        story.home.database().execute_batch(sql).unwrap();
        if !written {
            std::fs::write(story.path("a.txt"), "before\n").unwrap();
        }
        if !complete {
            std::fs::remove_dir_all(story.path("b")).unwrap();
        }
        let steps = story.runner.ask(ask::Steps { session: story.session.clone() }).unwrap().steps;
        assert_eq!(
            steps.iter().map(|step| (step.done, step.stands)).collect::<Vec<_>>(),
            [(complete, complete)],
            "{what}"
        );
        let text = std::fs::read_to_string(story.path("a.txt")).unwrap();
        assert_eq!(text, if complete { "after\n" } else { "before\n" }, "{what}");
        assert_eq!(story.path("b").exists(), complete, "{what}");
    }
}

/// A file that somebody else changed after the program ended is neither before nor after; it stays theirs.
#[test]
fn an_interrupted_step_leaves_what_somebody_else_wrote_meanwhile() {
    let mut story = Story::new(TWO);
    let token = story.plan().unwrap().token;
    story.apply(token).unwrap();
    let sql = "DROP TRIGGER event_is_never_removed; DELETE FROM event WHERE kind = 'files_changed'";
    story.home.database().execute_batch(sql).unwrap();
    std::fs::write(story.path("a.txt"), "mine\n").unwrap();
    story.runner.ask(ask::Steps { session: story.session.clone() }).unwrap();
    assert_eq!(std::fs::read_to_string(story.path("a.txt")).unwrap(), "mine\n");
    assert!(!story.path("b").exists());
}

/// A step that is under way in one program must not look interrupted to another.
#[test]
fn programs_that_change_files_at_once_take_turns() {
    let story = Story::new(TWO);
    std::fs::write(story.path("a.txt"), "before\n").unwrap();
    let (home, session) = (&story.home, &story.session);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(move || {
                let mut runner = home.runner();
                for _ in 0..8 {
                    let plan = runner.ask(ask::Changes { session: session.clone(), phase: None }).unwrap();
                    let token = plan.token;
                    let apply =
                        ask::Apply { session: session.clone(), phase: None, token, files: None, allow: Vec::new() };
                    let undo = ask::Undo { session: session.clone(), step: None, force: Vec::new() };
                    // Somebody else was faster, or has done it already.
                    let expected = [Code::ChangesMoved, Code::ChangesNone];
                    let refused = [runner.ask(apply).err(), runner.ask(undo).err()];
                    for refusal in refused.into_iter().flatten() {
                        assert!(expected.contains(&refusal.code), "{refusal}");
                    }
                    let steps = runner.ask(ask::Steps { session: session.clone() }).unwrap().steps;
                    assert!(
                        steps.iter().rev().skip(1).all(|step| step.done),
                        "a step was taken for an interrupted one"
                    );
                }
            });
        }
    });
    let mut runner = home.runner();
    while runner.ask(ask::Undo { session: session.clone(), step: None, force: Vec::new() }).is_ok() {}
    assert_eq!(std::fs::read_to_string(story.path("a.txt")).unwrap(), "before\n");
    assert!(!story.path("b").exists());
}
