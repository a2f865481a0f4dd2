-- Texts whose bodies were dropped on purpose: one that is asked for later was pruned, and is not lost.
CREATE TABLE pruned (
    hash  TEXT    NOT NULL PRIMARY KEY,
    at_ms INTEGER NOT NULL
) STRICT;
