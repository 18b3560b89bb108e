-- Descriptions of goods, from editions that were imported here. They are no part of the law files and of no release.

CREATE TABLE description (
    importer text COLLATE "C" NOT NULL,
    code     text COLLATE "C" NOT NULL CHECK (code ~ '^[0-9]{4,10}$'),
    text     text NOT NULL CHECK (text <> ''),
    edition  text COLLATE "C" NOT NULL,
    PRIMARY KEY (importer, code)
);

COMMENT ON TABLE description IS 'Descriptions of goods, of the edition last imported that has the code';
COMMENT ON COLUMN description.code IS 'Digits of a heading, subheading, rate line or statistical number';
COMMENT ON COLUMN description.text IS 'Texts from the heading down to the code, divided by colons';
COMMENT ON COLUMN description.edition IS 'The edition the text was read from';
