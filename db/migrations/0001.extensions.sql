-- What the law's tables rest on. Both extensions are trusted: the owner of the database may create them.

-- btree_gist: equality beside ranges in one exclusion constraint (no two versions of a measure overlap).
create extension if not exists btree_gist with schema public;

-- pg_trgm: searching goods by words and parts of words.
create extension if not exists pg_trgm with schema public;
