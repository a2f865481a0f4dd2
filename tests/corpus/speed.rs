//! `cargo xtask bench reader`: how fast a reply is read and a growing one watched, beside a search for one word through the same bytes by
//! memchr. The replies are the corpus, end to end, as ten megabytes. Prints raw samples.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a bench stops at the first surprise")]
#![allow(clippy::disallowed_methods, reason = "a bench is a clock")]
#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

#[allow(dead_code, reason = "what is expected of the replies is for the tests")]
mod cases;

use memchr::memmem;
use prompt_runner_core::block::Block;
use prompt_runner_core::capture::{Now, Signal, Watcher};
use prompt_runner_core::{markdown, reply};
use serde_json::json;
use std::hint::black_box;
use std::time::Instant;

const BYTES: usize = 10_000_000;
/// What a model writes at once.
const TOKEN: usize = 4;
/// Nothing that is in a reply, so that all of it is searched.
const ABSENT: &str = "PROMPT-RUNNER/1 20000101_000000_00000000";
const REPEATS: usize = 9;

fn ms(work: &mut dyn FnMut()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64() * 1e3
}

fn main() {
    let cases = cases::all();
    let once: usize = cases.iter().map(|case| case.reply.len()).sum();
    let times = BYTES.div_ceil(once);
    let replies: Vec<Vec<Block>> = cases.iter().map(|case| markdown::blocks(&case.reply)).collect();
    // As one reply: ten megabytes with every shape in them, and so with nothing that could be complete.
    let one: Vec<Block> = (0..times).flat_map(|_| replies.iter().flatten().cloned()).collect();
    let text: String = (0..times).flat_map(|_| cases.iter().map(|case| case.reply.as_str())).collect();
    let marker = memmem::Finder::new(ABSENT);

    let mut parse =
        || (0..times).for_each(|_| cases.iter().for_each(|case| drop(black_box(markdown::blocks(&case.reply)))));
    let mut read = || {
        for _ in 0..times {
            for (case, blocks) in cases.iter().zip(&replies) {
                black_box(reply::read(blocks, &case.expected_proof()));
            }
        }
    };
    let mut whole = || drop(black_box(reply::read(&one, &cases[0].expected_proof())));
    let mut watch = || {
        let mut watcher = Watcher::default();
        watcher.observe(Signal::Expecting { expect: Some(cases[0].expected_proof()), part: false }, Now::default());
        for _ in 0..text.len() / TOKEN {
            black_box(watcher.observe(Signal::Grew { key: "answer".into() }, Now::default()));
        }
    };
    let samples: Vec<_> = [
        ("markdown to blocks", &mut parse as &mut dyn FnMut()),
        ("reading blocks, reply by reply", &mut read),
        ("reading blocks, all as one reply", &mut whole),
        ("watching, as tokens of 4 bytes", &mut watch),
    ]
    .into_iter()
    .map(|(what, work)| {
        let mut search = || assert!(black_box(marker.find(text.as_bytes())).is_none());
        // The first turn is slower than the others, and is not counted.
        ms(work);
        ms(&mut search);
        let (ours, yardstick): (Vec<f64>, Vec<f64>) = (0..REPEATS).map(|_| (ms(work), ms(&mut search))).unzip();
        let what = format!("{what}, {} MB, against memmem", text.len() / 1_000_000);
        json!({ "goal": "P18", "what": what, "unit": "ms", "ours": ours, "yardstick": yardstick, "most": 1.0 / 0.7 })
    })
    .collect();
    println!("{}", json!({ "samples": samples }));
}
