-- What a period of days may be: half-open, not empty, and open rather than "infinity" where it has no end.

CREATE FUNCTION is_period(days daterange) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN NOT isempty(days)
        AND coalesce(lower(days) <> '-infinity', true)
        AND coalesce(upper(days) <> 'infinity', true);

COMMENT ON FUNCTION is_period(daterange) IS
    'Whether the range is a period of the law: not empty, and unbounded (not infinity) where it is open';
