//! The active session of a project: found from anywhere inside it, kept out of git, one for each project.

use crate::desk::Desk;

#[test]
fn the_active_session_belongs_to_the_project() {
    let desk = Desk::new();
    let first = desk.json(&["plan", "First"])["view"]["session"].as_str().unwrap().to_owned();
    let home = desk.project().join(".prompt-runner");
    assert_eq!(std::fs::read_to_string(home.join("active-session")).unwrap(), format!("{first}\n"));
    assert_eq!(std::fs::read_to_string(home.join(".gitignore")).unwrap(), "/*\n!/templates/\n!/workflows/\n");

    let deep = desk.project().join("src/deep");
    std::fs::create_dir_all(&deep).unwrap();
    let from_below = desk.command(&["orchestrate", "status"]).current_dir(&deep).output().unwrap();
    assert!(String::from_utf8(from_below.stdout).unwrap().contains(&first), "found from a folder below");
    assert!(!deep.join(".prompt-runner").exists());

    let second = desk.json(&["plan", "Second"])["view"]["session"].as_str().unwrap().to_owned();
    assert_eq!(desk.json(&["status"])["view"]["session"], second);
    // By its end: the beginning is the same within one second.
    desk.ok(&["use-session", &first[16..]]);
    assert_eq!(desk.json(&["status"])["view"]["session"], first);
    assert_eq!(
        desk.json(&["status", "--session", &second])["view"]["session"],
        second,
        "a named one goes before the active one"
    );

    let other = desk.project().parent().unwrap().join("other");
    std::fs::create_dir_all(other.join(".git")).unwrap();
    let elsewhere = desk.run(&["status", "--project", other.to_str().unwrap()]);
    assert_eq!(elsewhere.code, Some(3));
    assert!(elsewhere.err.contains("[session.none]"), "{}", elsewhere.err);
    assert_eq!(std::fs::read_dir(&other).unwrap().count(), 1, "looking leaves nothing behind");
}
