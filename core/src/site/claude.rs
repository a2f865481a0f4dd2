//! claude.ai. Candidates run from the newest layout to the oldest; each finds its part in a stored page of `tests/pages/claude.ai/`.
//! They are taken from what public extensions report of 2025 and 2026: layouts are in use side by side, one per account. The last
//! ones stand on roles and on the order of the messages alone, for a page that has lost every name that was ever known.

use super::Profile;

/// Messages of the developer and of the model take turns, and the first is the developer's.
const ODD: &str = "[role=article]:is([aria-posinset$='1'],[aria-posinset$='3'],[aria-posinset$='5'],[aria-posinset$='7'],[aria-posinset$='9'])";
const EVEN: &str = "[role=article]:is([aria-posinset$='2'],[aria-posinset$='4'],[aria-posinset$='6'],[aria-posinset$='8'],[aria-posinset$='0'])";
/// A row that holds a rendered text, and no message of the developer.
const WRITTEN: &str = ":is([data-index][data-rs-index],[data-test-render-count]):has(.standard-markdown,.progressive-markdown,.alluvium-markdown):not(:has([data-testid=user-message]))";

/// The profile of claude.ai.
pub const CLAUDE: Profile = Profile {
    host: "claude.ai",
    new_chat: "/new",
    conversation_path: "/chat/",
    scroll: &["[data-autoscroll-container]", ".overflow-y-scroll:has([data-test-render-count])", ":has(> [role=feed])"],
    feed: &["[data-perf-region=transcript]", "[role=feed]", ":has(> [data-test-render-count])"],
    row: &[
        "[data-testid=transcript-row]",
        "[data-index][data-rs-index]",
        "[data-test-render-count]",
        "[role=article][aria-posinset]",
    ],
    user: &[
        "[data-testid=user-message]",
        "[data-user-message-bubble]",
        "[data-cds=UserMessage]",
        ".font-user-message,.\\!font-user-message",
        ODD,
    ],
    assistant: &[
        "[data-testid=assistant-message]",
        "[data-cds=AssistantMessage]",
        "[data-is-streaming]",
        ".font-claude-response",
        ".font-claude-message",
        WRITTEN,
        EVEN,
    ],
    body: &[
        "[data-perf-reply-text]",
        ".standard-markdown,.progressive-markdown",
        ".alluvium-markdown",
        ".font-claude-response",
        ".font-claude-message",
        EVEN,
    ],
    exclude: ".sr-only,[data-find-omitted],[data-timeline-text],[data-cds=TurnStatus],[data-cds=MessageActions],[role=toolbar],[role=status],[class~='group/artifact-block'],[aria-label='Message actions' i],button",
    thoughts: "[data-timeline-text],[data-cds=TurnStatus],[class~='group/artifact-block']",
    // A frame around code has the same attribute as a chip, and is no `span` (layouts of 2026-10-03 and 2026-10-10).
    chips: "span[data-not-prose],[data-cds=Icon]",
    beside: "#wiggle-file-content,[data-skill-file-viewer],#markdown-artifact,[role=dialog],aside",
    code_frame: "",
    inline_code: "",
    code_label: ".font-small",
    streaming_attribute: "data-is-streaming",
    key_attributes: &["data-turn-key"],
    inner_key_attributes: &[],
    place_attributes: &["data-index", "aria-posinset"],
    composer: &[
        "[data-testid=chat-input][contenteditable=true]",
        "div.tiptap.ProseMirror[contenteditable=true]",
        "div.ProseMirror[contenteditable=true]",
        "[role=textbox][contenteditable=true]",
        "div[contenteditable=true]",
    ],
    dock: &["[data-chat-input-container]", "fieldset", ":has(> [role=textbox][contenteditable=true])"],
    // Labels are localised: known in other languages only where somebody reported them.
    send: &[
        "button[data-testid=chat-input-send]",
        "button[aria-label='Send message' i],button[aria-label='메시지 보내기']",
    ],
    stop: &["button[data-testid=chat-input-stop]", "button[aria-label='Stop response' i]"],
    // Its label is localised and its picture changes; its place is the first in the bar. What opens, toggles or has a name is another.
    copy: &[
        "[data-testid=message-actions] button:not(button ~ button,[data-testid],[aria-label^='Retry' i],[aria-haspopup],[aria-pressed],[aria-expanded])",
        "[data-testid=action-bar-copy]",
        "[data-cds=MessageActions] button:not(button ~ button,[data-testid],[aria-label^='Retry' i],[aria-haspopup],[aria-pressed],[aria-expanded])",
        "[role=toolbar] button:not(button ~ button,[data-testid],[aria-label^='Retry' i],[aria-haspopup],[aria-pressed],[aria-expanded])",
    ],
    retry: &[
        "[data-testid=message-actions] button[aria-label='Retry' i]",
        "[data-testid=action-bar-retry]",
        "[role=toolbar] button[aria-label='Retry' i]",
    ],
    artifact: &[".artifact-block-cell", "[data-sheet-kind]", "[class~='group/artifact-block']"],
    approval: &["[data-approval-card-root]"],
    attachment: &["[data-testid=file-thumbnail]", "[data-cds=MessageAttachments]"],
    limit: &["[data-cds=ChatComposerNotices] a[href*='from=ratelimit']", "#rate-limit-risk-reversal"],
};
