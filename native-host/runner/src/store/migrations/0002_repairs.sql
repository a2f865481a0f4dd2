-- What a developer did about an incomplete reply, and the usage limit of a site.
ALTER TABLE phase ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0 CHECK (accepted IN (0, 1));
ALTER TABLE session ADD COLUMN limit_resets_ms INTEGER;

CREATE TRIGGER on_prompt_rendered_again AFTER INSERT ON event WHEN NEW.kind = 'prompt_rendered' BEGIN
    UPDATE phase SET accepted = 0 WHERE session = NEW.session AND phase = NEW.data ->> 'phase';
END;

CREATE TRIGGER on_reply_captured_again AFTER INSERT ON event WHEN NEW.kind = 'reply_captured' BEGIN
    UPDATE phase SET accepted = 0 WHERE session = NEW.session AND phase = NEW.data ->> 'phase';
    UPDATE session SET limit_resets_ms = NULL WHERE id = NEW.session;
END;

-- An accepted reply keeps the kind of its error: it is done, and it was never proven.
CREATE TRIGGER on_reply_accepted AFTER INSERT ON event WHEN NEW.kind = 'reply_accepted' BEGIN
    UPDATE phase SET accepted = 1, success = 1 WHERE session = NEW.session AND phase = NEW.data ->> 'phase';
END;

CREATE TRIGGER on_limit_reached AFTER INSERT ON event WHEN NEW.kind = 'limit_reached' BEGIN
    UPDATE session SET limit_resets_ms = NEW.data ->> 'resets_ms' WHERE id = NEW.session;
END;

CREATE TRIGGER on_prompt_sent_after_limit AFTER INSERT ON event WHEN NEW.kind = 'prompt_sent' BEGIN
    UPDATE session SET limit_resets_ms = NULL WHERE id = NEW.session;
END;
