//! The protocol as TypeScript declarations, for the extension's type-checked JavaScript.

use crate::{block, event, phase, protocol, refusal, reply, session, site, stats, status, words};
use ts_rs::{Config, TS};

/// One declaration after another, each with the documentation of its Rust type.
#[must_use]
pub fn declarations() -> String {
    let config = Config::default();
    let mut out = String::new();
    macro_rules! declare {
        ($($kind:ty),* $(,)?) => {$(
            out.push('\n');
            if let Some(docs) = <$kind as TS>::docs() {
                out.push_str(docs.trim_end());
                out.push('\n');
            }
            out.push_str("export ");
            out.push_str(&<$kind as TS>::decl(&config));
            out.push('\n');
        )*};
    }
    declare!(
        protocol::Envelope,
        protocol::Request,
        protocol::Body,
        protocol::Other,
        protocol::Message,
        protocol::Reply,
        protocol::PhaseRecord,
        protocol::AttachmentRecord,
        protocol::Notice,
        site::PageReport,
        site::Found,
        refusal::Refusal,
        refusal::Code,
        status::View,
        status::PhaseView,
        status::Next,
        status::Step,
        status::Badge,
        status::Tone,
        words::Say,
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
        stats::Choice,
        stats::Timeline,
        stats::Span,
        stats::Who,
        stats::Mark,
        session::SessionId,
        phase::Phase,
        event::Stand,
        event::Standing,
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
    out
}
