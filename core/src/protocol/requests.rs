//! What a row of the request table becomes: a type for the parameters, a variant of [`Request`], a [`Handler`] bound that a runner
//! without it does not meet, and an [`Entry`] that lists and documents are generated from.

use super::Request;
use super::answer::Answer;

/// Who asks. Each door of the program is one, and lets through what the table allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// The engine in a page of a chat site.
    Page,
    /// A page of the extension: popup, options, dashboard.
    Extension,
    /// The dashboard that the program itself serves, by a person's click.
    Dashboard,
    /// A local program over HTTP.
    Http,
    /// The command line.
    Cli,
    /// A language server.
    Editor,
    /// A plugin of somebody else.
    Plugin,
}

impl Client {
    /// Every client, with what documents call it.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Page, "chat page"),
        (Self::Extension, "extension"),
        (Self::Dashboard, "dashboard"),
        (Self::Http, "HTTP"),
        (Self::Cli, "command line"),
        (Self::Editor, "editor"),
        (Self::Plugin, "plugin"),
    ];
}

/// What asking the same twice in a row does. A host may end after it did what it was asked and before it said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twice {
    /// The second time changes nothing, and is answered like the first: a client asks again where it heard no answer.
    Same,
    /// The second time does more, or is refused.
    Differs,
}

/// A row of the table, without its types.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The name on the wire.
    pub name: &'static str,
    /// What it does, in a line or two.
    pub doc: &'static [&'static str],
    /// The name of its answer's type.
    pub answer: &'static str,
    /// The `type` of its answer on the wire.
    pub answer_type: &'static str,
    /// Who may ask it.
    pub from: &'static [Client],
    /// What asking it twice does.
    pub twice: Twice,
    /// Requests as they stand on the wire. What stands here is understood for ever.
    pub examples: &'static [&'static str],
}

impl Entry {
    /// Whether this client may ask it.
    #[must_use]
    pub fn may_come_from(&self, client: Client) -> bool {
        self.from.contains(&client)
    }
}

/// The parameters of one request, and what it is answered with.
pub trait Ask: Into<Request> {
    /// Its row of the table.
    const ENTRY: Entry;
    /// The type of its answer.
    type Answer: Answer;
}

/// Answers one kind of request. A runner is whatever answers all of them ([`super::Runs`]).
pub trait Handler<R: Ask> {
    /// Why a request is turned down.
    type Refusal;

    /// Answers it. A refusal changed nothing.
    ///
    /// # Errors
    /// The refusals of docs/PROTOCOL.md.
    fn ask(&mut self, request: R) -> Result<R::Answer, Self::Refusal>;
}

/// Rows in two groups: what a page of a chat site may ask, and all the rest, which the engine in a page does not know.
macro_rules! requests {
    (
        page {$(
            $(#[doc = $page_doc:literal])+
            $page_name:literal $page_kind:ident { $($(#[$page_meta:meta])* $page_field:ident: $page_type:ty,)* } -> $page_answer:ident {
                from: [$($page_client:ident),+ $(,)?],
                twice: $page_twice:ident,
                examples: [$($page_example:literal),+ $(,)?],
            }
        )+}
        others {$(
            $(#[doc = $doc:literal])+
            $name:literal $kind:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)* } -> $answer:ident {
                from: [$($client:ident),+ $(,)?],
                twice: $twice:ident,
                examples: [$($example:literal),+ $(,)?],
            }
        )+}
    ) => {
        /// The parameters of each request.
        pub mod ask {
            use super::*;
            use serde::{Deserialize, Serialize};

            $($crate::protocol::requests::parameters! {
                $(#[doc = $page_doc])+
                $page_name $page_kind { $($(#[$page_meta])* $page_field: $page_type,)* } -> $page_answer {
                    from: [Page, $($page_client),+], twice: $page_twice, examples: [$($page_example),+],
                }
            })+
            $(
                #[cfg(not(target_family = "wasm"))]
                $crate::protocol::requests::parameters! {
                    $(#[doc = $doc])+
                    $name $kind { $($(#[$meta])* $field: $type,)* } -> $answer {
                        from: [$($client),+], twice: $twice, examples: [$($example),+],
                    }
                }
            )+
        }

        /// A request.
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
        #[serde(tag = "type")]
        pub enum Request {
            $(
                $(#[doc = $page_doc])+
                #[serde(rename = $page_name)]
                $page_kind(ask::$page_kind),
            )+
            $(
                $(#[doc = $doc])+
                #[cfg(not(target_family = "wasm"))]
                #[serde(rename = $name)]
                $kind(ask::$kind),
            )+
        }

        /// Answers every request of the table. One that is declared and not handled does not compile.
        #[cfg(not(target_family = "wasm"))]
        pub trait Runs:
            $($crate::protocol::Handler<ask::$page_kind, Refusal = $crate::refusal::Refusal> +)+
            $($crate::protocol::Handler<ask::$kind, Refusal = $crate::refusal::Refusal> +)+
        {}

        #[cfg(not(target_family = "wasm"))]
        impl<T> Runs for T where T:
            $($crate::protocol::Handler<ask::$page_kind, Refusal = $crate::refusal::Refusal> +)+
            $($crate::protocol::Handler<ask::$kind, Refusal = $crate::refusal::Refusal> +)+
        {}

        #[cfg(not(target_family = "wasm"))]
        impl Request {
            /// Has it answered.
            ///
            /// # Errors
            /// The refusals of docs/PROTOCOL.md.
            pub fn answered_by(self, runner: &mut impl Runs) -> Result<$crate::protocol::Reply, $crate::refusal::Refusal> {
                match self {
                    $(Self::$page_kind(request) => $crate::protocol::Handler::ask(runner, request).map(Into::into),)+
                    $(Self::$kind(request) => $crate::protocol::Handler::ask(runner, request).map(Into::into),)+
                }
            }

            /// Its row of the table.
            #[must_use]
            pub const fn entry(&self) -> &'static $crate::protocol::Entry {
                match self {
                    $(Self::$page_kind(_) => &<ask::$page_kind as $crate::protocol::Ask>::ENTRY,)+
                    $(Self::$kind(_) => &<ask::$kind as $crate::protocol::Ask>::ENTRY,)+
                }
            }
        }

        /// The TypeScript declarations of all of it.
        #[cfg(feature = "types")]
        #[must_use]
        pub(crate) fn request_declarations() -> Vec<String> {
            vec![$($crate::types::declaration::<ask::$page_kind>(),)+ $($crate::types::declaration::<ask::$kind>()),+]
        }

        /// Every row of the table.
        #[cfg(not(target_family = "wasm"))]
        pub const TABLE: &[$crate::protocol::Entry] = &[
            $(<ask::$page_kind as $crate::protocol::Ask>::ENTRY,)+
            $(<ask::$kind as $crate::protocol::Ask>::ENTRY),+
        ];
    };
}
pub(super) use requests;

/// The type of one request's parameters.
macro_rules! parameters {
    (
        $(#[doc = $doc:literal])+
        $name:literal $kind:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)* } -> $answer:ident {
            from: [$($client:ident),+], twice: $twice:ident, examples: [$($example:literal),+],
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
        #[cfg_attr(feature = "types", ts(optional_fields = nullable, rename = concat!(stringify!($kind), "Request")))]
        #[cfg_attr(feature = "types", schemars(inline))]
        #[serde(deny_unknown_fields)]
        pub struct $kind { $($(#[$meta])* pub $field: $type,)* }

        impl $crate::protocol::Ask for $kind {
            const ENTRY: $crate::protocol::Entry = $crate::protocol::Entry {
                name: $name,
                doc: &[$($doc),+],
                answer: stringify!($answer),
                answer_type: <$answer as $crate::protocol::answer::Answer>::TYPE,
                from: &[$($crate::protocol::Client::$client),+],
                twice: $crate::protocol::Twice::$twice,
                examples: &[$($example),+],
            };
            type Answer = $answer;
        }

        impl From<$kind> for $crate::protocol::Request {
            fn from(request: $kind) -> Self {
                Self::$kind(request)
            }
        }
    };
}
pub(super) use parameters;
