//! A complete reply is cut at every byte and goes on in every way that a model was seen or may be thought to go on. Whatever is then
//! called complete says in each section what the reply said.

use prompt_runner_core::block::Block;
use prompt_runner_core::event::Repair;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::reply::{self, Expect, Reading, SectionState, section_named};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::{markdown, repair, template};

const NONCE: &str = "0123456789abcdef";

/// A reply of some shape, and what its phase is.
struct Shape {
    what: &'static str,
    phase: Phase,
    text: String,
}

impl Shape {
    fn new(what: &'static str, phase: Phase, bodies: &[(&str, &str)]) -> Self {
        let name = phase.name();
        let sections: String = bodies.iter().map(|(head, body)| format!("{head}\n{body}\n\n")).collect();
        let text = format!(
            "{sections}```promptrunner\nPROMPT-RUNNER/1 20261122_141129_1a2b3c4d {name} {NONCE}\nPROMPT-RUNNER/END {NONCE}\n```\n"
        );
        Self { what, phase, text }
    }

    fn expect(&self) -> Expect {
        Expect::known(SessionId::parse("20261122_141129_1a2b3c4d").unwrap(), self.phase, NONCE.into())
    }

    fn trailer(&self) -> &str {
        &self.text[self.text.find("```promptrunner").unwrap()..]
    }

    /// Where each section begins.
    fn heads(&self) -> Vec<usize> {
        let lines = self.text.split_inclusive('\n').scan(0, |at, line| {
            *at += line.len();
            Some((*at - line.len(), line))
        });
        lines
            .filter(|(_, line)| section_named(line.trim(), &self.expect().sections).is_some())
            .map(|(at, _)| at)
            .collect()
    }
}

fn shapes() -> Vec<Shape> {
    let prose = "````\nLook at the exporter and its caller.\nWhich columns does the list have today?\nHow are dates written in other exports?\n````";
    let tasks = "````\nT001 Add the reader to src/tasks/query.ts\nT002 Add the writer to src/tasks/query.ts\nT003 Add the tests to src/tasks/query.ts\n````";
    let code = "````\nThe reader:\n\n```rust\nfn read() -> Option<u8> {\n    if a {\n        return None;\n    }\n    if b {\n        return None;\n    }\n}\n```\n\nThe writer:\n\n```rust\nfn write() {\n    if a {\n        return None;\n    }\n}\n```\n\nIt is done.\n````";
    let twice = "````\nmeasure the time of ten thousand rows\nname every file that has to change\nmeasure the time of ten thousand rows\nsay what would make this wrong\nsay what would make this wrong\nname every file that has to change\n````";
    let table = "| file | change |\n| --- | --- |\n| src/a.rs | new |\n| src/b.rs | new |\n\n---\n\nIt is done. It is tested. Nothing else is.";
    let list = "- src/tasks/query.ts: add the reader\n- src/tasks/query.ts: add the writer\n- src/tasks/query.ts: add the tests\n\nThen it is released.";
    let files = "#### src/a.rs\n\n```rust\nfn a() {\n    b();\n}\n```\n\n#### src/b.rs\n\n```rust\nfn a() {\n    b();\n}\n```\n\n#### src/settings/c.rs\n\n```rust\nfn c() {\n    let value = read(input)?;\n}\n```";
    let inner = "````\n#### src/a.rs\n```rust\nfn a() {\n    b();\n}\n```\n#### src/b.rs\n```rust\nfn a() {\n    b();\n}\n```\n````";
    let tildes = "~~~~\nLook at the exporter and its caller.\n\n\n    indented\n~~~~";
    let three = "```\nLook at the exporter and its caller.\nWhich columns does the list have today?\n```";
    let asia =
        "````\n輸出機能とその呼び出し元を調べる。\n今の一覧にはどの列があるか。\n他の輸出では日付をどう書くか。\n````";
    let analysis = |what, bodies: [&str; 3]| {
        Shape::new(
            what,
            Phase::ANALYSIS,
            &[("### FINDINGS", bodies[0]), ("### DESIGN", bodies[1]), ("### TASKS", bodies[2])],
        )
    };
    vec![
        analysis("as asked for", [prose, code, tasks]),
        analysis("the same body three times", [prose, prose, prose]),
        analysis("lines that come twice", [twice, twice, tasks]),
        analysis("without fences", [list, table, list]),
        analysis("with other fences", [tildes, three, tildes]),
        analysis("in another script", [asia, asia, asia]),
        Shape::new(
            "bold names",
            Phase::ANALYSIS,
            &[("**FINDINGS**\n", prose), ("**2. Design**\n", code), ("● TASKS\n", tasks)],
        ),
        Shape::new("files in a fence", Phase::IMPLEMENTATION, &[("### FILES", inner), ("### NOTES", prose)]),
        Shape::new("files without one", Phase::IMPLEMENTATION, &[("### FILES\n", files), ("### NOTES", twice)]),
    ]
}

/// A second message, and whether it is an honest one: then it may well make the reply complete.
struct Rest {
    what: String,
    text: String,
    honest: bool,
}

/// How a reply that was cut at this byte may go on.
fn rests(shape: &Shape, cut: usize) -> Vec<Rest> {
    let (text, heads) = (&shape.text, shape.heads());
    let mut out = Vec::new();
    let mut add = |what: &str, text: String, honest: bool| out.push(Rest { what: what.to_owned(), text, honest });
    add("the trailer alone", shape.trailer().to_owned(), false);
    add("talk and the trailer", format!("That is all.\n\n{}", shape.trailer()), false);
    add("all of it", text.clone(), false);
    add("to the letter", text[cut..].to_owned(), false);
    for next in heads.iter().filter(|head| **head >= cut) {
        add("a later section", text[*next..].to_owned(), false);
        add("talk and a later section", format!("Here is the rest.\n\n{}", &text[*next..]), false);
    }
    let Some(open) = heads.iter().rfind(|head| **head < cut).copied() else {
        return out;
    };
    add("the section from its start", text[open..].to_owned(), false);
    let begins = text[open..].find('\n').map_or(text.len(), |at| open + at + 1);
    let ends = heads.iter().find(|head| **head >= cut).copied().unwrap_or_else(|| text.len() - shape.trailer().len());
    if cut < begins || cut >= ends {
        return out;
    }
    let fence = text[begins..].lines().find(|line| !line.is_empty()).filter(|line| line.starts_with(['`', '~']));
    let fence = fence.map(|line| format!("{line}\n")).unwrap_or_default();
    let body = text[begins..].find(|ch| ch != '\n').map_or(begins, |at| begins + at + fence.len());
    // Where nothing of the body came, it can only be begun.
    if cut <= body {
        add("the body, under the heading", text[open..].to_owned(), true);
        add("the body", text[begins..].to_owned(), false);
        return out;
    }
    // The lines of the body, of which the last is the one that was cut.
    let starts: Vec<usize> =
        std::iter::once(body).chain(text[body..cut].match_indices('\n').map(|(at, _)| body + at + 1)).collect();
    let heading = &text[open..begins];
    let mut from = |what: &str, at: usize, honest: bool| {
        add(&format!("{what}, in a fence"), format!("{fence}{}", &text[at..]), honest);
        add(&format!("{what}, under the heading"), format!("{heading}{fence}{}", &text[at..]), honest);
        if honest {
            add(&format!("{what}, after talk"), format!("Going on where I stopped:\n\n{fence}{}", &text[at..]), true);
        }
    };
    from("the next byte", cut, false);
    let line_end = text[cut..].find('\n').map_or(cut, |at| cut + at + 1);
    from("the next line", line_end, false);
    for lines in [1, 2, 4] {
        if let Some(at) = starts.len().checked_sub(lines).map(|at| starts[at]) {
            from(&format!("{lines} lines again"), at, false);
        }
    }
    // As the prompt for the rest asks it to.
    let sections = reply::read(&markdown::blocks(&text[..cut]), &shape.expect()).sections;
    let prompt = template::render_repair(Repair::Continue, &shape.expect(), &sections).unwrap();
    if !fence.is_empty() && prompt.contains("stopped inside") {
        let asked = prompt.split_once("repeat the last ").unwrap().1;
        let lines = asked.split(' ').next().unwrap().parse().unwrap_or(1);
        // At the end of a line no line was begun.
        let lines = lines + usize::from(text[..cut].ends_with('\n'));
        from("as the prompt asks", starts[starts.len().saturating_sub(lines)], true);
    }
    // A line that comes again later: it goes on there.
    for lines in 1..=2 {
        let Some(at) = starts.len().checked_sub(lines + 1).map(|at| starts[at]) else { continue };
        let anchor = &text[at..starts[starts.len() - 1]];
        let short = anchor.chars().filter(|ch| ch.is_alphanumeric()).count() < 16;
        // Two telling lines that come again as they are, side by side, are beyond what anybody can see.
        if lines == 1 || short {
            text[cut..ends]
                .match_indices(anchor)
                .for_each(|(later, _)| from("from a later place like it", cut + later, false));
        }
    }
    out
}

fn joined(first: &str, second: &str, expect: &Expect, from_page: bool) -> Vec<Block> {
    // Only a source shows whether a fence was closed.
    let join = if from_page { repair::join } else { repair::join_closed };
    join(&markdown::blocks(first), &markdown::blocks(second), expect)
}

fn texts(reading: &Reading) -> Vec<&str> {
    reading.sections.iter().map(|section| section.text.as_str()).collect()
}

#[test]
fn a_reply_that_was_cut_anywhere_and_went_on_anyhow_is_complete_only_with_the_text_it_had() {
    let (mut tried, mut complete, mut wrong, mut honest) = (0, 0, Vec::new(), (0, 0));
    for shape in shapes() {
        let expect = shape.expect();
        let whole = reply::read(&markdown::blocks(&shape.text), &expect);
        assert_eq!(whole.problem(), None, "{}: {whole:#?}", shape.what);
        for cut in (1..shape.text.len()).filter(|cut| shape.text.is_char_boundary(*cut)) {
            for rest in rests(&shape, cut) {
                let closed = markdown::ends_with_fence_closed(&shape.text[..cut]);
                for from_page in if closed { &[true, false][..] } else { &[true] } {
                    let blocks = joined(&shape.text[..cut], &rest.text, &expect, *from_page);
                    let reading = reply::read(&blocks, &expect);
                    tried += 1;
                    honest.1 += u32::from(rest.honest);
                    if reading.problem().is_none() {
                        complete += 1;
                        honest.0 += u32::from(rest.honest);
                        if texts(&reading) != texts(&whole) {
                            wrong.push(format!(
                                "{}, cut at {cut} …{:?}, {}",
                                shape.what,
                                &shape.text[shape.text.floor_char_boundary(cut.saturating_sub(30))..cut],
                                rest.what
                            ));
                        }
                    }
                }
            }
        }
    }
    println!("{tried} pairs, {complete} complete, of {} honest ones {}; {} wrong", honest.1, honest.0, wrong.len());
    assert!(wrong.is_empty(), "{} of {complete} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    // The others were cut in the first words of a section, where there is nothing yet to be told again.
    assert!(honest.0 * 10 > honest.1 * 6, "of {} honest ones only {} are complete", honest.1, honest.0);
}

#[test]
fn a_reply_that_was_cut_twice_is_complete_only_with_the_text_it_had() {
    let (mut tried, mut complete) = (0, 0);
    for shape in shapes().iter().filter(|shape| !shape.what.contains("twice")) {
        let expect = shape.expect();
        let text = &shape.text;
        let whole = reply::read(&markdown::blocks(text), &expect);
        // The third message: the trailer, all from some section on, or all from some line on, in a fence.
        let fence = |at: usize| format!("````\n{}", &text[at..]);
        let lines = text.match_indices('\n').map(|(at, _)| fence(at + 1));
        let heads = shape.heads().into_iter().map(|at| text[at..].to_owned());
        let thirds: Vec<String> = heads.chain(lines.step_by(2)).chain([shape.trailer().to_owned()]).collect();
        let thirds: Vec<Vec<Block>> = thirds.iter().map(|third| markdown::blocks(third)).collect();
        for cut in (40..text.len()).step_by(37).filter(|cut| text.is_char_boundary(*cut)) {
            for second in rests(shape, cut).iter().step_by(2) {
                let half = second.text.floor_char_boundary(second.text.len() / 2);
                let two = joined(&text[..cut], &second.text[..half], &expect, true);
                // Where nothing of a section came, it can only be begun.
                let sections = reply::read(&two, &expect).sections;
                if !sections.iter().any(|section| section.state == SectionState::Cut && !section.text.trim().is_empty())
                {
                    continue;
                }
                for third in &thirds {
                    let reading = reply::read(&repair::join(&two, third, &expect), &expect);
                    tried += 1;
                    if reading.problem().is_none() {
                        complete += 1;
                        assert_eq!(texts(&reading), texts(&whole), "{}, cut at {cut}, {}", shape.what, second.what);
                    }
                }
            }
        }
    }
    println!("{tried} triples, {complete} complete");
    assert!(complete > 0);
}
