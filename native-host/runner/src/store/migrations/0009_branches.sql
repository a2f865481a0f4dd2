-- Branches side by side: there are many, and of each no more is asked here than these few sums, so they are kept without phases and models, of
-- each template and of all of them (0), and by day, by month and for all time. Days and months come before branches in the key: what lies in a
-- span of time lies together. All of it follows from the finest sums of 0007.
CREATE TABLE rollup_branch_level (
    grain  TEXT    NOT NULL,
    -- How much of `YYYY-MM-DD` is the period; of all time, nothing.
    length INTEGER NOT NULL
) STRICT;
INSERT INTO rollup_branch_level (grain, length) VALUES ('day', 10), ('month', 7), ('all', 0);

CREATE TABLE rollup_branch (
    grain             TEXT    NOT NULL,
    template          INTEGER NOT NULL,
    period            TEXT    NOT NULL,
    project           INTEGER NOT NULL,
    branch            INTEGER NOT NULL,
    workflow          INTEGER NOT NULL,
    started           INTEGER NOT NULL DEFAULT 0,
    complete          INTEGER NOT NULL DEFAULT 0,
    attempts          INTEGER NOT NULL DEFAULT 0,
    good              INTEGER NOT NULL DEFAULT 0,
    model_ms          INTEGER NOT NULL DEFAULT 0,
    prompt_tokens     INTEGER NOT NULL DEFAULT 0,
    completion_tokens INTEGER NOT NULL DEFAULT 0,
    reported_tokens   INTEGER NOT NULL DEFAULT 0,
    cost_nano         INTEGER NOT NULL DEFAULT 0,
    unpriced          INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (grain, template, period, project, branch, workflow)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER count_branch AFTER INSERT ON rollup_attempt WHEN NEW.project > 0 AND NEW.branch > 0 BEGIN
    INSERT INTO rollup_branch (
        grain, template, period, project, branch, workflow, attempts, good, model_ms, prompt_tokens, completion_tokens, reported_tokens, cost_nano,
        unpriced)
    SELECT grain, shown, substr(NEW.period, 1, length), NEW.project, NEW.branch, NEW.workflow, NEW.attempts, NEW.good, NEW.model_ms,
        NEW.prompt_tokens, NEW.completion_tokens, NEW.reported_tokens, NEW.cost_nano, NEW.unpriced
    FROM rollup_branch_level, (SELECT NEW.template AS shown UNION SELECT 0) WHERE true
    ON CONFLICT DO UPDATE SET
        attempts = attempts + excluded.attempts, good = good + excluded.good, model_ms = model_ms + excluded.model_ms,
        prompt_tokens = prompt_tokens + excluded.prompt_tokens, completion_tokens = completion_tokens + excluded.completion_tokens,
        reported_tokens = reported_tokens + excluded.reported_tokens, cost_nano = cost_nano + excluded.cost_nano,
        unpriced = unpriced + excluded.unpriced;
END;

CREATE TRIGGER recount_branch AFTER UPDATE ON rollup_attempt WHEN NEW.project > 0 AND NEW.branch > 0 BEGIN
    INSERT INTO rollup_branch (
        grain, template, period, project, branch, workflow, attempts, good, model_ms, prompt_tokens, completion_tokens, reported_tokens, cost_nano,
        unpriced)
    SELECT grain, shown, substr(NEW.period, 1, length), NEW.project, NEW.branch, NEW.workflow, NEW.attempts - OLD.attempts,
        NEW.good - OLD.good, NEW.model_ms - OLD.model_ms, NEW.prompt_tokens - OLD.prompt_tokens,
        NEW.completion_tokens - OLD.completion_tokens, NEW.reported_tokens - OLD.reported_tokens, NEW.cost_nano - OLD.cost_nano,
        NEW.unpriced - OLD.unpriced
    FROM rollup_branch_level, (SELECT NEW.template AS shown UNION SELECT 0) WHERE true
    ON CONFLICT DO UPDATE SET
        attempts = attempts + excluded.attempts, good = good + excluded.good, model_ms = model_ms + excluded.model_ms,
        prompt_tokens = prompt_tokens + excluded.prompt_tokens, completion_tokens = completion_tokens + excluded.completion_tokens,
        reported_tokens = reported_tokens + excluded.reported_tokens, cost_nano = cost_nano + excluded.cost_nano,
        unpriced = unpriced + excluded.unpriced;
END;

CREATE TRIGGER count_sessions_of_branch AFTER INSERT ON rollup_session WHEN NEW.project > 0 AND NEW.branch > 0 BEGIN
    INSERT INTO rollup_branch (grain, template, period, project, branch, workflow, started, complete)
    SELECT grain, 0, substr(NEW.period, 1, length), NEW.project, NEW.branch, NEW.workflow, NEW.started, NEW.complete
    FROM rollup_branch_level WHERE true
    ON CONFLICT DO UPDATE SET started = started + excluded.started, complete = complete + excluded.complete;
END;

CREATE TRIGGER recount_sessions_of_branch AFTER UPDATE ON rollup_session WHEN NEW.project > 0 AND NEW.branch > 0 BEGIN
    INSERT INTO rollup_branch (grain, template, period, project, branch, workflow, started, complete)
    SELECT grain, 0, substr(NEW.period, 1, length), NEW.project, NEW.branch, NEW.workflow, NEW.started - OLD.started,
        NEW.complete - OLD.complete
    FROM rollup_branch_level WHERE true
    ON CONFLICT DO UPDATE SET started = started + excluded.started, complete = complete + excluded.complete;
END;

-- The newest estimates of one project or branch.
CREATE INDEX orchestration_sessions_estimated_project ON orchestration_sessions (project_id, day, started_ms)
WHERE low_minutes IS NOT NULL AND ended_ms IS NOT NULL;
CREATE INDEX orchestration_sessions_estimated_branch ON orchestration_sessions (branch_id, day, started_ms)
WHERE low_minutes IS NOT NULL AND ended_ms IS NOT NULL;
