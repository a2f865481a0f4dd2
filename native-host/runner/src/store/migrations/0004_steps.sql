-- What a developer does besides going on: leaving phases out, taking them up anew, giving up; and providers that gave no reply.
ALTER TABLE phase ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0 CHECK (skipped IN (0, 1));
-- The code of the refusal.
ALTER TABLE phase ADD COLUMN trouble TEXT;

CREATE TRIGGER on_prompt_rendered_after_trouble AFTER INSERT ON event WHEN NEW.kind = 'prompt_rendered' BEGIN
    UPDATE phase SET trouble = NULL WHERE session = NEW.session AND phase = NEW.data ->> 'phase';
END;

CREATE TRIGGER on_prompt_sent_after_trouble AFTER INSERT ON event WHEN NEW.kind = 'prompt_sent' BEGIN
    UPDATE phase SET trouble = NULL
    WHERE session = NEW.session AND phase = NEW.data ->> 'phase' AND nonce = NEW.data ->> 'nonce';
END;

CREATE TRIGGER on_reply_captured_after_all AFTER INSERT ON event WHEN NEW.kind = 'reply_captured' BEGIN
    UPDATE phase SET trouble = NULL, skipped = 0 WHERE session = NEW.session AND phase = NEW.data ->> 'phase';
END;

CREATE TRIGGER on_ask_failed AFTER INSERT ON event WHEN NEW.kind = 'ask_failed' BEGIN
    UPDATE phase SET trouble = NEW.data ->> 'error', sent_ms = NULL
    WHERE session = NEW.session AND phase = NEW.data ->> 'phase' AND nonce = NEW.data ->> 'nonce';
END;

CREATE TRIGGER on_phase_skipped AFTER INSERT ON event WHEN NEW.kind = 'phase_skipped' BEGIN
    UPDATE phase
    SET skipped = 1, first_token_ms = NULL, last_token_ms = NULL, captured_ms = NULL, span_ms = NULL, bytes = 0,
        tokens_estimated = 0, success = NULL, error_kind = NULL, accepted = 0
    WHERE session = NEW.session AND phase = NEW.data ->> 'phase';
END;

-- The retries stay: they happened. So does the time at which the phase was first begun.
CREATE TRIGGER on_phase_reopened AFTER INSERT ON event WHEN NEW.kind = 'phase_reopened' BEGIN
    UPDATE phase
    SET skipped = 0, trouble = NULL, nonce = NULL, prompted_ms = NULL, placed_ms = NULL, sent_ms = NULL,
        first_token_ms = NULL, last_token_ms = NULL, captured_ms = NULL, span_ms = NULL, prompt_bytes = 0, bytes = 0,
        tokens_estimated = 0, success = NULL, error_kind = NULL, accepted = 0
    WHERE session = NEW.session AND (phase = NEW.data ->> 'phase' OR (skipped = 0 AND position > (
        SELECT position FROM phase WHERE session = NEW.session AND phase = NEW.data ->> 'phase')));
    UPDATE session SET standing = 'active' WHERE id = NEW.session;
END;

CREATE TRIGGER on_session_abandoned AFTER INSERT ON event WHEN NEW.kind = 'session_abandoned' BEGIN
    UPDATE session SET standing = 'abandoned' WHERE id = NEW.session;
END;
