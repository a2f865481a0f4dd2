-- What stood in files of projects before they were changed, by its SHA-256. The log names it; a change can be taken back as long as it is here. It is
-- dropped from the oldest on when it takes too much room.
CREATE TABLE image (
    hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
    bytes BLOB NOT NULL,
    -- The newest place in the log that names it.
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX image_by_seq ON image (seq);
