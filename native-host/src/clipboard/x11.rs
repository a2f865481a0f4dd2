//! Reading the clipboard of X11 by its own rules (ICCCM, section 2). A large text comes in pieces, and arboard takes it for missing when
//! one of them lets it wait for 10 ms, which any busy program does; then it leaves the transfer half done and the other program stuck.

use super::{ClipboardError, unavailable};
use prompt_runner_core::machine::REPLY_MAX;
use std::thread;
use std::time::{Duration, Instant};
use x11rb::connection::Connection as _;
use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, GetPropertyReply, Property, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::{COPY_FROM_PARENT, CURRENT_TIME, NONE};

/// How long the program that copied may say nothing.
const PATIENCE: Duration = Duration::from_secs(5);

x11rb::atom_manager! {
    /// The words of the protocol, and where we want the text to be put.
    Atoms: AtomsCookie { CLIPBOARD, UTF8_STRING, INCR, PROMPT_RUNNER_TEXT, }
}

/// A connection, and a window for others to put the text at.
struct Reader {
    connection: RustConnection,
    window: u32,
    atoms: Atoms,
}

/// The text in the clipboard.
pub(super) fn text() -> Result<String, ClipboardError> {
    let bytes = Reader::connect()?.read()?;
    String::from_utf8(bytes).map_err(|_| ClipboardError::NotText)
}

impl Reader {
    fn connect() -> Result<Self, ClipboardError> {
        let (connection, screen) = RustConnection::connect(None)?;
        let root = connection.setup().roots.get(screen).ok_or_else(|| unavailable(&"the display has no screen"))?.root;
        let atoms = Atoms::new(&connection)?.reply()?;
        let window = connection.generate_id()?;
        let hears = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        let same = COPY_FROM_PARENT;
        connection.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, same, &hears)?;
        Ok(Self { connection, window, atoms })
    }

    fn read(&self) -> Result<Vec<u8>, ClipboardError> {
        let Atoms { CLIPBOARD, UTF8_STRING, INCR, PROMPT_RUNNER_TEXT } = self.atoms;
        self.connection.convert_selection(self.window, CLIPBOARD, UTF8_STRING, PROMPT_RUNNER_TEXT, CURRENT_TIME)?;
        let mut in_pieces = false;
        let (mut text, mut bytes) = (Vec::new(), 0);
        loop {
            match self.event()? {
                Event::SelectionNotify(answer) if answer.property == NONE => return Err(ClipboardError::NotText),
                Event::SelectionNotify(_) => match self.take()? {
                    whole if whole.type_ == UTF8_STRING => return Ok(whole.value),
                    first if first.type_ == INCR => in_pieces = true,
                    // Some programs have an image, and give it whatever they are asked for.
                    _ => return Err(ClipboardError::NotText),
                },
                Event::PropertyNotify(put) if in_pieces && put.state == Property::NEW_VALUE => {
                    let piece = self.take()?.value;
                    if piece.is_empty() {
                        super::fits(bytes, REPLY_MAX)?;
                        return Ok(text);
                    }
                    bytes += piece.len() as u64;
                    // What is too large is heard to its end all the same, or the other program would wait for us.
                    if bytes <= REPLY_MAX {
                        text.extend(piece);
                    }
                }
                _ => {}
            }
        }
    }

    /// What was put at our window. That it is gone from there asks for the next piece.
    fn take(&self) -> Result<GetPropertyReply, ClipboardError> {
        let property = self.atoms.PROMPT_RUNNER_TEXT;
        Ok(self.connection.get_property(true, self.window, property, AtomEnum::ANY, 0, u32::MAX / 4)?.reply()?)
    }

    fn event(&self) -> Result<Event, ClipboardError> {
        self.connection.flush()?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            match self.connection.poll_for_event()? {
                Some(event) => return Ok(event),
                None => thread::sleep(Duration::from_millis(1)),
            }
        }
        Err(unavailable(&"the program that copied last does not answer"))
    }
}

/// Every trouble with the display means that there is no clipboard.
macro_rules! no_clipboard {
    ($($trouble:ty),*) => { $(
        impl From<$trouble> for ClipboardError {
            fn from(error: $trouble) -> Self { unavailable(&error) }
        }
    )* };
}

no_clipboard!(ConnectError, ConnectionError, ReplyError, ReplyOrIdError);
