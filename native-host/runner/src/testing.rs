//! What tests and targets of fuzz/ outside look at with no use case around it. No door names it (tests/tidy/doors.rs).

pub use crate::flow::Flow;
pub use crate::import::{Known, survey};
pub use crate::legacy::Workspace;
pub use crate::prices::{plain as plain_model, table as price_table};
pub use crate::provider::{
    Address, Anthropic, Api, Clock, Key, Keys, Limits, OpenAi, Outcome, Page, Program, Provider, ProviderError,
    ProviderReply, Question, ReplyFile, Retrying, Settings, Watch, provider_from,
};
pub use crate::store::{Ledger, StoreError};
pub use crate::workflows::Workflows;
