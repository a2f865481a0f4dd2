//! The one vocabulary: what may be asked of the runner, and what it answers. `table` declares every request; `answer` has the types of
//! their answers. Native frames, the command line and everything later are spellings of it; docs/PROTOCOL.md, its schemas and the JavaScript
//! types are generated from here.

pub mod answer;
mod requests;
mod table;

pub use self::answer::Reply;
pub use self::requests::{Ask, Client, Entry, Handler, Twice};
#[cfg(feature = "types")]
pub(crate) use self::table::request_declarations;
pub use self::table::{Request, ask};
#[cfg(not(target_family = "wasm"))]
pub use self::table::{Runs, TABLE};

use crate::block::Block;
use crate::event::Source;
use crate::refusal::Refusal;
use crate::status::View;
use serde::{Deserialize, Serialize};

/// The version that every message carries.
pub const VERSION: u32 = 1;

/// The name under which browsers find the host.
pub const HOST_NAME: &str = "io.github.prompt_runner";

/// The text of a reply, as its source has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(tag = "format", content = "content", rename_all = "snake_case")]
pub enum Body {
    /// Read out of a page: blocks.
    Blocks(Vec<Block>),
    /// From a file, the clipboard or standard input: markdown.
    Markdown(String),
}

/// A reply as another source has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Other {
    /// Which.
    pub source: Source,
    /// Markdown.
    pub text: String,
}

/// What the host says unasked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Notice {
    /// A session changed, by whichever program.
    Changed {
        /// The session as it is now.
        view: View,
    },
}

/// A request on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Envelope {
    /// Always `VERSION`.
    pub v: u32,
    /// Chosen by the client; the answer carries it again.
    pub id: String,
    /// What is asked.
    pub request: Request,
}

/// A message of the host on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(untagged)]
pub enum Message {
    /// The answer to a request.
    Answer {
        /// Always `VERSION`.
        v: u32,
        /// The id of the request.
        id: String,
        /// What came of it.
        reply: Reply,
    },
    /// The request was turned down; nothing was changed.
    Refused {
        /// Always `VERSION`.
        v: u32,
        /// The id of the request; empty where none could be read.
        id: String,
        /// Why, and what to do next.
        refusal: Refusal,
    },
    /// News.
    News {
        /// Always `VERSION`.
        v: u32,
        /// What is new.
        notice: Notice,
    },
    /// A piece of a message that is larger than a frame of 1 MiB: join the pieces of one id in order, then read the JSON.
    Piece {
        /// Always `VERSION`.
        v: u32,
        /// The id of the message in pieces.
        id: String,
        /// Which piece, from 0.
        index: u32,
        /// How many there are.
        of: u32,
        /// The piece of the JSON text.
        piece: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requests of every version, to the letter. `cargo xtask codegen` adds those of the table; none is ever taken out.
    const GOLDEN: &str = include_str!("golden.jsonl");

    #[test]
    fn every_golden_line_is_read_and_written_as_it_is() {
        for line in GOLDEN.lines() {
            let request: Request = serde_json::from_str(line).unwrap();
            assert_eq!(serde_json::to_string(&request).unwrap(), line);
        }
        assert!(GOLDEN.lines().count() >= TABLE.len());
    }

    #[test]
    fn every_example_is_of_its_request_and_is_golden() {
        for entry in TABLE {
            for example in entry.examples {
                let request: Request = serde_json::from_str(example).unwrap();
                assert_eq!(request.entry().name, entry.name, "{example}");
                assert!(GOLDEN.lines().any(|line| line == *example), "run `cargo xtask codegen` for {example}");
            }
        }
    }

    #[test]
    fn what_is_optional_may_be_left_out_and_what_is_unknown_may_not_be_added() {
        assert!(serde_json::from_str::<Request>(r#"{"type":"start","feature":"x"}"#).is_ok());
        assert!(serde_json::from_str::<Request>(r#"{"type":"ping","extra":1}"#).is_err());
        assert!(serde_json::from_str::<Request>(r#"{"type":"destroy"}"#).is_err());
    }
}
