-- What browsing needs: searching goods by the words of their descriptions, and goods lists by code.
--
-- Words of a description are kept at the code where they first appear on the way down from the heading, for what
-- stands above holds for everything below: the index stays small, and a search finds the heading itself rather than
-- a hundred numbers that repeat it.

-- Both need pg_trgm, which the first migration creates; a database where it was dropped since is told so here.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        RAISE EXCEPTION 'the extension pg_trgm is not installed in this database'
            USING HINT = 'its owner can run: CREATE EXTENSION pg_trgm';
    END IF;
END
$$;

-- --- goods lists by code -------------------------------------------------------------------------------------

CREATE FUNCTION list_codes(entries jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(SELECT entry ->> 'code' FROM jsonb_array_elements(entries) AS entry);

COMMENT ON FUNCTION list_codes(jsonb) IS 'The codes of the rows of a goods list, those that are taken out among them';

CREATE INDEX list_version_codes ON list_version USING gin (list_codes(entries));

-- --- words of descriptions -----------------------------------------------------------------------------------

CREATE FUNCTION description_words(said text)
    RETURNS TABLE (word text, lexeme text, place integer, named boolean)
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 10
BEGIN ATOMIC
    WITH token AS (
        SELECT replace(found[1], '''', '') AS whole, at,
               bool_or(found[1] IS NULL) OVER (ORDER BY at) AS qualified
        FROM regexp_matches(
            translate(lower(said), '’éèêëáàâäãåóòôöõúùûüíìîïñç', '''eeeeaaaaaaooooouuuuiiiinc'),
            '([a-z0-9]+(?:[-''][a-z0-9]+)*)|[,;(]', 'g'
        ) WITH ORDINALITY AS match (found, at)
    ), piece AS (
        -- A hyphenated word is found whole and by its parts.
        SELECT replace(whole, '-', '') AS word, at, qualified FROM token
        UNION
        SELECT part, at, qualified FROM token CROSS JOIN regexp_split_to_table(whole, '-') AS part
    )
    SELECT piece.word, stem[1], at::integer, NOT qualified
    FROM piece CROSS JOIN ts_lexize('pg_catalog.english_stem', piece.word) AS stem
    WHERE piece.word ~ '[a-z]' AND length(piece.word) > 1 AND cardinality(stem) > 0;
END;

COMMENT ON FUNCTION description_words(text) IS
    'Words of an English text with their stems; named: they stand before the first comma, semicolon or bracket';

CREATE TABLE goods_word (
    importer text COLLATE "C" NOT NULL,
    word     text COLLATE "C" NOT NULL,
    lexeme   text COLLATE "C" NOT NULL,
    PRIMARY KEY (importer, word)
);

-- GiST, not GIN: it gives the words that are most alike without a threshold of likeness.
CREATE INDEX goods_word_alike ON goods_word USING gist (word gist_trgm_ops (siglen = 32));

COMMENT ON TABLE goods_word IS 'Words that descriptions of goods use or used, to find those meant by misspelled ones';
COMMENT ON COLUMN goods_word.lexeme IS 'The stem of the word';

CREATE TABLE goods_posting (
    importer text COLLATE "C" NOT NULL,
    lexeme   text COLLATE "C" NOT NULL,
    code     text COLLATE "C" NOT NULL,
    weight   real NOT NULL CHECK (weight > 0 AND weight <= 1),
    PRIMARY KEY (importer, lexeme, code) INCLUDE (weight)
);

CREATE INDEX goods_posting_heading ON goods_posting (importer, left(code, 4));

COMMENT ON TABLE goods_posting IS 'At which codes a stem first appears, going down from the heading';
COMMENT ON COLUMN goods_posting.weight IS 'How much of what the code is called the word says: 1 if it is the only one';

CREATE FUNCTION index_descriptions() RETURNS trigger
    LANGUAGE plpgsql
    -- How many headings change is not known beforehand: a plan for a few would take minutes for all.
    SET enable_nestloop TO off
AS $$
BEGIN
    -- Whole headings at a time: a word that a heading gains is no longer the first below it.
    DELETE FROM goods_posting AS it USING (SELECT DISTINCT importer, left(code, 4) AS heading FROM changed) AS head
    WHERE it.importer = head.importer AND left(it.code, 4) = head.heading;

    WITH own AS (
        -- What each text adds to that of the next code above it, part by part.
        SELECT importer, code, start, level, part.text
        FROM (
            SELECT it.importer, it.code, it.start, it.text, max(length(other.text)) AS above
            FROM (SELECT DISTINCT importer, left(code, 4) AS heading FROM changed) AS head
            JOIN description AS it ON it.importer = head.importer AND left(it.code, 4) = head.heading
            CROSS JOIN unnest(ARRAY[left(it.code, 4), left(it.code, 6), left(it.code, 8)]) AS key
            LEFT JOIN description AS other
              ON other.importer = it.importer AND other.code = key AND other.code <> it.code
             AND starts_with(it.text, other.text)
            GROUP BY it.importer, it.code, it.start
        ) AS whole
        CROSS JOIN string_to_table(substr(whole.text, coalesce(above, 0) + 1), ': ')
            WITH ORDINALITY AS part (text, level)
    ), worded AS MATERIALIZED (
        SELECT it.text, words.* FROM (SELECT DISTINCT text FROM own) AS it, description_words(it.text) AS words
    ), weighed AS (
        SELECT text, lexeme, word,
               CASE WHEN named THEN 0.35 + 0.65 / count(*) FILTER (WHERE named) OVER (PARTITION BY text)
                    ELSE 0.35 END AS weight
        FROM worded
    ), best AS MATERIALIZED (
        SELECT importer, code, lexeme, max(weight) AS weight
        FROM own JOIN weighed USING (text) GROUP BY importer, code, lexeme
    ), learned AS (
        INSERT INTO goods_word (importer, word, lexeme)
        SELECT DISTINCT importer, word, lexeme FROM own JOIN worded USING (text)
        ON CONFLICT DO NOTHING
    )
    INSERT INTO goods_posting (importer, lexeme, code, weight)
    SELECT importer, lexeme, code, weight FROM best AS it
    WHERE NOT EXISTS (
        SELECT FROM best AS a
        WHERE (a.importer, a.lexeme, a.code) = (it.importer, it.lexeme, left(it.code, 4))
          AND a.code <> it.code AND a.weight >= it.weight
    ) AND NOT EXISTS (
        SELECT FROM best AS a
        WHERE (a.importer, a.lexeme, a.code) = (it.importer, it.lexeme, left(it.code, 6))
          AND a.code <> it.code AND a.weight >= it.weight
    ) AND NOT EXISTS (
        SELECT FROM best AS a
        WHERE (a.importer, a.lexeme, a.code) = (it.importer, it.lexeme, left(it.code, 8))
          AND a.code <> it.code AND a.weight >= it.weight
    );
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION index_descriptions() IS 'Keeps goods_word and goods_posting in step with the descriptions';

CREATE TRIGGER description_added AFTER INSERT ON description
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_descriptions();
CREATE TRIGGER description_changed AFTER UPDATE ON description
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_descriptions();
CREATE TRIGGER description_removed AFTER DELETE ON description
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_descriptions();

-- --- law -----------------------------------------------------------------------------------------------------

CREATE INDEX version_acts ON version USING gin (acts);

-- Descriptions imported before are indexed now.
UPDATE description SET text = text;
