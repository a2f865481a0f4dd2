-- The spine: an append-only log of events. Everything below it is a read model that triggers keep in the same transaction.
CREATE TABLE event (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT    NOT NULL,
    at_ms   INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    data    TEXT    NOT NULL CHECK (json_valid(data))
) STRICT;
CREATE INDEX event_session ON event (session, seq);
-- A capture that a client sends again after a lost answer must not be stored twice.
CREATE UNIQUE INDEX event_capture ON event (session, data ->> 'capture') WHERE kind = 'reply_captured';

CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER event_is_never_removed BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
-- REPLACE removes what is in its way without telling the trigger above.
CREATE TRIGGER event_is_never_replaced BEFORE INSERT ON event
WHEN EXISTS (SELECT 1 FROM event WHERE seq = NEW.seq)
    OR (NEW.kind = 'reply_captured' AND EXISTS (
        SELECT 1 FROM event
        WHERE kind = 'reply_captured' AND session = NEW.session AND data ->> 'capture' = NEW.data ->> 'capture'))
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- Prompts and replies, by the SHA-256 of their body. Format: 'prompt', 'markdown' or 'blocks' (JSON).
CREATE TABLE text (
    hash   TEXT NOT NULL PRIMARY KEY,
    format TEXT NOT NULL CHECK (format IN ('prompt', 'markdown', 'blocks')),
    body   TEXT NOT NULL
) STRICT;

CREATE TABLE session (
    id           TEXT    NOT NULL PRIMARY KEY,
    feature      TEXT    NOT NULL,
    project      TEXT,
    workflow     TEXT    NOT NULL,
    standing     TEXT    NOT NULL DEFAULT 'active',
    conversation TEXT,
    started_ms   INTEGER NOT NULL,
    seq          INTEGER NOT NULL
) STRICT;
CREATE INDEX session_conversation ON session (conversation, seq);
CREATE INDEX session_project ON session (project, seq);

-- One row per phase: its newest prompt, and the reply to that prompt. `span_ms` is there where one process saw both ends
-- by a monotonic clock; else the duration comes from wall clocks, which can jump back: such a difference is no duration.
CREATE TABLE phase (
    session          TEXT    NOT NULL REFERENCES session (id),
    phase            TEXT    NOT NULL,
    position         INTEGER NOT NULL,
    nonce            TEXT,
    retries          INTEGER NOT NULL DEFAULT 0,
    started_ms       INTEGER,
    prompted_ms      INTEGER,
    placed_ms        INTEGER,
    sent_ms          INTEGER,
    first_token_ms   INTEGER,
    last_token_ms    INTEGER,
    captured_ms      INTEGER,
    span_ms          INTEGER,
    duration_ms      INTEGER GENERATED ALWAYS AS (coalesce(span_ms,
        nullif(max(coalesce(last_token_ms, captured_ms) - coalesce(sent_ms, prompted_ms), -1), -1))),
    trusted          INTEGER GENERATED ALWAYS AS (span_ms IS NOT NULL),
    prompt_bytes     INTEGER NOT NULL DEFAULT 0,
    bytes            INTEGER NOT NULL DEFAULT 0,
    tokens_estimated INTEGER NOT NULL DEFAULT 0,
    success          INTEGER CHECK (success IN (0, 1)),
    error_kind       TEXT,
    PRIMARY KEY (session, phase)
) STRICT;

CREATE TRIGGER on_session_started AFTER INSERT ON event WHEN NEW.kind = 'session_started' BEGIN
    INSERT INTO session (id, feature, project, workflow, started_ms, seq)
    VALUES (NEW.session, NEW.data ->> 'feature', NEW.data ->> 'project', NEW.data ->> 'workflow', NEW.at_ms, NEW.seq);
    INSERT INTO phase (session, phase, position)
    SELECT NEW.session, value, key FROM json_each(NEW.data, '$.phases');
END;

CREATE TRIGGER on_any_event AFTER INSERT ON event BEGIN
    UPDATE session SET seq = NEW.seq WHERE id = NEW.session;
END;

CREATE TRIGGER on_prompt_rendered AFTER INSERT ON event WHEN NEW.kind = 'prompt_rendered' BEGIN
    UPDATE phase
    SET nonce = NEW.data ->> 'nonce', prompted_ms = NEW.at_ms, started_ms = coalesce(started_ms, NEW.at_ms),
        prompt_bytes = NEW.data ->> 'bytes', retries = retries + (success IS 0), sent_ms = NULL, placed_ms = NULL,
        first_token_ms = NULL, last_token_ms = NULL, captured_ms = NULL, span_ms = NULL, bytes = 0,
        tokens_estimated = 0, success = NULL, error_kind = NULL
    WHERE session = NEW.session AND phase = NEW.data ->> 'phase';
END;

CREATE TRIGGER on_prompt_placed AFTER INSERT ON event WHEN NEW.kind = 'prompt_placed' BEGIN
    UPDATE phase SET placed_ms = NEW.at_ms
    WHERE session = NEW.session AND phase = NEW.data ->> 'phase' AND nonce = NEW.data ->> 'nonce';
END;

CREATE TRIGGER on_prompt_sent AFTER INSERT ON event WHEN NEW.kind = 'prompt_sent' BEGIN
    -- A reply that came before this news may have brought the time along.
    UPDATE phase SET sent_ms = coalesce(sent_ms, NEW.data ->> 'sent_ms')
    WHERE session = NEW.session AND phase = NEW.data ->> 'phase' AND nonce = NEW.data ->> 'nonce';
END;

CREATE TRIGGER on_conversation_bound AFTER INSERT ON event WHEN NEW.kind = 'conversation_bound' BEGIN
    UPDATE session SET conversation = NEW.data ->> 'conversation' WHERE id = NEW.session;
END;

CREATE TRIGGER on_reply_captured AFTER INSERT ON event WHEN NEW.kind = 'reply_captured' BEGIN
    UPDATE phase
    SET captured_ms = NEW.at_ms, bytes = NEW.data ->> 'bytes', tokens_estimated = NEW.data ->> 'tokens_estimated',
        sent_ms = coalesce(NEW.data ->> '$.timing.sent_ms', sent_ms),
        first_token_ms = NEW.data ->> '$.timing.first_token_ms',
        last_token_ms = NEW.data ->> '$.timing.last_token_ms',
        span_ms = NEW.data ->> '$.timing.span_ms',
        success = (NEW.data ->> 'problem') IS NULL, error_kind = NEW.data ->> 'problem'
    WHERE session = NEW.session AND phase = NEW.data ->> 'phase';
END;

CREATE TRIGGER on_session_completed AFTER INSERT ON event WHEN NEW.kind = 'session_completed' BEGIN
    UPDATE session SET standing = 'complete' WHERE id = NEW.session;
END;
