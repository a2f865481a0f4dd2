//! The predecessor's words for where a session stands, and the phases of ours that they mean.

/// How far a session came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Status {
    /// So many phases have their answer, in the order of the workflow.
    pub(super) answered: usize,
    /// The prompt of the next one was given out.
    pub(super) asked: bool,
}

/// Every word, in the order in which a session went through them.
const WORDS: [(&str, Status); 6] = [
    ("planned", Status { answered: 0, asked: true }),
    ("templates_ready", Status { answered: 1, asked: false }),
    ("analyzing", Status { answered: 1, asked: true }),
    ("analysis_complete", Status { answered: 2, asked: false }),
    ("implementing", Status { answered: 2, asked: true }),
    ("complete", Status { answered: 3, asked: false }),
];

impl Status {
    /// What a word means.
    pub(super) fn named(word: &str) -> Option<Self> {
        WORDS.iter().find(|(its, _)| *its == word).map(|(_, status)| *status)
    }

    /// How far a session came by the files that it has, and the word for it.
    pub(super) fn of_files(has: impl Fn(&str) -> bool) -> (&'static str, Self) {
        // From the end: what was written last says most.
        let reached = |word: &str| match word {
            "complete" => has("implementation_output"),
            "implementing" => has("implementation_prompt"),
            "analysis_complete" => has("analysis_output"),
            "analyzing" => has("analysis_prompt"),
            "templates_ready" => {
                ["analysis_template", "implementation_template", "execution_notes"].into_iter().any(&has)
            }
            _ => true,
        };
        WORDS.into_iter().rev().find(|(word, _)| reached(word)).unwrap_or(WORDS[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_without_a_known_status_stands_where_its_files_end() {
        for (files, word) in [
            (&[][..], "planned"),
            (&["orchestrator_prompt", "summary"], "planned"),
            (&["execution_notes"], "templates_ready"),
            (&["analysis_template", "analysis_prompt"], "analyzing"),
            (&["analysis_output"], "analysis_complete"),
            (&["implementation_prompt"], "implementing"),
            (&["implementation_output"], "complete"),
        ] {
            let (found, status) = Status::of_files(|kind| files.contains(&kind));
            assert_eq!((found, Some(status)), (word, Status::named(word)), "{files:?}");
        }
        assert_eq!(Status::named("Planned"), None);
    }
}
