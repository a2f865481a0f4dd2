//! The workflow of a session: the one that it begins with, the definition that it keeps, and the phases that a condition leaves out.

use super::Runner;
use crate::project;
use crate::templates;
use crate::workflows::{Definition, Workflow, Workflows};
use prompt_runner_core::event::{PhaseStatus, SessionStatus, State};
use prompt_runner_core::machine::Command;
use prompt_runner_core::protocol::answer::{WorkflowEntry, WorkflowList};
use prompt_runner_core::protocol::{Handler, ask};
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::session::SessionId;
use prompt_runner_core::workflow::DEFAULT;

impl Handler<ask::Workflows> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Workflows { project }: ask::Workflows) -> Result<WorkflowList, Refusal> {
        let project = project.as_deref().map(project::folder);
        let usable = Workflows::new(&self.config, project.as_deref()).list().into_iter();
        let entry = |Definition { name, title, phases }: Definition| WorkflowEntry {
            name,
            title,
            phases: phases.iter().map(|phase| phase.outline.name).collect(),
        };
        let workflows = usable.filter_map(|(_, workflow)| Some(entry(workflow.ok()?.definition))).collect();
        Ok(WorkflowList { workflows })
    }
}

impl Runner {
    /// The workflow of this name that a session in this project begins with.
    pub(super) fn workflow(&self, project: Option<&str>, name: Option<&str>) -> Result<Workflow, Refusal> {
        let project = project.map(project::folder);
        Workflows::new(&self.config, project.as_deref()).find(name.unwrap_or(DEFAULT))
    }

    /// The definition that a session keeps; the oldest ones have none.
    pub(super) fn definition(&self, state: &State) -> Result<Option<Definition>, Refusal> {
        let Some(hash) = &state.definition else { return Ok(None) };
        let source = self.body(hash)?;
        Ok(Some(Definition::read(&source, &format!("the workflow {} as {} keeps it", state.workflow, state.id))?))
    }

    /// Leaves out the phases whose turn it is and whose condition says so. A condition that cannot be judged leaves nothing out.
    pub(super) fn pass_over(&mut self, session: &SessionId) -> Result<State, Refusal> {
        loop {
            let state = self.state(session)?;
            let next = state
                .current()
                .filter(|at| at.stand == PhaseStatus::Pending && state.standing == SessionStatus::Active);
            let Some(phase) = next.map(|at| at.phase) else { return Ok(state) };
            let condition = self.definition(&state)?.and_then(|definition| definition.phase(phase)?.skip_if.clone());
            let Some(condition) = condition else { return Ok(state) };
            if templates::holds(&condition, &state.feature, &self.sections(&state)?) != Ok(true) {
                return Ok(state);
            }
            self.note(session, Command::Skip { phase })?;
        }
    }
}
