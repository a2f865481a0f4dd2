//! How fast a reply is read: the corpus, end to end, as ten megabytes. From markdown to blocks, and from blocks to a reading.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a bench stops at the first surprise")]
#![allow(clippy::disallowed_methods, reason = "a bench is a clock")]
#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

#[allow(dead_code, reason = "what is expected of the replies is for the tests")]
mod cases;

use prompt_runner_core::block::Block;
use prompt_runner_core::{markdown, reply};
use std::hint::black_box;
use std::time::Instant;

const BYTES: usize = 10_000_000;

/// Megabytes per second, of the best of several runs.
fn speed(bytes: usize, mut work: impl FnMut()) -> f64 {
    let seconds = (0..5).map(|_| {
        let begun = Instant::now();
        work();
        begun.elapsed().as_secs_f64()
    });
    bytes as f64 / 1e6 / seconds.fold(f64::INFINITY, f64::min)
}

fn main() {
    let cases = cases::all();
    let once: usize = cases.iter().map(|case| case.reply.len()).sum();
    let times = BYTES.div_ceil(once);
    let replies: Vec<Vec<Block>> = cases.iter().map(|case| markdown::blocks(&case.reply)).collect();
    let parsed = speed(once * times, || {
        for _ in 0..times {
            for case in &cases {
                black_box(markdown::blocks(&case.reply));
            }
        }
    });
    let read = speed(once * times, || {
        for _ in 0..times {
            for (case, blocks) in cases.iter().zip(&replies) {
                black_box(reply::read(blocks, &case.expected_proof()));
            }
        }
    });
    // As one reply: ten megabytes with every shape in them, and so with nothing that could be complete.
    let one: Vec<Block> = (0..times).flat_map(|_| replies.iter().flatten().cloned()).collect();
    let whole = speed(once * times, || drop(black_box(reply::read(&one, &cases[0].expected_proof()))));
    if std::env::args().any(|argument| argument == "--json") {
        println!(
            "{}",
            serde_json::json!({ "bytes": once * times, "parse_mb_per_s": parsed.round(), "read_mb_per_s": read.round(), "read_as_one_mb_per_s": whole.round() })
        );
    } else {
        println!("markdown to blocks:      {parsed:>6.0} MB/s");
        println!("reading, reply by reply: {read:>6.0} MB/s");
        println!("reading, all as one:     {whole:>6.0} MB/s");
    }
}
