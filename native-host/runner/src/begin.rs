//! The beginning of a session in a project, as one step: nothing takes a session back, so all that its first prompt needs is tried before.

use super::{Runner, new_id};
use crate::clock;
use crate::project::{self, Project};
use crate::workflows::Definition;
use prompt_runner_core::machine;
use prompt_runner_core::protocol::answer::{RenderedPrompt, SessionView};
use prompt_runner_core::protocol::{Handler as _, ask};
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::reply::Expect;
use prompt_runner_core::status::View;
use prompt_runner_core::workflow::WorkflowOutline;
use std::path::PathBuf;

/// A session that somebody wants to begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewSession {
    /// What the developer wants to build.
    pub feature: String,
    /// The name of the workflow; else the usual one.
    pub workflow: Option<String>,
    /// A folder of the project; else the current one.
    pub folder: Option<PathBuf>,
    /// Its prompts will be kept in the project's folder, which must take them.
    pub keeps_prompts: bool,
}

impl Runner {
    /// Starts a session and makes it the active one of its project.
    ///
    /// # Errors
    /// `file.unreadable` and `project.read_only` for the folder, and what starting the session or asking for its first prompt would refuse;
    /// there is no session then.
    pub fn begin(&mut self, new: NewSession) -> Result<View, Refusal> {
        let NewSession { feature, workflow, folder, keeps_prompts } = new;
        let project = Project::at(folder.as_deref())?;
        if keeps_prompts {
            project.check_prompts()?;
        }
        project.check_writable()?;
        let root = project::named(project.root());
        self.rehearse(&feature, Some(&root), workflow.as_deref())?;
        let request = ask::Start { feature, workflow, project: Some(root), conversation: None };
        let SessionView { view } = self.ask(request)?;
        project.activate(&view.session)?;
        Ok(view)
    }

    /// Begins a session, and gives the prompt of its first phase.
    ///
    /// # Errors
    /// As [`Runner::begin`].
    pub fn plan(&mut self, new: NewSession) -> Result<RenderedPrompt, Refusal> {
        let session = self.begin(new)?.session;
        self.ask(ask::Prompt { session, phase: None, repair: None })
    }

    /// Whether a session of this feature would get its first prompt here; nothing is written.
    fn rehearse(&self, feature: &str, project: Option<&str>, workflow: Option<&str>) -> Result<(), Refusal> {
        let Definition { phases, .. } = self.workflow(project, workflow)?.definition;
        let Some(first) = phases.into_iter().next() else { return Ok(()) };
        let outline = WorkflowOutline { name: String::new(), phases: vec![first.outline.clone()] };
        machine::start(feature, project.map(str::to_owned), outline, None)?;
        let (session, sections) = (new_id(clock::now())?, first.outline.names());
        let expect = Expect { session, phase: first.outline.name, nonce: "0".repeat(16), sections };
        self.rendered(feature, project, &expect, &[], first.template.as_deref()).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::Places;
    use prompt_runner_core::phase::Phase;
    use prompt_runner_core::refusal::Code;

    #[test]
    fn a_session_begins_whole_or_not_at_all() {
        let home = tempfile::tempdir().unwrap();
        let places = Places { data: home.path().join("data"), config: home.path().join("config") };
        let shop = home.path().join("shop");
        let mut runner = Runner::open(&places).unwrap();
        let new = NewSession {
            feature: "Dark mode".into(),
            folder: Some(shop.clone()),
            keeps_prompts: true,
            ..NewSession::default()
        };
        assert_eq!(runner.begin(new.clone()).unwrap_err().code, Code::FileUnreadable);
        std::fs::create_dir(&shop).unwrap();
        std::fs::write(shop.join(".prompt-runner"), "no folder").unwrap();
        assert_eq!(runner.begin(new.clone()).unwrap_err().code, Code::ProjectReadOnly);
        std::fs::remove_file(shop.join(".prompt-runner")).unwrap();
        let template = places.config.join("templates/planning.md.jinja");
        std::fs::create_dir_all(template.parent().unwrap()).unwrap();
        std::fs::write(&template, [0xff]).unwrap();
        assert_eq!(runner.begin(new.clone()).unwrap_err().code, Code::TemplateInvalid);
        assert_eq!(runner.ask(ask::List { project: None, limit: None }).unwrap().sessions, [], "none was left behind");
        std::fs::remove_file(template).unwrap();
        let prompt = runner.plan(new).unwrap();
        assert_eq!((prompt.phase, prompt.view.current), (Phase::PLANNING, Some(Phase::PLANNING)));
        assert_eq!(Project::at(Some(&shop)).unwrap().active(), Some(prompt.view.session));
    }
}
