-- A session that was brought over has the times of its files. Where only one of two is known, prompt and reply stand at that, and how long
-- the reply took is not known; nor is who rested after it. Its prompts asked for no proof: their nonce is empty.
-- The triggers that name the column are made anew as they were.
DROP TRIGGER recount_attempt;
DROP TRIGGER recount_times;
DROP TRIGGER measure_attempt;

ALTER TABLE phase DROP COLUMN duration_ms;
ALTER TABLE phase ADD COLUMN duration_ms INTEGER GENERATED ALWAYS AS (coalesce(span_ms, iif(
    nonce IS '' AND coalesce(last_token_ms, captured_ms) IS coalesce(sent_ms, prompted_ms), NULL,
    nullif(max(coalesce(last_token_ms, captured_ms) - coalesce(sent_ms, prompted_ms), -1), -1))));

ALTER TABLE orchestration_metrics DROP COLUMN duration_ms;
ALTER TABLE orchestration_metrics ADD COLUMN duration_ms INTEGER GENERATED ALWAYS AS (
    iif(captured_ms > prompted_ms OR (captured_ms = prompted_ms AND nonce <> ''), captured_ms - prompted_ms, NULL));

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
            SELECT iif(source IS 'legacy', NULL, coalesce(last_token_ms, captured_ms)) AS last_ms FROM orchestration_metrics
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
