//! What stood in files of projects before they were changed. A change is taken back from here.

use super::{Store, StoreError};
use rusqlite::{Connection, OptionalExtension, params};

/// What stood in a file, by the SHA-256 of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeptImage {
    /// SHA-256, in hex.
    pub hash: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Store {
    /// What stood in a file; nothing where it was dropped.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn image(&self, hash: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT bytes FROM image WHERE hash = ?1")?;
        Ok(statement.query_row(params![hash], |row| row.get(0)).optional()?)
    }

    /// How many bytes are kept of files.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn images_bytes(&self) -> Result<u64, StoreError> {
        let bytes: i64 =
            self.connection
                .query_row("SELECT coalesce(sum(octet_length(bytes)), 0) FROM image", [], |row| row.get(0))?;
        Ok(bytes.unsigned_abs())
    }
}

/// Keeps images with the event that names them, and drops the oldest ones where all of them take more than `most` bytes. Those of this event stay.
pub(super) fn keep(connection: &Connection, images: &[KeptImage], seq: i64, most: u64) -> Result<(), StoreError> {
    if images.is_empty() {
        return Ok(());
    }
    let sql =
        "INSERT INTO image (hash, bytes, seq) VALUES (?1, ?2, ?3) ON CONFLICT (hash) DO UPDATE SET seq = excluded.seq";
    for image in images {
        connection.prepare_cached(sql)?.execute(params![image.hash, image.bytes, seq])?;
    }
    // From the newest on, each with the bytes of all that are as new or newer.
    let sql = "DELETE FROM image WHERE seq < ?1 AND hash IN (SELECT hash FROM (
        SELECT hash, sum(octet_length(bytes)) OVER (ORDER BY seq DESC, hash) AS total FROM image) WHERE total > ?2)";
    connection.prepare_cached(sql)?.execute(params![seq, i64::try_from(most).unwrap_or(i64::MAX)])?;
    Ok(())
}
