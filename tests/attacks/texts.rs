//! T14: texts that are statements, patterns or queries to a database, in every place that the runner keeps or looks for a text.
//! Each comes back to the byte, finds what is its own and nothing else, and the tables are what they were.

use crate::answer::{self, Fault};
use crate::report::tell;
use prompt_runner_core::protocol::answer::{PanelFigures, RenderedPrompt, SessionList};
use prompt_runner_core::protocol::{Body, Reply, Request, ask};
use prompt_runner_core::refusal::Code;
use prompt_runner_core::stats::{Figures, Filter, Panel};
use runner::Runner;
use runner::places::Places;
use rusqlite::Connection;
use serde_json::{Value, json};

/// What a text may try to be to SQLite: the end of a literal, a pattern, a query of the full-text search, a path into JSON.
const WAYS: [&str; 25] = [
    "'; DROP TABLE event; --",
    "\"; DROP TABLE event; --",
    "' OR '1'='1",
    "' UNION SELECT data, data, data FROM event --",
    "x'); DELETE FROM event; --",
    "'||(SELECT data FROM event)||'",
    "'; ATTACH 'evil.db' AS evil; --",
    "'; PRAGMA writable_schema = 1; --",
    "/* */ -- \\",
    "%",
    "_",
    "%%_%",
    "[a-z]*?",
    "\\%\\_\\\\",
    "x' ESCAPE '%",
    "\"a\" NEAR \"b\" OR c*",
    "feature:* AND -x ^y",
    "$.feature[#-1]",
    "{\"kind\":\"session_started\"}",
    "?1 :name @name $name",
    "NULL",
    "0x00 1e999 -0",
    "[bracketed] `quoted` \"double\"",
    ";;;\n;\n",
    "🦀'ß%̈\u{200b}\u{feff}\u{ffff}",
];
/// What stands around it.
const AROUND: [(&str, &str); 8] = [
    ("a", "z"),
    ("'", "'"),
    ("\"", "\""),
    ("%", "%"),
    ("a\u{0}b", "\u{0}"),
    ("\\", "\\"),
    ("$(", ")"),
    ("\u{1b}\r", "\u{85}"),
];

fn texts() -> Vec<String> {
    AROUND.iter().flat_map(|(before, after)| WAYS.map(|way| format!("{before}{way}{after}"))).collect()
}

/// The text as the folder of a project, which can hold anything but NUL.
fn place(text: &str) -> String {
    format!("/{}", text.replace('\0', "0"))
}

fn ask(runner: &mut Runner, request: Value) -> Result<Reply, Code> {
    let request: Request = serde_json::from_value(request).unwrap();
    runner.handle(request).map_err(|refusal| refusal.code)
}

fn view(runner: &mut Runner, request: Value) -> Value {
    serde_json::to_value(ask(runner, request).unwrap()).unwrap()["view"].take()
}

/// Every table, index and trigger, as the database has it.
fn schema(database: &Connection) -> Vec<String> {
    let mut statement = database.prepare("SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn started(runner: &mut Runner, filter: Filter) -> u64 {
    let Ok(Reply::Figures(PanelFigures { figures })) =
        runner.handle(Request::Panel(ask::Panel { panel: Panel::Funnel, filter }))
    else {
        panic!("the funnel is refused")
    };
    let Figures::Funnel { started, .. } = figures else { panic!("another panel than the funnel") };
    started
}

#[test]
fn a_text_is_a_text_to_the_database() {
    let home = tempfile::tempdir().unwrap();
    let places = Places { data: home.path().to_owned(), config: home.path().join("config") };
    let mut runner = Runner::open(&places).unwrap();
    let database = Connection::open(home.path().join("prompt-runner.db")).unwrap();
    let before = schema(&database);
    let texts = texts();
    assert_eq!(texts.len(), 200);
    for text in &texts {
        let view = view(&mut runner, json!({ "type": "start", "feature": text, "project": place(text) }));
        let session = view["session"].as_str().unwrap();
        assert_eq!(
            (view["feature"].as_str(), view["project"].as_str()),
            (Some(text.trim()), Some(place(text).as_str()))
        );
        let Ok(Reply::Prompt(RenderedPrompt { text: prompt, .. })) =
            ask(&mut runner, json!({ "type": "prompt", "session": session }))
        else {
            panic!("{text:?} gets no prompt")
        };
        let body = Body::Markdown(answer::markdown(&prompt, text, Fault::None));
        let Body::Markdown(reply) = &body else { unreachable!() };
        let capture = json!({
            "type": "capture", "capture": format!("{session}{text}"), "session": session, "source": "file", "body": body,
            "by": { "provider": text, "model": text },
        });
        ask(&mut runner, capture).unwrap();
        ask(&mut runner, json!({ "type": "rate", "session": session, "rating": 3, "word": text })).unwrap();
        let record =
            serde_json::to_value(ask(&mut runner, json!({ "type": "show", "session": session })).unwrap()).unwrap();
        assert_eq!(record["phases"][0]["reply"].as_str(), Some(reply.as_str()), "{text:?}");
        assert_eq!(record["phases"][0]["prompt"].as_str(), Some(prompt.as_str()), "{text:?}");
        assert!(prompt.contains(text.trim()), "{text:?} stands in {prompt}");
        let sql = "SELECT data FROM event WHERE session = ?1 AND kind = 'rated'";
        let data: String = database.query_row(sql, [session], |row| row.get(0)).unwrap();
        let data: Value = serde_json::from_str(&data).unwrap();
        assert_eq!(data["word"].as_str(), Some(text.trim()));
    }
    for text in &texts {
        let Ok(Reply::Sessions(SessionList { sessions })) =
            ask(&mut runner, json!({ "type": "list", "project": place(text) }))
        else {
            panic!("no list")
        };
        assert_eq!(
            sessions.iter().map(|view| view.project.as_deref()).collect::<Vec<_>>(),
            [Some(place(text).as_str())]
        );
        assert_eq!(started(&mut runner, Filter { project: Some(place(text)), ..Filter::default() }), 1, "{text:?}");
        for nowhere in [
            Filter { branch: Some(text.clone()), ..Filter::default() },
            Filter { workflow: Some(text.clone()), ..Filter::default() },
        ] {
            assert_eq!(started(&mut runner, nowhere), 0, "{text:?}");
        }
        // A session has no template; the attempts at its phases have.
        let filter = Filter { template: Some(text.clone()), ..Filter::default() };
        let found = runner.handle(Request::Panel(ask::Panel { panel: Panel::Success, filter }));
        assert!(
            matches!(found, Ok(Reply::Figures(PanelFigures { figures: Figures::Success { templates, .. } })) if templates.is_empty())
        );
    }
    for text in texts.iter().step_by(4) {
        // By its id nothing is meant by a pattern; by its feature it is its own, or more than one has all of its words.
        match runner.resolve(text) {
            Ok(id) => assert!(
                view(&mut runner, json!({ "type": "status", "session": id }))["feature"]
                    .as_str()
                    .unwrap()
                    .contains(text.trim())
            ),
            Err(refusal) => assert!(matches!(refusal.code, Code::SessionAmbiguous | Code::SessionUnknown), "{refusal}"),
        }
    }
    assert_eq!(started(&mut runner, Filter::default()), 200);
    assert_eq!(schema(&database), before);
    assert!(runner.verify().unwrap().is_empty(), "every read model is what the log says");
    assert_eq!(database.pragma_query_value(None, "integrity_check", |row| row.get::<_, String>(0)).unwrap(), "ok");
    tell("T14", texts.len(), "statements, patterns and queries as texts, in every field", "each came back to the byte");
}
