//! Ten times the reply costs about ten times the work, whatever it is made of. Measured in the time that this thread worked, and
//! as a ratio within one run, so that a busy machine does not matter.

use prompt_runner_core::phase::Phase;
use prompt_runner_core::reply::{self, Expect};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::{markdown, repair};
use rustix::time::{ClockId, clock_gettime};

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
    let expect = Expect {
        session: SessionId::parse("20261122_141129_1a2b3c4d").unwrap(),
        phase: Phase::Analysis,
        nonce: "0123456789abcdef".into(),
    };
    let blocks = |text: String| markdown::blocks(&text);
    for (what, ratio) in [
        ("parsing", ratio(|text| text, |text| drop(markdown::blocks(text)))),
        ("reading", ratio(blocks, |blocks| drop(reply::read(blocks, &expect)))),
        ("stitching", ratio(blocks, |blocks| drop(repair::stitch(blocks, blocks, &expect)))),
        ("patching", ratio(blocks, |blocks| drop(repair::patch(blocks, blocks, &expect)))),
    ] {
        assert!(ratio <= MOST, "{what}: ten times the reply costs {ratio:.1} times the work");
    }
}
