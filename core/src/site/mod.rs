//! Site profiles: what to look for in a chat page, as data. One table per site; the reading code knows no site.

mod chatgpt;
mod claude;
mod gemini;
mod report;

pub use chatgpt::CHATGPT;
pub use claude::CLAUDE;
pub use gemini::GEMINI;
pub use report::{Found, PageReport, ROWS_MAX};

/// Every site that there is a profile of.
pub const SITES: [&Profile; 3] = [&CLAUDE, &CHATGPT, &GEMINI];

/// The profile of the site with this host name.
#[must_use]
pub fn of(host: &str) -> Option<&'static Profile> {
    SITES.into_iter().find(|profile| profile.host == host)
}

/// How to find the parts of a chat page. Each element has candidates in order of trust; the first that finds anything is the one
/// that is used, and its index is what the self-test reports. A candidate may be a list of selectors that are equally good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The host name.
    pub host: &'static str,
    /// The path of a new chat.
    pub new_chat: &'static str,
    /// The path under which a conversation lives, before its id.
    pub conversation_path: &'static str,
    /// What scrolls the messages.
    pub scroll: &'static [&'static str],
    /// The list of messages.
    pub feed: &'static [&'static str],
    /// An entry of the list: a message of either side, on some pages a pair of them.
    pub row: &'static [&'static str],
    /// A message of the developer.
    pub user: &'static [&'static str],
    /// A message of the model.
    pub assistant: &'static [&'static str],
    /// The rendered text inside a message of the model.
    pub body: &'static [&'static str],
    /// What is in a message and never the model's text, whatever it holds.
    pub exclude: &'static str,
    /// What of that may hold code that is not the answer's: thinking, and the cards of files.
    pub thoughts: &'static str,
    /// What stands between the words and is none; where it is wrapped around a block, that block is text all the same.
    pub chips: &'static str,
    /// Panels and pages beside the conversation: nothing in them is a message.
    pub beside: &'static str,
    /// The frame of a code block, where the site names it; else empty.
    pub code_frame: &'static str,
    /// Code inside a line, where the site draws it as something else than `code`; else empty.
    pub inline_code: &'static str,
    /// The name of a code block's language, inside the block and beside its code.
    pub code_label: &'static str,
    /// The attribute, of a message or inside it, that is `true` while it grows and `false` after; absent means unknown, and an
    /// empty name that the site has none.
    pub streaming_attribute: &'static str,
    /// The attributes that name a message over all re-renderings, the best first.
    pub key_attributes: &'static [&'static str],
    /// The attributes inside a message that name it, where it has no name of its own.
    pub inner_key_attributes: &'static [&'static str],
    /// The attributes around a message that say its place in the list, where it has no name.
    pub place_attributes: &'static [&'static str],
    /// The editor in which prompts are written.
    pub composer: &'static [&'static str],
    /// The box around the editor, above which the bar may stand.
    pub dock: &'static [&'static str],
    /// The button that sends.
    pub send: &'static [&'static str],
    /// The button that stops an answer; its presence means that the model is at work.
    pub stop: &'static [&'static str],
    /// A message's own copy button, in its row.
    pub copy: &'static [&'static str],
    /// The button that has a message answered once more, in its row.
    pub retry: &'static [&'static str],
    /// The card of an artifact: text of the answer that does not stand in its body.
    pub artifact: &'static [&'static str],
    /// The card by which the model asks whether it may use a tool; the answer waits for it.
    pub approval: &'static [&'static str],
    /// A file that will go along with the next message: some sites make one of a long text.
    pub attachment: &'static [&'static str],
    /// What says that the limit of use is reached.
    pub limit: &'static [&'static str],
}

/// How many elements a profile has.
pub const ELEMENTS: usize = 15;

impl Profile {
    /// Every element by its name, with its candidates.
    #[must_use]
    pub const fn elements(&self) -> [(&'static str, &'static [&'static str]); ELEMENTS] {
        [
            ("scroll", self.scroll),
            ("feed", self.feed),
            ("row", self.row),
            ("user", self.user),
            ("assistant", self.assistant),
            ("body", self.body),
            ("composer", self.composer),
            ("dock", self.dock),
            ("send", self.send),
            ("stop", self.stop),
            ("copy", self.copy),
            ("retry", self.retry),
            ("artifact", self.artifact),
            ("approval", self.approval),
            ("limit", self.limit),
        ]
    }

    /// Site and path of the conversation at this path; `None` where there is none yet.
    #[must_use]
    pub fn conversation(&self, path: &str) -> Option<String> {
        let id = path.strip_prefix(self.conversation_path)?.split('/').next()?;
        let plain =
            !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        plain.then(|| format!("{}{}{id}", self.host, self.conversation_path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_is_its_site_and_path() {
        for (host, path, conversation) in [
            ("claude.ai", "/chat/0a1b-2c", "claude.ai/chat/0a1b-2c"),
            ("chatgpt.com", "/c/0a1b-2c", "chatgpt.com/c/0a1b-2c"),
            ("gemini.google.com", "/app/0a1b2c", "gemini.google.com/app/0a1b2c"),
        ] {
            assert_eq!(of(host).unwrap().conversation(path).as_deref(), Some(conversation));
        }
        for none in ["/new", "/chat/", "/recents", "/chat/../x", "/chat/a b"] {
            assert_eq!(CLAUDE.conversation(none), None, "{none}");
        }
        for profile in SITES {
            assert_eq!(profile.conversation(profile.new_chat), None, "{}", profile.host);
        }
    }

    #[test]
    fn a_profile_says_how_to_find_what_the_engine_cannot_do_without() {
        for profile in SITES {
            for (name, candidates) in profile.elements() {
                let needed = !["retry", "artifact", "approval", "limit"].contains(&name);
                assert!(!needed || !candidates.is_empty(), "{}: {name}", profile.host);
                let mut once = candidates.to_vec();
                once.sort_unstable();
                once.dedup();
                assert_eq!(once.len(), candidates.len(), "{}: {name} has a candidate twice", profile.host);
            }
        }
        assert_eq!(of("claude.ai.evil.example"), None);
    }
}
