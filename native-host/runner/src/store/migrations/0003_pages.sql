-- What the self-test of a site's page counted last: numbers and tag names for `doctor --page`, nothing that was written there.
CREATE TABLE page (
    site   TEXT    NOT NULL PRIMARY KEY,
    at_ms  INTEGER NOT NULL,
    report TEXT    NOT NULL CHECK (json_valid(report))
) STRICT;
