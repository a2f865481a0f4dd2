//! Owning the clipboard of X11 by its own rules (ICCCM, section 2). arboard lists kinds of text that it then refuses to give, and gives
//! a large text at once, which not every reader takes. Here every kind that is listed is given, a large text in pieces.

use super::{ClipboardError, kinds, unavailable, x11};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, PropMode, Property, PropertyNotifyEvent,
    SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{CURRENT_TIME, NONE};

/// How much is given at once. Every server takes requests of this size.
const PIECE: usize = 128 << 10;
/// How long a reader may take for a piece before it is given up.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many readers are served in pieces at once.
const READERS_MAX: usize = 32;

x11rb::atom_manager! {
    /// The words of the protocol, and the names of a text.
    Atoms: AtomsCookie {
        CLIPBOARD, TARGETS, TIMESTAMP, MULTIPLE, ATOM_PAIR, INCR, UTF8_STRING, TEXT, PROMPT_RUNNER_TIME,
        PLAIN: b"text/plain",
        PLAIN_SMALL: b"text/plain;charset=utf-8",
        PLAIN_LARGE: b"text/plain;charset=UTF-8",
    }
}

/// Content of one kind, as it is put at the window of whoever asked.
enum Form {
    Bytes(u32, Rc<[u8]>),
    Words(u32, Vec<u32>),
}

/// A text that is on its way in pieces.
struct Transfer {
    window: u32,
    property: u32,
    kind: u32,
    bytes: Rc<[u8]>,
    at: usize,
    quiet: Instant,
}

/// Who answers for a text.
struct Owner {
    connection: RustConnection,
    window: u32,
    atoms: Atoms,
    time: u32,
    utf8: Rc<[u8]>,
    /// Where the text can be written so.
    latin1: Option<Rc<[u8]>>,
    transfers: Vec<Transfer>,
}

/// Puts a text into the clipboard, tells that it is there, and answers for it until another program copies or the display goes away.
pub(super) fn keep(text: &str, there: impl FnOnce()) -> Result<(), ClipboardError> {
    let (connection, window) = x11::connect()?;
    let atoms = Atoms::new(&connection)?.reply()?;
    let latin1 = kinds::to_latin1(text).map(Rc::from);
    let utf8 = Rc::from(text.as_bytes());
    let mut owner = Owner { connection, window, atoms, time: CURRENT_TIME, utf8, latin1, transfers: Vec::new() };
    owner.take()?;
    there();
    owner.serve()
}

impl Owner {
    /// Takes the clipboard, at a time that the server says: only so one can know later who was the last.
    fn take(&mut self) -> Result<(), ClipboardError> {
        let Atoms { CLIPBOARD, PROMPT_RUNNER_TIME, .. } = self.atoms;
        self.connection.change_property8(PropMode::APPEND, self.window, PROMPT_RUNNER_TIME, AtomEnum::STRING, &[])?;
        self.connection.flush()?;
        self.time = loop {
            if let Event::PropertyNotify(noted) = self.connection.wait_for_event()? {
                break noted.time;
            }
        };
        self.connection.set_selection_owner(self.window, CLIPBOARD, self.time)?;
        if self.connection.get_selection_owner(CLIPBOARD)?.reply()?.owner != self.window {
            return Err(unavailable(&"another program took the clipboard at the same moment"));
        }
        Ok(())
    }

    /// Answers. Whoever still reads when another program copies gets the rest.
    fn serve(&mut self) -> Result<(), ClipboardError> {
        let mut is_owner = true;
        while is_owner || !self.transfers.is_empty() {
            self.connection.flush()?;
            let waiting = !self.transfers.is_empty();
            let event =
                if waiting { self.connection.poll_for_event() } else { self.connection.wait_for_event().map(Some) };
            // The display has gone, and the clipboard with it.
            let Ok(event) = event else { return Ok(()) };
            match event {
                Some(Event::SelectionRequest(asked)) => self.answer(&asked)?,
                Some(Event::PropertyNotify(noted)) => self.go_on(&noted)?,
                Some(Event::SelectionClear(_)) => is_owner = false,
                // A reader that has gone is an error of the server, and no matter.
                Some(_) => {}
                None => {
                    self.transfers.retain(|transfer| transfer.quiet.elapsed() < PATIENCE);
                    thread::sleep(Duration::from_millis(1));
                }
            }
        }
        // The server drops what it has not read of a program that ends: the end of the last text too.
        Ok(self.connection.sync()?)
    }

    fn answer(&mut self, asked: &SelectionRequestEvent) -> Result<(), ClipboardError> {
        // Readers from before the rules name no property, and look where the target says.
        let property = if asked.property == NONE { asked.target } else { asked.property };
        let given = if asked.target == self.atoms.MULTIPLE {
            asked.property != NONE && self.give_many(asked.requestor, property)?
        } else {
            self.give(asked.requestor, property, asked.target)?
        };
        let notice = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: asked.time,
            requestor: asked.requestor,
            selection: asked.selection,
            target: asked.target,
            property: if given { property } else { NONE },
        };
        self.connection.send_event(false, asked.requestor, EventMask::NO_EVENT, notice)?;
        Ok(())
    }

    /// What is given for a target; nothing for one that is neither listed nor another spelling of one that is.
    fn form(&self, target: u32) -> Result<Option<Form>, ClipboardError> {
        let Atoms { TARGETS, TIMESTAMP, UTF8_STRING, TEXT, PLAIN, PLAIN_SMALL, PLAIN_LARGE, .. } = self.atoms;
        let string = u32::from(AtomEnum::STRING);
        let latin1 = || self.latin1.clone().map(|bytes| Form::Bytes(string, bytes));
        let utf8 = |kind: u32| Form::Bytes(kind, Rc::clone(&self.utf8));
        Ok(match target {
            _ if target == TARGETS => Some(Form::Words(AtomEnum::ATOM.into(), self.targets())),
            _ if target == TIMESTAMP => Some(Form::Words(AtomEnum::INTEGER.into(), vec![self.time])),
            _ if [UTF8_STRING, PLAIN, PLAIN_SMALL, PLAIN_LARGE].contains(&target) => Some(utf8(target)),
            _ if target == string => latin1(),
            _ if target == TEXT => Some(latin1().unwrap_or_else(|| utf8(UTF8_STRING))),
            _ => self.names_utf8(target)?.then(|| utf8(target)),
        })
    }

    /// Whether a target that is not listed asks for UTF-8 all the same: a media type may be spelled in many ways.
    fn names_utf8(&self, target: u32) -> Result<bool, ClipboardError> {
        match self.connection.get_atom_name(target)?.reply() {
            Ok(reply) => Ok(std::str::from_utf8(&reply.name).is_ok_and(kinds::is_utf8)),
            Err(ReplyError::X11Error(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn targets(&self) -> Vec<u32> {
        let Atoms { TARGETS, TIMESTAMP, MULTIPLE, UTF8_STRING, TEXT, PLAIN, PLAIN_SMALL, PLAIN_LARGE, .. } = self.atoms;
        let string = self.latin1.as_ref().map(|_| u32::from(AtomEnum::STRING));
        let all = [TARGETS, TIMESTAMP, MULTIPLE, UTF8_STRING, PLAIN_SMALL, PLAIN_LARGE, PLAIN, TEXT];
        all.into_iter().chain(string).collect()
    }

    /// Puts content at a window; false where there is none of this kind.
    fn give(&mut self, window: u32, property: u32, target: u32) -> Result<bool, ClipboardError> {
        // Who asks anew at the same place has dropped what was on its way there; so has a program that came after one with this window.
        self.transfers.retain(|transfer| transfer.window != window || transfer.property != property);
        match self.form(target)? {
            None => return Ok(false),
            Some(Form::Words(kind, words)) => {
                self.connection.change_property32(PropMode::REPLACE, window, property, kind, &words)?;
            }
            Some(Form::Bytes(kind, bytes)) if bytes.len() <= PIECE => {
                self.connection.change_property8(PropMode::REPLACE, window, property, kind, &bytes)?;
            }
            Some(Form::Bytes(..)) if self.transfers.len() >= READERS_MAX => return Ok(false),
            Some(Form::Bytes(kind, bytes)) => {
                let hears = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
                self.connection.change_window_attributes(window, &hears)?;
                let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                self.connection.change_property32(PropMode::REPLACE, window, property, self.atoms.INCR, &[size])?;
                self.transfers.push(Transfer { window, property, kind, bytes, at: 0, quiet: Instant::now() });
            }
        }
        Ok(true)
    }

    /// Several kinds at once: pairs of a target and where to put it. The property of one that cannot be given becomes nothing.
    fn give_many(&mut self, window: u32, property: u32) -> Result<bool, ClipboardError> {
        let asked = self.connection.get_property(false, window, property, AtomEnum::ANY, 0, 512)?.reply();
        let Some(mut words) = asked.ok().and_then(|pairs| Some(pairs.value32()?.collect::<Vec<u32>>())) else {
            return Ok(false);
        };
        for pair in words.as_chunks_mut::<2>().0 {
            if pair[1] != NONE && !self.give(window, pair[1], pair[0])? {
                pair[1] = NONE;
            }
        }
        self.connection.change_property32(PropMode::REPLACE, window, property, self.atoms.ATOM_PAIR, &words)?;
        Ok(true)
    }

    /// A reader has taken a piece away, and gets the next. An empty one is the end.
    fn go_on(&mut self, noted: &PropertyNotifyEvent) -> Result<(), ClipboardError> {
        let is_meant = |transfer: &Transfer| transfer.window == noted.window && transfer.property == noted.atom;
        let Some(index) = self.transfers.iter().position(is_meant).filter(|_| noted.state == Property::DELETE) else {
            return Ok(());
        };
        let transfer = &mut self.transfers[index];
        let end = transfer.bytes.len().min(transfer.at + PIECE);
        let piece = &transfer.bytes[transfer.at..end];
        self.connection.change_property8(
            PropMode::REPLACE,
            transfer.window,
            transfer.property,
            transfer.kind,
            piece,
        )?;
        let is_over = piece.is_empty();
        (transfer.at, transfer.quiet) = (end, Instant::now());
        if is_over {
            self.transfers.remove(index);
        }
        Ok(())
    }
}
