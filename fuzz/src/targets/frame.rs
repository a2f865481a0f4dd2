//! Streams of bytes into the frame decoder: however a stream is cut, the same frames come; memory grows with what came and not with
//! what was announced; what was read is what was written.

use cap::Cap;
use prompt_runner::frame::{self, Incoming};
use prompt_runner_core::protocol::{Message, VERSION};
use std::alloc::System;
use std::io::{self, ErrorKind, Read};

/// Counts what is allocated, and can refuse it.
#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

/// What may be allocated besides: a vector doubles, and no more than this stands around it.
const SLACK: usize = 64 << 10;

pub(super) fn check(stream: &[u8]) {
    let whole = read_all(stream, usize::MAX);
    // By the length, because a pass for every size is too slow: bytes alone, lengths parted from bodies, and the middle of either.
    let piece = 1 + stream.len() % 9;
    assert_eq!(read_all(stream, piece), whole, "cut into pieces of {piece}");
    let again: Vec<u8> = whole.bodies.iter().flat_map(|body| framed(body)).collect();
    assert!(stream.starts_with(&again), "a frame that nobody sent");
    match whole.end {
        None => assert_eq!(again.len(), stream.len(), "bytes were lost without a word"),
        Some(kind) => assert!(kind == ErrorKind::UnexpectedEof && again.len() < stream.len(), "{kind:?}"),
    }
    written_and_read(&String::from_utf8_lossy(stream));
}

#[derive(Debug, PartialEq, Eq)]
struct Frames {
    bodies: Vec<Vec<u8>>,
    /// Why it broke off; nothing at an orderly end.
    end: Option<ErrorKind>,
}

/// Gives its bytes in pieces of at most one size.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let size = self.1.min(to.len());
        self.0.read(&mut to[..size])
    }
}

/// Every frame of a stream, read with no more memory than what came may cost.
fn read_all(stream: &[u8], piece: usize) -> Frames {
    let mut from = Pieces(stream, piece);
    let mut bodies = Vec::new();
    loop {
        let came = from.0.len();
        HEAP.set_limit(HEAP.allocated() + 2 * came + SLACK).expect("there is more to come");
        let read = frame::read(&mut from);
        HEAP.set_limit(usize::MAX).expect("it is the most");
        match read {
            Ok(Incoming::Message(body)) => bodies.push(body),
            Ok(Incoming::TooLarge(length)) => panic!("{length} bytes were skipped, and {came} came"),
            Ok(Incoming::End) => return Frames { bodies, end: None },
            Err(error) => return Frames { bodies, end: Some(error.kind()) },
        }
    }
}

fn framed(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("an input is short");
    [&length.to_ne_bytes(), body].concat()
}

fn written_and_read(piece: &str) {
    let message = Message::Piece { v: VERSION, id: "7".into(), index: 0, of: 1, piece: piece.to_owned() };
    let mut stream = Vec::new();
    frame::write(&mut stream, &message).expect("a vector takes everything");
    let Frames { bodies, end } = read_all(&stream, usize::MAX);
    let [body] = bodies.as_slice() else { panic!("{} frames of one", bodies.len()) };
    assert!(end.is_none() && body.len() <= frame::MAX_OUT);
    assert_eq!(serde_json::from_slice::<Message>(body).ok(), Some(message));
}
