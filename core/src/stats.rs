//! Figures over the record, as every surface shows them: what may be asked, and what the answers look like. Whatever was estimated
//! says so beside its number.

use crate::phase::Phase;
use crate::reply::Oddity;
use crate::session::SessionId;
use crate::status::View;
use serde::{Deserialize, Serialize};

/// Which part of the record the figures are of. What is left out narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields = nullable))]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// From this day on, `YYYY-MM-DD` in UTC: the day on which a phase was asked for, or a session began.
    pub since: Option<String>,
    /// Up to and with this day.
    pub until: Option<String>,
    /// The absolute path of a project.
    pub project: Option<String>,
    /// The name of a workflow.
    pub workflow: Option<String>,
    /// SHA-256 of a template.
    pub template: Option<String>,
    /// A branch of git, as it was when the session began.
    pub branch: Option<String>,
}

/// The panels of the dashboard; each is one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Panel {
    /// How many sessions got how far.
    Funnel,
    /// How long phases take, and whose time it was.
    Times,
    /// How often a phase, and a template, got a complete reply.
    Success,
    /// Tokens and cost by day.
    Cost,
    /// What planning estimated against what it took.
    Estimates,
    /// What went wrong, by kind.
    Errors,
    /// How often phases were asked for again.
    Retries,
    /// How developers rated it, by day.
    Ratings,
    /// All of it by project.
    Projects,
    /// All of it by branch.
    Branches,
    /// All of it by model.
    Models,
    /// What there is to filter by.
    Choices,
}

impl Panel {
    /// Every panel.
    pub const ALL: [Self; 12] = [
        Self::Funnel,
        Self::Times,
        Self::Success,
        Self::Cost,
        Self::Estimates,
        Self::Errors,
        Self::Retries,
        Self::Ratings,
        Self::Projects,
        Self::Branches,
        Self::Models,
        Self::Choices,
    ];
}

/// The data of a panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(tag = "panel", rename_all = "snake_case")]
pub enum Figures {
    /// To `funnel`.
    Funnel {
        /// Sessions that began.
        #[cfg_attr(feature = "types", ts(type = "number"))]
        started: u64,
        /// Of them complete.
        #[cfg_attr(feature = "types", ts(type = "number"))]
        complete: u64,
        /// Of them abandoned.
        #[cfg_attr(feature = "types", ts(type = "number"))]
        abandoned: u64,
        /// Each phase in the order of a full workflow; those that no session has are left out.
        steps: Vec<FunnelStep>,
    },
    /// To `times`.
    Times {
        /// Each phase that was ever done.
        phases: Vec<PhaseTimes>,
    },
    /// To `success`.
    Success {
        /// By phase.
        phases: Vec<Rate>,
        /// By template: its SHA-256, and the phase in `label`.
        templates: Vec<Rate>,
    },
    /// To `cost`.
    Cost {
        /// Each day on which something was asked, oldest first.
        days: Vec<Day>,
        /// All of them together.
        total: Spent,
    },
    /// To `estimates`.
    Estimates {
        /// The newest sessions that have both, newest first.
        rows: Vec<Estimate>,
    },
    /// To `errors`.
    Errors {
        /// Most frequent first.
        kinds: Vec<Count>,
    },
    /// To `retries`.
    Retries {
        /// By phase: how many attempts came after a failure.
        phases: Vec<Count>,
    },
    /// To `ratings`.
    Ratings {
        /// Each day on which something was rated, oldest first.
        days: Vec<RatingDay>,
    },
    /// To `projects`, `branches` and `models`.
    Groups {
        /// The most active first, at most 100.
        rows: Vec<Group>,
    },
    /// To `choices`.
    Choices {
        /// Projects.
        projects: Vec<String>,
        /// Workflows.
        workflows: Vec<String>,
        /// Templates: SHA-256, and the phase in `label`.
        templates: Vec<FilterOption>,
        /// Branches.
        branches: Vec<String>,
        /// The first and the last day, `YYYY-MM-DD`; nothing where there is no record.
        days: Option<(String, String)>,
    },
}

/// How far sessions got with one phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct FunnelStep {
    /// Which.
    pub phase: Phase,
    /// Sessions whose workflow has it.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub planned: u64,
    /// Of them asked for.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub asked: u64,
    /// Of them with a reply that is done.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub done: u64,
    /// Of them left out.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub skipped: u64,
}

/// How long attempts at one phase took, in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct PhaseTimes {
    /// Which.
    pub phase: Phase,
    /// Attempts with a duration.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub attempts: u64,
    /// Of them those whose both ends one process saw by a monotonic clock.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub trusted: u64,
    /// From the prompt to the stored reply.
    pub total: Quantiles,
    /// While the model wrote.
    pub model: Quantiles,
    /// From the prompt being ready to its being sent: the developer's time.
    pub human: Quantiles,
    /// From the last word to the next prompt, when nobody worked on it.
    pub idle: Quantiles,
}

/// The middle and the slow end, in milliseconds; nothing where nothing was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Quantiles {
    /// The median.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub median_ms: Option<u64>,
    /// Nine of ten are not slower.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub p90_ms: Option<u64>,
}

/// A share of successes, with the 95 % Wilson interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Rate {
    /// Of what: the name of a phase, or the SHA-256 of a template.
    pub name: String,
    /// What to call it.
    pub label: String,
    /// Attempts that ended.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub of: u64,
    /// Of them with a complete reply.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub good: u64,
    /// The lower end of the interval, 0 to 1.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// Tokens and money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Spent {
    /// Tokens of prompts.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub prompt_tokens: u64,
    /// Tokens of replies.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub completion_tokens: u64,
    /// Of both together those that a provider reported; the rest is estimated.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub reported_tokens: u64,
    /// US dollars by the price table, as far as the model is known.
    pub cost_usd: f64,
    /// Attempts without a price, because nobody knows the model.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub unpriced: u64,
}

/// What one day took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Day {
    /// `YYYY-MM-DD` in UTC.
    pub day: String,
    /// Attempts.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub attempts: u64,
    /// What they took.
    pub spent: Spent,
}

/// What planning estimated for a session, and what it took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Estimate {
    /// The session.
    pub session: SessionId,
    /// Its feature.
    pub feature: String,
    /// The lower end of the estimate, in hours.
    pub low_hours: f64,
    /// Its upper end.
    pub high_hours: f64,
    /// From its start to its end, in hours.
    pub actual_hours: f64,
    /// Of that, time in which somebody or the model worked; unknown where nobody measured it.
    pub active_hours: Option<f64>,
}

/// How often something happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Count {
    /// What.
    pub name: String,
    /// How often.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub count: u64,
}

/// The ratings of one day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct RatingDay {
    /// `YYYY-MM-DD` in UTC.
    pub day: String,
    /// How many.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub count: u64,
    /// Their mean, 1 to 5.
    pub mean: f64,
    /// Minutes that developers say they saved.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub saved_minutes: u64,
}

/// One project, branch or model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Group {
    /// Its name; empty where there is none.
    pub name: String,
    /// Sessions; nothing where a session is not of one such group alone.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub sessions: Option<u64>,
    /// Of them complete.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub complete: Option<u64>,
    /// Attempts at phases.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub attempts: u64,
    /// Of them with a complete reply.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub good: u64,
    /// Time in which the model worked, in milliseconds.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub model_ms: u64,
    /// What it took.
    pub spent: Spent,
}

/// Something to filter by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct FilterOption {
    /// Its value.
    pub name: String,
    /// What to call it.
    pub label: String,
}

/// One session drawn over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Timeline {
    /// The session.
    pub view: View,
    /// Who worked when, oldest first.
    pub spans: Vec<Span>,
    /// Every event, oldest first.
    pub marks: Vec<Mark>,
}

/// A stretch of time in which one party worked, or nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Span {
    /// On which phase.
    pub phase: Phase,
    /// Who.
    pub who: Who,
    /// From when, milliseconds since 1970.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub from_ms: i64,
    /// Until when.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub to_ms: i64,
}

/// Whose time it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The model wrote.
    Model,
    /// The developer had the prompt and had not sent it.
    Human,
    /// Nobody worked on it.
    Idle,
}

/// One event of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Mark {
    /// Its place in the log.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub seq: i64,
    /// When, milliseconds since 1970.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub at_ms: i64,
    /// Its kind, such as `prompt_rendered`.
    pub kind: String,
    /// The phase that it is about.
    pub phase: Option<Phase>,
    /// What was accepted in a reply although the contract says otherwise.
    #[serde(default)]
    pub oddities: Vec<Oddity>,
}
