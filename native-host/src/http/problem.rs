//! A request that was turned down, as RFC 9457 writes it: the refusal's own code and next step stand beside the status.

use super::HttpResponse;
use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Response, StatusCode};
use prompt_runner_core::refusal::{Code, Refusal};
use serde_json::json;

#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    /// Only where the runner turned it down.
    code: Option<Code>,
    detail: String,
    hint: String,
    header: Option<(header::HeaderName, &'static str)>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: &str, hint: &str) -> Self {
        Self { status, code: None, detail: detail.into(), hint: hint.into(), header: None }
    }

    /// With a header that the status asks for.
    pub(super) fn with(self, name: header::HeaderName, value: &'static str) -> Self {
        Self { header: Some((name, value)), ..self }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        // The exit codes are the classes of refusals; each has its status.
        let status = match refusal.code.exit() {
            2 => StatusCode::BAD_REQUEST,
            3 => StatusCode::NOT_FOUND,
            4 => StatusCode::CONFLICT,
            5 => StatusCode::UNPROCESSABLE_ENTITY,
            6 => StatusCode::SERVICE_UNAVAILABLE,
            7 => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_GATEWAY,
        };
        Self { status, code: Some(refusal.code), detail: refusal.message, hint: refusal.hint, header: None }
    }
}

impl From<Problem> for HttpResponse {
    fn from(problem: Problem) -> Self {
        let mut body = json!({
            "type": "about:blank",
            "title": problem.status.canonical_reason(),
            "status": problem.status.as_u16(),
            "detail": problem.detail,
            "hint": problem.hint,
        });
        if let Some(code) = problem.code {
            body["code"] = json!(code);
        }
        let mut answer = Response::new(Bytes::from(body.to_string()).into());
        *answer.status_mut() = problem.status;
        answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some((name, value)) = problem.header {
            answer.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        answer
    }
}
