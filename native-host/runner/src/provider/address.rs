//! The address of a model's API: where it is, and whether a key may be sent there.

use super::ProviderError;
use std::net::IpAddr;
use ureq::http::Uri;

/// Scheme, host and path, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    base: String,
    host: String,
    secure: bool,
    here: bool,
}

impl Address {
    /// Reads an address such as `https://api.example/v1`. Keys and names of users have no place in it: addresses are shown.
    ///
    /// # Errors
    /// `Settings`, without repeating what may be a secret.
    pub fn new(text: &str) -> Result<Self, ProviderError> {
        let wrong = |finding: &str| ProviderError::Settings { place: "base_url".into(), finding: finding.into() };
        let form = "it has to be an address such as https://api.example/v1.";
        let uri: Uri = text.parse().map_err(|_| wrong(form))?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong(form)),
        };
        let authority = uri.authority().ok_or_else(|| wrong(form))?;
        if authority.as_str().contains('@') {
            return Err(wrong("a name of a user or a password has no place in it."));
        }
        if uri.query().is_some() || text.contains('#') {
            return Err(wrong("it ends with its path; what stands after ? or # has no place in it."));
        }
        let host = authority.host().to_ascii_lowercase();
        let here = is_loopback(&host);
        Ok(Self { base: text.trim_end_matches('/').to_owned(), host, secure, here })
    }

    /// The address of something below it.
    #[must_use]
    pub fn below(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The host, in small letters.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is this machine.
    #[must_use]
    pub const fn is_here(&self) -> bool {
        self.here
    }

    /// Whether nobody on the way can read what is sent there.
    #[must_use]
    pub const fn keeps_secrets(&self) -> bool {
        self.secure || self.here
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_only_where_nobody_can_read_it_on_the_way() {
        for (text, secret, here) in [
            ("https://api.anthropic.com", true, false),
            ("https://API.example/v1/", true, false),
            ("http://localhost:11434/v1", true, true),
            ("http://LOCALHOST", true, true),
            ("http://127.0.0.1:8080", true, true),
            ("http://127.9.9.9", true, true),
            ("http://[::1]:8080/v1", true, true),
            ("http://192.168.1.5:11434/v1", false, false),
            ("http://api.example", false, false),
            ("http://localhost.example", false, false),
            ("http://127.0.0.1.example", false, false),
            ("http://0.0.0.0:80", false, false),
        ] {
            let address = Address::new(text).unwrap();
            assert_eq!((address.keeps_secrets(), address.is_here()), (secret, here), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_or_holds_more_is_refused_without_being_repeated() {
        for text in [
            "",
            "api.example",
            "ftp://api.example",
            "/v1",
            "https://",
            "https://me:sk-secret@api.example",
            "https://api.example/v1?key=sk-secret",
            "https://api.example/v1#sk-secret",
            "https://api example",
        ] {
            let error = Address::new(text).unwrap_err().to_string();
            assert!(error.starts_with("base_url") && error.ends_with('.'), "{text}: {error}");
            assert!(!error.contains("sk-secret"), "{error}");
        }
    }

    #[test]
    fn paths_are_joined_with_one_slash() {
        for text in ["https://api.example/v1", "https://api.example/v1/"] {
            assert_eq!(Address::new(text).unwrap().below("/messages"), "https://api.example/v1/messages");
        }
    }
}
