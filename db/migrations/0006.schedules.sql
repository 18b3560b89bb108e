-- Base schedules. A schedule is kept once and shared by all releases that derive the same lines from their
-- documents, so that a change to one program does not write its tens of thousands of rows again.

CREATE TABLE schedule (
    id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    importer text COLLATE "C" NOT NULL,
    digest   text COLLATE "C" NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    UNIQUE (importer, digest)
);

COMMENT ON TABLE schedule IS 'Base schedules of importers with all their editions';
COMMENT ON COLUMN schedule.digest IS 'SHA-256 of its editions, lines and statistical numbers';

CREATE TABLE release_schedule (
    release  integer NOT NULL,
    importer text COLLATE "C" NOT NULL,
    schedule integer NOT NULL REFERENCES schedule (id),
    PRIMARY KEY (release, importer),
    FOREIGN KEY (release, importer) REFERENCES importer (release, code)
);

COMMENT ON TABLE release_schedule IS 'The schedule of an importer in a release';

CREATE TABLE edition (
    schedule  integer NOT NULL REFERENCES schedule (id),
    place     integer NOT NULL,
    id        text COLLATE "C" NOT NULL,
    published date NOT NULL CHECK (isfinite(published)),
    start     date NOT NULL CHECK (isfinite(start)),
    document  json NOT NULL,
    PRIMARY KEY (schedule, id)
);

COMMENT ON TABLE edition IS 'Editions a schedule was read from';
COMMENT ON COLUMN edition.published IS 'The day it became public';
COMMENT ON COLUMN edition.start IS 'The first day it speaks for';
COMMENT ON COLUMN edition.document IS 'The whole edition';

CREATE TABLE schedule_line (
    schedule    integer NOT NULL REFERENCES schedule (id),
    code        text COLLATE "C" NOT NULL,
    place       integer NOT NULL,
    valid       daterange NOT NULL CHECK (is_period(valid)),
    known       daterange NOT NULL CHECK (is_period(known)),
    units       text[] NOT NULL,
    columns     text[] NOT NULL,
    approximate boolean NOT NULL,
    edition     text COLLATE "C" NOT NULL,
    PRIMARY KEY (schedule, code, place),
    CONSTRAINT schedule_line_overlap EXCLUDE USING gist (
        schedule WITH =, code WITH =, valid WITH &&, known WITH &&
    )
);

COMMENT ON TABLE schedule_line IS 'Rate lines over one rectangle of valid x known time';
COMMENT ON COLUMN schedule_line.code IS 'Digits only';
COMMENT ON COLUMN schedule_line.place IS 'Order in the schedule, from 0';
COMMENT ON COLUMN schedule_line.columns IS 'Rate texts, in the order of the columns of the importer';
COMMENT ON COLUMN schedule_line.approximate IS 'Whether the days of a change are known only to the nearest edition';

CREATE TABLE statistical_number (
    schedule integer NOT NULL REFERENCES schedule (id),
    code     text COLLATE "C" NOT NULL,
    place    integer NOT NULL,
    valid    daterange NOT NULL CHECK (is_period(valid)),
    known    daterange NOT NULL CHECK (is_period(known)),
    units    text[] NOT NULL,
    edition  text COLLATE "C" NOT NULL,
    PRIMARY KEY (schedule, code, place),
    CONSTRAINT statistical_number_overlap EXCLUDE USING gist (
        schedule WITH =, code WITH =, valid WITH &&, known WITH &&
    )
);

COMMENT ON TABLE statistical_number IS 'Statistical subdivisions of rate lines over one rectangle of valid x known time';
COMMENT ON COLUMN statistical_number.units IS 'Units of quantity to be declared';
