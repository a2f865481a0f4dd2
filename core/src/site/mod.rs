//! Site profiles: what to look for in a chat page, as data. One table per site; the reading code knows no site.

mod claude;

pub use claude::CLAUDE;

/// How to find the parts of a chat page. Each element has candidates in order of trust; which one matched is known by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The host name.
    pub host: &'static str,
    /// The path under which a conversation lives, before its id.
    pub conversation_path: &'static str,
    /// The scroll area's list of messages.
    pub feed: &'static [&'static str],
    /// A message of the developer.
    pub user: &'static [&'static str],
    /// A message of the model.
    pub assistant: &'static [&'static str],
    /// The rendered text inside a message of the model.
    pub body: &'static [&'static str],
    /// What is in a body and is not the model's text.
    pub exclude: &'static str,
    /// The attribute of a message that is `true` while it grows and `false` after; absent means unknown.
    pub streaming_attribute: &'static str,
    /// The attribute that names a message over all re-renderings.
    pub key_attribute: &'static str,
    /// The editor in which prompts are written.
    pub composer: &'static [&'static str],
    /// The box around the editor, above which the bar may stand.
    pub dock: &'static [&'static str],
    /// The button that sends.
    pub send: &'static [&'static str],
    /// The button that stops an answer; its presence means that the model is at work.
    pub stop: &'static [&'static str],
}

impl Profile {
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
        assert_eq!(CLAUDE.conversation("/chat/0a1b-2c").as_deref(), Some("claude.ai/chat/0a1b-2c"));
        for none in ["/new", "/chat/", "/recents", "/chat/../x", "/chat/a b"] {
            assert_eq!(CLAUDE.conversation(none), None, "{none}");
        }
    }
}
