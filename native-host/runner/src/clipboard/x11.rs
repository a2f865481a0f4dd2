//! Reading the clipboard of X11 by its own rules (ICCCM, section 2). A large text comes in pieces, and arboard takes it for missing when
//! one of them lets it wait for 10 ms, which any busy program does; then it leaves the transfer half done and the other program stuck.

use super::{ClipboardError, kinds, unavailable};
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
/// How long it may take in all, however often it says something.
const LONGEST: Duration = Duration::from_secs(60);
/// How many kinds of content are looked at; no program offers as many.
const KINDS_MAX: usize = 200;
/// How much of a text that is too large is heard to its end.
const HEARD_MAX: u64 = 4 * REPLY_MAX;

x11rb::atom_manager! {
    /// The words of the protocol, and where we want the text to be put.
    Atoms: AtomsCookie { CLIPBOARD, TARGETS, UTF8_STRING, TEXT, INCR, PROMPT_RUNNER_TEXT, }
}

/// A connection to the display, and a window of ours that nobody sees.
pub(super) fn connect() -> Result<(RustConnection, u32), ClipboardError> {
    let (connection, screen) = RustConnection::connect(None)?;
    let root = connection.setup().roots.get(screen).ok_or_else(|| unavailable(&"the display has no screen"))?.root;
    let window = connection.generate_id()?;
    let hears = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
    let same = COPY_FROM_PARENT;
    connection.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, same, &hears)?;
    Ok((connection, window))
}

/// A connection, and a window for others to put the text at.
struct Reader {
    connection: RustConnection,
    window: u32,
    atoms: Atoms,
    until: Instant,
}

/// A kind of content: its atom and its name.
type Kind = (u32, String);

/// The text in the clipboard.
pub(super) fn text() -> Result<String, ClipboardError> {
    let (connection, window) = connect()?;
    let atoms = Atoms::new(&connection)?.reply()?;
    Reader { connection, window, atoms, until: Instant::now() + LONGEST }.read()
}

impl Reader {
    fn read(&self) -> Result<String, ClipboardError> {
        if self.connection.get_selection_owner(self.atoms.CLIPBOARD)?.reply()?.owner == NONE {
            return Err(ClipboardError::NotText(String::new()));
        }
        let mut kinds = self.kinds()?;
        let texts = kinds.extract_if(.., |(_, name)| kinds::rank(name).is_some());
        let mut texts: Vec<Kind> = texts.collect();
        texts.sort_by_key(|(_, name)| kinds::rank(name));
        for (target, name) in &texts {
            let Some((kind, bytes)) = self.convert(*target)? else { continue };
            // An owner says in the answer what it really is; some have an image, and give it whatever they are asked for.
            let kind = if kind == *target { name.clone() } else { self.names(&[kind])?.pop().unwrap_or_default().1 };
            if let Some(text) = kinds::decode(&kind, &bytes) {
                super::fits(text.len() as u64, REPLY_MAX)?;
                return Ok(text);
            }
        }
        Err(ClipboardError::NotText(if texts.is_empty() {
            list(", but ", &kinds)
        } else {
            list(" that can be read in ", &texts)
        }))
    }

    /// What the owner offers. One that does not know the question is asked for the usual kinds.
    fn kinds(&self) -> Result<Vec<Kind>, ClipboardError> {
        let Atoms { TARGETS, UTF8_STRING, TEXT, .. } = self.atoms;
        let usual = [UTF8_STRING, TEXT, AtomEnum::STRING.into()];
        match self.convert(TARGETS)? {
            Some((kind, bytes)) if kind == u32::from(AtomEnum::ATOM) || kind == TARGETS => {
                let (atoms, _) = bytes.as_chunks::<4>();
                self.names(&atoms.iter().map(|atom| u32::from_ne_bytes(*atom)).collect::<Vec<_>>())
            }
            _ => self.names(&usual),
        }
    }

    /// The names of atoms, as far as they are some.
    fn names(&self, atoms: &[u32]) -> Result<Vec<Kind>, ClipboardError> {
        let atoms = &atoms[..atoms.len().min(KINDS_MAX)];
        let asked: Result<Vec<_>, _> = atoms.iter().map(|atom| self.connection.get_atom_name(*atom)).collect();
        let mut names = Vec::new();
        for (atom, asked) in atoms.iter().zip(asked?) {
            match asked.reply() {
                Ok(reply) => names.push((*atom, String::from_utf8_lossy(&reply.name).into_owned())),
                Err(ReplyError::X11Error(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(names)
    }

    /// The content as one kind, with the kind that the owner says it is; nothing where it does not give it.
    fn convert(&self, target: u32) -> Result<Option<(u32, Vec<u8>)>, ClipboardError> {
        let Atoms { CLIPBOARD, INCR, PROMPT_RUNNER_TEXT, .. } = self.atoms;
        self.connection.delete_property(self.window, PROMPT_RUNNER_TEXT)?;
        self.connection.convert_selection(self.window, CLIPBOARD, target, PROMPT_RUNNER_TEXT, CURRENT_TIME)?;
        let mut quiet = Instant::now();
        let (mut in_pieces, mut kind, mut text, mut bytes) = (false, NONE, Vec::new(), 0_u64);
        loop {
            let piece = match self.event(quiet)? {
                Event::SelectionNotify(answer) if answer.selection != CLIPBOARD || answer.target != target => continue,
                Event::SelectionNotify(answer) if answer.property == NONE => return Ok(None),
                Event::SelectionNotify(_) if !in_pieces => {
                    let whole = self.take()?;
                    if whole.type_ != INCR {
                        return Ok((whole.type_ != NONE).then_some((whole.type_, whole.value)));
                    }
                    in_pieces = true;
                    quiet = Instant::now();
                    continue;
                }
                Event::PropertyNotify(put)
                    if in_pieces && put.atom == PROMPT_RUNNER_TEXT && put.state == Property::NEW_VALUE =>
                {
                    self.take()?
                }
                _ => continue,
            };
            quiet = Instant::now();
            if piece.type_ == NONE {
                continue;
            }
            let is_over = piece.value.is_empty();
            if !is_over || bytes == 0 {
                kind = piece.type_;
            }
            if is_over {
                super::fits(bytes, REPLY_MAX)?;
                return Ok(Some((kind, text)));
            }
            bytes += piece.value.len() as u64;
            super::fits(bytes, HEARD_MAX).map_err(|_| ClipboardError::TooLarge { bytes, most: REPLY_MAX })?;
            // What is too large is heard to its end all the same, or the other program would wait for us.
            if bytes <= REPLY_MAX {
                text.extend(piece.value);
            }
        }
    }

    /// What was put at our window. That it is gone from there asks for the next piece.
    fn take(&self) -> Result<GetPropertyReply, ClipboardError> {
        let property = self.atoms.PROMPT_RUNNER_TEXT;
        Ok(self.connection.get_property(true, self.window, property, AtomEnum::ANY, 0, u32::MAX / 4)?.reply()?)
    }

    /// The next event, unless the owner has said nothing to the point for too long.
    fn event(&self, quiet: Instant) -> Result<Event, ClipboardError> {
        self.connection.flush()?;
        while quiet.elapsed() < PATIENCE && Instant::now() < self.until {
            match self.connection.poll_for_event()? {
                Some(event) => return Ok(event),
                None => thread::sleep(Duration::from_millis(1)),
            }
        }
        Err(unavailable(&"the program that copied last does not answer"))
    }
}

/// Kinds of content for a sentence, without those that are about the clipboard itself.
fn list(before: &str, kinds: &[Kind]) -> String {
    let is_content = |name: &&str| !matches!(*name, "TARGETS" | "TIMESTAMP" | "MULTIPLE" | "SAVE_TARGETS" | "DELETE");
    let plain = |name: &str| name.chars().filter(|ch| ch.is_ascii_graphic()).take(60).collect::<String>();
    let names = kinds.iter().map(|(_, name)| name.as_str()).filter(is_content).map(plain).take(5).collect::<Vec<_>>();
    if names.is_empty() { String::new() } else { format!("{before}{}", names.join(", ")) }
}

/// Every trouble with the display means that there is no clipboard.
macro_rules! no_clipboard {
    ($($trouble:ty),*) => { $(
        impl From<$trouble> for ClipboardError {
            fn from(error: $trouble) -> Self { unavailable(&error) }
        }
    )* };
}

no_clipboard!(ConnectionError, ReplyError, ReplyOrIdError);

impl From<ConnectError> for ClipboardError {
    fn from(error: ConnectError) -> Self {
        unavailable(&format!("the X11 server cannot be reached: {error}"))
    }
}
