//! gemini.google.com. Its parts are elements with names of their own; a row is a pair of question and answer, and nothing but its
//! place names a message. Taken from what public extensions report; there is a stored page.

use super::Profile;

/// The profile of gemini.google.com.
pub const GEMINI: Profile = Profile {
    host: "gemini.google.com",
    new_chat: "/app",
    conversation_path: "/app/",
    scroll: &["infinite-scroller[data-test-id=chat-history-container]", "#chat-history infinite-scroller"],
    feed: &["infinite-scroller[data-test-id=chat-history-container]", "#chat-history infinite-scroller"],
    row: &[".conversation-container", ":has(> model-response)"],
    user: &["user-query .query-text", "user-query"],
    assistant: &["model-response"],
    body: &["message-content .markdown", "message-content"],
    exclude: ".cdk-visually-hidden,model-thoughts,message-actions,[hide-from-message-actions],button",
    thoughts: "model-thoughts",
    chips: "sources-list,sources-carousel,sources-carousel-inline,source-inline-chips,source-inline-chip,source-footnote,sup[data-turn-source-index],mat-icon",
    beside: "immersive-panel,side-navigation-v2,[role=dialog]",
    code_frame: "code-block",
    inline_code: "",
    code_label: ".code-block-decoration > span",
    streaming_attribute: "aria-busy",
    key_attributes: &[],
    inner_key_attributes: &[],
    place_attributes: &[],
    composer: &[
        "rich-textarea .ql-editor[contenteditable=true]",
        "[role=textbox][contenteditable=true][aria-label^='Enter a prompt' i]",
        "rich-textarea [contenteditable=true]",
    ],
    dock: &["input-container", "input-area-v2", "rich-textarea"],
    send: &["button[aria-label='Send message' i]", "button.send-button:not(.stop)"],
    stop: &["button[aria-label='Stop response' i]", "button:has(mat-icon[fonticon=stop])"],
    copy: &["copy-button button", "message-actions button[aria-label='Copy' i]"],
    retry: &[],
    artifact: &[],
    approval: &[],
    attachment: &["uploader-file-preview", "[data-test-id*=file-preview]"],
    limit: &[],
};
