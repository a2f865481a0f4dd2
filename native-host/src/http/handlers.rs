//! What is answered to whoever was let in. Requests are those of the protocol, and of these only what reads, and the rating that a
//! person gives in the page: nothing else of the record can be changed from here.

use super::HttpResponse;
use super::assets;
use super::gate::{self, BODY_MAX, Way};
use super::keys::Keys;
use super::problem::Problem;
use crate::wire;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::{Request, Response, StatusCode};
use prompt_runner_core::protocol::{self, Client, Reply};
use prompt_runner_core::refusal::{Code, Refusal};
use runner::ReconnectingRunner;
use serde::Deserialize;
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How long a client may take for its body.
const BODY: Duration = Duration::from_secs(10);
/// How long a question for news stays open when there is none: below the minute after which many proxies and browsers give up.
const NEWS: Duration = Duration::from_secs(25);

pub(super) struct Handlers {
    runner: Arc<Mutex<ReconnectingRunner>>,
    keys: Keys,
    port: u16,
    news: watch::Receiver<i64>,
}

/// The body of `/api/v1/enter`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enter {
    ticket: String,
}

impl Handlers {
    pub(super) fn new(runner: ReconnectingRunner, keys: Keys, port: u16, news: watch::Receiver<i64>) -> Self {
        Self { runner: Arc::new(Mutex::new(runner)), keys, port, news }
    }

    pub(super) async fn answer(&self, request: Request<Incoming>) -> HttpResponse {
        self.route(request).await.unwrap_or_else(HttpResponse::from)
    }

    async fn route(&self, request: Request<Incoming>) -> Result<HttpResponse, Problem> {
        let (parts, body) = request.into_parts();
        match gate::admit(&parts, &self.keys, self.port)? {
            Way::Asset => assets::find(parts.uri.path(), &parts.headers).ok_or_else(gate::unknown),
            Way::News(after) => Ok(json(&json!({ "seq": self.news_after(after).await }))),
            Way::Enter => {
                let Enter { ticket } = wire::object(&read(body).await?)?;
                match self.keys.trade(&ticket) {
                    Some(token) => Ok(json(&json!({ "token": token }))),
                    None => Err(Problem::new(
                        StatusCode::UNAUTHORIZED,
                        "This address was opened before; it is good once.",
                        "Open the address that `prompt-runner dashboard` prints.",
                    )),
                }
            }
            Way::Request { from_page } => {
                let request = wire::request(&read(body).await?)?;
                may_ask(&request, from_page)?;
                self.ask(request).await.map(|reply| json(&reply))
            }
        }
    }

    /// The database is waited for on a thread of its own: other clients go on meanwhile.
    async fn ask(&self, request: protocol::Request) -> Result<Reply, Problem> {
        let shared = Arc::clone(&self.runner);
        let asked = tokio::task::spawn_blocking(move || {
            let mut runner = shared.lock().unwrap_or_else(PoisonError::into_inner);
            runner.handle(request)
        });
        match asked.await {
            Ok(outcome) => Ok(outcome?),
            Err(_) => Err(Refusal::new(Code::StoreBroken, "The request was given up in the middle.").into()),
        }
    }

    async fn news_after(&self, after: i64) -> i64 {
        let mut news = self.news.clone();
        let newer = tokio::time::timeout(NEWS, news.wait_for(|seq| *seq > after)).await;
        match newer {
            Ok(Ok(seq)) => *seq,
            // Nothing happened, or nobody follows the log any more: either way there is nothing new.
            _ => after,
        }
    }
}

fn may_ask(request: &protocol::Request, from_page: bool) -> Result<(), Problem> {
    let entry = request.entry();
    let client = if from_page { Client::Dashboard } else { Client::Http };
    if entry.may_come_from(client) {
        Ok(())
    } else if entry.may_come_from(Client::Dashboard) {
        Err(gate::foreign())
    } else {
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "The dashboard only reads, and may not ask for this.",
            "Use the command line or the extension.",
        ))
    }
}

async fn read(body: Incoming) -> Result<Bytes, Problem> {
    let late = |_| Problem::new(StatusCode::REQUEST_TIMEOUT, "The body did not come in time.", "Send it at once.");
    let whole = tokio::time::timeout(BODY, Limited::new(body, BODY_MAX).collect()).await.map_err(late)?;
    let whole = whole.map_err(|error| {
        if error.is::<LengthLimitError>() {
            gate::too_large()
        } else {
            Problem::new(StatusCode::BAD_REQUEST, "The body broke off.", "Send it again.")
        }
    })?;
    Ok(whole.to_bytes())
}

fn json(value: &impl serde::Serialize) -> HttpResponse {
    match serde_json::to_vec(value) {
        Ok(body) => {
            let mut answer = Response::new(Bytes::from(body).into());
            answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            answer
        }
        Err(error) => {
            Problem::from(Refusal::new(Code::StoreBroken, format!("The answer cannot be written: {error}."))).into()
        }
    }
}
