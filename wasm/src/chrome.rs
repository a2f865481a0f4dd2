//! The extension's own APIs, as far as a content script has them: messages to the worker, and words in the reader's language.

use crate::wire::{Wire, field};
use js_sys::{Array, Function, Promise};
use prompt_runner_core::page::HostAnswer;
use prompt_runner_core::protocol::{Other, Request};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::status::View;
use prompt_runner_core::words::UiMessage;
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Node, ShadowRoot};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["chrome", "runtime"], js_name = sendMessage, catch)]
    fn send_message(message: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["chrome", "runtime", "onMessage"], js_name = addListener)]
    fn add_message_listener(listener: &Function);
    #[wasm_bindgen(js_namespace = ["chrome", "i18n"], js_name = getMessage)]
    fn get_message(key: &str, args: &Array) -> Option<String>;
    #[wasm_bindgen(js_namespace = ["chrome", "dom"], js_name = openOrClosedShadowRoot, catch)]
    fn open_or_closed_shadow_root(element: &Element) -> Result<Option<ShadowRoot>, JsValue>;
}

/// The shadow root of an element of the page, closed ones too; where the browser has no such function, only an open one.
pub(crate) fn shadow_root(element: &Element) -> Option<ShadowRoot> {
    open_or_closed_shadow_root(element).unwrap_or_else(|_| element.shadow_root())
}

/// How often a worker that went away before it answered is asked again.
const TRIES: u32 = 4;

/// What the worker is asked for.
#[derive(Serialize)]
#[serde(tag = "to", rename_all = "snake_case")]
enum ToWorker<'a> {
    Host { request: &'a Request },
    Here { conversation: Option<&'a str> },
    Options,
    Paste,
    Sources { selector: Option<&'a str>, index: u32, conversation: Option<&'a str> },
}

impl Wire for HostAnswer {
    fn read(answer: &JsValue) -> Option<Self> {
        Some(Self {
            reply: Wire::read(&field(answer, "reply"))?,
            refusal: Wire::read(&field(answer, "refusal"))?,
            queued: Wire::read(&field(answer, "queued"))?,
            filling: field(answer, "filling").is_truthy(),
            cached: Wire::read(&field(answer, "cached"))?,
        })
    }
}

/// The answer where there is none that can be read.
fn lost() -> HostAnswer {
    let what = "The extension's worker gives no answer that can be read; reload the page.";
    HostAnswer { refusal: Some(Refusal::new(Code::SetupBroken, what)), ..HostAnswer::default() }
}

/// News from the worker.
pub(crate) enum FromWorker {
    /// From the host: a session changed.
    Changed(Box<View>),
    /// The developer chose the entry for the selected text in the browser's menu.
    Selection,
    /// The developer chose the entry for the answer under the pointer.
    PointedAt,
    /// Captures left the outbox: the id of each, and what the host said.
    Outbox(Vec<(String, HostAnswer)>),
}

impl Wire for FromWorker {
    fn read(message: &JsValue) -> Option<Self> {
        match field(message, "from").as_string()?.as_str() {
            "host" => Wire::read(&field(&field(message, "notice"), "view")).map(|view| Self::Changed(Box::new(view))),
            "menu" => Some(match field(message, "take").as_string()?.as_str() {
                "selection" => Self::Selection,
                _ => Self::PointedAt,
            }),
            "outbox" => Wire::read(&field(message, "results")).map(Self::Outbox),
            _ => None,
        }
    }
}

impl Wire for (String, HostAnswer) {
    fn read(result: &JsValue) -> Option<Self> {
        Some((Wire::read(&field(result, "capture"))?, Wire::read(result)?))
    }
}

/// Asks the host, through the worker. The message is off before this returns; the future only waits for the answer.
pub(crate) fn ask(request: &Request) -> impl Future<Output = HostAnswer> + use<> {
    let answer = call(message(&ToWorker::Host { request }));
    async move { answer.await.ok().and_then(|answer| HostAnswer::read(&answer)).unwrap_or_else(lost) }
}

/// Says which conversation this tab shows.
pub(crate) async fn here(conversation: Option<&str>) {
    // Without an answer the tab merely hears no news of other tabs.
    let _ = call(message(&ToWorker::Here { conversation })).await;
}

/// The same answer as other sources have it: its copy button is the `index`th that `selector` finds.
pub(crate) async fn others(button: Option<(&str, u32)>, conversation: Option<&str>) -> Vec<Other> {
    let (selector, index) = button.unzip();
    let answer = call(message(&ToWorker::Sources { selector, index: index.unwrap_or_default(), conversation })).await;
    answer.ok().and_then(|answer| Wire::read(&field(&answer, "others"))).unwrap_or_default()
}

/// Opens the box that an answer can be pasted into, beside this page.
pub(crate) fn open_paste() {
    // Without an answer nothing has opened, which is there to be seen.
    drop(call(message(&ToWorker::Paste)));
}

/// Puts a text into the clipboard; false where the browser does not let it. Only ever called inside a click that counted.
pub(crate) async fn copy(text: &str) -> bool {
    let clipboard = field(&field(&js_sys::global(), "navigator"), "clipboard");
    let write = field(&clipboard, "writeText").dyn_into::<Function>();
    let Ok(written) = write.and_then(|write| write.call1(&clipboard, &text.into())) else { return false };
    match written.dyn_into::<Promise>() {
        Ok(written) => JsFuture::from(written).await.is_ok(),
        Err(_) => false,
    }
}

/// Whether the same click also sends.
pub(crate) async fn send_on_click() -> bool {
    call(message(&ToWorker::Options)).await.is_ok_and(|options| field(&options, "sendOnClick").is_truthy())
}

/// The worker's answer. The browser may have stopped it before it answered: another message starts it again, and it knows a capture by
/// its id.
fn call(message: Result<JsValue, JsValue>) -> impl Future<Output = Result<JsValue, JsValue>> {
    let sent = send(&message);
    async move {
        let mut answered = sent.await;
        for _ in 0..TRIES {
            if answered.is_ok() || !alive() {
                break;
            }
            answered = send(&message).await;
        }
        answered
    }
}

fn message(to_worker: &impl Serialize) -> Result<JsValue, JsValue> {
    Ok(to_worker.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

fn send(message: &Result<JsValue, JsValue>) -> impl Future<Output = Result<JsValue, JsValue>> + use<> {
    let sent = message.as_ref().map_err(JsValue::clone).and_then(send_message);
    async move {
        let answer = JsFuture::from(sent?).await?;
        // Chromium answers a message with nothing at all, and no error, where its worker was stopped before it heard it (2 of 400
        // messages around 40 stops, Chromium 156); everything that is asked here has an answer.
        if answer.is_undefined() { Err(answer) } else { Ok(answer) }
    }
}

/// Hears news from the worker for as long as the page lives.
pub(crate) fn on_news(mut hear: impl FnMut(FromWorker) + 'static) {
    let listener = Closure::<dyn FnMut(JsValue)>::new(move |message: JsValue| {
        if let Some(news) = FromWorker::read(&message) {
            hear(news);
        }
    });
    add_message_listener(listener.as_ref().unchecked_ref());
    listener.forget();
}

/// False once the extension was updated, switched off or removed under this page: its APIs are gone, this script is not.
pub(crate) fn alive() -> bool {
    let id = ["chrome", "runtime", "id"].iter().fold(js_sys::global().into(), |value, name| field(&value, name));
    id.is_string()
}

/// The tree of its own that an element has, open or closed: extensions may look in.
pub(crate) fn shadow_of(element: &Element) -> Option<Node> {
    let dom = ["chrome", "dom"].iter().fold(js_sys::global().into(), |value, name| field(&value, name));
    let look = field(&dom, "openOrClosedShadowRoot").dyn_into::<Function>().ok()?;
    look.call1(&dom, element).ok()?.dyn_into().ok()
}

/// The words in the reader's language; English where it has none, as browsers do by themselves.
pub(crate) fn words(say: &UiMessage) -> String {
    let args = Array::new();
    for arg in &say.args {
        args.push(&JsValue::from_str(&value(arg)));
    }
    get_message(&say.key, &args).unwrap_or_default()
}

/// A value of a placeholder in the reader's language: `@key` stands for words, anything else for itself.
pub(crate) fn value(arg: &str) -> String {
    arg.strip_prefix('@').and_then(|key| get_message(key, &Array::new())).unwrap_or_else(|| arg.to_owned())
}

/// A random id.
pub(crate) fn random_id() -> String {
    field(&js_sys::global(), "crypto").unchecked_into::<web_sys::Crypto>().random_uuid()
}
