//! chatgpt.com. Two layouts are in use side by side: one whose messages say their author's role, and one, rolled out since
//! September 2026, whose parts have names of their own, whose code is an editor while it comes in and plain code after, and which keeps
//! the pages that were left in the document. Taken from what public extensions report; each has a stored page.

use super::Profile;

/// The profile of chatgpt.com.
pub const CHATGPT: Profile = Profile {
    host: "chatgpt.com",
    new_chat: "/",
    conversation_path: "/c/",
    scroll: &["[data-app-action-timeline-scroll]", ":has(> * > [data-testid^='conversation-turn-'])"],
    feed: &[":has(> [data-turn-key])", ":has(> [data-testid^='conversation-turn-'])"],
    row: &["[data-turn-key]", "[data-testid^='conversation-turn-']"],
    user: &["[data-user-message-bubble]", "[data-message-author-role=user]", "[data-turn=user]"],
    assistant: &[
        "[data-content-search-unit-key$=':assistant']",
        "[data-message-author-role=assistant]",
        "[data-chatgpt-search-message-ids]:not([class~='group/user-message'],:has([data-user-message-bubble]))",
        "[data-content-search-unit-key]:not([data-content-search-unit-key$=':user'],:has([data-user-message-bubble]))",
        "[data-turn=assistant]",
    ],
    body: &["[data-assistant-markdown]", "[data-markdown-text-style=assistant-message]", ".markdown"],
    exclude: ".sr-only,[role=toolbar],[role=status],[data-markdown-copy=exclude],button",
    thoughts: "",
    chips: "[data-testid=chatgpt-citation],[data-testid=webpage-citation-pill]",
    beside: "[data-app-shell-active-page=false],[role=dialog]",
    code_frame: "[data-markdown-copy=code-block]",
    inline_code: "[data-markdown-copy=inline-code]",
    code_label: "[data-markdown-copy=exclude],:scope > div > div:first-child",
    streaming_attribute: "",
    key_attributes: &["data-message-id", "data-chatgpt-selection-message-id", "data-content-search-unit-key"],
    inner_key_attributes: &["data-chatgpt-selection-message-id", "data-message-id"],
    place_attributes: &["data-turn-key"],
    composer: &["#prompt-textarea[contenteditable=true]", "div.ProseMirror[contenteditable=true]"],
    dock: &["form:has(#prompt-textarea)", "form:has([contenteditable=true])"],
    // One button sends and stops in turn; only its label, or its test id, says which.
    send: &[
        "[data-composer-submit]:not([aria-label^='Stop' i])",
        "button[data-testid=send-button]",
        "#composer-submit-button:not([data-testid=stop-button])",
    ],
    stop: &[
        "[data-composer-submit][aria-label^='Stop' i]",
        "button[data-testid=stop-button]",
        "button[aria-label='Stop streaming' i],button[aria-label='Stop generating' i],button[aria-label='Stop answering' i]",
    ],
    copy: &["button[data-testid=copy-turn-action-button]"],
    retry: &[],
    artifact: &[],
    approval: &[],
    attachment: &["[data-testid*=attachment]", "[class*=file-tile]"],
    limit: &[],
};
