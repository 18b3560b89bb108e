-- The shape of the database after all migrations, as pg_dump shows it. Do not edit: run
-- WRITE_SCHEMA=1 make test PYTEST_ARGS=tests/store/test_constraints.py
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';
CREATE FUNCTION public.description_words(said text) RETURNS TABLE(word text, lexeme text, place integer, named boolean)
    LANGUAGE sql IMMUTABLE STRICT ROWS 10 PARALLEL SAFE
    BEGIN ATOMIC
 WITH token AS (
          SELECT replace(match.found[1], ''''::text, ''::text) AS whole,
             match.at,
             bool_or((match.found[1] IS NULL)) OVER (ORDER BY match.at) AS qualified
            FROM regexp_matches(translate(lower(description_words.said), '’éèêëáàâäãåóòôöõúùûüíìîïñç'::text, '''eeeeaaaaaaooooouuuuiiiinc'::text), '([a-z0-9]+(?:[-''][a-z0-9]+)*)|[,;(]'::text, 'g'::text) WITH ORDINALITY match(found, at)
         ), piece AS (
          SELECT replace(token.whole, '-'::text, ''::text) AS word,
             token.at,
             token.qualified
            FROM token
         UNION
          SELECT part.part,
             token.at,
             token.qualified
            FROM (token
              CROSS JOIN LATERAL regexp_split_to_table(token.whole, '-'::text) part(part))
         )
  SELECT piece.word,
     stem.stem[1] AS stem,
     (piece.at)::integer AS at,
     (NOT piece.qualified)
    FROM (piece
      CROSS JOIN LATERAL ts_lexize('english_stem'::regdictionary, piece.word) stem(stem))
   WHERE ((piece.word ~ '[a-z]'::text) AND (length(piece.word) > 1) AND (cardinality(stem.stem) > 0));
END;
COMMENT ON FUNCTION public.description_words(said text) IS 'Words of an English text with their stems; named: they stand before the first comma, semicolon or bracket';
CREATE FUNCTION public.index_descriptions() RETURNS trigger
    LANGUAGE plpgsql
    SET enable_nestloop TO 'off'
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
COMMENT ON FUNCTION public.index_descriptions() IS 'Keeps goods_word and goods_posting in step with the descriptions';
CREATE FUNCTION public.is_period(days daterange) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((NOT isempty(days)) AND COALESCE((lower(days) <> '-infinity'::date), true) AND COALESCE((upper(days) <> 'infinity'::date), true));
COMMENT ON FUNCTION public.is_period(days daterange) IS 'Whether the range is a period of the law: not empty, and unbounded (not infinity) where it is open';
CREATE FUNCTION public.list_codes(entries jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(SELECT (entry.value ->> 'code'::text) FROM jsonb_array_elements(list_codes.entries) entry(value));
COMMENT ON FUNCTION public.list_codes(entries jsonb) IS 'The codes of the rows of a goods list, those that are taken out among them';

CREATE TABLE public.act (
    release integer NOT NULL,
    importer text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    place integer NOT NULL,
    title text NOT NULL,
    announced date NOT NULL,
    sequence integer NOT NULL,
    citation text,
    url text,
    notes text,
    CONSTRAINT act_announced_check CHECK (isfinite(announced))
);
COMMENT ON TABLE public.act IS 'Legal acts';
COMMENT ON COLUMN public.act.announced IS 'The day the text became public';
COMMENT ON COLUMN public.act.sequence IS 'Place among the acts of that day';

CREATE TABLE public.amendment (
    release integer NOT NULL,
    importer text NOT NULL COLLATE pg_catalog."C",
    program text NOT NULL COLLATE pg_catalog."C",
    measure text NOT NULL COLLATE pg_catalog."C",
    place integer NOT NULL,
    act text NOT NULL COLLATE pg_catalog."C",
    valid daterange NOT NULL,
    concerns text NOT NULL,
    patch jsonb NOT NULL,
    line integer NOT NULL,
    CONSTRAINT amendment_concerns_check CHECK ((concerns = ANY (ARRAY['law'::text, 'collection'::text, 'both'::text]))),
    CONSTRAINT amendment_valid_check CHECK (public.is_period(valid))
);
COMMENT ON TABLE public.amendment IS 'New terms of a measure over valid days; known since the day its act was announced';
COMMENT ON COLUMN public.amendment.place IS 'Place in the file, from 0';
COMMENT ON COLUMN public.amendment.concerns IS 'The views it changes: what is owed in law, what is collected, or both';
COMMENT ON COLUMN public.amendment.patch IS 'The fields it names; a field it does not name stays as it was';

CREATE TABLE public.announcement (
    release integer NOT NULL,
    importer text NOT NULL COLLATE pg_catalog."C",
    program text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    place integer NOT NULL,
    announced date NOT NULL,
    withdrawn date,
    valid daterange,
    origins jsonb,
    text text NOT NULL,
    url text,
    CONSTRAINT announcement_announced_check CHECK (isfinite(announced)),
    CONSTRAINT announcement_valid_check CHECK (public.is_period(valid)),
    CONSTRAINT announcement_withdrawn_check CHECK (isfinite(withdrawn))
);
COMMENT ON TABLE public.announcement IS 'Public, dated statements that are not law: shown, never computed with';
COMMENT ON COLUMN public.announcement.valid IS 'The days they speak of; null: they name none';

CREATE TABLE public.described_edition (
    importer text NOT NULL COLLATE pg_catalog."C",
    edition text NOT NULL COLLATE pg_catalog."C",
    start date NOT NULL,
    place integer NOT NULL,
    revision bigint NOT NULL,
    CONSTRAINT described_edition_edition_check CHECK ((edition <> ''::text)),
    CONSTRAINT described_edition_place_check CHECK ((place >= 0))
);
COMMENT ON TABLE public.described_edition IS 'Editions whose descriptions were imported';
COMMENT ON COLUMN public.described_edition.start IS 'First day of its texts';
COMMENT ON COLUMN public.described_edition.place IS 'Order of publication, from zero';
COMMENT ON COLUMN public.described_edition.revision IS 'Grows with every import that changed something; the service looks at it';

CREATE TABLE public.description (
    importer text NOT NULL COLLATE pg_catalog."C",
    code text NOT NULL COLLATE pg_catalog."C",
    text text NOT NULL,
    edition text NOT NULL COLLATE pg_catalog."C",
    start date NOT NULL,
    CONSTRAINT description_code_check CHECK ((code ~ '^[0-9]{4,10}$'::text)),
    CONSTRAINT description_text_check CHECK ((text <> ''::text))
);
COMMENT ON TABLE public.description IS 'Descriptions of goods by first day, of the editions imported';
COMMENT ON COLUMN public.description.code IS 'Digits of a heading, subheading, rate line or statistical number';
COMMENT ON COLUMN public.description.text IS 'Texts from the heading down to the code, divided by colons';
COMMENT ON COLUMN public.description.edition IS 'The edition imported that was the first to print the text';
COMMENT ON COLUMN public.description.start IS 'First day of the text; it stands until the next one of the code';

CREATE TABLE public.document (
    sha256 text NOT NULL COLLATE pg_catalog."C",
    content bytea NOT NULL,
    bytes integer NOT NULL,
    CONSTRAINT document_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT document_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);
ALTER TABLE ONLY public.document ALTER COLUMN content SET STORAGE EXTERNAL;
COMMENT ON TABLE public.document IS 'Texts of law files, each kept once however many releases hold it';
COMMENT ON COLUMN public.document.sha256 IS 'SHA-256 of the text in UTF-8';
COMMENT ON COLUMN public.document.content IS 'The text in UTF-8, as a zlib stream';
COMMENT ON COLUMN public.document.bytes IS 'Length of the text in UTF-8';

CREATE TABLE public.edition (
    schedule integer NOT NULL,
    place integer NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    published date NOT NULL,
    start date NOT NULL,
    document json NOT NULL,
    CONSTRAINT edition_published_check CHECK (isfinite(published)),
    CONSTRAINT edition_start_check CHECK (isfinite(start))
);
COMMENT ON TABLE public.edition IS 'Editions a schedule was read from';
COMMENT ON COLUMN public.edition.published IS 'The day it became public';
COMMENT ON COLUMN public.edition.start IS 'The first day it speaks for';
COMMENT ON COLUMN public.edition.document IS 'The whole edition';

CREATE TABLE public.fact (
    release integer NOT NULL,
    importer text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    place integer NOT NULL,
    type text NOT NULL,
    class text NOT NULL,
    description text NOT NULL,
    effect text NOT NULL,
    assumed json,
    choices text[] NOT NULL,
    CONSTRAINT fact_class_check CHECK ((class = ANY (ARRAY['ordinary'::text, 'exceptional'::text])))
);
COMMENT ON TABLE public.fact IS 'What an entry may declare';
COMMENT ON COLUMN public.fact.assumed IS 'What is computed with while it is undeclared, in the shape of its type; null: nothing';
COMMENT ON COLUMN public.fact.choices IS 'The values an enum may take';

CREATE TABLE public.goods_posting (
    importer text NOT NULL COLLATE pg_catalog."C",
    lexeme text NOT NULL COLLATE pg_catalog."C",
    code text NOT NULL COLLATE pg_catalog."C",
    weight real NOT NULL,
    CONSTRAINT goods_posting_weight_check CHECK (((weight > (0)::double precision) AND (weight <= (1)::double precision)))
);
COMMENT ON TABLE public.goods_posting IS 'At which codes a stem first appears, going down from the heading';
COMMENT ON COLUMN public.goods_posting.weight IS 'How much of what the code is called the word says: 1 if it is the only one';

CREATE TABLE public.goods_word (
    importer text NOT NULL COLLATE pg_catalog."C",
    word text NOT NULL COLLATE pg_catalog."C",
    lexeme text NOT NULL COLLATE pg_catalog."C"
);
COMMENT ON TABLE public.goods_word IS 'Words that descriptions of goods use or used, to find those meant by misspelled ones';
COMMENT ON COLUMN public.goods_word.lexeme IS 'The stem of the word';

CREATE TABLE public.importer (
    release integer NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    place integer NOT NULL,
    title text NOT NULL,
    document json NOT NULL
);
COMMENT ON TABLE public.importer IS 'Customs territories';
COMMENT ON COLUMN public.importer.place IS 'Order in the release, from 0';
COMMENT ON COLUMN public.importer.document IS 'The whole importer; json, not jsonb, so that the order of its keys stays';

CREATE TABLE public.list_version (
    release integer NOT NULL,
    importer text NOT NULL COLLATE pg_catalog."C",
    place integer NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    valid daterange NOT NULL,
    known daterange NOT NULL,
    entries jsonb NOT NULL,
    CONSTRAINT list_version_known_check CHECK (public.is_period(known)),
    CONSTRAINT list_version_valid_check CHECK (public.is_period(valid))
);
COMMENT ON TABLE public.list_version IS 'The rows of a goods list over one rectangle of valid x known time, in both views';
COMMENT ON COLUMN public.list_version.entries IS 'Array of rows: code, include, act, attributes';

CREATE TABLE public.measure (
    release integer NOT NULL,
    importer text NOT NULL COLLATE pg_catalog."C",
    program text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    place integer NOT NULL,
    heading text NOT NULL COLLATE pg_catalog."C",
    title text,
    patch jsonb NOT NULL,
    assume json NOT NULL,
    classes json NOT NULL,
    notes text,
    line integer NOT NULL
);
COMMENT ON TABLE public.measure IS 'Lines of a program; the first whose conditions hold decides';
COMMENT ON COLUMN public.measure.place IS 'Place in the decision list, from 0';
COMMENT ON COLUMN public.measure.patch IS 'Terms that hold wherever no amendment says otherwise';
COMMENT ON COLUMN public.measure.assume IS 'Defaults of undeclared facts for this measure';
COMMENT ON COLUMN public.measure.classes IS 'Classes of facts for this measure';
COMMENT ON COLUMN public.measure.line IS 'Line of the law file';

CREATE TABLE public.program (
    release integer NOT NULL,
    importer text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    place integer NOT NULL,
    title text NOT NULL,
    authority text NOT NULL,
    declaration_order integer NOT NULL,
    chapter_98 text NOT NULL,
    acts text[] NOT NULL,
    notes text[] NOT NULL,
    path text NOT NULL
);
COMMENT ON TABLE public.program IS 'Tariff actions: ordered decision lists of measures';
COMMENT ON COLUMN public.program.place IS 'Order in the release, from 0';
COMMENT ON COLUMN public.program.declaration_order IS 'Place in the order in which customs wants the headings declared';
COMMENT ON COLUMN public.program.acts IS 'Ids of the acts it states';
COMMENT ON COLUMN public.program.path IS 'The law file it stands in';

CREATE TABLE public.release (
    number integer NOT NULL,
    digest text NOT NULL COLLATE pg_catalog."C",
    derivation text NOT NULL COLLATE pg_catalog."C",
    published_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    service_version text NOT NULL,
    notes text DEFAULT ''::text NOT NULL,
    CONSTRAINT release_derivation_check CHECK ((derivation ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT release_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT release_number_check CHECK ((number > 0))
);
COMMENT ON TABLE public.release IS 'One published state of the law of all importers; never changed after its transaction';
COMMENT ON COLUMN public.release.number IS 'Counts up from 1 without gaps, in the order of publication';
COMMENT ON COLUMN public.release.digest IS 'SHA-256 of the list of documents as sha256sum prints it, sorted by path';
COMMENT ON COLUMN public.release.derivation IS 'SHA-256 of the code that derived the rows below from the documents';
COMMENT ON COLUMN public.release.published_at IS 'When the rows were written, under the lock of publishing';
COMMENT ON COLUMN public.release.service_version IS 'Version of Strata that published it';
COMMENT ON COLUMN public.release.notes IS 'What the publisher wanted to say about it';

CREATE TABLE public.release_document (
    release integer NOT NULL,
    path text NOT NULL COLLATE pg_catalog."C",
    sha256 text NOT NULL COLLATE pg_catalog."C"
);
COMMENT ON TABLE public.release_document IS 'The files a release was made from';
COMMENT ON COLUMN public.release_document.path IS 'Path below the directory of the law, with forward slashes';

CREATE TABLE public.release_schedule (
    release integer NOT NULL,
    importer text NOT NULL COLLATE pg_catalog."C",
    schedule integer NOT NULL
);
COMMENT ON TABLE public.release_schedule IS 'The schedule of an importer in a release';

CREATE TABLE public.schedule (
    id integer NOT NULL,
    importer text NOT NULL COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT schedule_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text))
);
COMMENT ON TABLE public.schedule IS 'Base schedules of importers with all their editions';
COMMENT ON COLUMN public.schedule.digest IS 'SHA-256 of its editions, lines and statistical numbers';
ALTER TABLE public.schedule ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.schedule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.schedule_line (
    schedule integer NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    place integer NOT NULL,
    valid daterange NOT NULL,
    known daterange NOT NULL,
    units text[] NOT NULL,
    columns text[] NOT NULL,
    approximate boolean NOT NULL,
    edition text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT schedule_line_known_check CHECK (public.is_period(known)),
    CONSTRAINT schedule_line_valid_check CHECK (public.is_period(valid))
);
COMMENT ON TABLE public.schedule_line IS 'Rate lines over one rectangle of valid x known time';
COMMENT ON COLUMN public.schedule_line.code IS 'Digits only';
COMMENT ON COLUMN public.schedule_line.place IS 'Order in the schedule, from 0';
COMMENT ON COLUMN public.schedule_line.columns IS 'Rate texts, in the order of the columns of the importer';
COMMENT ON COLUMN public.schedule_line.approximate IS 'Whether the days of a change are known only to the nearest edition';

CREATE TABLE public.statistical_number (
    schedule integer NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    place integer NOT NULL,
    valid daterange NOT NULL,
    known daterange NOT NULL,
    units text[] NOT NULL,
    edition text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT statistical_number_known_check CHECK (public.is_period(known)),
    CONSTRAINT statistical_number_valid_check CHECK (public.is_period(valid))
);
COMMENT ON TABLE public.statistical_number IS 'Statistical subdivisions of rate lines over one rectangle of valid x known time';
COMMENT ON COLUMN public.statistical_number.units IS 'Units of quantity to be declared';

CREATE TABLE public.version (
    release integer NOT NULL,
    importer text NOT NULL COLLATE pg_catalog."C",
    place integer NOT NULL,
    program text NOT NULL COLLATE pg_catalog."C",
    measure text NOT NULL COLLATE pg_catalog."C",
    view text NOT NULL COLLATE pg_catalog."C",
    valid daterange NOT NULL,
    known daterange NOT NULL,
    terms jsonb NOT NULL,
    acts text[] NOT NULL,
    CONSTRAINT version_acts_check CHECK ((cardinality(acts) > 0)),
    CONSTRAINT version_known_check CHECK (public.is_period(known)),
    CONSTRAINT version_valid_check CHECK (public.is_period(valid)),
    CONSTRAINT version_view_check CHECK ((view = ANY (ARRAY['collected'::text, 'law'::text])))
);
COMMENT ON TABLE public.version IS 'Complete terms of a measure over one rectangle of valid x known time, in one view';
COMMENT ON COLUMN public.version.place IS 'Order in which the versions were derived, from 0';
COMMENT ON COLUMN public.version.valid IS 'Days of entry on which the terms apply';
COMMENT ON COLUMN public.version.known IS 'Days on which this was what one knew';
COMMENT ON COLUMN public.version.acts IS 'Acts that gave the fields their values, the act of the rate first';
ALTER TABLE ONLY public.act
    ADD CONSTRAINT act_pkey PRIMARY KEY (release, importer, id);
ALTER TABLE ONLY public.amendment
    ADD CONSTRAINT amendment_pkey PRIMARY KEY (release, importer, program, measure, place);
ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT announcement_pkey PRIMARY KEY (release, importer, program, id);
ALTER TABLE ONLY public.described_edition
    ADD CONSTRAINT described_edition_pkey PRIMARY KEY (importer, edition);
ALTER TABLE ONLY public.described_edition
    ADD CONSTRAINT described_edition_revision_key UNIQUE (revision);
ALTER TABLE ONLY public.description
    ADD CONSTRAINT description_pkey PRIMARY KEY (importer, code, start);
ALTER TABLE ONLY public.document
    ADD CONSTRAINT document_pkey PRIMARY KEY (sha256);
ALTER TABLE ONLY public.edition
    ADD CONSTRAINT edition_pkey PRIMARY KEY (schedule, id);
ALTER TABLE ONLY public.fact
    ADD CONSTRAINT fact_pkey PRIMARY KEY (release, importer, name);
ALTER TABLE ONLY public.goods_posting
    ADD CONSTRAINT goods_posting_pkey PRIMARY KEY (importer, lexeme, code) INCLUDE (weight);
ALTER TABLE ONLY public.goods_word
    ADD CONSTRAINT goods_word_pkey PRIMARY KEY (importer, word);
ALTER TABLE ONLY public.importer
    ADD CONSTRAINT importer_pkey PRIMARY KEY (release, code);
ALTER TABLE ONLY public.list_version
    ADD CONSTRAINT list_version_overlap EXCLUDE USING gist (release WITH =, importer WITH =, name WITH =, valid WITH &&, known WITH &&);
ALTER TABLE ONLY public.list_version
    ADD CONSTRAINT list_version_pkey PRIMARY KEY (release, importer, place);
ALTER TABLE ONLY public.measure
    ADD CONSTRAINT measure_pkey PRIMARY KEY (release, importer, program, id);
ALTER TABLE ONLY public.measure
    ADD CONSTRAINT measure_release_importer_program_place_key UNIQUE (release, importer, program, place);
ALTER TABLE ONLY public.program
    ADD CONSTRAINT program_pkey PRIMARY KEY (release, importer, id);
ALTER TABLE ONLY public.release_document
    ADD CONSTRAINT release_document_pkey PRIMARY KEY (release, path);
ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.release_schedule
    ADD CONSTRAINT release_schedule_pkey PRIMARY KEY (release, importer);
ALTER TABLE ONLY public.schedule
    ADD CONSTRAINT schedule_importer_digest_key UNIQUE (importer, digest);
ALTER TABLE ONLY public.schedule_line
    ADD CONSTRAINT schedule_line_overlap EXCLUDE USING gist (((('1'::text || code))::bigint) WITH =, schedule WITH =, valid WITH &&, known WITH &&);
ALTER TABLE ONLY public.schedule_line
    ADD CONSTRAINT schedule_line_pkey PRIMARY KEY (schedule, code, place);
ALTER TABLE ONLY public.schedule
    ADD CONSTRAINT schedule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.statistical_number
    ADD CONSTRAINT statistical_number_overlap EXCLUDE USING gist (((('1'::text || code))::bigint) WITH =, schedule WITH =, valid WITH &&, known WITH &&);
ALTER TABLE ONLY public.statistical_number
    ADD CONSTRAINT statistical_number_pkey PRIMARY KEY (schedule, code, place);
ALTER TABLE ONLY public.version
    ADD CONSTRAINT version_overlap EXCLUDE USING gist (release WITH =, importer WITH =, program WITH =, measure WITH =, view WITH =, valid WITH &&, known WITH &&);
ALTER TABLE ONLY public.version
    ADD CONSTRAINT version_pkey PRIMARY KEY (release, importer, place);
CREATE INDEX amendment_by_act ON public.amendment USING btree (release, importer, act);
CREATE INDEX description_edition ON public.description USING btree (importer, edition);
CREATE INDEX goods_posting_heading ON public.goods_posting USING btree (importer, "left"(code, 4));
CREATE INDEX goods_word_alike ON public.goods_word USING gist (word public.gist_trgm_ops (siglen='32'));
CREATE INDEX list_version_by_name ON public.list_version USING btree (release, importer, name);
CREATE INDEX list_version_codes ON public.list_version USING gin (public.list_codes(entries));
CREATE INDEX measure_heading ON public.measure USING btree (release, importer, heading);
CREATE INDEX version_acts ON public.version USING gin (acts);
CREATE INDEX version_of_measure ON public.version USING btree (release, importer, program, measure, view);
CREATE TRIGGER description_added AFTER INSERT ON public.description REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.index_descriptions();
CREATE TRIGGER description_changed AFTER UPDATE ON public.description REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.index_descriptions();
CREATE TRIGGER description_removed AFTER DELETE ON public.description REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.index_descriptions();
ALTER TABLE ONLY public.act
    ADD CONSTRAINT act_release_importer_fkey FOREIGN KEY (release, importer) REFERENCES public.importer(release, code);
ALTER TABLE ONLY public.amendment
    ADD CONSTRAINT amendment_act FOREIGN KEY (release, importer, act) REFERENCES public.act(release, importer, id);
ALTER TABLE ONLY public.amendment
    ADD CONSTRAINT amendment_release_importer_program_measure_fkey FOREIGN KEY (release, importer, program, measure) REFERENCES public.measure(release, importer, program, id);
ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT announcement_release_importer_program_fkey FOREIGN KEY (release, importer, program) REFERENCES public.program(release, importer, id);
ALTER TABLE ONLY public.description
    ADD CONSTRAINT description_importer_edition_fkey FOREIGN KEY (importer, edition) REFERENCES public.described_edition(importer, edition);
ALTER TABLE ONLY public.edition
    ADD CONSTRAINT edition_schedule_fkey FOREIGN KEY (schedule) REFERENCES public.schedule(id);
ALTER TABLE ONLY public.fact
    ADD CONSTRAINT fact_release_importer_fkey FOREIGN KEY (release, importer) REFERENCES public.importer(release, code);
ALTER TABLE ONLY public.importer
    ADD CONSTRAINT importer_release_fkey FOREIGN KEY (release) REFERENCES public.release(number);
ALTER TABLE ONLY public.list_version
    ADD CONSTRAINT list_version_release_importer_fkey FOREIGN KEY (release, importer) REFERENCES public.importer(release, code);
ALTER TABLE ONLY public.measure
    ADD CONSTRAINT measure_release_importer_program_fkey FOREIGN KEY (release, importer, program) REFERENCES public.program(release, importer, id);
ALTER TABLE ONLY public.program
    ADD CONSTRAINT program_release_importer_fkey FOREIGN KEY (release, importer) REFERENCES public.importer(release, code);
ALTER TABLE ONLY public.release_document
    ADD CONSTRAINT release_document_release_fkey FOREIGN KEY (release) REFERENCES public.release(number);
ALTER TABLE ONLY public.release_document
    ADD CONSTRAINT release_document_sha256_fkey FOREIGN KEY (sha256) REFERENCES public.document(sha256);
ALTER TABLE ONLY public.release_schedule
    ADD CONSTRAINT release_schedule_release_importer_fkey FOREIGN KEY (release, importer) REFERENCES public.importer(release, code);
ALTER TABLE ONLY public.release_schedule
    ADD CONSTRAINT release_schedule_schedule_fkey FOREIGN KEY (schedule) REFERENCES public.schedule(id);
ALTER TABLE ONLY public.schedule_line
    ADD CONSTRAINT schedule_line_schedule_fkey FOREIGN KEY (schedule) REFERENCES public.schedule(id);
ALTER TABLE ONLY public.statistical_number
    ADD CONSTRAINT statistical_number_schedule_fkey FOREIGN KEY (schedule) REFERENCES public.schedule(id);
ALTER TABLE ONLY public.version
    ADD CONSTRAINT version_release_importer_program_measure_fkey FOREIGN KEY (release, importer, program, measure) REFERENCES public.measure(release, importer, program, id);
