//! The door for a browser without our extension: the dashboard and what it asks, over HTTP on this machine alone. `gate` says who may
//! come in, `handlers` answers. The async runtime lives in here and nowhere else: slow clients are many, and a thread for each is not free.

mod assets;
mod gate;
mod handlers;
mod keys;
mod patience;
mod problem;

use self::handlers::Handlers;
use self::keys::Keys;
use self::patience::Patient;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use prompt_runner_core::refusal::{Code, Refusal};
use runner::ReconnectingRunner;
use runner::places::Places;
use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

/// How long a client may take for its headers, and an idle one may stay.
const HEADERS: Duration = Duration::from_secs(10);
/// How much of them is read.
const HEADERS_MAX: usize = 16 << 10;
/// How many clients are spoken to at once. A page has six connections at most.
const CLIENTS: usize = 256;
/// How long to wait when the system has no room for one more connection.
const BREATH: Duration = Duration::from_millis(50);

type HttpResponse = Response<Full<Bytes>>;

/// What every answer carries: nothing is loaded from elsewhere, framed, stored, guessed at or told to others.
const PROMISES: [(header::HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Serves the dashboard on this port of 127.0.0.1 (0: any free one) until the process ends. Once it listens, `ready` gets an address
/// that stays good and one that is good once.
///
/// # Errors
/// `store.*` where the record cannot be opened, `setup.broken` where the port cannot.
pub fn serve(port: u16, ready: &mut dyn FnMut(&str, &str)) -> Result<Infallible, Refusal> {
    let places = Places::here()?;
    let mut runner = ReconnectingRunner::new(places);
    runner.open()?;
    let follower = runner.follower();
    let keys = Keys::new()?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| closed(port, &error))?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| closed(port, &error))?;
        let port = listener.local_addr().map_err(|error| closed(port, &error))?.port();
        ready(
            &format!("http://127.0.0.1:{port}/#token={}", keys.token()),
            &format!("http://127.0.0.1:{port}/#ticket={}", keys.ticket()),
        );
        let (tell, news) = watch::channel(0);
        follow(follower, tell).map_err(|error| closed(port, &error))?;
        accept(&listener, &Arc::new(Handlers::new(runner, keys, port, news))).await
    })
}

fn closed(port: u16, error: &io::Error) -> Refusal {
    let message = format!("Port {port} of 127.0.0.1 cannot be opened: {error}.");
    Refusal {
        hint: "Name another `--port`, or none for any that is free.".into(),
        ..Refusal::new(Code::SetupBroken, message)
    }
}

async fn accept(listener: &TcpListener, handlers: &Arc<Handlers>) -> ! {
    let clients = Arc::new(Semaphore::new(CLIENTS));
    loop {
        let place = Arc::clone(&clients).acquire_owned().await;
        match listener.accept().await {
            Ok((stream, _)) => {
                let handlers = Arc::clone(handlers);
                tokio::spawn(async move {
                    connection(stream, handlers).await;
                    drop(place);
                });
            }
            // Out of files, or a client that left at once: the next one may fare better.
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
}

async fn connection(stream: TcpStream, handlers: Arc<Handlers>) {
    let service = service_fn(|request: Request<Incoming>| {
        let handlers = Arc::clone(&handlers);
        async move { Ok::<_, Infallible>(promise(handlers.answer(request).await)) }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEADERS).max_buf_size(HEADERS_MAX);
    // A client that speaks no HTTP, or leaves in the middle, has had its answer or wants none.
    let _ = server.serve_connection(TokioIo::new(Patient::new(stream)), service).await;
}

fn promise(mut answer: HttpResponse) -> HttpResponse {
    for (name, value) in PROMISES {
        answer.headers_mut().insert(name, header::HeaderValue::from_static(value));
    }
    answer
}

/// Tells the number of the newest event, whichever program wrote it.
fn follow(mut follower: ReconnectingRunner, tell: watch::Sender<i64>) -> io::Result<()> {
    let watch = move || {
        follower.follow(|news| {
            // Where it fails, the requests that people make meet the same trouble, and say what it is.
            if let Some(seq) = news.unwrap_or_default().iter().map(|view| view.seq).max() {
                tell.send_replace(seq);
            }
            ControlFlow::<()>::Continue(())
        });
    };
    std::thread::Builder::new().spawn(watch).map(drop)
}
