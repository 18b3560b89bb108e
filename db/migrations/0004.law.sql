-- The law as written: importers, facts, acts, programs with their measures, amendments and announcements.

CREATE TABLE importer (
    release  integer NOT NULL REFERENCES release (number),
    code     text COLLATE "C" NOT NULL,
    place    integer NOT NULL,
    title    text NOT NULL,
    document json NOT NULL,
    PRIMARY KEY (release, code)
);

COMMENT ON TABLE importer IS 'Customs territories';
COMMENT ON COLUMN importer.place IS 'Order in the release, from 0';
COMMENT ON COLUMN importer.document IS 'The whole importer; json, not jsonb, so that the order of its keys stays';

CREATE TABLE fact (
    release     integer NOT NULL,
    importer    text COLLATE "C" NOT NULL,
    name        text COLLATE "C" NOT NULL,
    place       integer NOT NULL,
    type        text NOT NULL,
    class       text NOT NULL CHECK (class IN ('ordinary', 'exceptional')),
    description text NOT NULL,
    effect      text NOT NULL,
    assumed     json,
    choices     text[] NOT NULL,
    PRIMARY KEY (release, importer, name),
    FOREIGN KEY (release, importer) REFERENCES importer (release, code)
);

COMMENT ON TABLE fact IS 'What an entry may declare';
COMMENT ON COLUMN fact.assumed IS 'What is computed with while it is undeclared, in the shape of its type; null: nothing';
COMMENT ON COLUMN fact.choices IS 'The values an enum may take';

CREATE TABLE act (
    release   integer NOT NULL,
    importer  text COLLATE "C" NOT NULL,
    id        text COLLATE "C" NOT NULL,
    place     integer NOT NULL,
    title     text NOT NULL,
    announced date NOT NULL CHECK (isfinite(announced)),
    sequence  integer NOT NULL,
    citation  text,
    url       text,
    notes     text,
    PRIMARY KEY (release, importer, id),
    FOREIGN KEY (release, importer) REFERENCES importer (release, code)
);

COMMENT ON TABLE act IS 'Legal acts';
COMMENT ON COLUMN act.announced IS 'The day the text became public';
COMMENT ON COLUMN act.sequence IS 'Place among the acts of that day';

CREATE TABLE program (
    release           integer NOT NULL,
    importer          text COLLATE "C" NOT NULL,
    id                text COLLATE "C" NOT NULL,
    place             integer NOT NULL,
    title             text NOT NULL,
    authority         text NOT NULL,
    declaration_order integer NOT NULL,
    chapter_98        text NOT NULL,
    acts              text[] NOT NULL,
    notes             text[] NOT NULL,
    path              text NOT NULL,
    PRIMARY KEY (release, importer, id),
    FOREIGN KEY (release, importer) REFERENCES importer (release, code)
);

COMMENT ON TABLE program IS 'Tariff actions: ordered decision lists of measures';
COMMENT ON COLUMN program.place IS 'Order in the release, from 0';
COMMENT ON COLUMN program.declaration_order IS 'Place in the order in which customs wants the headings declared';
COMMENT ON COLUMN program.acts IS 'Ids of the acts it states';
COMMENT ON COLUMN program.path IS 'The law file it stands in';

CREATE TABLE measure (
    release  integer NOT NULL,
    importer text COLLATE "C" NOT NULL,
    program  text COLLATE "C" NOT NULL,
    id       text COLLATE "C" NOT NULL,
    place    integer NOT NULL,
    heading  text COLLATE "C" NOT NULL,
    title    text,
    patch    jsonb NOT NULL,
    assume   json NOT NULL,
    classes  json NOT NULL,
    notes    text,
    line     integer NOT NULL,
    PRIMARY KEY (release, importer, program, id),
    UNIQUE (release, importer, program, place),
    FOREIGN KEY (release, importer, program) REFERENCES program (release, importer, id)
);

CREATE INDEX measure_heading ON measure (release, importer, heading);

COMMENT ON TABLE measure IS 'Lines of a program; the first whose conditions hold decides';
COMMENT ON COLUMN measure.place IS 'Place in the decision list, from 0';
COMMENT ON COLUMN measure.patch IS 'Terms that hold wherever no amendment says otherwise';
COMMENT ON COLUMN measure.assume IS 'Defaults of undeclared facts for this measure';
COMMENT ON COLUMN measure.classes IS 'Classes of facts for this measure';
COMMENT ON COLUMN measure.line IS 'Line of the law file';

CREATE TABLE amendment (
    release  integer NOT NULL,
    importer text COLLATE "C" NOT NULL,
    program  text COLLATE "C" NOT NULL,
    measure  text COLLATE "C" NOT NULL,
    place    integer NOT NULL,
    act      text COLLATE "C" NOT NULL,
    valid    daterange NOT NULL CHECK (is_period(valid)),
    concerns text NOT NULL CHECK (concerns IN ('law', 'collection', 'both')),
    patch    jsonb NOT NULL,
    line     integer NOT NULL,
    PRIMARY KEY (release, importer, program, measure, place),
    FOREIGN KEY (release, importer, program, measure) REFERENCES measure (release, importer, program, id),
    CONSTRAINT amendment_act FOREIGN KEY (release, importer, act) REFERENCES act (release, importer, id)
);

CREATE INDEX amendment_by_act ON amendment (release, importer, act);

COMMENT ON TABLE amendment IS 'New terms of a measure over valid days; known since the day its act was announced';
COMMENT ON COLUMN amendment.place IS 'Place in the file, from 0';
COMMENT ON COLUMN amendment.concerns IS 'The views it changes: what is owed in law, what is collected, or both';
COMMENT ON COLUMN amendment.patch IS 'The fields it names; a field it does not name stays as it was';

CREATE TABLE announcement (
    release   integer NOT NULL,
    importer  text COLLATE "C" NOT NULL,
    program   text COLLATE "C" NOT NULL,
    id        text COLLATE "C" NOT NULL,
    place     integer NOT NULL,
    announced date NOT NULL CHECK (isfinite(announced)),
    withdrawn date CHECK (isfinite(withdrawn)),
    valid     daterange CHECK (is_period(valid)),
    origins   jsonb,
    text      text NOT NULL,
    url       text,
    PRIMARY KEY (release, importer, program, id),
    FOREIGN KEY (release, importer, program) REFERENCES program (release, importer, id)
);

COMMENT ON TABLE announcement IS 'Public, dated statements that are not law: shown, never computed with';
COMMENT ON COLUMN announcement.valid IS 'The days they speak of; null: they name none';
