//! Trouble with the database, translated once into refusals.

use crate::store::StoreError;
use prompt_runner_core::refusal::{Code, Refusal};
use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;
use std::io::ErrorKind;

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::Newer { .. } => Code::StoreNewer,
            StoreError::Directory { source, .. } => match source.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Code::StoreFull,
                // Whatever the reason, the next step is another directory, or rights on this one.
                _ => Code::StoreReadOnly,
            },
            StoreError::OldLibrary(_) | StoreError::Event { .. } | StoreError::Unsound { .. } => Code::StoreBroken,
            StoreError::Interrupted => Code::StoreBusy,
            // No room for the shared memory of the log: SQLite writes it before it maps it, and calls that an I/O error.
            StoreError::Sqlite(rusqlite::Error::SqliteFailure(failure, _))
                if failure.extended_code == SQLITE_IOERR_SHMSIZE =>
            {
                Code::StoreFull
            }
            StoreError::Sqlite(_) => match error.sqlite() {
                Some(ErrorCode::DiskFull) => Code::StoreFull,
                Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Code::StoreReadOnly,
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Code::StoreBusy,
                _ => Code::StoreBroken,
            },
        };
        Self::new(code, format!("The database cannot be used: {error}."))
    }
}
