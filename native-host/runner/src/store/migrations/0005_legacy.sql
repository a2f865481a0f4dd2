-- Sessions of the predecessor by the ids that it knew them by, and texts that are kept beside a session.
CREATE TABLE imported (
    session TEXT    NOT NULL PRIMARY KEY REFERENCES session (id),
    id      TEXT    NOT NULL,
    status  TEXT    NOT NULL,
    seq     INTEGER NOT NULL
) STRICT;

CREATE TABLE attachment (
    seq     INTEGER NOT NULL PRIMARY KEY,
    session TEXT    NOT NULL REFERENCES session (id),
    name    TEXT    NOT NULL,
    text    TEXT    NOT NULL,
    bytes   INTEGER NOT NULL
) STRICT;
CREATE INDEX attachment_session ON attachment (session, seq);

CREATE TRIGGER on_session_imported AFTER INSERT ON event WHEN NEW.kind = 'session_imported' BEGIN
    INSERT INTO imported (session, id, status, seq)
    VALUES (NEW.session, NEW.data ->> 'id', NEW.data ->> 'status', NEW.seq)
    ON CONFLICT (session) DO UPDATE SET id = excluded.id, status = excluded.status, seq = excluded.seq;
END;

CREATE TRIGGER on_attachment_kept AFTER INSERT ON event WHEN NEW.kind = 'attachment_kept' BEGIN
    INSERT INTO attachment (seq, session, name, text, bytes)
    VALUES (NEW.seq, NEW.session, NEW.data ->> 'name', NEW.data ->> 'text', NEW.data ->> 'bytes');
END;
