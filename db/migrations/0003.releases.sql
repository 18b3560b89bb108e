-- Releases of the law and the documents they were made from.

CREATE TABLE release (
    number          integer PRIMARY KEY CHECK (number > 0),
    digest          text COLLATE "C" NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    derivation      text COLLATE "C" NOT NULL CHECK (derivation ~ '^[0-9a-f]{64}$'),
    published_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    service_version text NOT NULL,
    notes           text NOT NULL DEFAULT ''
);

COMMENT ON TABLE release IS 'One published state of the law of all importers; never changed after its transaction';
COMMENT ON COLUMN release.number IS 'Counts up from 1 without gaps, in the order of publication';
COMMENT ON COLUMN release.digest IS 'SHA-256 of the list of documents as sha256sum prints it, sorted by path';
COMMENT ON COLUMN release.derivation IS 'SHA-256 of the code that derived the rows below from the documents';
COMMENT ON COLUMN release.published_at IS 'When the rows were written, under the lock of publishing';
COMMENT ON COLUMN release.service_version IS 'Version of Strata that published it';
COMMENT ON COLUMN release.notes IS 'What the publisher wanted to say about it';

CREATE TABLE document (
    sha256  text COLLATE "C" PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    content bytea NOT NULL,
    bytes   integer NOT NULL CHECK (bytes >= 0)
);

-- The content is compressed already.
ALTER TABLE document ALTER COLUMN content SET STORAGE EXTERNAL;

COMMENT ON TABLE document IS 'Texts of law files, each kept once however many releases hold it';
COMMENT ON COLUMN document.sha256 IS 'SHA-256 of the text in UTF-8';
COMMENT ON COLUMN document.content IS 'The text in UTF-8, as a zlib stream';
COMMENT ON COLUMN document.bytes IS 'Length of the text in UTF-8';

CREATE TABLE release_document (
    release integer NOT NULL REFERENCES release (number),
    path    text COLLATE "C" NOT NULL,
    sha256  text COLLATE "C" NOT NULL REFERENCES document (sha256),
    PRIMARY KEY (release, path)
);

COMMENT ON TABLE release_document IS 'The files a release was made from';
COMMENT ON COLUMN release_document.path IS 'Path below the directory of the law, with forward slashes';
