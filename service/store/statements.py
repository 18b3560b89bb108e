"""Every SQL statement of the store, by question; parameters are ``$1`` and so on, nothing is ever pasted in.

Days are read as ordinals, the form the law uses inside: 0001-01-01 is 1. An open end reads as null.
"""

from __future__ import annotations

from typing import Final

# --- releases ---------------------------------------------------------------------------------------------

LOCK_PUBLISHING: Final = "SELECT pg_advisory_xact_lock(8459131250231)"
"""One publisher at a time, per database; freed with the transaction, also when the publisher is killed."""

LIMIT_PUBLISHING: Final = """
    SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $1, true),
           set_config('idle_in_transaction_session_timeout', $1, true)
"""
"""Writing tens of thousands of rows, and waiting for another publisher, takes longer than a look-up may."""

NOTIFY_RELEASE: Final = "SELECT pg_notify('strata_release', $1::integer::text)"
RELEASE_CHANNEL: Final = "strata_release"

CURRENT_NUMBER: Final = "SELECT max(number) FROM release"

CURRENT_RELEASE: Final = """
    SELECT number, digest, derivation, published_at, service_version, notes
    FROM release ORDER BY number DESC LIMIT 1
"""

RELEASE: Final = """
    SELECT number, digest, derivation, published_at, service_version, notes
    FROM release WHERE number = $1::bigint
"""

RELEASES_BEFORE: Final = """
    SELECT number, digest, derivation, published_at, service_version, notes
    FROM release WHERE $1::bigint IS NULL OR number < $1::bigint ORDER BY number DESC LIMIT $2
"""

INSERT_RELEASE: Final = """
    INSERT INTO release (number, digest, derivation, service_version, notes)
    SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4 FROM release
    RETURNING number, digest, derivation, published_at, service_version, notes
"""

IS_STANDBY: Final = "SELECT pg_is_in_recovery()"

# --- documents --------------------------------------------------------------------------------------------

KNOWN_DOCUMENTS: Final = "SELECT sha256 FROM document WHERE sha256 = any($1::text[])"

DOCUMENTS_OF: Final = """
    SELECT path, content FROM release_document JOIN document USING (sha256) WHERE release = $1 ORDER BY path
"""

DOCUMENT_LIST: Final = """
    SELECT path, sha256, bytes
    FROM release_document JOIN document USING (sha256) WHERE release = $1 ORDER BY path
"""

# --- schedules --------------------------------------------------------------------------------------------

SCHEDULE_BY_DIGEST: Final = "SELECT id FROM schedule WHERE importer = $1 AND digest = $2"
INSERT_SCHEDULE: Final = "INSERT INTO schedule (importer, digest) VALUES ($1, $2) RETURNING id"
INSERT_RELEASE_SCHEDULE: Final = """
    INSERT INTO release_schedule (release, importer, schedule) VALUES ($1, $2, $3)
"""

EDITIONS: Final = """
    SELECT importer, document
    FROM release_schedule JOIN edition USING (schedule) WHERE release = $1 ORDER BY importer, place
"""

LINES: Final = """
    SELECT importer, code,
           lower(valid) - date '0001-01-01' + 1, upper(valid) - date '0001-01-01' + 1,
           lower(known) - date '0001-01-01' + 1, upper(known) - date '0001-01-01' + 1,
           units, columns, approximate, edition
    FROM release_schedule JOIN schedule_line USING (schedule) WHERE release = $1 ORDER BY importer, place
"""

STATISTICAL: Final = """
    SELECT importer, code,
           lower(valid) - date '0001-01-01' + 1, upper(valid) - date '0001-01-01' + 1,
           lower(known) - date '0001-01-01' + 1, upper(known) - date '0001-01-01' + 1,
           units, edition
    FROM release_schedule JOIN statistical_number USING (schedule) WHERE release = $1 ORDER BY importer, place
"""

# --- the law of a release ---------------------------------------------------------------------------------

IMPORTERS: Final = "SELECT code, document FROM importer WHERE release = $1 ORDER BY place"

FACTS: Final = """
    SELECT importer, name, type, class, description, effect, assumed, choices
    FROM fact WHERE release = $1 ORDER BY importer, place
"""

ACTS: Final = """
    SELECT importer, id, title, announced, sequence, citation, url, notes
    FROM act WHERE release = $1 ORDER BY importer, place
"""

PROGRAMS: Final = """
    SELECT importer, id, title, authority, declaration_order, chapter_98, acts, notes, path
    FROM program WHERE release = $1 ORDER BY importer, place
"""

MEASURES: Final = """
    SELECT importer, program, id, heading, title, patch, assume, classes, notes, line
    FROM measure WHERE release = $1 ORDER BY importer, program, place
"""

AMENDMENTS: Final = """
    SELECT importer, program, measure, act,
           lower(valid) - date '0001-01-01' + 1, upper(valid) - date '0001-01-01' + 1,
           concerns, patch, line
    FROM amendment WHERE release = $1 ORDER BY importer, program, measure, place
"""

ANNOUNCEMENTS: Final = """
    SELECT importer, program, id, announced, withdrawn, valid IS NOT NULL,
           lower(valid) - date '0001-01-01' + 1, upper(valid) - date '0001-01-01' + 1,
           origins, text, url
    FROM announcement WHERE release = $1 ORDER BY importer, program, place
"""

VERSIONS: Final = """
    SELECT importer, program, measure, view,
           lower(valid) - date '0001-01-01' + 1, upper(valid) - date '0001-01-01' + 1,
           lower(known) - date '0001-01-01' + 1, upper(known) - date '0001-01-01' + 1,
           terms, acts
    FROM version WHERE release = $1 ORDER BY importer, place
"""

LIST_VERSIONS: Final = """
    SELECT importer, name,
           lower(valid) - date '0001-01-01' + 1, upper(valid) - date '0001-01-01' + 1,
           lower(known) - date '0001-01-01' + 1, upper(known) - date '0001-01-01' + 1,
           entries
    FROM list_version WHERE release = $1 ORDER BY importer, place
"""
