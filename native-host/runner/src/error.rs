//! Trouble with the database, translated once into refusals.

use crate::full;
use crate::legacy::LegacyError;
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
            StoreError::Exposed { .. } => Code::StoreExposed,
            StoreError::Foreign(_) | StoreError::Left(_) => Code::StoreForeign,
            StoreError::Copy { .. } => Code::FileUnreadable,
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
                // A file that may not grow is to SQLite an I/O error as any other. The limit is there as long as this program.
                Some(ErrorCode::SystemIoFailure) if full::is_met() => Code::StoreFull,
                Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Code::StoreReadOnly,
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Code::StoreBusy,
                _ => Code::StoreBroken,
            },
        };
        Self::new(code, format!("The database cannot be used: {error}."))
    }
}

impl From<LegacyError> for Refusal {
    fn from(error: LegacyError) -> Self {
        Self::new(Code::LegacyUnreadable, format!("{error}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi::{
        self, SQLITE_BUSY, SQLITE_CORRUPT, SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_LOCKED, SQLITE_READONLY,
    };

    #[test]
    fn what_the_database_says_has_a_name_of_ours() {
        for (said, code) in [
            (SQLITE_BUSY, Code::StoreBusy),
            (SQLITE_LOCKED, Code::StoreBusy),
            (SQLITE_FULL, Code::StoreFull),
            (SQLITE_IOERR_SHMSIZE, Code::StoreFull),
            // Here no limit was met.
            (SQLITE_IOERR_WRITE, Code::StoreBroken),
            (SQLITE_READONLY, Code::StoreReadOnly),
            (SQLITE_CORRUPT, Code::StoreBroken),
        ] {
            let failure = rusqlite::Error::SqliteFailure(ffi::Error::new(said), None);
            assert_eq!(Refusal::from(StoreError::Sqlite(failure)).code, code, "{said}");
        }
    }
}
