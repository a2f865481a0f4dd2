//! The words of the product: one catalogue for the page, the badge, the popup and the terminal, so that all of them say the same.
//! `_locales/en/messages.json` of the extension is generated from it; other languages stand beside that file.

use crate::reply::Oddity;
use serde::{Deserialize, Serialize};

/// Something to say: a key of the catalogue and the values of its placeholders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct UiMessage {
    /// The key.
    pub key: String,
    /// The values for `$1`, `$2`, …; `@key` stands for another text of the catalogue.
    pub args: Vec<String>,
}

impl UiMessage {
    /// This, with these values.
    #[must_use]
    pub fn new<const N: usize>(key: &str, args: [String; N]) -> Self {
        debug_assert!(text(key).is_some(), "{key} is not in the catalogue");
        Self { key: key.to_owned(), args: args.into() }
    }

    /// In English.
    #[must_use]
    pub fn english(&self) -> String {
        let mut said = text(&self.key).unwrap_or(&self.key).to_owned();
        for (at, arg) in self.args.iter().enumerate() {
            let arg = value(arg);
            // The catalogue's own `$n` only: a value that holds `$2` is text.
            said = said.replace(&format!("${}", at + 1), &arg.replace('$', "\u{0}"));
        }
        said.replace('\u{0}', "$")
    }
}

/// A value of a placeholder, such as the title of a phase, in English: `@key` is a text of the catalogue.
#[must_use]
pub fn value(arg: &str) -> &str {
    arg.strip_prefix('@').and_then(text).unwrap_or(arg)
}

/// What was accepted in a reply although the contract says otherwise, as one English sentence; nothing where there is nothing.
#[must_use]
pub fn although(oddities: &[Oddity]) -> Option<String> {
    (!oddities.is_empty()).then(|| UiMessage::new("taken_although", [of_oddities(oddities)]).english())
}

/// The oddities of a reply, in English.
#[must_use]
pub fn of_oddities(oddities: &[Oddity]) -> String {
    oddities.iter().filter_map(|oddity| text(&oddity.key())).collect::<Vec<_>>().join("; ")
}

fn text(key: &str) -> Option<&'static str> {
    CATALOGUE.iter().find(|(name, _)| *name == key).map(|(_, text)| *text)
}

/// Key and English text. Keys are `[a-z_]`, as WebExtensions want them.
pub const CATALOGUE: &[(&str, &str)] = &[
    ("extension_name", "Prompt-Runner"),
    (
        "extension_description",
        "Takes a software feature through its phases in an AI chat: one click per phase, and the record is kept on your machine.",
    ),
    ("language", "en"),
    // phases and where they stand
    ("phase_planning", "Planning"),
    ("phase_analysis", "Analysis"),
    ("phase_implementation", "Implementation"),
    ("phase_testing", "Testing"),
    ("phase_cleaning", "Cleaning"),
    ("phase_change", "Change"),
    ("phase_reproduce", "Reproduction"),
    ("phase_diagnose", "Diagnosis"),
    ("phase_fix", "Fix"),
    ("phase_regression", "Regression tests"),
    ("phase_survey", "Survey"),
    ("phase_refactoring", "Refactoring"),
    ("phase_safety", "Safety net"),
    ("phase_contract", "Interface contract"),
    ("phase_handlers", "Implementation"),
    ("phase_conformance", "Conformance tests"),
    ("phase_model", "Data model"),
    ("phase_operations", "Operations"),
    ("phase_proof", "Tests"),
    ("phase_review", "Review"),
    ("stand_pending", "pending"),
    ("stand_prompted", "ready to send"),
    ("stand_awaiting", "waiting for the reply"),
    ("stand_replied", "done"),
    ("stand_accepted", "accepted as it is"),
    ("stand_failed", "needs attention"),
    ("stand_skipped", "skipped"),
    ("stand_trouble", "no reply: $1"),
    // what is next
    ("next_place", "$1: put the prompt into the composer."),
    ("next_print", "$1: print its prompt and give it to the model."),
    ("next_send", "$1: the prompt is ready. Send it when you like."),
    ("next_await", "$1: waiting for the reply."),
    ("next_trouble", "$1: nobody answered. The prompt stays the same; ask again."),
    ("next_again", "$1: the reply is not complete. Ask for the rest, ask for all of it again, or accept it as it is."),
    ("next_done", "All $1 phases are done and stored."),
    ("next_abandoned", "The session was abandoned; what was stored stays."),
    // the bar
    ("bar_label", "Prompt-Runner: where this session stands"),
    ("bar_step", "$1 of $2"),
    ("bar_streaming", "$1: the reply is coming in, $2 of $3 sections so far."),
    ("bar_recording", "$1: storing the reply."),
    ("bar_stored", "$1 stored: $2 of $3 sections, $4 lines."),
    ("bar_finished", "$1 stored: $2 of $3 sections, $4 lines. All $5 phases are done."),
    ("bar_accepted", "$1 accepted as it is: $2 of $3 sections, $4 lines."),
    ("bar_cut", "$1: the reply stopped early, $2 of $3 sections. What came is kept."),
    ("bar_lacking", "$1: the reply is not complete, $2 of $3 sections. What came is kept."),
    (
        "bar_outbox",
        "The host does not answer. The reply is kept in this browser and stored as soon as the host is back. Run prompt-runner doctor to see what is wrong.",
    ),
    (
        "bar_outbox_filling",
        "The host does not answer, and this browser has room for only a few more replies. This one is kept. Run prompt-runner doctor now: what finds no room is not kept.",
    ),
    ("bar_host_missing", "The host does not answer. Nothing is lost; run prompt-runner doctor to see what is wrong."),
    ("bar_draft", "Your own text is in the composer. Click again to replace it with the prompt."),
    (
        "bar_drifted",
        "This page is not as expected: $1. Look at what is stored; a reply that is not noticed can be pasted here.",
    ),
    (
        "bar_unplaced",
        "The composer did not take the prompt. Reload the page and click again, or copy the prompt and paste it there yourself.",
    ),
    ("bar_copied", "$1: the prompt is in the clipboard. Paste it into the composer and send it."),
    ("bar_uncopied", "The clipboard did not take the prompt. Run prompt-runner orchestrate show: it stands there too."),
    (
        "bar_unselected",
        "No reply was found there. Select the reply from its first heading to its last line, then click again; or press its own copy button and paste it.",
    ),
    (
        "bar_unread",
        "$1: the text of this reply cannot be read in this page, so nothing of it was stored. Press the reply’s own copy button and paste it here, or select its text.",
    ),
    (
        "bar_astray",
        "$1: the reply came to its end, but this page’s code is not where it was expected, so nothing of it was stored. Press the reply’s own copy button and paste it here, or select its text.",
    ),
    ("bar_placed", "$1: the prompt is in the composer. Press Enter to send it."),
    ("bar_sent", "$1: the prompt was sent."),
    (
        "bar_obscured",
        "The button was covered, faded or only just there when it was clicked, so nothing was done. Click it again when it is in plain view.",
    ),
    (
        "bar_beside",
        "$1: this reply is not what was asked for, so nothing of it was stored. Go on talking, or put the prompt in again.",
    ),
    (
        "bar_artifact",
        "$1: the reply is in an artifact, not in the chat, so nothing of it was stored. Put the prompt in again, or copy the artifact and paste it here.",
    ),
    (
        "bar_withdrawn",
        "$1: the site took the prompt back, so it was not sent. See what the site says, then put the prompt in again.",
    ),
    ("bar_approval", "$1: the site waits for your permission to use a tool. Decide there; the reply goes on after it."),
    (
        "bar_limit",
        "The usage limit of this site is reached. It says it ends in $1 h $2 min; then put the prompt in again.",
    ),
    (
        "bar_limit_open",
        "The usage limit of this site is reached. See there when it ends; then put the prompt in again.",
    ),
    ("bar_limit_over", "The usage limit should be over. Put the prompt in again."),
    (
        "bar_attached",
        "The site turned the prompt into an attachment, which the model may not see whole. Remove the attachment, then click again.",
    ),
    ("button_place", "Put the $1 prompt in"),
    ("button_place_again", "Put the $1 prompt in again"),
    ("button_continue", "Ask for the rest of $1"),
    ("button_sections", "Ask for what $1 lacks"),
    ("button_accept", "Accept $1 as it is"),
    ("button_copy", "Copy the $1 prompt"),
    ("button_paste", "Paste a reply"),
    ("button_selection", "Take the selected text"),
    ("button_rate", "$1 of 5 stars"),
    ("button_again", "Ask for $1 again"),
    ("button_send", "Send to Prompt-Runner"),
    ("button_sent", "Stored"),
    ("button_sent_before", "Stored already"),
    // the badge
    ("badge_none", "Prompt-Runner: no session here. Click to start one."),
    ("badge_working", "Prompt-Runner: $1, the reply is on its way."),
    ("badge_ready", "Prompt-Runner: $1, ready for you."),
    ("badge_attention", "Prompt-Runner: $1 needs your attention."),
    ("badge_done", "Prompt-Runner: every phase is done."),
    ("badge_abandoned", "Prompt-Runner: this session was abandoned."),
    (
        "badge_outbox_filling",
        "Prompt-Runner: the host does not answer, and there is room for only a few more replies. Run prompt-runner doctor.",
    ),
    ("badge_host_missing", "Prompt-Runner: the host does not answer. Run prompt-runner doctor."),
    (
        "badge_drifted",
        "Prompt-Runner: this page is not as expected: $1. Run prompt-runner doctor --page to see what was found.",
    ),
    // what was accepted in a reply besides the letter of the contract
    ("taken_although", "Taken although: $1."),
    ("oddity_heading_style", "a section name is not written exactly"),
    ("oddity_body_unfenced", "a section does not stand in one fence"),
    ("oddity_order", "the sections come in another order"),
    ("oddity_repeated", "a section came twice with the same text"),
    ("oddity_trailer_unfenced", "the proof at the end does not stand in a fence of its own"),
    ("oddity_trailer_early", "a proof stands before a section"),
    ("oddity_fence_broken", "a fence has no end, or ended too early"),
    ("oddity_rendered", "a section’s text may not be to the letter what the model wrote"),
    ("oddity_talk_left_out", "words beside a section’s fence were left out"),
    ("oddity_after_trailer", "a section name stands after the proof, and nothing under it was taken"),
    ("oddity_thoughts_left_out", "the model’s thoughts stand in the reply and were left out"),
    ("oddity_terminal_codes", "codes for a terminal were taken out"),
    ("oddity_bytes_replaced", "damaged characters are marked with \u{fffd}"),
    ("oddity_unread", "it could not be read in time, and is kept as it came"),
    // why a page is not as expected
    ("drift_composer", "the composer was not found"),
    ("drift_messages", "no message of this conversation was recognised"),
    ("drift_users", "no message of yours was recognised"),
    ("drift_answers", "no reply was recognised"),
    ("drift_rows", "some messages were not recognised"),
    ("drift_order", "messages do not take turns"),
    ("drift_nested", "one message seems to lie inside another"),
    ("drift_astray", "messages were found where none should be"),
    ("drift_body", "the replies seem to have no text"),
    ("drift_text", "most of the replies' text lies outside of what is read"),
    ("drift_code", "a code block of a reply lies outside of what is read"),
    ("drift_shadow", "a part of a reply is drawn where it cannot be read"),
    ("drift_streaming", "it does not say when a reply has ended"),
    // the popup
    ("popup_title", "Prompt-Runner"),
    ("popup_no_session", "No session in this tab."),
    ("popup_feature", "What do you want to build?"),
    ("popup_feature_hint", "One feature, in your own words"),
    ("popup_project", "Project folder (optional)"),
    ("popup_workflow", "Workflow"),
    ("popup_start", "Start"),
    ("popup_new", "Start a new session"),
    ("popup_sessions", "Recent sessions"),
    ("popup_phases", "Phases"),
    ("popup_phase", "Phase"),
    ("popup_stand", "Where it stands"),
    ("popup_time", "Time"),
    ("popup_time_seconds", "$1 s"),
    ("popup_time_about", "about $1 s"),
    ("popup_size", "Reply"),
    ("popup_size_lines", "$1 lines"),
    ("popup_next", "Next"),
    ("popup_rate", "How did it go, from one star (badly) to five (well)?"),
    ("popup_rate_word", "A word on it (optional)"),
    ("popup_rate_keep", "Rate"),
    ("popup_figures", "Dashboard"),
    ("popup_options", "Options"),
    ("popup_open_chat", "Open the conversation"),
    (
        "popup_host_missing",
        "The host does not answer. Install it with “prompt-runner install”, then see “prompt-runner doctor”.",
    ),
    ("popup_open_claude", "Open claude.ai"),
    ("popup_drifted", "This page is not as expected: $1. A reply may be read wrongly, or not at all."),
    ("popup_outbox", "$1 captured replies wait in this browser for the host."),
    (
        "popup_outbox_filling",
        "$1 captured replies wait in this browser for the host, and there is room for only a few more. Run “prompt-runner doctor” now.",
    ),
    ("popup_refused", "Replies that waited and could not be stored; each still stands in its conversation"),
    ("popup_seen", "I have seen this"),
    ("popup_hand", "By hand, where the page does not play along"),
    ("popup_copy", "Copy the prompt"),
    ("popup_copied", "The prompt is in the clipboard. Paste it into the composer and send it."),
    ("popup_uncopied", "The clipboard did not take the prompt."),
    ("popup_selection", "Take the selected text"),
    (
        "popup_unselected",
        "No text is selected in this tab. Select the reply there, from its first heading to its last line.",
    ),
    ("popup_paste", "Paste a reply"),
    ("popup_paste_hint", "The complete reply, from its first line to its last"),
    ("popup_found", "$1: $2 of $3 sections are complete."),
    ("popup_found_whole", "$1: the reply is complete, $2 of $3 sections."),
    ("popup_found_oddities", "It would be taken with: $1."),
    ("popup_store", "Store this reply"),
    ("popup_stored", "$1 stored: $2 of $3 sections."),
    ("menu_selection", "Take the selected text as a reply"),
    ("menu_answer", "Send this reply to Prompt-Runner"),
    ("popup_aside", "Replies that the host could not take; they are kept in this browser and hold up no other"),
    ("popup_again", "Try again"),
    ("popup_again_tries", "Trying again …"),
    ("popup_discard", "Discard"),
    (
        "popup_discard_sure",
        "Discard this reply for good? It is then only in its conversation, if it still stands there.",
    ),
    ("popup_discard_yes", "Discard for good"),
    ("popup_discard_no", "Keep it"),
    // the options
    ("options_title", "Prompt-Runner options"),
    ("options_send_on_click", "Send on click"),
    (
        "options_send_on_click_why",
        "Off: a click puts the prompt into the composer and you press Enter. On: the same click also sends it. Either way nothing is sent without your own click or key.",
    ),
    ("options_read_record", "Read the site’s own record when a reply is incomplete in the page"),
    (
        "options_read_record_why",
        "Off: replies are read from the page, and from a message’s copy button where the page does not show all of it. On: claude.ai is also asked for the conversation, as its own page does. Nothing goes anywhere else.",
    ),
    ("options_saved", "Saved."),
    // what the extension itself turns down, each with its next step
    ("host_gone", "No connection to the host: $1"),
    ("host_gone_hint", "Run “prompt-runner install”, then “prompt-runner doctor”."),
    ("host_slow", "The host did not answer within $1 seconds."),
    ("host_slow_hint", "Try again; if it stays, run “prompt-runner doctor”."),
    ("host_version", "The host speaks another version of the protocol than this extension."),
    ("host_version_hint", "Update the extension and the host to the same version."),
    (
        "outbox_full",
        "There is no room in this browser for one more reply; $1 wait for the host. This one is still in the page, and was not kept.",
    ),
    ("outbox_full_hint", "Run “prompt-runner doctor” to bring the host back, then capture this reply again."),
    ("outbox_aside", "The host could not take this reply, however often it was tried. $1"),
    (
        "outbox_aside_hint",
        "It is kept in this browser and holds up no other. Click the Prompt-Runner icon to try it again or to discard it.",
    ),
    ("outbox_unreadable", "What is kept here cannot be read any more."),
    ("request_foreign", "A chat page may not ask for this."),
    ("request_foreign_hint", "Use the Prompt-Runner icon or the command line."),
    // the dashboard
    ("dash_title", "Dashboard"),
    ("dash_skip", "Skip to the figures"),
    ("dash_filters", "Filters"),
    ("dash_since", "From"),
    ("dash_until", "To"),
    ("dash_project", "Project"),
    ("dash_workflow", "Workflow"),
    ("dash_template", "Template"),
    ("dash_branch", "Branch"),
    ("dash_model", "Model"),
    ("dash_all", "All"),
    ("dash_none", "(none)"),
    ("dash_clear", "Show everything"),
    ("dash_loading", "Loading …"),
    ("dash_empty", "Nothing of this is recorded yet, or the filters leave nothing of it."),
    ("dash_retry", "Try again"),
    ("dash_table", "Show as table"),
    ("dash_export", "Export “$1”"),
    ("dash_export_as", "$1: export “$2”"),
    ("dash_png_failed", "The picture could not be drawn. Export it as SVG instead."),
    ("dash_updated", "As of $1"),
    ("dash_more", "The chart shows the first $1 of $2; the table has all."),
    ("dash_server_gone", "The program that serves this page does not answer."),
    ("dash_server_gone_hint", "Start `prompt-runner dashboard` again and open the address that it prints."),
    ("dash_phase", "Phase"),
    ("dash_sessions", "Sessions"),
    ("dash_session", "Session"),
    ("dash_feature", "Feature"),
    ("dash_attempts", "Attempts"),
    ("dash_whole", "Complete replies"),
    ("dash_share", "Share"),
    ("dash_low", "Interval from"),
    ("dash_high", "Interval to"),
    ("dash_day", "Day"),
    ("dash_count", "Count"),
    ("dash_cost", "Cost"),
    ("dash_tokens", "Tokens"),
    ("dash_prompt_tokens", "Prompt tokens"),
    ("dash_completion_tokens", "Reply tokens"),
    ("dash_reported_tokens", "Of them reported"),
    ("dash_unpriced", "Attempts without a price"),
    ("dash_model_time", "Model time"),
    ("dash_median", "Median"),
    ("dash_slow", "9 of 10 within"),
    ("dash_funnel", "How far sessions get"),
    ("dash_funnel_summary", "Sessions: $1 started, $2 complete, $3 abandoned."),
    ("dash_begun", "Started"),
    ("dash_complete", "Complete"),
    ("dash_planned", "Has this phase"),
    ("dash_asked", "Asked for"),
    ("dash_done", "Done"),
    ("dash_skipped", "Left out"),
    ("dash_drop", "Not done"),
    ("dash_of", "$1 of $2"),
    ("dash_of_drop", "$1 of $2 · −$3"),
    ("dash_times", "Time per phase"),
    (
        "dash_times_summary",
        "Attempts measured: $1, of which $2 by one clock from end to end. The mark is the median; 9 of 10 end within the line.",
    ),
    ("dash_who_total", "Whole"),
    ("dash_who_model", "Model"),
    ("dash_who_human", "You"),
    ("dash_who_idle", "Idle"),
    ("dash_trusted", "By one clock"),
    ("dash_success", "Complete replies"),
    ("dash_success_summary", "Whole at the attempt: $1 of $2. The line is the 95 % interval."),
    ("dash_by_phase", "By phase"),
    ("dash_by_template", "By template"),
    ("dash_rate", "Share, with its 95 % interval"),
    ("dash_cost_panel", "Tokens and cost over time"),
    (
        "dash_cost_summary",
        "$1 tokens for $2. Providers reported $3 of the tokens, the rest is estimated; attempts without a price: $4.",
    ),
    ("dash_estimates", "Estimated and actual time"),
    ("dash_estimates_summary", "Sessions with an estimate from planning and an end: $1."),
    ("dash_estimate", "Estimate"),
    ("dash_estimate_low", "Estimate from"),
    ("dash_estimate_high", "Estimate to"),
    ("dash_actual", "Start to end"),
    ("dash_active", "Of that, worked"),
    ("dash_errors", "What went wrong"),
    ("dash_errors_summary", "Errors: $1 of $2 kinds; most often: $3."),
    ("dash_error", "Kind"),
    ("dash_error_empty", "No text in the reply"),
    ("dash_error_foreign", "Reply to another prompt"),
    ("dash_error_cut", "Reply stopped early"),
    ("dash_error_section_missing", "Section missing"),
    ("dash_error_section_duplicate", "Section came twice"),
    ("dash_retries", "Asked again"),
    ("dash_retries_summary", "Attempts that came after a failure: $1."),
    ("dash_ratings", "Ratings over time"),
    ("dash_ratings_summary", "Ratings: $1, given on $2 days. Developers say that they saved $3."),
    ("dash_mean", "Mean rating, 1 to 5"),
    ("dash_saved", "Saved"),
    ("dash_projects", "By project"),
    ("dash_branches", "By branch"),
    ("dash_models", "By model"),
    ("dash_groups_summary", "Rows: $1. Most active: $2, with $3 attempts."),
    ("dash_timeline", "One session over time"),
    ("dash_timeline_summary", "Events: $1, from $2 to $3."),
    ("dash_timeline_keys", "Events; arrow keys go from one to the next"),
    ("dash_choose", "Choose a session"),
    ("dash_event", "Event"),
    ("dash_at", "Time"),
    ("dash_to", "To"),
    ("dash_who", "Whose time"),
    ("dash_event_session_started", "Session started"),
    ("dash_event_prompt_rendered", "Prompt made"),
    ("dash_event_prompt_placed", "Prompt in the composer"),
    ("dash_event_prompt_sent", "Prompt sent"),
    ("dash_event_conversation_bound", "Conversation known"),
    ("dash_event_reply_captured", "Reply stored"),
    ("dash_event_reply_accepted", "Reply accepted as it is"),
    ("dash_event_limit_reached", "Usage limit reached"),
    ("dash_event_session_completed", "Session complete"),
    ("dash_event_ask_failed", "Nobody answered"),
    ("dash_event_phase_skipped", "Phase left out"),
    ("dash_event_phase_reopened", "Phase taken up anew"),
    ("dash_event_session_abandoned", "Session abandoned"),
    ("dash_event_session_imported", "Brought over"),
    ("dash_event_attachment_kept", "Attachment kept"),
    ("dash_event_work_seen", "State of the project seen"),
    ("dash_event_code_measured", "Code measured"),
    ("dash_event_rated", "Session rated"),
    // sessions
    ("session_active", "active"),
    ("session_complete", "complete"),
    ("session_abandoned", "abandoned"),
    ("session_rated", "rated $1 of 5"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Named as _;

    #[test]
    fn placeholders_are_filled_once() {
        let said = UiMessage::new("bar_stored", ["Planning".into(), "$3".into(), "3".into(), "412".into()]);
        assert_eq!(said.english(), "Planning stored: $3 of 3 sections, 412 lines.");
    }

    #[test]
    fn every_oddity_of_a_reply_has_its_words() {
        for (oddity, name) in Oddity::NAMES {
            assert!(text(&oddity.key()).is_some(), "{name} has no words");
        }
        let two = although(&[Oddity::HeadingStyle, Oddity::Order]);
        let said = "Taken although: a section name is not written exactly; the sections come in another order.";
        assert_eq!((two.as_deref(), although(&[])), (Some(said), None));
    }

    #[test]
    fn keys_are_unique_and_fit_for_web_extensions() {
        let mut keys: Vec<_> = CATALOGUE.iter().map(|(key, _)| *key).collect();
        assert!(keys.iter().all(|key| key.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase())));
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), CATALOGUE.len());
    }
}
