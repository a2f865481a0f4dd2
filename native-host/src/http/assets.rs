//! The files of the page, compiled in: the same that the extension has. The catalogue of words comes in the language that the browser asks for.

use super::HttpResponse;
use hyper::Response;
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderValue};

/// A file of the extension: its address, its kind, and what is in it.
macro_rules! assets {
    ($($address:literal, $kind:expr, $file:literal;)*) => {
        &[$(($address, $kind, include_bytes!(concat!("../../../extension/", $file)))),*]
    };
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const PNG: &str = "image/png";

const ASSETS: &[(&str, &str, &[u8])] = assets! {
    "/", HTML, "dashboard/dashboard.html";
    "/dashboard.css", CSS, "dashboard/dashboard.css";
    "/dashboard.js", JS, "dashboard/dashboard.js";
    "/cells.js", JS, "dashboard/cells.js";
    "/days.js", JS, "dashboard/days.js";
    "/export.js", JS, "dashboard/export.js";
    "/filters.js", JS, "dashboard/filters.js";
    "/make.js", JS, "dashboard/make.js";
    "/panel.js", JS, "dashboard/panel.js";
    "/panels.js", JS, "dashboard/panels.js";
    "/rows.js", JS, "dashboard/rows.js";
    "/say.js", JS, "dashboard/say.js";
    "/scale.js", JS, "dashboard/scale.js";
    "/timeline.js", JS, "dashboard/timeline.js";
    "/transport.js", JS, "dashboard/transport.js";
    "/panels/cost.js", JS, "dashboard/panels/cost.js";
    "/panels/counts.js", JS, "dashboard/panels/counts.js";
    "/panels/estimates.js", JS, "dashboard/panels/estimates.js";
    "/panels/funnel.js", JS, "dashboard/panels/funnel.js";
    "/panels/groups.js", JS, "dashboard/panels/groups.js";
    "/panels/ratings.js", JS, "dashboard/panels/ratings.js";
    "/panels/success.js", JS, "dashboard/panels/success.js";
    "/panels/times.js", JS, "dashboard/panels/times.js";
    "/page.css", CSS, "page.css";
    "/icons/32.png", PNG, "icons/32.png";
    "/icons/48.png", PNG, "icons/48.png";
};

/// The catalogues, each with its language.
const WORDS: [(&str, &[u8]); 2] = [
    ("en", include_bytes!("../../../extension/_locales/en/messages.json")),
    ("de", include_bytes!("../../../extension/_locales/de/messages.json")),
];

/// The file at this address.
pub(super) fn find(path: &str, headers: &HeaderMap) -> Option<HttpResponse> {
    if path == "/words.json" {
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (language, words) = words(wanted);
        let mut answer = file("application/json", words);
        answer.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language));
        answer.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Language"));
        return Some(answer);
    }
    ASSETS.iter().find(|(address, ..)| *address == path).map(|(_, kind, body)| file(kind, body))
}

fn file(kind: &'static str, body: &'static [u8]) -> HttpResponse {
    let mut answer = Response::new(Bytes::from_static(body).into());
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

/// The catalogue of the language that is wanted most, of those that there are; English where it is none of them.
fn words(wanted: &str) -> (&'static str, &'static [u8]) {
    let weighed = wanted.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let language = parts.next()?.split('-').next()?.to_ascii_lowercase();
        let weight: f32 = match parts.find_map(|part| part.strip_prefix("q=")) {
            Some(weight) => weight.parse().ok()?,
            None => 1.0,
        };
        let found = WORDS.into_iter().find(|(name, _)| *name == language)?;
        (weight > 0.0).then_some((weight, found))
    });
    // The first of equals, as the browser lists them.
    let best = weighed.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map_or(WORDS[0], |(_, found)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_in_the_language_that_is_wanted_most() {
        for (wanted, language) in [
            ("", "en"),
            ("de", "de"),
            ("de-AT,de;q=0.9,en;q=0.8", "de"),
            ("en;q=0.5, DE;q=0.7", "de"),
            ("fr,en;q=0.3,de;q=0.2", "en"),
            ("fr", "en"),
            ("de;q=0", "en"),
            ("de;q=many", "en"),
            ("en,de", "en"),
        ] {
            assert_eq!(words(wanted).0, language, "{wanted}");
        }
    }

    #[test]
    fn every_file_of_the_dashboard_is_served() {
        let folder = |inside: &str| format!("{}/../extension/dashboard{inside}", env!("CARGO_MANIFEST_DIR"));
        for inside in ["", "/panels"] {
            for file in std::fs::read_dir(folder(inside)).unwrap().map(Result::unwrap) {
                let name = file.file_name().into_string().unwrap();
                let address = if name == "dashboard.html" { "/".into() } else { format!("{inside}/{name}") };
                let served = file.path().is_dir() || ASSETS.iter().any(|(known, ..)| *known == address);
                assert!(served, "{name} has no line in ASSETS");
            }
        }
    }
}
