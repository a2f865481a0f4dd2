//! How many tokens a reply is, estimated where no API reported it. Only OpenAI has published its tokenizer, so the estimate is one by
//! characters, times what is known of the model's own.
//!
//! The tokenizer itself (`o200k_base` by tiktoken-rs 0.12) was tried and left out: it takes 127 to 137 ms to load, optimized, which every
//! `process` would wait for, and 5.5 MB; and most replies come from a page, which does not say its model, whose factor matters more.

use crate::prices::plain;
use prompt_runner_core::insight;

/// Tokens of a text for each 100 of `o200k_base`, by how the model's name begins; of two that fit the longer counts.
/// Source: sammcj/ingest, pull request 65, August 2026: 1.18 for Claude up to 4.6, 1.53 for Opus 4.7 and later and for Claude 5.
/// By the same source one token for 3.5 characters, as [`insight::tokens`] has it for Claude up to 4.6, is off by -17 % to +28 %
/// with the kind of content; that error is in every number here.
const FACTORS: &[(&str, u64)] = &[
    ("chatgpt-", 100),
    ("claude-", CLAUDE_4_6),
    ("claude-fable-5", 153),
    ("claude-haiku-5", 153),
    ("claude-mythos-5", 153),
    ("claude-opus-4-7", 153),
    ("claude-opus-4-8", 153),
    ("claude-opus-5", 153),
    ("claude-sonnet-5", 153),
    ("gpt-", 100),
    ("o1", 100),
    ("o3", 100),
    ("o4-", 100),
];
/// What [`insight::tokens`] was made for; so it is what is taken where nobody knows the model.
const CLAUDE_4_6: u64 = 118;

/// Tokens of a text, estimated for a model.
#[must_use]
pub(crate) fn estimate(text: &str, model: Option<&str>) -> u64 {
    let factor = |model: &str| {
        let name = plain(model);
        let fitting = FACTORS.iter().filter(|(begin, _)| name.starts_with(begin));
        fitting.max_by_key(|(begin, _)| begin.len()).map_or(CLAUDE_4_6, |(_, factor)| *factor)
    };
    insight::tokens(text).saturating_mul(model.map_or(CLAUDE_4_6, factor)) / CLAUDE_4_6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_knows_the_model_where_somebody_said_it() {
        let text = "a".repeat(4_130);
        for (model, tokens) in [
            (None, 1_180),
            (Some("llama3"), 1_180),
            (Some("claude-opus-4-6-20260115"), 1_180),
            (Some("anthropic/claude-opus-4.7"), 1_530),
            (Some("claude-sonnet-5"), 1_530),
            (Some("gpt-4o-2024-11-20"), 1_000),
        ] {
            assert_eq!(estimate(&text, model), tokens, "{model:?}");
        }
    }

    /// 16 MiB is the largest reply; the bound is far from what it takes, and as far from what a person would wait.
    #[test]
    fn the_largest_reply_is_estimated_at_once() {
        let text = "Zeile für Zeile, Wort für Wort.\n".repeat((16 << 20) / 33);
        let begun = std::time::Instant::now();
        assert!(estimate(&text, None) > 4_000_000);
        assert!(begun.elapsed() < std::time::Duration::from_secs(5));
    }
}
