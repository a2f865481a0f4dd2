//! The names of plain enums on the wire, readable without serde: in the page, serde's reading code would weigh more than the
//! whole engine. A test holds them to what serde writes.

/// An enum whose variants have names on the wire.
pub trait Named: Copy + 'static {
    /// Every variant with its name.
    const NAMES: &'static [(Self, &'static str)];

    /// The variant of that name, if there is one.
    #[must_use]
    fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, its)| *its == name).map(|(variant, _)| *variant)
    }

    /// Its name, where the list has it.
    #[must_use]
    fn its_name(self) -> Option<&'static str>
    where
        Self: PartialEq,
    {
        Self::NAMES.iter().find(|(variant, _)| *variant == self).map(|(_, name)| *name)
    }
}

macro_rules! named {
    ($($kind:path { $($variant:ident = $name:literal),* $(,)? })*) => {
        $(impl Named for $kind {
            const NAMES: &'static [(Self, &'static str)] = &[$((<$kind>::$variant, $name)),*];
        })*

        #[cfg(test)]
        mod tests {
            use super::Named as _;

            #[test]
            fn names_are_those_of_the_wire() {
                $(for (variant, name) in <$kind>::NAMES {
                    assert_eq!(serde_json::to_string(variant).unwrap(), format!("\"{name}\""));
                    // Without a wildcard: a new variant must be given its name here.
                    match variant { $(<$kind>::$variant => {}),* }
                })*
            }
        }
    };
}

named! {
    crate::event::PhaseStatus {
        Pending = "pending", Prompted = "prompted", Awaiting = "awaiting", Replied = "replied", Failed = "failed", Skipped = "skipped",
    }
    crate::event::Source {
        Page = "page", Copy = "copy", Record = "record", File = "file", Stdin = "stdin",
        Clipboard = "clipboard", Command = "command", Api = "api", Legacy = "legacy",
        Paste = "paste", Selection = "selection",
    }
    crate::event::Repair { Continue = "continue", Sections = "sections" }
    crate::event::SessionStatus { Active = "active", Complete = "complete", Abandoned = "abandoned" }
    crate::status::NextStep { Insert = "place", Send = "send", Await = "await", Again = "again", Done = "done" }
    crate::status::Tone { Working = "working", Ready = "ready", Attention = "attention", Done = "done" }
    crate::reply::SectionState { Ok = "ok", Cut = "cut", Missing = "missing", Duplicate = "duplicate" }
    crate::reply::Trailer { Proven = "proven", Absent = "absent", Foreign = "foreign", Cut = "cut" }
    crate::reply::Oddity {
        HeadingStyle = "heading_style", BodyUnfenced = "body_unfenced", Order = "order", Repeated = "repeated",
        TrailerUnfenced = "trailer_unfenced", TrailerEarly = "trailer_early", FenceBroken = "fence_broken",
        Rendered = "rendered", TalkLeftOut = "talk_left_out", AfterTrailer = "after_trailer",
        ThoughtsLeftOut = "thoughts_left_out", TerminalCodes = "terminal_codes", BytesReplaced = "bytes_replaced", Unread = "unread",
    }
    crate::reply::Problem {
        Empty = "empty", Foreign = "foreign", Cut = "cut", SectionMissing = "section_missing", SectionDuplicate = "section_duplicate",
    }
}
