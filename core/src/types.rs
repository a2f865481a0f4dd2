//! The protocol as TypeScript declarations, for the extension's type-checked JavaScript, and as JSON Schemas, for whoever reads `--json`.

use crate::protocol::answer;
use crate::{block, changes, event, phase, protocol, refusal, reply, session, site, stats, status, words};
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use ts_rs::{Config, TS};

/// What a command with `--json` prints when it is turned down.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its shape is wanted")]
struct Refused {
    /// Why, and what to do next.
    refusal: refusal::Refusal,
}

/// The schema of a reply of the runner.
#[must_use]
pub fn reply_schema() -> Schema {
    schema::<protocol::Reply>()
}

/// The schema of a request to the runner.
#[must_use]
pub fn request_schema() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<protocol::Request>()
}

/// The schema of a refusal, as commands print it.
#[must_use]
pub fn refusal_schema() -> Schema {
    schema::<Refused>()
}

/// Of what is written, which may have more to it than what is read.
fn schema<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}

/// The declaration of one type, with the documentation of its Rust type.
pub(crate) fn declaration<T: TS>() -> String {
    let docs = <T as TS>::docs().map(|docs| format!("{}\n", docs.trim_end())).unwrap_or_default();
    format!("\n{docs}export {}\n", T::decl(&Config::default()))
}

/// One declaration after another, each with the documentation of its Rust type.
#[must_use]
pub fn declarations() -> String {
    macro_rules! declare {
        ($($kind:ty),* $(,)?) => {
            [$(declaration::<$kind>()),*]
        };
    }
    let requests = protocol::TABLE
        .iter()
        .map(|entry| format!("\t{}: {{ type: '{}' }} & {},\n", entry.name, entry.answer_type, entry.answer));
    let answers = format!(
        "\n/**\n * What each request is answered with.\n */\nexport type Answers = {{\n{}}};\n",
        requests.collect::<String>()
    );
    let others = declare!(
        protocol::Envelope,
        protocol::Request,
        protocol::Body,
        protocol::Other,
        protocol::Message,
        protocol::Reply,
        answer::PhaseRecord,
        answer::AttachmentRecord,
        answer::WorkflowEntry,
        answer::ChangeKind,
        answer::PlannedFile,
        answer::PlanFault,
        answer::FileDone,
        answer::ChangeStep,
        answer::FileOutcome,
        answer::Left,
        changes::Danger,
        changes::Form,
        changes::Grade,
        changes::Note,
        changes::PathFault,
        changes::Why,
        event::Cause,
        protocol::Notice,
        site::PageReport,
        site::Found,
        refusal::Refusal,
        refusal::Code,
        refusal::Again,
        status::View,
        status::PhaseView,
        status::Next,
        status::NextStep,
        status::Badge,
        status::Tone,
        words::UiMessage,
        stats::Filter,
        stats::Panel,
        stats::Figures,
        stats::FunnelStep,
        stats::PhaseTimes,
        stats::Quantiles,
        stats::Rate,
        stats::Spent,
        stats::Day,
        stats::Estimate,
        stats::Count,
        stats::RatingDay,
        stats::Group,
        stats::FilterOption,
        stats::Timeline,
        stats::Span,
        stats::Who,
        stats::Mark,
        session::SessionId,
        phase::Phase,
        event::PhaseStatus,
        event::SessionStatus,
        event::Source,
        event::Origin,
        event::Usage,
        event::Timing,
        event::Repair,
        event::Limit,
        event::Imported,
        reply::Verdict,
        reply::SectionMark,
        reply::SectionState,
        reply::Trailer,
        reply::Oddity,
        reply::Problem,
        reply::Expect,
        block::Block,
    );
    [protocol::request_declarations(), protocol::answer::declarations(), vec![answers], others.into()].concat().concat()
}
