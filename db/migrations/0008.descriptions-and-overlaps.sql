-- Descriptions by day. The editions they are from have a first day, and a place in the order of publication that
-- decides between those of the same day. A row is kept only where the text differs from the one before it.

CREATE TABLE described_edition (
    importer text COLLATE "C" NOT NULL,
    edition  text COLLATE "C" NOT NULL CHECK (edition <> ''),
    start    date NOT NULL,
    place    integer NOT NULL CHECK (place >= 0),
    revision bigint NOT NULL UNIQUE,
    PRIMARY KEY (importer, edition)
);

COMMENT ON TABLE described_edition IS 'Editions whose descriptions were imported';
COMMENT ON COLUMN described_edition.start IS 'First day of its texts';
COMMENT ON COLUMN described_edition.place IS 'Order of publication, from zero';
COMMENT ON COLUMN described_edition.revision IS 'Grows with every import that changed something; the service looks at it';

-- What was kept until now has no day; importing the editions again brings it back.
DELETE FROM description;

ALTER TABLE description
    DROP CONSTRAINT description_pkey,
    ADD COLUMN start date NOT NULL,
    ADD PRIMARY KEY (importer, code, start),
    ADD FOREIGN KEY (importer, edition) REFERENCES described_edition;

CREATE INDEX description_edition ON description (importer, edition);

COMMENT ON TABLE description IS 'Descriptions of goods by first day, of the editions imported';
COMMENT ON COLUMN description.edition IS 'The edition imported that was the first to print the text';
COMMENT ON COLUMN description.start IS 'First day of the text; it stands until the next one of the code';

-- Overlaps of codes are looked for by number, not by text: keys of fixed length first make the tree a fifth as costly
-- to fill, which is most of what a publication writes. The 1 in front keeps leading zeros apart.

ALTER TABLE schedule_line
    DROP CONSTRAINT schedule_line_overlap,
    ADD CONSTRAINT schedule_line_overlap EXCLUDE USING gist (
        (('1' || code)::bigint) WITH =, schedule WITH =, valid WITH &&, known WITH &&
    );

ALTER TABLE statistical_number
    DROP CONSTRAINT statistical_number_overlap,
    ADD CONSTRAINT statistical_number_overlap EXCLUDE USING gist (
        (('1' || code)::bigint) WITH =, schedule WITH =, valid WITH &&, known WITH &&
    );
