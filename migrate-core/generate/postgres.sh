#!/usr/bin/env bash
# Writes the tables of names that a Postgres server brings, from a running server.
#
# usage: generate/postgres.sh DSN      (a database that may be littered with extensions)
set -euo pipefail
dsn=$1
out=$(dirname "$0")/../src/replay/builtins/postgres
ask() { psql "$dsn" -XAtqc "$1" | LC_ALL=C sort -u; }

ask "SELECT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace" >"$out/functions.txt"
# Functions with the numbers of arguments that they take; a plus behind the last stands for any more. Those are left out that
# have a syntax of their own, are types as well, or are not for people.
ask "WITH f AS (
         SELECT p.oid, proname, pronargs::int - pronargdefaults AS fewest, pronargs::int AS most, provariadic <> 0 AS open,
             proargtypes::oid[] && array['internal', 'cstring', 'language_handler']::regtype[]::oid[]
                 OR prorettype IN ('internal'::regtype, 'cstring'::regtype, 'trigger'::regtype, 'event_trigger'::regtype) AS hidden,
             EXISTS (SELECT FROM pg_aggregate WHERE aggfnoid = p.oid AND aggkind <> 'n') AS special
         FROM pg_proc p WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind <> 'p'),
     n AS (
         SELECT proname, array_to_string(array_agg(DISTINCT c ORDER BY c), ' ') || CASE WHEN bool_or(open) THEN '+' ELSE '' END AS counts
         FROM f, generate_series(fewest, most) AS c GROUP BY 1 HAVING NOT bool_and(hidden) AND NOT bool_or(special))
     SELECT proname || ' ' || counts FROM n WHERE proname !~ '^(pg|xml|json_object|binary_upgrade)'
         AND proname NOT IN ('extract', 'like', 'normalize', 'overlaps', 'overlay', 'position', 'substring', 'timezone', 'unnest')
         AND proname NOT IN (SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace)" >"$out/argument_counts.txt"
# Functions of which every one of a name makes the same kind of value, with a type of that kind, but for those behind operators,
# indexes and types; `reverse` makes bytes as well from 18 on.
ask "WITH f AS (
         SELECT proname, proretset, proargtypes::oid[] && array['internal', 'cstring']::regtype[]::oid[]
             OR EXISTS (SELECT FROM pg_operator WHERE oprcode = p.oid) OR EXISTS (SELECT FROM pg_amproc WHERE amproc = p.oid) AS hidden, CASE
             WHEN prorettype IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'float4'::regtype, 'float8'::regtype) THEN 'bigint'
             WHEN prorettype IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype) THEN 'text'
             WHEN prorettype IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype) THEN 'timestamp'
             WHEN prorettype IN ('json'::regtype, 'jsonb'::regtype) THEN 'jsonb'
             WHEN prorettype IN ('uuid'::regtype, 'boolean'::regtype) THEN prorettype::regtype::text END AS kind
         FROM pg_proc p WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind <> 'p')
     SELECT proname || ' ' || min(kind) FROM f WHERE proname !~ '^(pg|xml|binary_upgrade)' AND proname <> 'reverse'
         AND proname NOT IN (SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace)
     GROUP BY proname HAVING count(*) = count(kind) AND count(DISTINCT kind) = 1 AND NOT bool_and(hidden) AND NOT bool_or(proretset)" >"$out/results.txt"
# What functions take, each with the fewest arguments and a letter for each parameter (n number, t text, b boolean, d date or
# moment, j json, u uuid, - another type), where every one of the name has such a letter.
ask "WITH f AS (
         SELECT proname, pronargs - pronargdefaults AS fewest, provariadic <> 0 AS open,
             proargtypes::oid[] && array['internal', 'cstring']::regtype[]::oid[]
             OR EXISTS (SELECT FROM pg_operator WHERE oprcode = p.oid) OR EXISTS (SELECT FROM pg_amproc WHERE amproc = p.oid) AS hidden,
             (SELECT string_agg(CASE
                 WHEN t IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'float4'::regtype, 'float8'::regtype) THEN 'n'
                 WHEN t IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype) THEN 't'
                 WHEN t IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype) THEN 'd'
                 WHEN t IN ('json'::regtype, 'jsonb'::regtype) THEN 'j'
                 WHEN t = 'uuid'::regtype THEN 'u' WHEN t = 'boolean'::regtype THEN 'b' ELSE '-' END, '' ORDER BY place)
              FROM unnest(proargtypes::oid[]) WITH ORDINALITY AS u (t, place)) AS taken
         FROM pg_proc p WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind <> 'p'
             AND NOT EXISTS (SELECT FROM pg_aggregate WHERE aggfnoid = p.oid AND aggkind <> 'n'))
     SELECT proname || ' ' || string_agg(DISTINCT fewest || taken, ' ') FROM f WHERE proname !~ '^(pg|xml|json_object|binary_upgrade)'
         AND proname NOT IN ('extract', 'like', 'normalize', 'overlaps', 'overlay', 'position', 'substring', 'unnest')
         AND proname NOT IN (SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace)
     GROUP BY proname HAVING bool_and(taken ~ '[a-z]') AND NOT bool_and(hidden) AND NOT bool_or(open)" >"$out/parameters.txt"
ask "SELECT proname || ' ' || array_to_string((SELECT array_agg(n) FROM unnest(proargnames, proargmodes) AS a (n, m) WHERE m IN ('o', 't', 'b')), ' ')
     FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proretset AND proargmodes IS NOT NULL" >"$out/sets.txt"
ask "SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typrelid = 0 AND typelem = 0
     UNION SELECT typname FROM pg_type WHERE typname IN ('name', 'point', 'box', 'lseg', 'line', 'oidvector', 'int2vector')" >"$out/types.txt"
ask "SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v')" >"$out/relations.txt"
ask "SELECT relname FROM pg_class WHERE relnamespace = 'information_schema'::regnamespace AND relkind IN ('r', 'v')" >"$out/information_schema.txt"

ask "SELECT oprname FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace" >"$out/operators.txt"
ask "SELECT s.typname || ' ' || t.typname FROM pg_cast c JOIN pg_type s ON s.oid = castsource JOIN pg_type t ON t.oid = casttarget
     WHERE c.oid < 16384" >"$out/casts.txt"
ask "SELECT amname || ' ' || opcname FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod WHERE opcnamespace = 'pg_catalog'::regnamespace
     UNION SELECT amname || ' ' || opfname FROM pg_opfamily c JOIN pg_am a ON a.oid = opfmethod WHERE opfnamespace = 'pg_catalog'::regnamespace" >"$out/operator_classes.txt"

# One line per object: the extension, a letter (f function, t type, r relation, o operator, c operator class or family,
# m access method, k cast), the name; casts have none.
: >"$out/extensions.txt"
for extension in $(ask "SELECT name FROM pg_available_extensions WHERE name NOT LIKE 'pl%' AND name NOT LIKE '%_plperl%' AND name NOT LIKE '%plpython%'"); do
    psql "$dsn" -XAtqc "CREATE EXTENSION IF NOT EXISTS \"$extension\" CASCADE" 2>/dev/null || continue
    ask "SELECT e.extname || ' f ' || p.proname FROM pg_extension e
         JOIN pg_depend d ON d.refobjid = e.oid AND d.deptype = 'e' AND d.classid = 'pg_proc'::regclass
         JOIN pg_proc p ON p.oid = d.objid WHERE e.extname = '$extension'
         UNION SELECT e.extname || ' t ' || t.typname FROM pg_extension e
         JOIN pg_depend d ON d.refobjid = e.oid AND d.deptype = 'e' AND d.classid = 'pg_type'::regclass
         JOIN pg_type t ON t.oid = d.objid AND t.typelem = 0 WHERE e.extname = '$extension'
         UNION SELECT e.extname || ' r ' || c.relname FROM pg_extension e
         JOIN pg_depend d ON d.refobjid = e.oid AND d.deptype = 'e' AND d.classid = 'pg_class'::regclass
         JOIN pg_class c ON c.oid = d.objid WHERE e.extname = '$extension'
         UNION SELECT e.extname || ' o ' || o.oprname FROM pg_extension e
         JOIN pg_depend d ON d.refobjid = e.oid AND d.deptype = 'e' AND d.classid = 'pg_operator'::regclass
         JOIN pg_operator o ON o.oid = d.objid WHERE e.extname = '$extension'
         UNION SELECT e.extname || ' c ' || c.opcname FROM pg_extension e
         JOIN pg_depend d ON d.refobjid = e.oid AND d.deptype = 'e' AND d.classid = 'pg_opclass'::regclass
         JOIN pg_opclass c ON c.oid = d.objid WHERE e.extname = '$extension'
         UNION SELECT e.extname || ' c ' || f.opfname FROM pg_extension e
         JOIN pg_depend d ON d.refobjid = e.oid AND d.deptype = 'e' AND d.classid = 'pg_opfamily'::regclass
         JOIN pg_opfamily f ON f.oid = d.objid WHERE e.extname = '$extension'
         UNION SELECT e.extname || ' m ' || a.amname FROM pg_extension e
         JOIN pg_depend d ON d.refobjid = e.oid AND d.deptype = 'e' AND d.classid = 'pg_am'::regclass
         JOIN pg_am a ON a.oid = d.objid WHERE e.extname = '$extension'
         UNION SELECT e.extname || ' k *' FROM pg_extension e
         JOIN pg_depend d ON d.refobjid = e.oid AND d.deptype = 'e' AND d.classid = 'pg_cast'::regclass
         WHERE e.extname = '$extension'" >>"$out/extensions.txt"
    # An extension without functions and types is known nonetheless.
    echo "$extension -" >>"$out/extensions.txt"
done
