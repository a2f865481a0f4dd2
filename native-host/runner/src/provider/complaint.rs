//! Whether a server complains. Some put an error beside every piece of a good answer that says no more than that there is none; taken
//! for one, it would cost a text that was paid for.

use super::loose::Loose;

/// How deep an error is looked into for something that it says. What lies deeper says something.
const DEPTH_MAX: usize = 4;
/// The words for no error, in small letters.
const NOTHING: &[&str] =
    &["", "null", "none", "nil", "undefined", "false", "ok", "success", "successful", "no error", "no_error"];

/// Whether a server says in this that something went wrong. Without a `kind` an object that has nothing but words is a complaint, and
/// so is an error that says nothing.
pub(super) fn is_error(name: &str, event: Loose<'_>, has_kind: bool) -> bool {
    let has = |keys: &[&str]| keys.iter().any(|key| !event.get(key).is_empty());
    let errors = ["error", "errors"].map(|key| event.get(key));
    name.eq_ignore_ascii_case("error")
        || ["type", "object"].iter().any(|key| event.get(key).word().is_some_and(|word| names_error(&word)))
        || errors.into_iter().any(|error| if has_kind { !says_nothing(error) } else { !error.is_empty() })
        || !has_kind && has(&["message", "msg", "detail", "error_msg", "error_message"])
}

/// Whether an error says no more than that there is none.
pub(super) fn says_nothing(error: Loose<'_>) -> bool {
    nothing(error, DEPTH_MAX)
}

fn nothing(error: Loose<'_>, depth: usize) -> bool {
    if error.is_empty() || error.count().is_some_and(|code| code == 0) {
        return true;
    }
    if let Some(words) = error.bytes() {
        let words = String::from_utf8_lossy(&words).trim().trim_end_matches(['.', '!']).to_ascii_lowercase();
        return NOTHING.contains(&words.as_str());
    }
    let mut fields = error.fields().map(|(key, value)| (key.word(), value));
    // A status of 200 is the usual one.
    let is_nothing = |(key, value): (Option<String>, Loose<'_>)| {
        let is_code = key.is_some_and(|key| ["code", "status"].contains(&key.as_str()));
        is_code && value.count() == Some(200) || nothing(value, depth - 1)
    };
    depth > 0
        && match error.raw().first() {
            Some(b'{') => fields.all(is_nothing),
            Some(b'[') => error.items().all(|item| nothing(item, depth - 1)),
            _ => false,
        }
}

/// Whether a kind is one of errors: `server_error` is, `chunk.no_error` is not.
fn names_error(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    kind.contains("error")
        && !kind.split(|ch: char| !ch.is_alphanumeric()).any(|word| ["no", "non", "without"].contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_that_says_nothing_is_none_and_every_other_is_one() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for (error, is_nothing) in [
            ("null", true),
            ("0", true),
            ("\"0\"", true),
            ("\" \"", true),
            ("\"No error.\"", true),
            ("[null]", true),
            ("[{}]", true),
            (r#"{"code":null,"message":null}"#, true),
            (r#"{"code":0,"message":"Success"}"#, true),
            (r#"{"code":"200","message":"ok","details":[]}"#, true),
            ("17", false),
            ("true", false),
            ("200", false),
            (r#""out of cheese""#, false),
            (r#"["out of cheese"]"#, false),
            (r#"{"code":0,"message":"out of cheese"}"#, false),
            (r#"{"code":500}"#, false),
            (&deep, false),
        ] {
            let value = Loose::all(error.as_bytes()).unwrap().next().unwrap();
            assert_eq!(says_nothing(value), is_nothing, "{error:.60}");
        }
    }

    #[test]
    fn a_kind_of_errors_says_so_in_words() {
        for (kind, is_error) in [
            ("error", true),
            ("server_error", true),
            ("Overloaded_Error", true),
            ("RateLimitError", true),
            ("chat.completion.chunk", false),
            ("chat.completion.chunk.no_error", false),
            ("no_errors", false),
        ] {
            assert_eq!(names_error(kind), is_error, "{kind}");
        }
    }
}
