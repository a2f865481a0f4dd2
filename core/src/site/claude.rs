//! claude.ai. Candidates run from the newest layout (hub, October 2026), whose stored page in `tests/pages/claude.ai/` holds the
//! first ones to a count, to older ones that public extensions report and no page here proves yet.

use super::Profile;

/// The profile of claude.ai.
pub const CLAUDE: Profile = Profile {
    host: "claude.ai",
    conversation_path: "/chat/",
    feed: &["[data-perf-region=transcript]", "[role=feed]", "[data-autoscroll-container]"],
    user: &["[data-testid=user-message]", "[data-user-message-bubble]", "[data-cds=UserMessage]"],
    assistant: &[
        "[data-testid=assistant-message]",
        "[data-cds=AssistantMessage]",
        "[data-is-streaming]",
        ".font-claude-response",
    ],
    body: &["[data-perf-reply-text]", ".standard-markdown", ".progressive-markdown", ".alluvium-markdown"],
    exclude: ".sr-only,[data-find-omitted],[data-timeline-text],[data-cds=TurnStatus],[data-cds=MessageActions],[data-not-prose],[data-cds=Icon],button",
    streaming_attribute: "data-is-streaming",
    key_attribute: "data-turn-key",
    composer: &[
        "[data-testid=chat-input][contenteditable=true]",
        "div.tiptap.ProseMirror[contenteditable=true]",
        "[role=textbox][contenteditable=true]",
    ],
    dock: &["[data-chat-input-container]", "fieldset"],
    send: &["button[data-testid=chat-input-send]", "button[aria-label='Send message' i]"],
    stop: &["button[data-testid=chat-input-stop]", "button[aria-label='Stop response' i]"],
};
