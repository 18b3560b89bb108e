-- Versions: what the amendments come to, one rectangle of valid time and known time per row.
-- No two versions of a measure and view, or of a goods list, may overlap in both times.

CREATE TABLE version (
    release  integer NOT NULL,
    importer text COLLATE "C" NOT NULL,
    place    integer NOT NULL,
    program  text COLLATE "C" NOT NULL,
    measure  text COLLATE "C" NOT NULL,
    view     text COLLATE "C" NOT NULL CHECK (view IN ('collected', 'law')),
    valid    daterange NOT NULL CHECK (is_period(valid)),
    known    daterange NOT NULL CHECK (is_period(known)),
    terms    jsonb NOT NULL,
    acts     text[] NOT NULL CHECK (cardinality(acts) > 0),
    PRIMARY KEY (release, importer, place),
    FOREIGN KEY (release, importer, program, measure) REFERENCES measure (release, importer, program, id),
    CONSTRAINT version_overlap EXCLUDE USING gist (
        release WITH =, importer WITH =, program WITH =, measure WITH =, view WITH =, valid WITH &&, known WITH &&
    )
);

CREATE INDEX version_of_measure ON version (release, importer, program, measure, view);

COMMENT ON TABLE version IS 'Complete terms of a measure over one rectangle of valid x known time, in one view';
COMMENT ON COLUMN version.place IS 'Order in which the versions were derived, from 0';
COMMENT ON COLUMN version.valid IS 'Days of entry on which the terms apply';
COMMENT ON COLUMN version.known IS 'Days on which this was what one knew';
COMMENT ON COLUMN version.acts IS 'Acts that gave the fields their values, the act of the rate first';

CREATE TABLE list_version (
    release  integer NOT NULL,
    importer text COLLATE "C" NOT NULL,
    place    integer NOT NULL,
    name     text COLLATE "C" NOT NULL,
    valid    daterange NOT NULL CHECK (is_period(valid)),
    known    daterange NOT NULL CHECK (is_period(known)),
    entries  jsonb NOT NULL,
    PRIMARY KEY (release, importer, place),
    FOREIGN KEY (release, importer) REFERENCES importer (release, code),
    CONSTRAINT list_version_overlap EXCLUDE USING gist (
        release WITH =, importer WITH =, name WITH =, valid WITH &&, known WITH &&
    )
);

CREATE INDEX list_version_by_name ON list_version (release, importer, name);

COMMENT ON TABLE list_version IS 'The rows of a goods list over one rectangle of valid x known time, in both views';
COMMENT ON COLUMN list_version.entries IS 'Array of rows: code, include, act, attributes';
