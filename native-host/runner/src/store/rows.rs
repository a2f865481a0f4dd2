//! The rows of `session`, `phase`, `imported` and `attachment`: what a session has folded to, as tables for look-ups and for SQL of one's own.
//! Core folds; this only spells the state as columns, and writes those rows that an event has changed.

use super::StoreError;
use prompt_runner_core::event::{Imported, PhaseState, PhaseStatus, State};
use prompt_runner_core::names::Named as _;
use prompt_runner_core::refusal::Code;
use rusqlite::{Connection, ToSql, params};

/// The rows of a session that an event may change or add to. Of `session` there is one, and every event changes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rows {
    phases: Vec<Phase>,
    imported: Option<Imported>,
    attachments: usize,
}

/// A row of `phase`, without what is generated and what says whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Phase {
    name: String,
    nonce: Option<String>,
    retries: u32,
    started_ms: Option<i64>,
    prompted_ms: Option<i64>,
    placed_ms: Option<i64>,
    sent_ms: Option<i64>,
    first_token_ms: Option<i64>,
    last_token_ms: Option<i64>,
    captured_ms: Option<i64>,
    span_ms: Option<i64>,
    prompt_bytes: i64,
    bytes: i64,
    tokens_estimated: i64,
    success: Option<bool>,
    error_kind: Option<&'static str>,
    accepted: bool,
    skipped: bool,
    trouble: Option<&'static str>,
}

const INSERT_PHASE: &str = "INSERT INTO phase (
        nonce, retries, started_ms, prompted_ms, placed_ms, sent_ms, first_token_ms, last_token_ms, captured_ms, span_ms, prompt_bytes, bytes,
        tokens_estimated, success, error_kind, accepted, skipped, trouble, session, phase, position)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)";
const UPDATE_PHASE: &str = "UPDATE phase SET
        nonce = ?1, retries = ?2, started_ms = ?3, prompted_ms = ?4, placed_ms = ?5, sent_ms = ?6, first_token_ms = ?7, last_token_ms = ?8,
        captured_ms = ?9, span_ms = ?10, prompt_bytes = ?11, bytes = ?12, tokens_estimated = ?13, success = ?14, error_kind = ?15,
        accepted = ?16, skipped = ?17, trouble = ?18
    WHERE session = ?19 AND phase = ?20";
const INSERT_SESSION: &str = "INSERT INTO session (
        standing, conversation, limit_resets_ms, seq, id, feature, project, workflow, started_ms)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
const UPDATE_SESSION: &str =
    "UPDATE session SET standing = ?1, conversation = ?2, limit_resets_ms = ?3, seq = ?4 WHERE id = ?5";
const WRITE_IMPORTED: &str = "INSERT INTO imported (session, id, status, seq) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (session) DO UPDATE SET id = excluded.id, status = excluded.status, seq = excluded.seq";
const INSERT_ATTACHMENT: &str = "INSERT INTO attachment (seq, session, name, text, bytes) VALUES (?1, ?2, ?3, ?4, ?5)";

impl Rows {
    pub(super) fn of(state: &State) -> Self {
        Self {
            phases: state.phases.iter().map(Phase::of).collect(),
            imported: state.imported.clone(),
            attachments: state.attachments.len(),
        }
    }

    /// Writes the rows of a session after one more event, where these are those before it. The place of that event in the log is the
    /// newest of the state.
    pub(super) fn write(before: Option<&Self>, state: &State, to: &Connection) -> Result<(), StoreError> {
        let State { id, standing, conversation, limit, seq, .. } = state;
        let limit_resets_ms = limit.and_then(|limit| limit.resets_ms);
        let (session, standing) = (id.as_str(), standing.its_name());
        let Some(before) = before else {
            let State { feature, project, workflow, started_ms, .. } = state;
            to.prepare_cached(INSERT_SESSION)?.execute(params![
                standing,
                conversation,
                limit_resets_ms,
                seq,
                session,
                feature,
                project,
                workflow,
                started_ms
            ])?;
            for (position, phase) in (0_i64..).zip(&state.phases) {
                let row = Phase::of(phase);
                row.write(to, INSERT_PHASE, &[&session, &row.name, &position])?;
            }
            return Ok(());
        };
        to.prepare_cached(UPDATE_SESSION)?.execute(params![standing, conversation, limit_resets_ms, seq, session])?;
        let after = Self::of(state);
        for (phase, _) in after.phases.iter().zip(&before.phases).filter(|(after, before)| after != before) {
            phase.write(to, UPDATE_PHASE, &[&session, &phase.name])?;
        }
        if let Some(Imported { id, status }) = after.imported.as_ref().filter(|_| after.imported != before.imported) {
            to.prepare_cached(WRITE_IMPORTED)?.execute(params![session, id, status, seq])?;
        }
        for kept in &state.attachments[before.attachments..] {
            let bytes = saturated(kept.bytes);
            to.prepare_cached(INSERT_ATTACHMENT)?.execute(params![seq, session, kept.name, kept.text, bytes])?;
        }
        Ok(())
    }
}

impl Phase {
    fn of(state: &PhaseState) -> Self {
        let (asked, reply) = (state.asked.as_ref(), state.reply());
        let timing = reply.map(|reply| reply.timing).unwrap_or_default();
        Self {
            name: state.phase.name().to_owned(),
            nonce: asked.map(|asked| asked.nonce.clone()),
            retries: state.retries,
            started_ms: state.started_ms,
            prompted_ms: asked.map(|asked| asked.at_ms),
            placed_ms: asked.and_then(|asked| asked.placed_ms),
            sent_ms: asked.and_then(|asked| asked.sent_ms),
            first_token_ms: timing.first_token_ms,
            last_token_ms: timing.last_token_ms,
            captured_ms: reply.map(|reply| reply.at_ms),
            span_ms: timing.span_ms.map(saturated),
            prompt_bytes: asked.map_or(0, |asked| saturated(asked.bytes)),
            bytes: reply.map_or(0, |reply| saturated(reply.bytes)),
            tokens_estimated: reply.map_or(0, |reply| saturated(reply.tokens_estimated)),
            // An accepted reply is a success, and keeps the kind of its error: it is done, and it was never proven.
            success: reply.map(|_| state.stand == PhaseStatus::Replied),
            error_kind: reply.and_then(|reply| reply.problem?.its_name()),
            accepted: reply.is_some_and(|reply| reply.accepted),
            skipped: state.stand == PhaseStatus::Skipped,
            trouble: state.last_error.map(Code::name),
        }
    }

    fn write(&self, to: &Connection, sql: &str, keys: &[&dyn ToSql]) -> Result<(), StoreError> {
        let values = params![
            self.nonce,
            self.retries,
            self.started_ms,
            self.prompted_ms,
            self.placed_ms,
            self.sent_ms,
            self.first_token_ms,
            self.last_token_ms,
            self.captured_ms,
            self.span_ms,
            self.prompt_bytes,
            self.bytes,
            self.tokens_estimated,
            self.success,
            self.error_kind,
            self.accepted,
            self.skipped,
            self.trouble
        ];
        to.prepare_cached(sql)?.execute(&*[values, keys].concat())?;
        Ok(())
    }
}

/// As SQLite counts. What is more was never measured.
fn saturated(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
