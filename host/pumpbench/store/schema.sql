-- The pumpbench database, format 1. docs/store.md explains the tables.
-- Times named *_wall_us are microseconds since 1970-01-01 UTC; *_us alone is the board's own clock since its boot.

-- A board as known by its unique id. A new `life` begins when the board's memory was wiped (a virtual board started
-- afresh, a chip erased): its boot count and event numbers then start again and must not be taken for old ones.
CREATE TABLE boards (
    id           INTEGER PRIMARY KEY,
    unique_id    TEXT NOT NULL,
    life         INTEGER NOT NULL,
    last_boot    INTEGER NOT NULL DEFAULT 0,
    last_time_us INTEGER NOT NULL DEFAULT 0,
    UNIQUE (unique_id, life)
) STRICT;

CREATE TABLE tube_sets (
    number              INTEGER PRIMARY KEY AUTOINCREMENT,
    kind                TEXT NOT NULL,
    lot                 TEXT NOT NULL,
    note                TEXT NOT NULL,
    created_wall_us     INTEGER NOT NULL,
    fitted_wall_us      INTEGER,
    fitted_to           TEXT,              -- unique id of the board, null when not fitted
    earlier_revolutions REAL NOT NULL,     -- made before it was entered here
    earlier_hours       REAL NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_tube_set_a_board ON tube_sets (fitted_to) WHERE fitted_to IS NOT NULL;

CREATE TABLE calibrations (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    tube_set        INTEGER NOT NULL REFERENCES tube_sets (number),
    made_wall_us    INTEGER NOT NULL,
    expires_wall_us INTEGER,               -- null when it never expires
    who             TEXT NOT NULL,
    conditions      TEXT NOT NULL,         -- JSON object: temperature, fluid, supply voltage, ...
    points          TEXT NOT NULL,         -- JSON list of the raw points
    board_values    TEXT NOT NULL,         -- JSON object: what the board is given (message calibration_set)
    sha256          TEXT NOT NULL          -- over tube set, date, expiry, who, conditions, points and board values
) STRICT;
CREATE INDEX calibrations_by_tube_set ON calibrations (tube_set, made_wall_us);

CREATE TABLE runs (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    board_id        INTEGER NOT NULL REFERENCES boards (id),
    name            TEXT NOT NULL,
    who             TEXT NOT NULL,
    simulated       INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    tube_set        INTEGER REFERENCES tube_sets (number),
    calibration     INTEGER REFERENCES calibrations (id),
    started_wall_us INTEGER NOT NULL,
    ended_wall_us   INTEGER,               -- null while the run is open
    ending          TEXT CHECK (ending IN ('finished', 'closed')),
    layout          TEXT,                  -- JSON: [[field, numpy format], ...] of this run's records
    meta            TEXT NOT NULL,         -- JSON: what begin_run was given
    bundle          TEXT NOT NULL,         -- JSON: hashes of firmware, program, calibration, tube set, ...
    bundle_sha256   TEXT NOT NULL,
    summary         TEXT,                  -- JSON: what finish_run was given
    revolutions     REAL NOT NULL DEFAULT 0,   -- of the pump head, counted in microsteps
    hours           REAL NOT NULL DEFAULT 0    -- recorded
) STRICT;
CREATE INDEX runs_by_tube_set ON runs (tube_set);

-- Telemetry. Chunks of one (run, boot) never overlap, so their order by counter is the order of the records.
CREATE TABLE chunks (
    id            INTEGER PRIMARY KEY,
    run_id        INTEGER NOT NULL REFERENCES runs (id),
    boot          INTEGER NOT NULL,
    first_counter INTEGER NOT NULL,
    last_counter  INTEGER NOT NULL,
    first_us      INTEGER NOT NULL,
    last_us       INTEGER NOT NULL,
    count         INTEGER NOT NULL,        -- less than last - first + 1 when records are missing inside
    data          BLOB NOT NULL            -- columns, packed: see chunks.py
) STRICT;
CREATE UNIQUE INDEX chunks_in_order
    ON chunks (run_id, boot, last_counter, first_counter, first_us, last_us, count);

CREATE TABLE recorded_gaps (
    id            INTEGER PRIMARY KEY,
    run_id        INTEGER NOT NULL REFERENCES runs (id),
    boot          INTEGER NOT NULL,
    first_counter INTEGER NOT NULL,
    last_counter  INTEGER NOT NULL,
    reason        TEXT NOT NULL,
    UNIQUE (run_id, boot, first_counter, last_counter)
) STRICT;

CREATE TABLE events (
    id               INTEGER PRIMARY KEY,
    run_id           INTEGER NOT NULL REFERENCES runs (id),
    board_id         INTEGER NOT NULL REFERENCES boards (id),
    number           INTEGER NOT NULL,
    boot             INTEGER NOT NULL,
    run              INTEGER NOT NULL,     -- the board's own run number
    time_us          INTEGER NOT NULL,
    code             INTEGER NOT NULL,
    priority         INTEGER NOT NULL,
    a                INTEGER NOT NULL,
    b                INTEGER NOT NULL,
    received_wall_us INTEGER NOT NULL,
    UNIQUE (board_id, boot, number, time_us)
) STRICT;
CREATE INDEX events_by_run ON events (run_id, boot, number);

-- Pairs of the board's clock and the wall's, at one moment.
CREATE TABLE clock_marks (
    run_id  INTEGER NOT NULL REFERENCES runs (id),
    boot    INTEGER NOT NULL,
    time_us INTEGER NOT NULL,
    wall_us INTEGER NOT NULL,
    PRIMARY KEY (run_id, boot, time_us)
) STRICT, WITHOUT ROWID;

-- What the link had to mend, counted while it happened: reconnects, bad_frames, ...
CREATE TABLE link_counts (
    run_id INTEGER NOT NULL REFERENCES runs (id),
    name   TEXT NOT NULL,
    value  INTEGER NOT NULL,
    PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

-- Who did what and when. Each entry's hash covers the one before it.
CREATE TABLE audit (
    number     INTEGER PRIMARY KEY,
    at_wall_us INTEGER NOT NULL,
    who        TEXT NOT NULL,
    action     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    details    TEXT NOT NULL,              -- JSON object, canonical
    previous   TEXT NOT NULL,
    hash       TEXT NOT NULL
) STRICT;
CREATE TABLE audit_head (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL,
    hash   TEXT NOT NULL
) STRICT;
INSERT INTO audit_head VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
WHEN NOT EXISTS (SELECT 1 FROM audit_head WHERE NEW.number = number + 1 AND NEW.previous = hash) BEGIN
    SELECT RAISE(ABORT, 'the audit trail grows at its end only');
END;
CREATE TRIGGER audit_moves_head AFTER INSERT ON audit BEGIN
    UPDATE audit_head SET number = NEW.number, hash = NEW.hash;
END;
CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
WHEN NOT EXISTS (SELECT 1 FROM audit WHERE number = NEW.number AND hash = NEW.hash AND NEW.number = OLD.number + 1) BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
