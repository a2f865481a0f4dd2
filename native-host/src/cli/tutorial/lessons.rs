//! The lessons, as data: what is said, what is typed, what it showed.

use super::practice;
use prompt_runner_core::refusal::Refusal;
use std::path::Path;

/// One step of the tutorial.
pub(super) struct Lesson {
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    /// Lays out in the project what the words need.
    pub(super) prepare: fn(&Path) -> Result<(), Refusal>,
    /// After `prompt-runner`.
    pub(super) words: &'static [&'static str],
    pub(super) after: &'static str,
}

const fn nothing(_: &Path) -> Result<(), Refusal> {
    Ok(())
}

pub(super) const LESSONS: &[Lesson] = &[
    Lesson {
        title: "a feature becomes a session",
        text: "A feature goes through phases: planning, analysis, implementation. Each phase is one prompt for a language\n\
               model and one reply. The first command starts a session and prints the planning prompt.",
        prepare: nothing,
        words: &["orchestrate", "plan", "Let people switch to dark colours"],
        after: "You would give this prompt to a model. With the browser extension a click does that; here a stand-in answers.\n\
                Look at the end of the prompt: the reply has to repeat that block, and proves with it that nothing is missing.",
    },
    Lesson {
        title: "a reply that was cut is noticed",
        text: "Answers stop in the middle: a limit, a lost connection. cut.md is such an answer.",
        prepare: |project| practice::write(project, "cut.md", true),
        words: &["orchestrate", "process", "--file", "cut.md"],
        after: "Nothing was stored, and you are told what to do. No answer is ever called complete without its proof.",
    },
    Lesson {
        title: "a complete reply is stored",
        text: "reply.md is the same answer to its end.",
        prepare: |project| practice::write(project, "reply.md", false),
        words: &["orchestrate", "process", "--file", "reply.md"],
        after: "“Stored” means on disk. The reply is read: its sections become part of the next prompts.",
    },
    Lesson {
        title: "where you are",
        text: "Sessions are long and days are short. This says where the session stands and what comes next, at any time.",
        prepare: nothing,
        words: &["orchestrate", "status"],
        after: "The same words stand in the page, in the badge and in `list`. No id was typed: a session is active per project.",
    },
    Lesson {
        title: "one command to the end",
        text: "`flow` asks a provider for every reply that is left: the chat page, the clipboard, an API, or any command that\n\
               reads a prompt and prints a reply. Here the command is the stand-in.",
        prepare: nothing,
        words: &[
            "orchestrate",
            "flow",
            "--continue",
            "--provider",
            "command",
            "--command",
            "prompt-runner tutorial --answer",
        ],
        after: "Every step is stored before the next begins. Stop it whenever you like; `flow --continue` goes on.",
    },
    Lesson {
        title: "the record",
        text: "Everything that was asked and answered is kept, word for word.",
        prepare: nothing,
        words: &["orchestrate", "show", "--reply", "implementation"],
        after: "`show` alone prints all of it, `--json` prints it for programs.",
    },
];

pub(super) const END: &str = "
That was all. In your own project:

  prompt-runner install                          tells your browser where the host is
  prompt-runner doctor                           says what is wrong with the set-up, if anything is
  prompt-runner orchestrate flow \"YOUR FEATURE\"  one feature, from idea to done

`prompt-runner tutorial --restart` plays it again. The sandbox is in the data directory, under `tutorial`.
";
