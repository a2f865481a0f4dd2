//! Who may come in, and where to. A page of another site can make a browser send requests here, under a name of its own that points to
//! this machine too: so the name, the origin, the token and the kind of body are looked at before anything of the body is read.

use super::keys::Keys;
use super::problem::Problem;
use hyper::header::{self, HeaderName};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};

/// The longest body that is read. A request of the dashboard has some hundred bytes.
pub(super) const BODY_MAX: usize = 64 << 10;

/// Where a request goes that was let in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// To a file of the page; what is secret is in none of them.
    Asset,
    /// To the runner.
    Request {
        /// The browser says that it comes from our own page, and did not only leave open where from.
        from_page: bool,
    },
    /// To trade a ticket for the token.
    Enter,
    /// To wait for news after this event.
    News(i64),
}

/// Lets a request in, or says why not.
pub(super) fn admit(parts: &Parts, keys: &Keys, port: u16) -> Result<Way, Problem> {
    let host = own_name(parts, port)?;
    let path = parts.uri.path();
    if !path.starts_with("/api/") {
        return method(parts, &[Method::GET, Method::HEAD], "GET, HEAD").map(|()| Way::Asset);
    }
    match path {
        "/api/v1/request" => {
            method(parts, &[Method::POST], "POST")?;
            let from_page = same_origin(parts, host)?;
            token(parts, keys)?;
            body(parts).map(|()| Way::Request { from_page })
        }
        "/api/v1/enter" => {
            method(parts, &[Method::POST], "POST")?;
            if !same_origin(parts, host)? {
                return Err(foreign());
            }
            body(parts).map(|()| Way::Enter)
        }
        "/api/v1/news" => {
            method(parts, &[Method::GET], "GET")?;
            same_origin(parts, host)?;
            token(parts, keys)?;
            let after = parts.uri.query().and_then(|query| query.strip_prefix("after=")?.parse().ok());
            after.map(Way::News).ok_or_else(|| {
                Problem::new(StatusCode::BAD_REQUEST, "The query is not `after=` and a number.", "Ask for `?after=0`.")
            })
        }
        _ => Err(unknown()),
    }
}

/// There is nothing at this address.
pub(super) fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "There is nothing at this address.",
        "Open the address that `prompt-runner dashboard` prints.",
    )
}

/// A page of another site asks.
pub(super) fn foreign() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "The request does not come from the dashboard's own page.",
        "Ask from the page at the address that `prompt-runner dashboard` prints.",
    )
}

/// The one value of a header; nothing where there is none, or more than one.
fn one<'a>(parts: &'a Parts, name: &HeaderName) -> Option<&'a [u8]> {
    let mut values = parts.headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none()).map(header::HeaderValue::as_bytes)
}

/// The name by which we were called, when it is our own.
fn own_name(parts: &Parts, port: u16) -> Result<&'static str, Problem> {
    let called = |name: &str| {
        let full = format!("{name}:{port}");
        one(parts, &header::HOST).is_some_and(|host| host == full.as_bytes())
            && parts.uri.authority().is_none_or(|authority| authority.as_str() == full)
    };
    ["127.0.0.1", "localhost"].into_iter().find(|name| called(name)).ok_or_else(|| {
        Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "This server has another name.",
            "Open the address that `prompt-runner dashboard` prints.",
        )
    })
}

fn method(parts: &Parts, allowed: &[Method], names: &'static str) -> Result<(), Problem> {
    if allowed.contains(&parts.method) {
        return Ok(());
    }
    let problem =
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "This address does not take that method.", "Use one of `Allow`.");
    Err(problem.with(header::ALLOW, names))
}

/// True when the origin is ours, false when none is named.
fn same_origin(parts: &Parts, host: &str) -> Result<bool, Problem> {
    if !parts.headers.contains_key(header::ORIGIN) {
        return Ok(false);
    }
    let called = one(parts, &header::HOST).unwrap_or_default();
    let own = [b"http://", called].concat();
    if called.starts_with(host.as_bytes()) && one(parts, &header::ORIGIN) == Some(&own) {
        Ok(true)
    } else {
        Err(foreign())
    }
}

fn token(parts: &Parts, keys: &Keys) -> Result<(), Problem> {
    let given = one(parts, &header::AUTHORIZATION).and_then(|value| value.strip_prefix(b"Bearer "));
    if given.is_some_and(|given| keys.fits(given)) {
        return Ok(());
    }
    let problem = Problem::new(
        StatusCode::UNAUTHORIZED,
        "The token is missing, or is that of a dashboard that has ended.",
        "Open the address that `prompt-runner dashboard` prints.",
    );
    Err(problem.with(header::WWW_AUTHENTICATE, "Bearer"))
}

fn body(parts: &Parts) -> Result<(), Problem> {
    let kind = one(parts, &header::CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    if !kind.eq_ignore_ascii_case(b"application/json") {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The body is not called JSON.",
            "Send `Content-Type: application/json`.",
        ));
    }
    let length =
        one(parts, &header::CONTENT_LENGTH).and_then(|length| std::str::from_utf8(length).ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > BODY_MAX as u64) { Err(too_large()) } else { Ok(()) }
}

/// The body is longer than is read.
pub(super) fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "The body is larger than 64 KiB.",
        "Send one request of docs/PROTOCOL.md.",
    )
}
