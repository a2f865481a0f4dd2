//! The pure slab: what a phase is, what happened, what may be asked, and what every surface shows of it.
//! No clock, files, network, environment or randomness in here; they come in as arguments. It builds for the page and for the host.

pub mod bar;
pub mod block;
pub mod capture;
#[cfg(feature = "native")]
pub mod estimate;
pub mod event;
pub mod insight;
#[cfg(feature = "native")]
pub mod legacy;
pub mod machine;
#[cfg(feature = "native")]
pub mod markdown;
pub mod names;
pub mod phase;
#[cfg(feature = "native")]
pub mod plain;
pub mod protocol;
pub mod refusal;
#[cfg(feature = "native")]
pub mod repair;
pub mod reply;
#[cfg(feature = "native")]
pub mod sample;
pub mod session;
pub mod site;
pub mod stats;
pub mod status;
#[cfg(feature = "native")]
pub mod template;
#[cfg(feature = "native")]
pub mod timeline;
#[cfg(feature = "types")]
pub mod types;
pub mod words;
pub mod workflow;
