//! Native-messaging frames: a u32 length in the machine's byte order, then that many bytes of JSON.
//! Limits: <https://developer.chrome.com/docs/extensions/develop/concepts/native-messaging>.

use byteorder::{NativeEndian, ReadBytesExt, WriteBytesExt};
use prompt_runner_core::protocol::{Message, VERSION};
use std::io::{self, ErrorKind, Read, Write};

/// The largest message that a browser sends, in bytes.
pub const MAX_IN: u32 = 64 << 20;
/// The largest message that a browser takes, in bytes; one more byte and it closes the port.
pub const MAX_OUT: usize = 1 << 20;
/// The smallest piece that a message is cut into: an id that leaves less room in a frame is none that a host takes.
const PIECE_MIN: usize = 64 << 10;
/// How much is asked for at first, so that a length that lies costs no more than this; then as much as there is already, and never more at
/// once than the second.
const STEPS: (usize, usize) = (64 << 10, 1 << 20);

/// What came in.
#[derive(Debug, PartialEq, Eq)]
pub enum Incoming {
    /// A message.
    Message(Vec<u8>),
    /// A message that announced too many bytes; they were skipped.
    TooLarge(u32),
    /// The browser closed the port.
    End,
}

/// Reads one frame. Memory grows with the bytes that come, not with the length that is announced.
///
/// # Errors
/// Whatever reading gives, and `UnexpectedEof` inside a frame.
pub fn read(from: &mut impl Read) -> io::Result<Incoming> {
    let mut first = [0_u8; 1];
    loop {
        match from.read(&mut first) {
            Ok(0) => return Ok(Incoming::End),
            Ok(_) => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let length = first.chain(&mut *from).read_u32::<NativeEndian>()?;
    if length > MAX_IN {
        let wanted = u64::from(length);
        let skipped = io::copy(&mut from.take(wanted), &mut io::sink())?;
        return if skipped < wanted { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(Incoming::TooLarge(length)) };
    }
    let (mut body, wanted) = (Vec::new(), length as usize);
    while body.len() < wanted {
        let there = body.len();
        let step = there.clamp(STEPS.0, STEPS.1).min(wanted - there);
        body.reserve_exact(step);
        body.resize(there + step, 0);
        from.read_exact(&mut body[there..])?;
    }
    Ok(Incoming::Message(body))
}

/// Writes one message, in pieces where it is larger than a browser takes at once.
///
/// # Errors
/// Whatever writing gives.
pub fn write(to: &mut impl Write, message: &Message) -> io::Result<()> {
    let json = serde_json::to_string(message)?;
    if json.len() <= MAX_OUT {
        return write_frame(to, json.as_bytes());
    }
    let id = match message {
        Message::Answer { id, .. } | Message::Refused { id, .. } | Message::Piece { id, .. } => id.clone(),
        Message::News { .. } => String::new(),
    };
    let pieces = split(&json, piece_max(&id)?);
    let of = u32::try_from(pieces.len()).map_err(io::Error::other)?;
    for (index, piece) in (0..).zip(pieces) {
        let piece = Message::Piece { v: VERSION, id: id.clone(), index, of, piece: piece.to_owned() };
        write_frame(to, serde_json::to_string(&piece)?.as_bytes())?;
    }
    Ok(())
}

/// How long a piece may be beside this id, which stands in each. A piece is a JSON string in a JSON text: escaping can make it six times
/// as long.
fn piece_max(id: &str) -> io::Result<usize> {
    let beside = 1_024 + serde_json::to_string(id)?.len();
    let room = MAX_OUT.checked_sub(beside).map(|room| room / 6).filter(|room| *room >= PIECE_MIN);
    room.ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "the id leaves no room for an answer"))
}

/// Cuts between characters.
fn split(mut json: &str, max: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    while json.len() > max {
        let (piece, rest) = json.split_at(json.floor_char_boundary(max));
        pieces.push(piece);
        json = rest;
    }
    pieces.push(json);
    pieces
}

fn write_frame(to: &mut impl Write, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len()).map_err(io::Error::other)?;
    to.write_u32::<NativeEndian>(length)?;
    to.write_all(body)?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use prompt_runner_core::protocol::Reply;
    use prompt_runner_core::protocol::answer;

    fn framed(body: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        write_frame(&mut out, body).unwrap();
        out
    }

    /// Gives its bytes in pieces of one size.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let size = self.1.min(to.len()).min(self.0.len());
            to[..size].copy_from_slice(&self.0[..size]);
            self.0 = &self.0[size..];
            Ok(size)
        }
    }

    #[test]
    fn frames_are_the_same_however_the_stream_is_cut() {
        let stream = [framed(b"{}"), framed(b""), framed("\"\u{1f980}\"".as_bytes())].concat();
        for size in 1..=stream.len() {
            let mut from = Trickle(&stream, size);
            for body in [&b"{}"[..], b"", "\"\u{1f980}\"".as_bytes()] {
                assert_eq!(read(&mut from).unwrap(), Incoming::Message(body.to_vec()), "pieces of {size}");
            }
            assert_eq!(read(&mut from).unwrap(), Incoming::End);
        }
    }

    #[test]
    fn a_stream_that_ends_inside_a_frame_is_an_error() {
        let stream = framed(b"{\"v\":1}");
        for cut in 1..stream.len() {
            let error = read(&mut &stream[..cut]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UnexpectedEof, "cut at {cut}");
        }
        assert!(read(&mut &u32::MAX.to_ne_bytes()[..]).is_err());
    }

    #[test]
    fn a_frame_that_is_too_large_is_skipped_and_the_next_is_read() {
        let length = MAX_IN + 1;
        let header = length.to_ne_bytes();
        let mut stream = header.chain(io::repeat(b' ').take(u64::from(length))).chain(&b"\x02\0\0\0{}"[..]);
        assert_eq!(read(&mut stream).unwrap(), Incoming::TooLarge(length));
        assert_eq!(read(&mut stream).unwrap(), Incoming::Message(b"{}".to_vec()));
    }

    #[test]
    fn an_id_takes_its_room_from_the_pieces_and_never_breaks_a_frame() {
        for id in ["", "7", &"\u{1}".repeat(256), &"x".repeat(600_000), &"\u{1}".repeat(100_000)] {
            let database = "\u{1}".repeat(400_000);
            let reply = Reply::Pong(answer::Pong { version: "1".into(), sqlite: "3".into(), database, files_bytes: 0 });
            let mut out = Vec::new();
            write(&mut out, &Message::Answer { v: VERSION, id: id.into(), reply }).unwrap();
            let (mut from, mut frames) = (out.as_slice(), 0);
            while let Incoming::Message(body) = read(&mut from).unwrap() {
                assert!(body.len() <= MAX_OUT, "{} bytes with an id of {}", body.len(), id.len());
                frames += 1;
            }
            assert!(frames > 1);
        }
        let id = "x".repeat(900_000);
        let refusal = prompt_runner_core::refusal::Refusal::new(
            prompt_runner_core::refusal::Code::RequestInvalid,
            "x".repeat(MAX_OUT),
        );
        let mut out = Vec::new();
        assert!(write(&mut out, &Message::Refused { v: VERSION, id, refusal }).is_err());
        assert!(out.is_empty(), "half a message is worse than none");
    }

    #[test]
    fn a_message_of_any_size_arrives_in_frames_that_a_browser_takes() {
        let database = "\u{1}\"ü\u{1f980}".repeat(400_000);
        let message = Message::Answer {
            v: VERSION,
            id: "7".into(),
            reply: Reply::Pong(answer::Pong { version: "1".into(), sqlite: "3".into(), database, files_bytes: 0 }),
        };
        let mut out = Vec::new();
        write(&mut out, &message).unwrap();
        let mut from = out.as_slice();
        let mut joined = String::new();
        while let Incoming::Message(body) = read(&mut from).unwrap() {
            assert!(body.len() <= MAX_OUT);
            let Message::Piece { id, index, of, piece, .. } = serde_json::from_slice(&body).unwrap() else { panic!() };
            assert_eq!(id, "7");
            assert!(index < of);
            joined.push_str(&piece);
        }
        assert_eq!(serde_json::from_str::<Message>(&joined).unwrap(), message);
    }
}
