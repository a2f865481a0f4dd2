-- Sums over the measurements, so that a panel over a million events reads some thousand rows. Kept by triggers that take away what a row
-- was and add what it is now. Each sum stands at seven levels: by day and by month, of a project or branch or of all of them, where 0 stands
-- in the place of the id. One project's one branch has few rows, so it has days alone.
CREATE TABLE rollup_level (
    grain      TEXT    NOT NULL,
    -- How much of `YYYY-MM-DD` is the period.
    length     INTEGER NOT NULL,
    -- 1: of one; 0: of all.
    by_project INTEGER NOT NULL,
    by_branch  INTEGER NOT NULL
) STRICT;
INSERT INTO rollup_level (grain, length, by_project, by_branch)
VALUES ('day', 10, 0, 0), ('day', 10, 0, 1), ('day', 10, 1, 0), ('day', 10, 1, 1), ('month', 7, 0, 0), ('month', 7, 0, 1), ('month', 7, 1, 0);

-- The buckets of the histograms: a duration is in the last one whose `low` is not more. Eight of them double it.
CREATE TABLE bucket (n INTEGER PRIMARY KEY, low REAL NOT NULL UNIQUE) STRICT;
INSERT INTO bucket (n, low)
WITH RECURSIVE step (n, low) AS (
    SELECT 1, 1.0 UNION ALL SELECT n + 1, low * 1.0905077326652577 FROM step WHERE n < 384)
SELECT 0, 0.0 UNION ALL SELECT n, low FROM step;

CREATE TABLE rollup_attempt (
    grain             TEXT    NOT NULL,
    project           INTEGER NOT NULL,
    branch            INTEGER NOT NULL,
    period            TEXT    NOT NULL,
    phase             TEXT    NOT NULL,
    workflow          INTEGER NOT NULL,
    template          INTEGER NOT NULL,
    model             INTEGER NOT NULL,
    attempts          INTEGER NOT NULL DEFAULT 0,
    retries           INTEGER NOT NULL DEFAULT 0,
    ended             INTEGER NOT NULL DEFAULT 0,
    good              INTEGER NOT NULL DEFAULT 0,
    timed             INTEGER NOT NULL DEFAULT 0,
    trusted           INTEGER NOT NULL DEFAULT 0,
    model_ms          INTEGER NOT NULL DEFAULT 0,
    prompt_tokens     INTEGER NOT NULL DEFAULT 0,
    completion_tokens INTEGER NOT NULL DEFAULT 0,
    reported_tokens   INTEGER NOT NULL DEFAULT 0,
    cost_nano         INTEGER NOT NULL DEFAULT 0,
    unpriced          INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (grain, project, branch, period, phase, workflow, template, model)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollup_time (
    grain    TEXT    NOT NULL,
    project  INTEGER NOT NULL,
    branch   INTEGER NOT NULL,
    period   TEXT    NOT NULL,
    phase    TEXT    NOT NULL,
    workflow INTEGER NOT NULL,
    template INTEGER NOT NULL,
    measure  TEXT    NOT NULL CHECK (measure IN ('total', 'model', 'human', 'idle')),
    bucket   INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (grain, project, branch, period, phase, workflow, template, measure, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollup_error (
    grain    TEXT    NOT NULL,
    project  INTEGER NOT NULL,
    branch   INTEGER NOT NULL,
    period   TEXT    NOT NULL,
    phase    TEXT    NOT NULL,
    workflow INTEGER NOT NULL,
    template INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (grain, project, branch, period, phase, workflow, template, kind)
) STRICT, WITHOUT ROWID;

-- By the day on which sessions began; ratings by the day on which they were given.
CREATE TABLE rollup_session (
    grain         TEXT    NOT NULL,
    project       INTEGER NOT NULL,
    branch        INTEGER NOT NULL,
    period        TEXT    NOT NULL,
    workflow      INTEGER NOT NULL,
    started       INTEGER NOT NULL DEFAULT 0,
    complete      INTEGER NOT NULL DEFAULT 0,
    abandoned     INTEGER NOT NULL DEFAULT 0,
    ratings       INTEGER NOT NULL DEFAULT 0,
    rating_sum    INTEGER NOT NULL DEFAULT 0,
    saved_minutes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (grain, project, branch, period, workflow)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollup_step (
    grain    TEXT    NOT NULL,
    project  INTEGER NOT NULL,
    branch   INTEGER NOT NULL,
    period   TEXT    NOT NULL,
    phase    TEXT    NOT NULL,
    workflow INTEGER NOT NULL,
    planned  INTEGER NOT NULL DEFAULT 0,
    asked    INTEGER NOT NULL DEFAULT 0,
    done     INTEGER NOT NULL DEFAULT 0,
    skipped  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (grain, project, branch, period, phase, workflow)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER count_attempt AFTER INSERT ON orchestration_metrics BEGIN
    INSERT INTO rollup_attempt (grain, project, branch, period, phase, workflow, template, model, attempts, retries)
    SELECT grain, by_project * NEW.project_id, by_branch * NEW.branch_id, substr(NEW.day, 1, length), NEW.phase, NEW.workflow_id,
        NEW.template_id, NEW.model_id, 1, NEW.retry
    FROM rollup_level WHERE true
    ON CONFLICT DO UPDATE SET attempts = attempts + 1, retries = retries + excluded.retries;

    INSERT INTO rollup_time (grain, project, branch, period, phase, workflow, template, measure, bucket, count)
    SELECT grain, by_project * NEW.project_id, by_branch * NEW.branch_id, substr(NEW.day, 1, length), NEW.phase, NEW.workflow_id,
        NEW.template_id, 'idle', (SELECT n FROM bucket WHERE low <= NEW.idle_ms ORDER BY low DESC LIMIT 1), 1
    FROM rollup_level WHERE NEW.idle_ms IS NOT NULL
    ON CONFLICT DO UPDATE SET count = count + 1;
END;

-- What is never answered took nothing that anybody knows of, so tokens and money are those of attempts with a reply.
CREATE TRIGGER recount_attempt
AFTER UPDATE OF captured_ms, success, span_ms, last_token_ms, sent_ms, cost_nano, branch_id ON orchestration_metrics
WHEN NEW.captured_ms IS NOT NULL OR NEW.branch_id <> OLD.branch_id BEGIN
    INSERT INTO rollup_attempt (
        grain, project, branch, period, phase, workflow, template, model, attempts, retries, ended, good, timed, trusted, model_ms,
        prompt_tokens, completion_tokens, reported_tokens, cost_nano, unpriced)
    SELECT grain, by_project * NEW.project_id, by_branch * branch_id, substr(NEW.day, 1, length), NEW.phase, NEW.workflow_id, NEW.template_id,
        model_id, sum(sign), sum(sign * NEW.retry), sum(sign * ended), sum(sign * good), sum(sign * timed), sum(sign * trusted),
        sum(sign * model_ms), sum(sign * prompt_tokens), sum(sign * completion_tokens), sum(sign * reported_tokens),
        sum(sign * cost_nano), sum(sign * unpriced)
    FROM (
        SELECT -1 AS sign, OLD.branch_id AS branch_id, OLD.model_id AS model_id, OLD.success IS NOT NULL AS ended,
            OLD.success IS 1 AS good, OLD.duration_ms IS NOT NULL AS timed, OLD.trusted AND OLD.duration_ms IS NOT NULL AS trusted,
            coalesce(OLD.model_ms, 0) AS model_ms,
            iif(OLD.captured_ms IS NULL, 0, OLD.prompt_tokens) AS prompt_tokens,
            coalesce(OLD.completion_tokens, 0) AS completion_tokens,
            iif(OLD.tokens_source = 'reported', OLD.prompt_tokens + OLD.completion_tokens, 0) AS reported_tokens,
            coalesce(OLD.cost_nano, 0) AS cost_nano, OLD.captured_ms IS NOT NULL AND OLD.cost_nano IS NULL AS unpriced
        UNION ALL
        SELECT 1, NEW.branch_id, NEW.model_id, NEW.success IS NOT NULL,
            NEW.success IS 1, NEW.duration_ms IS NOT NULL, NEW.trusted AND NEW.duration_ms IS NOT NULL,
            coalesce(NEW.model_ms, 0),
            iif(NEW.captured_ms IS NULL, 0, NEW.prompt_tokens),
            coalesce(NEW.completion_tokens, 0),
            iif(NEW.tokens_source = 'reported', NEW.prompt_tokens + NEW.completion_tokens, 0),
            coalesce(NEW.cost_nano, 0), NEW.captured_ms IS NOT NULL AND NEW.cost_nano IS NULL
    ), rollup_level WHERE true GROUP BY grain, by_project, by_branch, branch_id, model_id
    ON CONFLICT DO UPDATE SET
        attempts = attempts + excluded.attempts, retries = retries + excluded.retries, ended = ended + excluded.ended,
        good = good + excluded.good, timed = timed + excluded.timed, trusted = trusted + excluded.trusted,
        model_ms = model_ms + excluded.model_ms, prompt_tokens = prompt_tokens + excluded.prompt_tokens,
        completion_tokens = completion_tokens + excluded.completion_tokens,
        reported_tokens = reported_tokens + excluded.reported_tokens, cost_nano = cost_nano + excluded.cost_nano,
        unpriced = unpriced + excluded.unpriced;
END;

CREATE TRIGGER recount_times AFTER UPDATE OF captured_ms, span_ms, last_token_ms, sent_ms, branch_id ON orchestration_metrics BEGIN
    INSERT INTO rollup_time (grain, project, branch, period, phase, workflow, template, measure, bucket, count)
    SELECT grain, by_project * NEW.project_id, by_branch * branch_id, substr(NEW.day, 1, length), NEW.phase, NEW.workflow_id, NEW.template_id,
        measure, bucket, change
    FROM (
        SELECT branch_id, measure, (SELECT n FROM bucket WHERE low <= ms ORDER BY low DESC LIMIT 1) AS bucket, sum(sign) AS change
        FROM (
            SELECT -1 AS sign, OLD.branch_id AS branch_id, 'total' AS measure, OLD.duration_ms AS ms
            UNION ALL SELECT -1, OLD.branch_id, 'model', OLD.model_ms
            UNION ALL SELECT -1, OLD.branch_id, 'human', OLD.human_ms
            UNION ALL SELECT -1, OLD.branch_id, 'idle', OLD.idle_ms
            UNION ALL SELECT 1, NEW.branch_id, 'total', NEW.duration_ms
            UNION ALL SELECT 1, NEW.branch_id, 'model', NEW.model_ms
            UNION ALL SELECT 1, NEW.branch_id, 'human', NEW.human_ms
            UNION ALL SELECT 1, NEW.branch_id, 'idle', NEW.idle_ms)
        WHERE ms IS NOT NULL GROUP BY 1, 2, 3 HAVING sum(sign) <> 0
    ), rollup_level WHERE true
    ON CONFLICT DO UPDATE SET count = count + excluded.count;
END;

CREATE TRIGGER recount_errors AFTER UPDATE OF error_kind, provider_failures, branch_id ON orchestration_metrics
WHEN (NEW.error_kind, NEW.provider_failures, NEW.branch_id) IS NOT (OLD.error_kind, OLD.provider_failures, OLD.branch_id) BEGIN
    INSERT INTO rollup_error (grain, project, branch, period, phase, workflow, template, kind, count)
    SELECT grain, by_project * NEW.project_id, by_branch * branch_id, substr(NEW.day, 1, length), NEW.phase, NEW.workflow_id, NEW.template_id,
        kind, change
    FROM (
        SELECT branch_id, kind, sum(change) AS change
        FROM (
            SELECT OLD.branch_id AS branch_id, OLD.error_kind AS kind, -1 AS change WHERE OLD.error_kind <> 'provider'
            UNION ALL SELECT OLD.branch_id, 'provider', -OLD.provider_failures
            UNION ALL SELECT NEW.branch_id, NEW.error_kind, 1 WHERE NEW.error_kind <> 'provider'
            UNION ALL SELECT NEW.branch_id, 'provider', NEW.provider_failures)
        GROUP BY 1, 2 HAVING sum(change) <> 0
    ), rollup_level WHERE true
    ON CONFLICT DO UPDATE SET count = count + excluded.count;
END;

CREATE TRIGGER count_session AFTER INSERT ON orchestration_sessions BEGIN
    INSERT INTO rollup_session (grain, project, branch, period, workflow, started)
    SELECT grain, by_project * NEW.project_id, by_branch * NEW.branch_id, substr(NEW.day, 1, length), NEW.workflow_id, 1
    FROM rollup_level WHERE true
    ON CONFLICT DO UPDATE SET started = started + 1;
END;

CREATE TRIGGER recount_session AFTER UPDATE OF success, rated_day, rating, saved_minutes, branch_id ON orchestration_sessions BEGIN
    INSERT INTO rollup_session (
        grain, project, branch, period, workflow, started, complete, abandoned, ratings, rating_sum, saved_minutes)
    SELECT grain, by_project * NEW.project_id, by_branch * branch_id, substr(day, 1, length), NEW.workflow_id,
        started, complete, abandoned, ratings, rating_sum, saved_minutes
    FROM (
        SELECT OLD.branch_id AS branch_id, OLD.day AS day, -1 AS started, -(OLD.success IS 1) AS complete,
            -(OLD.success IS 0) AS abandoned, 0 AS ratings, 0 AS rating_sum, 0 AS saved_minutes
        UNION ALL SELECT NEW.branch_id, NEW.day, 1, NEW.success IS 1, NEW.success IS 0, 0, 0, 0
        UNION ALL SELECT OLD.branch_id, OLD.rated_day, 0, 0, 0, -1, -OLD.rating, -coalesce(OLD.saved_minutes, 0)
        UNION ALL SELECT NEW.branch_id, NEW.rated_day, 0, 0, 0, 1, NEW.rating, coalesce(NEW.saved_minutes, 0)
    ), rollup_level WHERE day IS NOT NULL
    ON CONFLICT DO UPDATE SET
        started = started + excluded.started, complete = complete + excluded.complete, abandoned = abandoned + excluded.abandoned,
        ratings = ratings + excluded.ratings, rating_sum = rating_sum + excluded.rating_sum,
        saved_minutes = saved_minutes + excluded.saved_minutes;
END;

CREATE TRIGGER count_step AFTER INSERT ON phase BEGIN
    INSERT INTO rollup_step (grain, project, branch, period, phase, workflow, planned)
    SELECT grain, by_project * project_id, by_branch * branch_id, substr(day, 1, length), NEW.phase, workflow_id, 1
    FROM orchestration_sessions, rollup_level WHERE session = NEW.session
    ON CONFLICT DO UPDATE SET planned = planned + 1;
END;

CREATE TRIGGER recount_step AFTER UPDATE OF started_ms, success, skipped ON phase
WHEN (NEW.started_ms IS NULL, NEW.success, NEW.skipped) IS NOT (OLD.started_ms IS NULL, OLD.success, OLD.skipped) BEGIN
    INSERT INTO rollup_step (grain, project, branch, period, phase, workflow, asked, done, skipped)
    SELECT grain, by_project * project_id, by_branch * branch_id, substr(day, 1, length), NEW.phase, workflow_id,
        (NEW.started_ms IS NOT NULL) - (OLD.started_ms IS NOT NULL), (NEW.success IS 1) - (OLD.success IS 1),
        NEW.skipped - OLD.skipped
    FROM orchestration_sessions, rollup_level WHERE session = NEW.session
    ON CONFLICT DO UPDATE SET
        asked = asked + excluded.asked, done = done + excluded.done, skipped = skipped + excluded.skipped;
END;

CREATE TRIGGER move_steps AFTER UPDATE OF branch_id ON orchestration_sessions WHEN NEW.branch_id <> OLD.branch_id BEGIN
    INSERT INTO rollup_step (grain, project, branch, period, phase, workflow, planned, asked, done, skipped)
    SELECT grain, by_project * NEW.project_id, by_branch * branch_id, substr(NEW.day, 1, length), phase, NEW.workflow_id,
        sign, sign * (started_ms IS NOT NULL), sign * (success IS 1), sign * skipped
    FROM (SELECT -1 AS sign, OLD.branch_id AS branch_id UNION ALL SELECT 1, NEW.branch_id), phase, rollup_level
    WHERE phase.session = NEW.session
    ON CONFLICT DO UPDATE SET
        planned = planned + excluded.planned, asked = asked + excluded.asked, done = done + excluded.done,
        skipped = skipped + excluded.skipped;
END;

CREATE VIEW template_metrics AS
SELECT dimension.name AS template, rollup_attempt.phase AS phase, sum(attempts) AS attempts, sum(ended) AS ended, sum(good) AS good
FROM rollup_attempt JOIN dimension ON dimension.id = template
WHERE grain = 'month' AND project = 0 AND branch = 0
GROUP BY dimension.name, rollup_attempt.phase;

-- The names of OpenTelemetry's conventions for generative models, which are still moving: they stand here and nowhere else.
-- The conventions know only tokens that were reported.
CREATE VIEW otel_genai AS
SELECT session AS "gen_ai.conversation.id", 'chat' AS "gen_ai.operation.name", provider AS "gen_ai.provider.name",
    model AS "gen_ai.response.model",
    iif(tokens_source = 'reported', prompt_tokens, NULL) AS "gen_ai.usage.input_tokens",
    iif(tokens_source = 'reported', completion_tokens, NULL) AS "gen_ai.usage.output_tokens",
    iif(tokens_source = 'reported', cached_tokens, NULL) AS "gen_ai.usage.cache_read.input_tokens",
    model_ms / 1000.0 AS "gen_ai.client.inference.duration", error_kind AS "error.type",
    id AS seq, phase AS "prompt_runner.phase"
FROM orchestration_metrics;
