//! Other programs at a clipboard of X11, as they really are: owners that offer a text in their own way, or misbehave on order, and
//! readers that ask for one kind of it.

use crate::display::{Display, until};
use std::thread;
use std::time::{Duration, Instant};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, Property,
    SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{COPY_FROM_PARENT, CURRENT_TIME, NONE};

/// What an owner does when it is asked for a kind of content.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// It gives these bytes, and calls them so.
    Give(&'static str, &'static [u8]),
    /// The same, in pieces of so many bytes.
    Pieces(usize, &'static str, &'static [u8]),
    /// It begins with pieces, and never goes on.
    Stuck,
    /// It says that it gave something, and gave nothing.
    Lie,
    /// It says so of another kind than was asked for.
    Other,
    /// It says that it cannot.
    Refuse,
    /// It says nothing.
    Silence,
}

/// What an owner does for each kind that it is asked for; anything else it refuses. Without a row for `TARGETS` it lists its rows.
pub(crate) type Script = &'static [(&'static str, Act)];

struct Client {
    connection: RustConnection,
    window: u32,
}

impl Client {
    fn connect(display: &Display) -> Self {
        let (connection, screen) = RustConnection::connect(Some(display.name())).unwrap();
        let root = connection.setup().roots[screen].root;
        let window = connection.generate_id().unwrap();
        let hears = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        let (same, class) = (COPY_FROM_PARENT, WindowClass::INPUT_ONLY);
        connection.create_window(0, window, root, 0, 0, 1, 1, 0, class, same, &hears).unwrap();
        Self { connection, window }
    }

    fn atom(&self, name: &str) -> u32 {
        self.connection.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    fn name(&self, atom: u32) -> String {
        String::from_utf8(self.connection.get_atom_name(atom).unwrap().reply().unwrap().name).unwrap()
    }

    fn event(&self) -> Event {
        self.connection.flush().unwrap();
        let begun = Instant::now();
        loop {
            if let Some(event) = self.connection.poll_for_event().unwrap() {
                return event;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "nobody says anything");
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// An owner that has the clipboard, and keeps it as long as its display lives.
pub(crate) fn own(display: &Display, script: Script) {
    let client = Client::connect(display);
    let clipboard = client.atom("CLIPBOARD");
    client.connection.set_selection_owner(client.window, clipboard, CURRENT_TIME).unwrap();
    let owner = || client.connection.get_selection_owner(clipboard).unwrap().reply().unwrap().owner;
    until("it has the clipboard", || owner() == client.window);
    thread::spawn(move || {
        let mut rest: Option<(SelectionRequestEvent, usize, &'static str, &'static [u8])> = None;
        while let Ok(event) = client.connection.wait_for_event() {
            match event {
                Event::SelectionRequest(asked) => {
                    let name = client.name(asked.target);
                    let row = script.iter().find(|(target, _)| *target == name);
                    let act = row.map_or(Act::Refuse, |(_, act)| *act);
                    if let Act::Pieces(size, kind, bytes) = act {
                        rest = Some((asked, size, kind, bytes));
                    }
                    let lists = name == "TARGETS" && row.is_none();
                    if lists { list(&client, &asked, script) } else { obey(&client, &asked, act) }
                }
                Event::PropertyNotify(noted) if noted.state == Property::DELETE => {
                    let Some((asked, size, kind, bytes)) = &mut rest else { continue };
                    let (piece, after) = bytes.split_at((*size).min(bytes.len()));
                    let kind = client.atom(kind);
                    let put = client.connection.change_property8(
                        PropMode::REPLACE,
                        asked.requestor,
                        asked.property,
                        kind,
                        piece,
                    );
                    put.unwrap();
                    *bytes = after;
                    if piece.is_empty() {
                        rest = None;
                    }
                }
                Event::SelectionClear(_) => break,
                _ => {}
            }
            client.connection.flush().unwrap();
        }
    });
}

fn list(client: &Client, asked: &SelectionRequestEvent, script: Script) {
    let targets: Vec<u32> =
        ["TARGETS"].iter().chain(script.iter().map(|(name, _)| name)).map(|name| client.atom(name)).collect();
    let kind = AtomEnum::ATOM;
    client.connection.change_property32(PropMode::REPLACE, asked.requestor, asked.property, kind, &targets).unwrap();
    tell(client, asked, asked.target, asked.property);
}

fn obey(client: &Client, asked: &SelectionRequestEvent, act: Act) {
    let (window, property) = (asked.requestor, asked.property);
    match act {
        Act::Silence => {}
        Act::Refuse => tell(client, asked, asked.target, NONE),
        Act::Lie => tell(client, asked, asked.target, property),
        Act::Other => tell(client, asked, client.atom("image/png"), property),
        Act::Give(kind, bytes) => {
            let kind = client.atom(kind);
            client.connection.change_property8(PropMode::REPLACE, window, property, kind, bytes).unwrap();
            tell(client, asked, asked.target, property);
        }
        Act::Pieces(..) | Act::Stuck => {
            if let Act::Pieces(..) = act {
                let hears = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
                client.connection.change_window_attributes(window, &hears).unwrap();
            }
            let kind = client.atom("INCR");
            client.connection.change_property32(PropMode::REPLACE, window, property, kind, &[7]).unwrap();
            tell(client, asked, asked.target, property);
        }
    }
}

fn tell(client: &Client, asked: &SelectionRequestEvent, target: u32, property: u32) {
    let notice = SelectionNotifyEvent {
        response_type: SELECTION_NOTIFY_EVENT,
        sequence: 0,
        time: asked.time,
        requestor: asked.requestor,
        selection: asked.selection,
        target,
        property,
    };
    client.connection.send_event(false, asked.requestor, EventMask::NO_EVENT, notice).unwrap();
}

/// A reader that asks for kinds of content.
pub(crate) struct Reader(Client);

impl Reader {
    pub(crate) fn new(display: &Display) -> Self {
        Self(Client::connect(display))
    }

    /// The content as this kind, with what the owner calls it; nothing where it refuses.
    pub(crate) fn asks(&self, target: &str) -> Option<(String, Vec<u8>)> {
        self.asks_while(target, || {})
    }

    /// The same, where something happens before the first of several pieces is taken.
    pub(crate) fn asks_while(&self, target: &str, happens: impl FnOnce()) -> Option<(String, Vec<u8>)> {
        let (kind, bytes) = self.begins(target)?;
        if kind != "INCR" {
            return Some((kind, bytes));
        }
        happens();
        let mut all = Vec::new();
        loop {
            let (kind, piece) = self.takes_the_next();
            if piece.is_empty() {
                return Some((kind, all));
            }
            all.extend(piece);
        }
    }

    /// Asks for a kind of a large text, and takes no more of it than so many pieces.
    pub(crate) fn leaves_after(&self, pieces: usize, target: &str) {
        let (kind, _) = self.begins(target).unwrap();
        assert_eq!(kind, "INCR");
        for _ in 0..pieces {
            self.takes_the_next();
        }
    }

    /// Asks, and takes what is there at once: all, or that it comes in pieces.
    fn begins(&self, target: &str) -> Option<(String, Vec<u8>)> {
        let Self(client) = self;
        let (clipboard, target, place) = (client.atom("CLIPBOARD"), client.atom(target), client.atom("PLACE"));
        client.connection.convert_selection(client.window, clipboard, target, place, CURRENT_TIME).unwrap();
        loop {
            if let Event::SelectionNotify(answer) = client.event() {
                return (answer.property != NONE).then(|| self.takes(place));
            }
        }
    }

    fn takes_the_next(&self) -> (String, Vec<u8>) {
        let place = self.0.atom("PLACE");
        loop {
            let put = self.0.event();
            if matches!(put, Event::PropertyNotify(put) if put.atom == place && put.state == Property::NEW_VALUE) {
                return self.takes(place);
            }
        }
    }

    /// The names of the kinds that the owner lists.
    pub(crate) fn targets(&self) -> Vec<String> {
        let (kind, bytes) = self.asks("TARGETS").unwrap();
        assert_eq!(kind, "ATOM");
        bytes.as_chunks::<4>().0.iter().map(|atom| self.0.name(u32::from_ne_bytes(*atom))).collect()
    }

    /// Asks for several kinds at once, and gives what came of each.
    pub(crate) fn asks_for_many(&self, targets: &[&str]) -> Vec<Option<Vec<u8>>> {
        let Self(client) = self;
        let places: Vec<u32> = (0..targets.len()).map(|index| client.atom(&format!("PLACE_{index}"))).collect();
        let pairs: Vec<u32> =
            targets.iter().zip(&places).flat_map(|(target, place)| [client.atom(target), *place]).collect();
        let (place, kind) = (client.atom("PLACE"), client.atom("ATOM_PAIR"));
        client.connection.change_property32(PropMode::REPLACE, client.window, place, kind, &pairs).unwrap();
        let (_, answer) = self.asks("MULTIPLE").unwrap();
        let given: Vec<u32> = answer.as_chunks::<4>().0.iter().map(|word| u32::from_ne_bytes(*word)).collect();
        given.as_chunks::<2>().0.iter().map(|pair| (pair[1] != NONE).then(|| self.takes(pair[1]).1)).collect()
    }

    fn takes(&self, place: u32) -> (String, Vec<u8>) {
        let Self(client) = self;
        let taken = client.connection.get_property(true, client.window, place, AtomEnum::ANY, 0, u32::MAX / 4);
        let taken = taken.unwrap().reply().unwrap();
        (client.name(taken.type_), taken.value)
    }
}
