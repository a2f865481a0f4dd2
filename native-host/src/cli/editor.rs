//! The developer's own editor, on a draft.

use super::input;
use prompt_runner_core::refusal::{Code, Refusal};
use std::path::Path;

/// What the developer makes of a draft in an editor of their own. `instead` is a command for those who have none.
pub(super) fn edited(draft: &Path, instead: &str) -> Result<String, Refusal> {
    let words =
        ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok().filter(|words| !words.trim().is_empty()));
    let words = shlex::split(words.as_deref().unwrap_or("vi")).unwrap_or_default();
    let failed = |finding: String| Refusal {
        hint: format!("Set EDITOR to an editor that can be started, or use `{instead}`."),
        ..Refusal::new(Code::TemplateInvalid, format!("The editor {finding}."))
    };
    let Some((program, args)) = words.split_first() else {
        return Err(failed("has no name".into()));
    };
    match std::process::Command::new(program).args(args).arg(draft).status() {
        Ok(status) if status.success() => input::read(draft, input::Kind::Template),
        Ok(status) => {
            Err(failed(format!("“{program}” ended with {status}; what was written is in {}", draft.display())))
        }
        Err(error) => Err(failed(format!("“{program}” cannot be started: {error}"))),
    }
}
