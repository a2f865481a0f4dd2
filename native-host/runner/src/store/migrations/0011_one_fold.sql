-- What a session's events make of it is folded once, by the program. It writes the rows of `session`, `phase`, `imported` and `attachment` in the
-- transaction of the event, and just before it; the triggers that said the same in SQL are gone. Those that measure and count hang on these
-- rows as before.
DROP TRIGGER on_session_started;
DROP TRIGGER on_any_event;
DROP TRIGGER on_prompt_rendered;
DROP TRIGGER on_prompt_placed;
DROP TRIGGER on_prompt_sent;
DROP TRIGGER on_conversation_bound;
DROP TRIGGER on_reply_captured;
DROP TRIGGER on_session_completed;
DROP TRIGGER on_prompt_rendered_again;
DROP TRIGGER on_reply_captured_again;
DROP TRIGGER on_reply_accepted;
DROP TRIGGER on_limit_reached;
DROP TRIGGER on_prompt_sent_after_limit;
DROP TRIGGER on_prompt_rendered_after_trouble;
DROP TRIGGER on_prompt_sent_after_trouble;
DROP TRIGGER on_reply_captured_after_all;
DROP TRIGGER on_ask_failed;
DROP TRIGGER on_phase_skipped;
DROP TRIGGER on_phase_reopened;
DROP TRIGGER on_session_abandoned;
DROP TRIGGER on_session_imported;
DROP TRIGGER on_attachment_kept;

-- A program of an older version that still has the file open knows nothing of these rows: it would write the event alone. Who writes the rows
-- knows the place of the event beforehand.
CREATE TRIGGER event_comes_with_its_rows BEFORE INSERT ON event
WHEN (SELECT seq FROM session WHERE id = NEW.session) IS NOT NEW.seq
    AND (NEW.kind = 'session_started' OR EXISTS (SELECT 1 FROM session WHERE id = NEW.session))
BEGIN SELECT RAISE(ABORT, 'the record was upgraded: restart what still runs of the older version'); END;

-- A row of `phase` is written as a whole, so most writes of it change neither of these.
DROP TRIGGER measure_phases;
CREATE TRIGGER measure_phases AFTER UPDATE OF started_ms, success ON phase
WHEN (NEW.started_ms IS NULL, NEW.success) IS NOT (OLD.started_ms IS NULL, OLD.success) BEGIN
    UPDATE orchestration_sessions
    SET phases_started = phases_started + (NEW.started_ms IS NOT NULL) - (OLD.started_ms IS NOT NULL),
        phases_completed = phases_completed + (NEW.success IS 1) - (OLD.success IS 1)
    WHERE session = NEW.session;
END;
