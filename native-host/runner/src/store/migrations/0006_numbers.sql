-- What every attempt, session and change of code measured: read models for figures, kept by triggers in the transaction of the event.
-- SQLite says nothing about the order in which the triggers of one event run, so none of these looks at what another one writes.

-- The names that attempts are counted by. An empty name stands for none; 0 is no id, and stands for all of them in the rollups.
CREATE TABLE dimension (
    id    INTEGER PRIMARY KEY,
    kind  TEXT NOT NULL CHECK (kind IN ('workflow', 'project', 'branch', 'template', 'model')),
    name  TEXT NOT NULL,
    -- Of a template, the phase.
    label TEXT NOT NULL DEFAULT '',
    UNIQUE (kind, name)
) STRICT;

-- US dollars for a million tokens. `id` is the name of a model without a date, in small letters and with hyphens for dots.
CREATE TABLE price (
    id      TEXT    NOT NULL,
    -- It holds for prompts of more tokens than this; 0 is every prompt.
    beyond  INTEGER NOT NULL,
    -- The first day, and the first on which it holds no more.
    since   TEXT    NOT NULL,
    until   TEXT,
    input   REAL    NOT NULL,
    output  REAL    NOT NULL,
    cached  REAL    NOT NULL,
    version TEXT    NOT NULL,
    PRIMARY KEY (id, beyond, since)
) STRICT;

CREATE TABLE orchestration_sessions (
    session            TEXT    NOT NULL PRIMARY KEY,
    day                TEXT    NOT NULL,
    project            TEXT,
    workflow           TEXT    NOT NULL,
    variant            TEXT,
    user               TEXT,
    branch             TEXT,
    commit_begin       TEXT,
    branch_end         TEXT,
    commit_end         TEXT,
    started_ms         INTEGER NOT NULL,
    ended_ms           INTEGER,
    -- 1 complete, 0 given up, nothing while it is under way.
    success            INTEGER CHECK (success IN (0, 1)),
    phases_planned     INTEGER NOT NULL DEFAULT 0,
    phases_started     INTEGER NOT NULL DEFAULT 0,
    phases_completed   INTEGER NOT NULL DEFAULT 0,
    active_ms          INTEGER NOT NULL DEFAULT 0,
    idle_ms            INTEGER NOT NULL DEFAULT 0,
    total_seconds      REAL GENERATED ALWAYS AS (max(ended_ms - started_ms, 0) / 1000.0),
    active_seconds     REAL GENERATED ALWAYS AS (active_ms / 1000.0),
    idle_seconds       REAL GENERATED ALWAYS AS (idle_ms / 1000.0),
    retries            INTEGER NOT NULL DEFAULT 0,
    -- Replies accepted as they are, prompts for a rest, phases taken up anew, phases left out.
    interventions      INTEGER NOT NULL DEFAULT 0,
    complexity         TEXT CHECK (complexity IN ('low', 'medium', 'high')),
    low_minutes        INTEGER,
    high_minutes       INTEGER,
    estimated_low_hours  REAL GENERATED ALWAYS AS (low_minutes / 60.0),
    estimated_high_hours REAL GENERATED ALWAYS AS (high_minutes / 60.0),
    actual_hours       REAL GENERATED ALWAYS AS (max(ended_ms - started_ms, 0) / 3600000.0),
    rated_day          TEXT,
    rating             INTEGER,
    word               TEXT,
    saved_minutes      INTEGER,
    workflow_id        INTEGER NOT NULL REFERENCES dimension (id),
    project_id         INTEGER NOT NULL REFERENCES dimension (id),
    branch_id          INTEGER NOT NULL REFERENCES dimension (id)
) STRICT;
CREATE INDEX orchestration_sessions_estimated ON orchestration_sessions (day, started_ms)
WHERE low_minutes IS NOT NULL AND ended_ms IS NOT NULL;

-- One row for each prompt that was rendered, by its place in the log.
CREATE TABLE orchestration_metrics (
    id                INTEGER PRIMARY KEY,
    session           TEXT    NOT NULL,
    phase             TEXT    NOT NULL,
    attempt           INTEGER NOT NULL,
    day               TEXT    NOT NULL,
    prompted_ms       INTEGER NOT NULL,
    sent_ms           INTEGER,
    first_token_ms    INTEGER,
    last_token_ms     INTEGER,
    captured_ms       INTEGER,
    span_ms           INTEGER,
    idle_ms           INTEGER,
    -- From clocks on the wall, which can jump back: such a difference is no duration. `span_ms` is from a monotonic one.
    duration_ms       INTEGER GENERATED ALWAYS AS (iif(captured_ms >= prompted_ms, captured_ms - prompted_ms, NULL)),
    model_ms          INTEGER GENERATED ALWAYS AS (coalesce(span_ms, iif(last_token_ms >= sent_ms, last_token_ms - sent_ms, NULL))),
    human_ms          INTEGER GENERATED ALWAYS AS (iif(sent_ms >= prompted_ms, sent_ms - prompted_ms, NULL)),
    trusted           INTEGER GENERATED ALWAYS AS (span_ms IS NOT NULL),
    prompt_tokens     INTEGER NOT NULL,
    completion_tokens INTEGER,
    -- Of the prompt's, those that came out of a cache.
    cached_tokens     INTEGER NOT NULL DEFAULT 0,
    tokens_source     TEXT    NOT NULL DEFAULT 'estimated' CHECK (tokens_source IN ('reported', 'estimated')),
    provider          TEXT,
    model             TEXT,
    source            TEXT,
    cost_nano         INTEGER,
    cost_usd          REAL GENERATED ALWAYS AS (cost_nano / 1e9),
    price_version     TEXT,
    -- Nothing until a reply came; 0 is not whole, whatever the developer did with it.
    success           INTEGER CHECK (success IN (0, 1)),
    error_kind        TEXT CHECK (error_kind IN ('empty', 'foreign', 'cut', 'section_missing', 'section_duplicate', 'provider')),
    -- How often a provider was asked and gave no reply.
    provider_failures INTEGER NOT NULL DEFAULT 0,
    -- The prompt came after a reply that was not whole.
    retry             INTEGER NOT NULL CHECK (retry IN (0, 1)),
    repair            TEXT,
    template          TEXT,
    nonce             TEXT    NOT NULL,
    workflow_id       INTEGER NOT NULL REFERENCES dimension (id),
    project_id        INTEGER NOT NULL REFERENCES dimension (id),
    branch_id         INTEGER NOT NULL REFERENCES dimension (id),
    template_id       INTEGER NOT NULL REFERENCES dimension (id),
    model_id          INTEGER NOT NULL REFERENCES dimension (id)
) STRICT;
CREATE INDEX orchestration_metrics_session ON orchestration_metrics (session, phase, id);
CREATE INDEX orchestration_metrics_day ON orchestration_metrics (day);
CREATE INDEX orchestration_metrics_project ON orchestration_metrics (project_id, day);
CREATE INDEX orchestration_metrics_branch ON orchestration_metrics (branch_id, day);
CREATE INDEX orchestration_metrics_template ON orchestration_metrics (template_id, day);

CREATE TABLE orchestration_code_metrics (
    seq       INTEGER PRIMARY KEY,
    session   TEXT    NOT NULL,
    at_ms     INTEGER NOT NULL,
    files     INTEGER NOT NULL,
    added     INTEGER NOT NULL,
    removed   INTEGER NOT NULL,
    tests     INTEGER NOT NULL,
    -- JSON: names with the number of their files.
    languages TEXT    NOT NULL
) STRICT;
CREATE INDEX orchestration_code_metrics_session ON orchestration_code_metrics (session, seq);

CREATE TRIGGER measure_session AFTER INSERT ON session BEGIN
    INSERT OR IGNORE INTO dimension (kind, name)
    VALUES ('workflow', NEW.workflow), ('project', coalesce(NEW.project, '')), ('branch', '');
    INSERT INTO orchestration_sessions (session, day, project, workflow, started_ms, workflow_id, project_id, branch_id)
    SELECT NEW.id, date(NEW.started_ms / 1000, 'unixepoch'), NEW.project, NEW.workflow, NEW.started_ms, w.id, p.id, b.id
    FROM dimension w, dimension p, dimension b
    WHERE w.kind = 'workflow' AND w.name = NEW.workflow AND p.kind = 'project' AND p.name = coalesce(NEW.project, '')
        AND b.kind = 'branch' AND b.name = '';
END;

CREATE TRIGGER measure_attempt AFTER INSERT ON event WHEN NEW.kind = 'prompt_rendered' BEGIN
    INSERT OR IGNORE INTO dimension (kind, name, label)
    VALUES ('template', coalesce(NEW.data ->> 'template', ''), iif(NEW.data ->> 'template' IS NULL, '', NEW.data ->> 'phase')),
        ('model', '', '');
    INSERT INTO orchestration_metrics (
        id, session, phase, attempt, day, prompted_ms, idle_ms, prompt_tokens, retry, repair, template, nonce,
        workflow_id, project_id, branch_id, template_id, model_id)
    SELECT NEW.seq, NEW.session, NEW.data ->> 'phase',
        1 + coalesce((
            SELECT attempt FROM orchestration_metrics
            WHERE session = NEW.session AND phase = NEW.data ->> 'phase' ORDER BY id DESC LIMIT 1), 0),
        date(NEW.at_ms / 1000, 'unixepoch'), NEW.at_ms,
        (SELECT iif(NEW.at_ms >= last_ms, NEW.at_ms - last_ms, NULL) FROM (
            SELECT coalesce(last_token_ms, captured_ms) AS last_ms FROM orchestration_metrics
            WHERE session = NEW.session ORDER BY id DESC LIMIT 1)),
        -- As `insight::tokens` has it for a text of plain letters; of the others nothing but the bytes is in the log.
        ((NEW.data ->> 'bytes') * 2 + 6) / 7,
        -- A phase that was taken up anew has not failed yet.
        coalesce((
            SELECT success IS 0 AND NOT EXISTS (
                SELECT 1 FROM event WHERE session = NEW.session AND seq > before.id AND kind = 'phase_reopened')
            FROM orchestration_metrics AS before
            WHERE session = NEW.session AND phase = NEW.data ->> 'phase' ORDER BY id DESC LIMIT 1), 0),
        NEW.data ->> '$.part.repair', NEW.data ->> 'template', NEW.data ->> 'nonce',
        s.workflow_id, s.project_id, s.branch_id, t.id, m.id
    FROM orchestration_sessions s, dimension t, dimension m
    WHERE s.session = NEW.session AND t.kind = 'template' AND t.name = coalesce(NEW.data ->> 'template', '')
        AND m.kind = 'model' AND m.name = '';
END;

CREATE TRIGGER measure_sent AFTER INSERT ON event WHEN NEW.kind = 'prompt_sent' BEGIN
    UPDATE orchestration_metrics SET sent_ms = coalesce(sent_ms, NEW.data ->> 'sent_ms')
    WHERE id = (SELECT max(id) FROM orchestration_metrics WHERE session = NEW.session AND phase = NEW.data ->> 'phase')
        AND nonce = NEW.data ->> 'nonce';
END;

CREATE TRIGGER measure_no_reply AFTER INSERT ON event WHEN NEW.kind = 'ask_failed' BEGIN
    UPDATE orchestration_metrics
    SET error_kind = 'provider', provider_failures = provider_failures + 1, sent_ms = NULL
    WHERE id = (SELECT max(id) FROM orchestration_metrics WHERE session = NEW.session AND phase = NEW.data ->> 'phase')
        AND nonce = NEW.data ->> 'nonce';
END;

CREATE TRIGGER measure_reply AFTER INSERT ON event WHEN NEW.kind = 'reply_captured' BEGIN
    INSERT OR IGNORE INTO dimension (kind, name) VALUES ('model', coalesce(NEW.data ->> '$.by.model', ''));
    UPDATE orchestration_metrics
    SET captured_ms = NEW.at_ms,
        sent_ms = coalesce(NEW.data ->> '$.timing.sent_ms', sent_ms),
        first_token_ms = NEW.data ->> '$.timing.first_token_ms',
        last_token_ms = NEW.data ->> '$.timing.last_token_ms',
        span_ms = NEW.data ->> '$.timing.span_ms',
        success = (NEW.data ->> 'problem') IS NULL, error_kind = NEW.data ->> 'problem',
        source = NEW.data ->> 'source', provider = NEW.data ->> '$.by.provider', model = NEW.data ->> '$.by.model',
        model_id = (SELECT id FROM dimension WHERE kind = 'model' AND name = coalesce(NEW.data ->> '$.by.model', '')),
        tokens_source = iif(NEW.data -> '$.by.usage' IS NULL, 'estimated', 'reported'),
        completion_tokens = coalesce(NEW.data ->> '$.by.usage.output_tokens', NEW.data ->> 'tokens_estimated'),
        cached_tokens = coalesce(NEW.data ->> '$.by.usage.cache_read_tokens', 0),
        prompt_tokens = coalesce((NEW.data ->> '$.by.usage.input_tokens')
            + coalesce(NEW.data ->> '$.by.usage.cache_read_tokens', 0)
            + coalesce(NEW.data ->> '$.by.usage.cache_write_tokens', 0), prompt_tokens)
    WHERE id = (SELECT max(id) FROM orchestration_metrics WHERE session = NEW.session AND phase = NEW.data ->> 'phase');
    UPDATE orchestration_sessions
    SET complexity = coalesce(NEW.data ->> '$.estimate.complexity', complexity),
        low_minutes = coalesce(NEW.data ->> '$.estimate.low_minutes', low_minutes),
        high_minutes = coalesce(NEW.data ->> '$.estimate.high_minutes', high_minutes)
    WHERE session = NEW.session AND NEW.data -> 'estimate' IS NOT NULL;
END;

-- The longest name that fits on the day of the prompt. After it comes nothing but an edition: another number would be another model.
-- 1 dollar for a million tokens is 1,000 billionths for one.
CREATE TRIGGER price_attempt AFTER UPDATE OF model, captured_ms ON orchestration_metrics
WHEN coalesce(NEW.model, OLD.model) IS NOT NULL BEGIN
    UPDATE orchestration_metrics
    SET (cost_nano, price_version) = (
        SELECT CAST(round(1000.0 * ((NEW.prompt_tokens - NEW.cached_tokens) * input + NEW.cached_tokens * cached
            + NEW.completion_tokens * output)) AS INTEGER), version
        FROM (
            SELECT *, substr(name, length(price.id) + 1) AS edition
            FROM price, (
                -- Without whose it is: what stands behind the last slash.
                SELECT replace(lower(substr(NEW.model, 1 + length(rtrim(NEW.model, replace(NEW.model, '/', ''))))), '.', '-') AS name)
            WHERE substr(name, 1, length(price.id)) = price.id)
        WHERE since <= NEW.day AND (until IS NULL OR NEW.day < until) AND (beyond = 0 OR NEW.prompt_tokens > beyond)
            AND (edition IN ('', '-latest') OR edition GLOB '-[0-9][0-9][0-9][0-9]'
                OR edition GLOB '-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
                OR edition GLOB '[-@][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]')
        ORDER BY length(id) DESC, beyond DESC, since DESC LIMIT 1)
    WHERE id = NEW.id;
END;

CREATE TRIGGER measure_session_of_attempt AFTER INSERT ON orchestration_metrics BEGIN
    UPDATE orchestration_sessions
    SET idle_ms = idle_ms + coalesce(NEW.idle_ms, 0), retries = retries + NEW.retry,
        interventions = interventions + (NEW.repair IS NOT NULL)
    WHERE session = NEW.session;
END;

CREATE TRIGGER measure_session_of_times AFTER UPDATE OF sent_ms, span_ms, last_token_ms ON orchestration_metrics BEGIN
    UPDATE orchestration_sessions
    SET active_ms = active_ms - coalesce(OLD.model_ms, 0) - coalesce(OLD.human_ms, 0)
        + coalesce(NEW.model_ms, 0) + coalesce(NEW.human_ms, 0)
    WHERE session = NEW.session;
END;

CREATE TRIGGER measure_intervention AFTER INSERT ON event
WHEN NEW.kind IN ('reply_accepted', 'phase_skipped', 'phase_reopened') BEGIN
    UPDATE orchestration_sessions SET interventions = interventions + 1 WHERE session = NEW.session;
END;

CREATE TRIGGER measure_end AFTER INSERT ON event
WHEN NEW.kind IN ('session_completed', 'session_abandoned', 'phase_reopened') BEGIN
    UPDATE orchestration_sessions
    SET ended_ms = iif(NEW.kind = 'phase_reopened', NULL, NEW.at_ms),
        success = CASE NEW.kind WHEN 'session_completed' THEN 1 WHEN 'session_abandoned' THEN 0 END
    WHERE session = NEW.session;
END;

CREATE TRIGGER measure_planned AFTER INSERT ON phase BEGIN
    UPDATE orchestration_sessions SET phases_planned = phases_planned + 1 WHERE session = NEW.session;
END;

CREATE TRIGGER measure_phases AFTER UPDATE OF started_ms, success ON phase BEGIN
    UPDATE orchestration_sessions
    SET phases_started = phases_started + (NEW.started_ms IS NOT NULL) - (OLD.started_ms IS NOT NULL),
        phases_completed = phases_completed + (NEW.success IS 1) - (OLD.success IS 1)
    WHERE session = NEW.session;
END;

CREATE TRIGGER measure_work AFTER INSERT ON event WHEN NEW.kind = 'work_seen' BEGIN
    INSERT OR IGNORE INTO dimension (kind, name)
    SELECT 'branch', coalesce(NEW.data ->> 'branch', '') WHERE NEW.data ->> 'moment' = 'begin';
    UPDATE orchestration_sessions
    SET branch = NEW.data ->> 'branch', commit_begin = NEW.data ->> 'commit', user = NEW.data ->> 'user',
        branch_id = (SELECT id FROM dimension WHERE kind = 'branch' AND name = coalesce(NEW.data ->> 'branch', ''))
    WHERE session = NEW.session AND NEW.data ->> 'moment' = 'begin';
    UPDATE orchestration_sessions SET branch_end = NEW.data ->> 'branch', commit_end = NEW.data ->> 'commit'
    WHERE session = NEW.session AND NEW.data ->> 'moment' = 'end';
END;

-- A branch that is heard of only after the first prompts.
CREATE TRIGGER measure_branch AFTER UPDATE OF branch_id ON orchestration_sessions WHEN NEW.branch_id IS NOT OLD.branch_id BEGIN
    UPDATE orchestration_metrics SET branch_id = NEW.branch_id WHERE session = NEW.session;
END;

CREATE TRIGGER measure_code AFTER INSERT ON event WHEN NEW.kind = 'code_measured' BEGIN
    INSERT INTO orchestration_code_metrics (seq, session, at_ms, files, added, removed, tests, languages)
    VALUES (NEW.seq, NEW.session, NEW.at_ms, NEW.data ->> 'files', NEW.data ->> 'added', NEW.data ->> 'removed',
        NEW.data ->> 'tests', NEW.data -> 'languages');
END;

-- The newest rating is the one that holds.
CREATE TRIGGER measure_rating AFTER INSERT ON event WHEN NEW.kind = 'rated' BEGIN
    UPDATE orchestration_sessions
    SET rated_day = date(NEW.at_ms / 1000, 'unixepoch'), rating = NEW.data ->> 'rating', word = NEW.data ->> 'word',
        saved_minutes = NEW.data ->> 'saved_minutes'
    WHERE session = NEW.session;
END;
