//! What doors may do: parse, ask the middle, print. None names another door, the store, a provider or any other inside of the middle; and
//! none puts two steps together, for that is a use case, and use cases are the middle's, each by one name.

use crate::files::{none, read};
use crate::rooms::{code, files_of, named_after};
use prompt_runner_core::protocol::{Client, TABLE};
use std::collections::{BTreeMap, BTreeSet};

const DOORS: &str = "native-host/src/";

/// The rooms of the doors' package, and of which of each other they may speak: no door knows another.
const ROOMS: &[(&str, &[&str])] = &[
    ("frame", &[]),
    ("wire", &[]),
    ("browsers", &[]),
    ("host", &["frame", "browsers", "wire"]),
    ("http", &["wire"]),
    ("cli", &["browsers"]),
    ("bin", &[]),
    ("lib", &[]),
];

/// The tools of the middle that are open, and the places of the doors where each may be named. Setting a machine up, and lessons in a
/// sandbox, are the terminal's own: there it uses its files itself.
const TOOLS: &[(&str, &[&str])] = &[
    ("bounded", &["cli/input", "cli/doctor", "cli/tutorial"]),
    ("clipboard", &["cli/mod", "cli/orchestrate/give"]),
    ("clock", &["cli/stats"]),
    ("decode", &["cli/input"]),
    ("fault", &["cli/mod", "host"]),
    ("hex", &["http/keys"]),
    ("places", &["cli", "host", "http"]),
    ("project", &["cli/orchestrate/session_context", "cli/print", "cli/stats"]),
    ("terminal", &["cli/mod", "cli/print", "cli/stats/csv", "host"]),
    ("atomic_file", &["browsers", "cli/doctor", "cli/shell", "cli/tutorial"]),
];

/// What else of the middle is open, for tests and fuzz/ alone.
const FOR_TESTS: [&str; 1] = ["testing"];

/// What the doors' package must not stand on: only the middle speaks to a database, a model or a keyring.
const NOT_UNDER_DOORS: [&str; 5] = ["rusqlite", "ureq", "keyring-core", "arboard", "minijinja"];

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    /// Opens the middle, or passes a request on that came over a wire.
    Connect,
    /// Finds or shows something.
    Read,
    /// Changes something: a step.
    Step,
}

/// The use cases that doors ask the middle for, each by its one name, and which doors have it. A second door that wants one adds itself here.
const CALLS: &[(&str, Does, &[&str])] = &[
    ("enter", Does::Connect, &["cli", "host"]),
    ("open", Does::Connect, &["cli", "host", "http"]),
    ("open_for_upkeep", Does::Connect, &["cli"]),
    ("new", Does::Connect, &["host", "http"]),
    ("after", Does::Connect, &["cli"]),
    ("follower", Does::Connect, &["host", "http"]),
    ("follow", Does::Connect, &["cli", "host", "http"]),
    ("handle", Does::Connect, &["host", "http"]),
    ("ask", Does::Connect, &["cli"]),
    ("find", Does::Read, &["cli"]),
    ("resolve", Does::Read, &["cli"]),
    ("closest", Does::Read, &["cli"]),
    ("view", Does::Read, &["cli"]),
    ("prompt_line", Does::Read, &["cli"]),
    ("text", Does::Read, &["cli"]),
    ("panels", Does::Read, &["cli"]),
    ("pages", Does::Read, &["cli"]),
    ("verify", Does::Read, &["cli"]),
    ("prunable", Does::Read, &["cli"]),
    ("read_reply", Does::Read, &["cli"]),
    ("check_reply", Does::Read, &["cli"]),
    ("features", Does::Read, &["cli"]),
    ("list", Does::Read, &["cli"]),
    ("show", Does::Read, &["cli"]),
    ("diff", Does::Read, &["cli"]),
    ("try_out", Does::Read, &["cli"]),
    ("check", Does::Read, &["cli"]),
    ("sections", Does::Read, &["cli"]),
    ("plan", Does::Step, &["cli"]),
    ("repair", Does::Step, &["cli"]),
    ("bring", Does::Step, &["cli"]),
    ("complete", Does::Step, &["cli"]),
    ("keep_prompt", Does::Step, &["cli"]),
    ("use_session", Does::Step, &["cli"]),
    ("flow", Does::Step, &["cli"]),
    ("batch", Does::Step, &["cli"]),
    ("migrate", Does::Step, &["cli"]),
    ("rebuild", Does::Step, &["cli"]),
    ("back_up", Does::Step, &["cli"]),
    ("prune", Does::Step, &["cli"]),
    ("add", Does::Step, &["cli"]),
    ("edit", Does::Step, &["cli"]),
    ("new_workflow", Does::Step, &["cli"]),
    ("edit_workflow", Does::Step, &["cli"]),
    ("reset", Does::Step, &["cli"]),
];

/// Requests that are no more than a part of a use case: a door asks for the use case.
const PARTS: [&str; 3] = ["start", "capture", "panel"];

/// What a call does, where this door may ask for it: a use case as CALLS says, a request as the protocol's table says. What a plugin may ask
/// only reads.
fn does(call: &str, door: &str) -> Option<Does> {
    let Some(request) = call.strip_prefix("ask::") else {
        return CALLS
            .iter()
            .find(|(known, _, doors)| *known == call && doors.contains(&door))
            .map(|(_, does, _)| *does);
    };
    let is_it = |name: &str| name.replace('_', "").eq_ignore_ascii_case(request);
    let entry = TABLE.iter().find(|entry| is_it(entry.name) && !PARTS.contains(&entry.name))?;
    let may = door == "cli" && entry.may_come_from(Client::Cli);
    may.then_some(if entry.may_come_from(Client::Plugin) { Does::Read } else { Does::Step })
}

/// After what the name of a call stands: a connection, a library of templates or workflows, their types, and the middle itself.
const BEFORE_CALLS: [&str; 7] =
    ["runner.", "follower.", "library.", "Runner::", "TemplateLibrary::", "WorkflowLibrary::", "runner::"];

/// The files of the doors that ask: not those that only read bytes, or know browsers.
fn asking() -> Vec<(String, String)> {
    let asks = |door: &str| ["cli", "host", "http"].contains(&door);
    files_of(DOORS).into_iter().filter(|(name, door)| asks(door) && !name.ends_with("/tests.rs")).collect()
}

/// The code of a file, with a chain of calls in one line, and the functions of the middle that it may call by their name alone.
fn asked(text: &str) -> (String, BTreeSet<String>) {
    let mut chained = String::new();
    for line in code(text).lines() {
        let rest = line.trim_start();
        if rest.starts_with('.') {
            chained.push_str(rest);
        } else {
            chained.push('\n');
            chained.push_str(line);
        }
    }
    let known = |name: &String| CALLS.iter().any(|(call, ..)| call == name);
    (chained, named_after("runner::", text).into_iter().filter(known).collect())
}

/// The calls in a piece of code, as often as they stand there.
fn calls(code: &str, alone: &BTreeSet<String>) -> Vec<String> {
    let dense: String = code.chars().filter(|ch| !ch.is_whitespace()).collect();
    let is_name = |ch: &char| ch.is_alphanumeric() || *ch == '_';
    let mut found = Vec::new();
    for before in BEFORE_CALLS {
        for (at, _) in dense.match_indices(before) {
            let longer = before == "runner::" && dense[..at].ends_with(|ch: char| is_name(&ch));
            let after = &dense[at + before.len()..];
            let name: String = after.chars().take_while(is_name).collect();
            if !longer && after[name.len()..].starts_with('(') {
                found.push(name);
            }
        }
    }
    for before in ["ask::", "Request::"] {
        for (at, _) in dense.match_indices(before) {
            let name: String = dense[at + before.len()..].chars().take_while(is_name).collect();
            if name.starts_with(char::is_uppercase) && dense[at + before.len() + name.len()..].starts_with('{') {
                found.push(format!("ask::{name}"));
            }
        }
    }
    for name in alone {
        let is_alone = |at: usize| !dense[..at].ends_with(|ch: char| is_name(&ch) || ch == '.' || ch == ':');
        let count = dense.match_indices(&format!("{name}(")).filter(|(at, _)| is_alone(*at)).count();
        found.extend(std::iter::repeat_n(name.clone(), count));
    }
    found
}

/// The most steps that one way through this code takes: of the arms of a match, only one is gone through.
fn steps(code: &[&str], alone: &BTreeSet<String>) -> usize {
    let own = |line: &str| {
        let is_step = |call: &&String| ["cli", "host", "http"].iter().any(|door| does(call, door) == Some(Does::Step));
        calls(line, alone).iter().filter(is_step).count()
    };
    let indent = |line: &str| line.len() - line.trim_start().len();
    let (mut all, mut arms, mut at) = (0, 0, 0);
    while let Some(line) = code.get(at) {
        let Some((head, tail)) = line.split_once(" => ") else {
            // A line further out ends a match.
            all += own(line) + if indent(line) == 0 || line.trim() == "}" { std::mem::take(&mut arms) } else { 0 };
            at += 1;
            continue;
        };
        let inside = code[at + 1..].iter().take_while(|next| indent(next) > indent(line)).count();
        let body: Vec<&str> = std::iter::once(tail).chain(code[at + 1..=at + inside].iter().copied()).collect();
        arms = arms.max(own(head) + steps(&body, alone));
        at += 1 + inside;
        // Its own closing brace.
        if code.get(at).is_some_and(|line| line.trim() == "}" || line.trim() == "},") {
            at += 1;
        }
    }
    all + arms
}

/// The functions of a file, as rustfmt lays them out: the name of each, and its lines.
fn functions(code: &str) -> Vec<(String, Vec<&str>)> {
    let lines: Vec<&str> = code.lines().collect();
    let mut functions = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let words = line.trim_start();
        let Some((qualifiers, name)) = words.split_once("fn ") else { continue };
        let is_item = qualifiers
            .split_whitespace()
            .all(|word| word.starts_with("pub") || ["async", "const", "in", "super)", "crate::cli)"].contains(&word));
        if !is_item || words.starts_with("//") {
            continue;
        }
        let indent = &line[..line.len() - words.len()];
        let end = format!("{indent}}}");
        let length = lines[at..].iter().position(|line| *line == end).unwrap_or(0);
        let name = name.chars().take_while(|ch| ch.is_alphanumeric() || *ch == '_').collect();
        functions.push((name, lines[at..=at + length].to_vec()));
    }
    functions
}

#[test]
fn no_door_names_another_or_an_inside_of_the_middle() {
    let mut wrong = Vec::new();
    for (name, room) in files_of(DOORS) {
        let Some((_, below)) = ROOMS.iter().find(|(known, _)| *known == room) else {
            wrong.push(format!("{name}: the room `{room}` has no floor yet; give it one in ROOMS"));
            continue;
        };
        let inside = name.strip_prefix(DOORS).unwrap();
        let depth = inside.trim_end_matches("/mod.rs").split('/').count();
        // As many steps up as the file is deep lead to the top as well.
        let text = read(&name).replace(&"super::".repeat(depth), "crate::");
        let others = named_after("crate::", &text).into_iter().filter(|other| *other != room);
        wrong.extend(
            others.filter(|other| !below.contains(&other.as_str())).map(|other| format!("{name} names `{other}`")),
        );
        let here = |place: &str| inside.strip_prefix(place).is_some_and(|rest| rest.starts_with(['/', '.']));
        for tool in named_after("runner::", &text) {
            let may = TOOLS.iter().any(|(known, places)| *known == tool && places.iter().any(|place| here(place)));
            if !may && !CALLS.iter().any(|(known, ..)| *known == tool) {
                wrong.push(format!("{name} names `runner::{tool}`"));
            }
        }
    }
    none(
        &wrong,
        "a door parses, asks and prints; it knows no other door, and of the middle only what TOOLS and CALLS open to it",
    );
}

#[test]
fn the_middle_opens_no_more_than_doors_use() {
    let lib = read("native-host/runner/src/lib.rs");
    let open = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let unused: Vec<String> = open
        .filter(|name| !FOR_TESTS.contains(name) && !TOOLS.iter().any(|(tool, _)| tool == name))
        .map(|name| format!("native-host/runner/src/lib.rs: pub mod {name}"))
        .collect();
    none(&unused, "a module that no door may name is private: the compiler is the best wall");
    let manifest = read("native-host/Cargo.toml");
    let own = manifest.split("\n[dependencies]\n").nth(1).and_then(|rest| rest.split("\n[").next()).unwrap();
    assert!(own.contains("prompt-runner-runner"), "{own}");
    let past = own.lines().filter(|line| NOT_UNDER_DOORS.iter().any(|name| line.starts_with(&format!("{name} "))));
    none(&past.map(str::to_owned).collect::<Vec<_>>(), "the doors do not stand on these; ask the middle");
}

#[test]
fn each_use_case_has_one_name_and_no_door_spells_another() {
    let (mut wrong, mut found) = (Vec::new(), BTreeMap::<String, BTreeSet<String>>::new());
    let mut places = BTreeMap::<(String, String), Vec<String>>::new();
    for (name, door) in asking() {
        let (code, alone) = asked(&read(&name));
        for call in calls(&code, &alone) {
            if does(&call, &door).is_none() {
                wrong.push(format!("{name}: the door `{door}` does not have `{call}`: CALLS has use cases, the protocol's table requests"));
            }
            found.entry(call.clone()).or_default().insert(door.clone());
            places.entry((door.clone(), call)).or_default().push(name.clone());
        }
    }
    for (call, _, doors) in CALLS {
        let stale = doors.iter().filter(|door| found.get(*call).is_none_or(|its| !its.contains(**door)));
        wrong.extend(stale.map(|door| format!("the door `{door}` does not ask for `{call}`")));
    }
    for ((door, call), its) in &places {
        if its.len() > 1 && does(call, door) == Some(Does::Step) {
            wrong.push(format!("`{call}` is asked for more than once: {}", its.join(", ")));
        }
    }
    none(&wrong, "a use case is the middle's, has one name, and is asked for in one place of a door");
}

#[test]
fn no_function_of_a_door_puts_two_steps_together() {
    let mut wrong = Vec::new();
    for (name, _) in asking() {
        let (code, alone) = asked(&read(&name));
        for (function, lines) in functions(&code) {
            if steps(&lines, &alone) > 1 {
                wrong.push(format!("{name}: {function}"));
            }
        }
    }
    none(&wrong, "two steps are a use case, and belong into the middle");
}

#[test]
fn steps_are_counted_along_each_way() {
    let counted = |text: &str| {
        let (code, alone) = asked(text);
        functions(&code).iter().map(|(name, lines)| format!("{name} {}", steps(lines, &alone))).collect::<Vec<_>>()
    };
    let two = "fn a() {\n    self.runner\n        .ask(ask::Redo { phase })?;\n    self\n        .runner\n        .flow(start)\n}\n";
    assert_eq!(calls(&asked(two).0, &BTreeSet::new()), ["ask", "flow", "ask::Redo"]);
    assert_eq!(counted(two), ["a 2"]);
    let arms = "    pub(super) fn b() {\n        match c {\n            1 => runner.prune(x),\n            2 => {\n                runner.rebuild()?\n            }\n        }\n    }\n";
    assert_eq!(counted(arms), ["b 1"]);
    assert_eq!(counted(&arms.replace("        }\n    }", "        }\n        runner.back_up(y)\n    }")), ["b 2"]);
    let alone =
        "use runner::{\n    Runner, keep_prompt,\n};\nfn c() {\n    keep_prompt(a);\n    b.keep_prompt(c);\n}\n";
    assert_eq!(counted(alone), ["c 1"]);
}
