//! Ten times the reply costs about ten times the work, whatever it is made of. Measured in the time that this thread worked, and
//! as a ratio within one run, so that a busy machine does not matter.

use prompt_runner_core::estimate::estimate;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::reply::{self, Expect};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::{markdown, repair};
use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;

/// Ten times the work and a fifth for what is not counted.
const MOST: f64 = 12.0;
/// What a reply may be made of, a thousand times over. What is not linear in one of them shows in the sum of all.
const PIECES: [&str; 8] = [
    "a line of text\n",
    "a paragraph\n\n",
    "#### src/main.rs\n\n",
    "```rust\nlet x = 1;\n```\n\n",
    "### DESIGN\n\n",
    "```promptrunner\nPROMPT-RUNNER/1 20261122_141129_1a2b3c4d analysis 0123456789abcdef\n```\n\n",
    "`` ` ``` \n",
    "- an item\n",
];

fn worked_ns(work: impl Fn()) -> i64 {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec * 1_000_000_000 + time.tv_nsec
    };
    let begun = now();
    work();
    now() - begun
}

/// How many times the work of one tenth the whole costs, over all pieces: ten short replies against a long one, so that neither is
/// closer to the processor's hand, and each the least of several runs, for nothing makes a run faster than its work.
fn ratio<T>(make: impl Fn(String) -> T, work: impl Fn(&T)) -> f64 {
    let (mut whole, mut tenths) = (0, 0);
    for piece in PIECES {
        let reply = |times| make(format!("### FINDINGS\n\n{}", piece.repeat(times)));
        let (long, short): (T, Vec<T>) = (reply(5_000), (0..10).map(|_| reply(500)).collect());
        let runs = || (0..3).map(|_| (worked_ns(|| work(&long)), worked_ns(|| short.iter().for_each(&work))));
        let (ones, others): (Vec<i64>, Vec<i64>) = runs().unzip();
        whole += ones.iter().min().unwrap();
        tenths += others.iter().min().unwrap();
    }
    10.0 * whole as f64 / tenths as f64
}

#[test]
fn ten_times_the_reply_is_ten_times_the_work() {
    let expect = Expect::known(
        SessionId::parse("20261122_141129_1a2b3c4d").unwrap(),
        Phase::ANALYSIS,
        "0123456789abcdef".into(),
    );
    let blocks = |text: String| markdown::blocks(&text);
    for (what, ratio) in [
        ("parsing", ratio(|text| text, |text| drop(markdown::blocks(text)))),
        ("reading", ratio(blocks, |blocks| drop(reply::read(blocks, &expect)))),
        ("joining", ratio(blocks, |blocks| drop(repair::join(blocks, blocks, &expect)))),
        ("replacing", ratio(blocks, |blocks| drop(repair::replace_sections(blocks, blocks, &expect)))),
    ] {
        assert!(ratio <= MOST, "{what}: ten times the reply costs {ratio:.1} times the work");
    }
}

/// Twice the reply may cost so many times the work.
const MOST_DOUBLED: f64 = 2.2;
const BYTES: usize = 24_000;

/// One thing that is done with a complete reply.
type Work<'a> = &'a dyn Fn(&str);

/// A busy machine makes runs slower and none faster: the least of these is the work.
const RUNS: usize = 40;
const HEADER: &str = "PROMPT-RUNNER/1 20261122_141129_1a2b3c4d analysis 0123456789abcdef";

/// What somebody may write to keep a reader busy, in so many bytes. Each alone, for the others would hide it.
fn adversarial(bytes: usize) -> Vec<(&'static str, String)> {
    let times = |piece: &str| piece.repeat(bytes / piece.len());
    let half = |piece: &str| piece.repeat(bytes / 2 / piece.len());
    let steps = |piece: &dyn Fn(usize) -> String| {
        let mut out = String::new();
        for step in 1.. {
            let piece = piece(step);
            if out.len() + piece.len() > bytes {
                break;
            }
            out.push_str(&piece);
        }
        out
    };
    let all = "### FINDINGS\n\na\n\n### DESIGN\n\na\n\n### TASKS\n\n```\na\n```rust\n```\n";
    let proof = format!("\n```promptrunner\n{HEADER}\nPROMPT-RUNNER/END 0123456789abcdef\n```\n");
    let proven = |body: String| format!("{all}{body}{proof}");
    vec![
        ("headers of trailers", proven(times(&format!("{HEADER}\n")))),
        ("trailers in paragraphs", times(&format!("{HEADER}\n\nsection: A\n\n"))),
        ("lines of trailers", format!("{HEADER}\n{}", times("section: A\n"))),
        ("bare fences in a proven reply", proven(times("```\n"))),
        ("longer fences", proven(steps(&|step| format!("{}\n", "`".repeat(step + 2))))),
        ("fences left open", times("````\n```rust\n\n")),
        ("quotes in quotes", times(">")),
        ("quotes in quotes, and lines", format!("{} a\n{}", half(">"), half("b\n"))),
        ("lists in lists", times("- ")),
        ("lists in lists, and lines", format!("{}a\n{}", half("- "), half("b\n"))),
        ("numbered lists in lists", times("1. ")),
        (
            "lists that go in, and lines",
            format!("{}{}", steps(&|step| format!("{}- a\n", " ".repeat(step))), half("b\n")),
        ),
        ("lists and quotes", times("> - ")),
        ("items of many kinds", times("- a\n+ b\n")),
        ("brackets", times("[")),
        ("links left open", times("[a](")),
        ("references", times("[a]: b\n")),
        ("references and uses", format!("[a]: b\n\n{}", times("[a]\n"))),
        ("backticks", steps(&|step| format!("{} ", "`".repeat(step)))),
        ("emphasis", times("*a_b **")),
        ("cells of a table", format!("{}\n{}\n{}", times("a|"), times("-|"), times("b|\n"))),
        ("tags left open", times("<a ")),
        ("tags over lines", times("<a\n")),
        ("comments left open", times("<!-- a\n")),
        ("lines of tags", times("<div>\n")),
        ("thoughts left open", times("<think>\n")),
        ("thoughts", times("<think>a</think>\n")),
        ("ends of thoughts", times("</think>\n")),
        ("one long line", times("word ")),
        ("headings", times("### DESIGN\n")),
        ("headings with glosses", times("## DESIGN (a) / b\n\n")),
        ("bold names in one paragraph", times("**DESIGN:** a\n")),
        ("items with names", times("1. **DESIGN**\n\n   a\n")),
        ("placeholders", times("### DESIGN\n\n(body of DESIGN)\n\n")),
        ("carriage returns", times("\r")),
        ("codes for a terminal", times("\u{1b}[1m### DESIGN\u{1b}[0m\r")),
        ("strings for a terminal", times("\u{1b}]8;;\n")),
        ("backspaces", times("a\u{8}")),
        ("blank lines", times("\n")),
        ("escapes", times("\\")),
        ("closed fences", times("````\na\n````\n")),
        ("html left open", times("<pre>a\n")),
        ("html that is closed", times("<pre>a</pre>\n")),
        ("html that is closed at the end", format!("{}</pre>\n", times("<pre>a\n"))),
        ("points in an estimate", format!("Estimated time: {}", times("."))),
        ("blanks in an estimate", format!("Estimated time: {}", times("1    "))),
        ("fractions in an estimate", format!("Estimated time: {}", times("1/0"))),
        ("parts of numbers in an estimate", format!("Estimated time: {}", times("1.1,"))),
        ("ranges in an estimate", format!("Estimated time: {}", times("1-"))),
        ("estimates without a time", times("Estimated time:\n")),
    ]
}

#[test]
fn twice_the_reply_is_twice_the_work_whatever_it_is_made_of() {
    let expect = Expect::known(
        SessionId::parse("20261122_141129_1a2b3c4d").unwrap(),
        Phase::ANALYSIS,
        "0123456789abcdef".into(),
    );
    // Whoever stores a reply does all of it. Each alone, for one would hide the other.
    let works: [(&str, Work); 3] = [
        ("reading", &|text| drop(reply::read_markdown(text, &expect))),
        ("its last fence", &|text| _ = black_box(markdown::ends_with_fence_closed(text))),
        ("its estimate", &|text| _ = black_box(estimate(text))),
    ];
    for ((what, short), (_, long)) in adversarial(BYTES).into_iter().zip(adversarial(2 * BYTES)) {
        for (which, work) in works {
            let ratio = ratio_of(work, &short, &long);
            assert!(ratio <= MOST_DOUBLED, "{which}, {what}: twice the reply costs {ratio:.2} times the work");
        }
    }
}

/// How many times the work of the short text the long one costs. Two short ones against a long one, by turns, so that neither is closer
/// to the processor's hand.
fn ratio_of(work: Work, short: &str, long: &str) -> f64 {
    let (mut shorts, mut longs, mut ratio) = (i64::MAX, i64::MAX, f64::INFINITY);
    for _ in 0..RUNS {
        shorts = shorts.min(worked_ns(|| (0..2).for_each(|_| work(short))));
        longs = longs.min(worked_ns(|| work(long)));
        ratio = 2.0 * longs as f64 / shorts as f64;
        if ratio <= MOST_DOUBLED {
            break;
        }
    }
    ratio
}
