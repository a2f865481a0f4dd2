//! T18 and H: texts that would command a terminal, in every place of the record that holds a text, and every view of the command
//! line on a real terminal. Whatever was captured, the terminal gets no control character that we did not write ourselves.

use crate::answer::{self, Fault};
use crate::desk::{Desk, PROGRAM};
use crate::report::tell;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Stdio};

/// What a text may try. None holds a slash or a line end, so that each can also be the name of a folder.
const SEQUENCES: [&str; 52] = [
    "\u{1b}[31m",
    "\u{1b}[2J",
    "\u{1b}[H",
    "\u{1b}[1A\u{1b}[2K",
    "\u{1b}[6n",
    "\u{1b}[c",
    "\u{1b}[>c",
    "\u{1b}[21t",
    "\u{1b}[8;1;1t",
    "\u{1b}[?1049h",
    "\u{1b}[?25l",
    "\u{1b}[?1000h",
    "\u{1b}[?2004l",
    "\u{1b}[4h",
    "\u{1b}[8m",
    "\u{1b}[1;1r",
    "\u{1b}[5i",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]2;title\u{1b}\\",
    "\u{1b}]4;1;?\u{7}",
    "\u{1b}]8;;https:evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\",
    "\u{1b}]9;notify\u{7}",
    "\u{1b}]10;?\u{7}",
    "\u{1b}]52;c;cm0gLXJmIH4=\u{7}",
    "\u{1b}]52;p;?\u{1b}\\",
    "\u{1b}]777;notify;a;b\u{7}",
    "\u{1b}]1337;File=inline=1:AAAA\u{7}",
    "\u{1b}P$q\"p\u{1b}\\",
    "\u{1b}Pq#0;2;0;0;0\u{1b}\\",
    "\u{1b}_Gi=1;AAAA\u{1b}\\",
    "\u{1b}^private\u{1b}\\",
    "\u{1b}X string\u{1b}\\",
    "\u{1b}c",
    "\u{1b}#8",
    "\u{1b}(0",
    "\u{1b}%G",
    "\u{1b}[38;2;1;2;3",
    "\u{1b}]52;c;never ended",
    "\u{9b}31m\u{9b}2J",
    "\u{9d}52;c;cm0gLXJmIH4=\u{9c}",
    "\u{90}q\u{9c}\u{98}x\u{9c}\u{9e}y\u{9c}\u{9f}z\u{9c}",
    "\u{7}\u{8}\u{b}\u{c}\u{e}\u{f}\u{7f}\u{84}\u{85}\u{8d}",
    "\rover what stood here",
    "\u{202e}reversed\u{202c}\u{2066}apart\u{2069}",
    "\u{202a}a\u{202b}b\u{202d}c\u{2067}d\u{2068}e",
    "\u{200e}left\u{200f}right\u{61c}letter",
    "two\u{2028}lines\u{2029}or three",
    "zero\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}width",
    "soft\u{ad}hyphen, joiner\u{34f}, vowels\u{180e}",
    "\u{e0001}\u{e0072}\u{e006d}\u{e007f} tags",
    "\u{2061}\u{2064}\u{206a}\u{206f}\u{fff9}\u{fffb} formats",
    "\u{115f}\u{1160}\u{3164}\u{ffa0} fillers",
];
/// What we write ourselves on a terminal.
const OURS: [&str; 4] = ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[0m"];
/// All of them in one line.
fn all() -> String {
    SEQUENCES.join(" ")
}

/// A desk whose record, templates and folders are full of them.
struct Room {
    desk: Desk,
    reply: String,
}

impl Room {
    fn new() -> Self {
        let desk = Desk::new();
        for sequence in SEQUENCES {
            let folder = desk.project().join(OsStr::from_bytes(sequence.as_bytes()));
            std::fs::create_dir_all(folder.join(".git")).unwrap();
            desk.ok(&["plan", &format!("x{sequence}"), "--project", folder.to_str().unwrap()]);
        }
        let evil = all();
        let workspace = desk.project().join("orchestrator_workspace");
        for folder in ["sessions", "outputs"] {
            std::fs::create_dir_all(workspace.join(folder)).unwrap();
        }
        let json = serde_json::json!({ "id": "evil", "status": evil, "feature_request": evil, "timestamp": "2025-03-01T09:00:00" });
        std::fs::write(workspace.join("sessions/evil_20250301_090000.json"), json.to_string()).unwrap();
        let note = format!("outputs/evil_20250301_090000_{}.md", SEQUENCES[23]);
        std::fs::write(workspace.join(note), &evil).unwrap();
        std::fs::write(workspace.join(format!("outputs/{}", SEQUENCES[0])), &evil).unwrap();
        let words = ["migrate", ".", "--apply"];
        assert!(desk.command(&words).output().unwrap().status.success());

        let prompt = desk.ok(&["plan", &evil]);
        let reply = desk.file("reply.md", answer::markdown(&prompt, &evil, Fault::None));
        desk.ok(&["process", "--file", &reply]);
        desk.ok(&["rate", "3", &evil]);
        let template =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../core/src/template/planning.md.jinja"));
        let template = desk.file("planning.jinja", template.unwrap() + &evil);
        assert!(desk.command(&["template", "add", "planning", "--file", &template]).output().unwrap().status.success());
        Self { desk, reply }
    }

    /// Looks at what each of these prints, and gives how many bytes that was.
    fn all_harmless(&self, views: &[&[&str]]) -> usize {
        let mut commanded = Vec::new();
        let mut letters = 0;
        for words in views {
            let seen = self.seen(words);
            letters += seen.len();
            let text = String::from_utf8_lossy(&seen);
            assert!(!text.contains("panicked") && !text.contains("fault of the program"), "{words:?}: {text}");
            commanded.extend(command(&seen).map(|by| {
                let words: Vec<String> = words.iter().map(|word| word.chars().take(20).collect()).collect();
                format!("{words:?} by {by:?}")
            }));
        }
        assert!(commanded.is_empty(), "{} of {}:\n{}", commanded.len(), views.len(), commanded.join("\n"));
        letters
    }

    /// What a person would get on a terminal, from output and errors alike.
    fn seen(&self, words: &[&str]) -> Vec<u8> {
        let line = shlex::try_join([PROGRAM].into_iter().chain(words.iter().copied())).unwrap();
        let desk = self.desk.command(&[]);
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]).current_dir(self.desk.project()).stdin(Stdio::null());
        script.envs(desk.get_envs().filter_map(|(name, value)| Some((name, value?))));
        script.env("TERM", "xterm").env_remove("NO_COLOR");
        script.output().expect("`script` of util-linux is the terminal of this test").stdout
    }
}

/// The first character that commands, after what is ours.
fn command(seen: &[u8]) -> Option<String> {
    // The terminal ends lines in its own way, and CSV in its own before it.
    let mut text = String::from_utf8_lossy(seen).replace("\r\n", "\n").replace("\r\n", "\n");
    for ours in OURS {
        text = text.replace(ours, "");
    }
    let at = text.find(|ch: char| {
        ch.is_control() && ch != '\n' && ch != '\t'
            || "\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{180e}\u{3164}\u{feff}\u{ffa0}".contains(ch)
            || matches!(ch, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
            || matches!(ch, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
    })?;
    Some(text[at..].chars().take(60).collect())
}

#[test]
fn no_view_on_a_terminal_is_commanded_by_what_was_captured() {
    let room = Room::new();
    let (evil, reply) = (all(), room.reply.as_str());
    let copy = room.desk.file(&format!("copy{}", SEQUENCES[1]), "");
    let gone = format!("gone{}.md", SEQUENCES[23]);
    let views: &[&[&str]] = &[
        &["status"],
        &["status", "--json"],
        &["status", "--short"],
        &["status", "--session", "evil_20250301_090000"],
        &["status", "--session", &evil],
        &["list", "--limit", "500"],
        &["list", "--json"],
        &["show"],
        &["show", "--json"],
        &["show", "evil_20250301_090000"],
        &["show", "--prompt", "planning"],
        &["show", "--prompt", "planning", "--json"],
        &["show", "--reply", "planning"],
        &["show", "--reply", "planning", "--json"],
        &["show", &evil],
        &["show", "evil_20250301_090000", "--attachment", &evil],
        &["use-session", "x"],
        &["use-session", &evil],
        &["analyze"],
        &["analyze", "--json"],
        &["plan", &evil],
        &["plan", &evil, "--json"],
        &["plan", &evil, "--workflow", &evil],
        &["skip"],
        &["redo", "planning"],
        &["rate", "5"],
        &["accept"],
        &["repair"],
        &["complete"],
        &["process", "--file", reply],
        &["process", "--file", &gone],
        &["process", "--file", reply, "--project", &evil],
        &["abandon"],
        &["stats"],
        &["stats", "--json"],
        &["stats", "--csv"],
        &["stats", "--by", "project"],
        &["stats", "--by", "project", "--csv"],
        &["stats", "--by", "project", "--json"],
        &["stats", "--by", "branch"],
        &["stats", "--by", "template"],
        &["stats", "--project", &evil],
        &["stats", "session", "evil_20250301_090000"],
        &["stats", "session", "evil_20250301_090000", "--json"],
        &["template", "list"],
        &["template", "show", "planning"],
        &["template", "show", "planning", "--json"],
        &["template", "diff", "planning"],
        &["template", "test", "planning"],
        &["template", "add", "planning", "--file", &gone],
        &["read", "--phase", "planning", reply],
        &["read", "--phase", "planning", reply, "--json"],
        &["read", "--phase", "planning", &gone],
        &["migrate", "."],
        &["migrate", ".", "--json"],
        &["migrate", &gone],
        &["db", "verify"],
        &["db", "backup", &copy],
        &["db", "backup", &gone],
        &["db", "prune", "--older-than", "0"],
        &["doctor", "--user-data-dir", &gone],
        &["doctor", "--json", "--user-data-dir", &gone],
        &["install", "--dry-run", "--user-data-dir", &gone],
        &["install", "--dry-run", "--json", "--user-data-dir", &gone],
        &["uninstall", "--dry-run", "--user-data-dir", &gone],
        &["flow", &evil, "--provider", "command", "--command", "false"],
        &["flow", &evil, "--provider", &evil],
        &["retry", "planning", "--provider", "command", "--command", "false"],
        &[&evil],
        &["status", &evil],
    ];
    let letters = room.all_harmless(views);
    assert!(letters > 100_000, "{letters} bytes are no views");
    // In a pipe the text is to the letter, or none of it would have been there to see.
    assert!(room.desk.ok(&["show", "evil_20250301_090000"]).contains(SEQUENCES[23]));
    let tried = format!("views of the command line on a terminal, with {} sequences in every text", SEQUENCES.len());
    tell("T18", views.len(), &tried, "0 raw control characters");
}

/// Wrong words, `@` being all sequences: each kind of mistake that clap knows, in the place of each kind of word.
const MISTAKES: [&[&str]; 24] = [
    &["@"],
    &["--@"],
    &["-@"],
    &["--json", "@"],
    &["orchestrate", "@"],
    &["template", "@"],
    &["db", "@"],
    &["status", "@"],
    &["status", "--@"],
    &["status", "--@=x"],
    &["status", "--json=@"],
    &["status", "--short", "--watch", "@"],
    &["list", "--limit", "@"],
    &["list", "--limit=@"],
    &["rate", "@"],
    &["rate", "3", "word", "@"],
    &["plan"],
    &["plan", "x", "@", "@"],
    &["completions", "@"],
    &["man", "--dir", "a", "--dir", "@"],
    &["dashboard", "--port", "@"],
    &["db", "prune", "--older-than", "@"],
    &["retry", "@", "--provider", "command"],
    &["stats", "--by", "@"],
];

/// Errors that repeat what a server, a command, a folder or a file says.
const ERRORS: [&[&str]; 9] = [
    &["flow", "x", "--provider", "command", "--command", "@"],
    &["flow", "x", "--provider", "command", "--command", "sh -c 'cat said >&2; exit 3'"],
    &["flow", "x", "--provider", "command", "--command", "sh -c 'cat said; exit 3'"],
    &["flow", "x", "--provider", "command", "--command", "cat said"],
    &["flow", "x", "--provider", "command", "--command", "'@"],
    &["flow", "x", "--provider", "openai", "--model", "@"],
    &["batch", "@"],
    &["status", "--project", "@"],
    &["plan", "x", "--save-to-file", "no/such/@"],
];

#[test]
fn no_error_on_a_terminal_is_commanded_by_the_words_that_caused_it() {
    let room = Room::new();
    let evil = all();
    room.desk.file("said", &evil);
    let filled = |words: &[&str]| words.iter().map(|word| word.replace('@', &evil)).collect::<Vec<_>>();
    let mut asked = Vec::new();
    for words in MISTAKES.iter().chain(&ERRORS) {
        let words = filled(words);
        for (first, last) in [(None, None), (None, Some("--json")), (Some("--json"), None)] {
            let mut all: Vec<String> = words.clone();
            // Before the mistake, but behind the command.
            all.splice(1..1, first.map(str::to_owned));
            all.extend(last.map(str::to_owned));
            asked.push(all);
        }
    }
    let asked: Vec<Vec<&str>> = asked.iter().map(|words| words.iter().map(String::as_str).collect()).collect();
    let views: Vec<&[&str]> = asked.iter().map(Vec::as_slice).collect();
    assert!(room.all_harmless(&views) > 50_000, "nothing of it was said");
    tell("T18", views.len(), "errors that repeat such texts, on a terminal", "0 raw control characters");
}
