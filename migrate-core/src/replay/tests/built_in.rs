//! Functions and types of the server itself: what is taken and what is refused was seen on a
//! Postgres 15.

use super::both_sides::{Case, check_sides};

const CASES: &[Case] = &[
    // How many arguments they take.
    Case {
        before: "CREATE TABLE k (a int, s text, j jsonb)",
        taken: &[
            "SELECT concat('a'), concat('a', 1, 2), format('a', 1, 2), generate_series(1, 2, 3), left('a', 1), to_timestamp(0), json_build_object(), make_interval(days => 1)",
            "SELECT substring('abc' from 1 for 2), substring('abc', 1), overlay('abc' placing 'x' from 2), trim(both 'x' from 'xax'), trim('x'), position('a' in 'ba'), extract(epoch from now())",
            "SELECT count(*), count(DISTINCT a), string_agg(s, ',' ORDER BY a), percentile_cont(0.5) WITHIN GROUP (ORDER BY a), rank(1) WITHIN GROUP (ORDER BY a) FROM k",
            "SELECT row_number() OVER (), lag(a, 1, 0) OVER (ORDER BY a) FROM k",
            "SELECT * FROM unnest(array[1], array[2]) AS x (a, b)",
            "SELECT int4(1.5), text(1), date(now()), a(k), length(k.s) FROM k",
            "SELECT int4range(1, 2), int4range(1, 2, '[]'), xmlelement(name a, 'b'), xmlconcat('<a/>', '<b/>')",
            "CREATE FUNCTION lower(text, int) RETURNS text LANGUAGE sql AS 'SELECT $1'; SELECT lower(s, 7) FROM k",
            "CREATE SCHEMA x; CREATE FUNCTION x.lower(text, int) RETURNS text LANGUAGE sql AS 'SELECT $1'; SET search_path = x, public; SELECT lower(s, 7) FROM k",
            "CREATE EXTENSION ltree; SELECT index('a'::ltree, 'b'), subpath('a.b', 0)",
        ],
        refused: &[
            "SELECT lower(s, 7) FROM k",
            "SELECT pg_catalog.lower(s, 7) FROM k",
            "CREATE INDEX ON k (lower(s, 7))",
            "CREATE VIEW v AS SELECT max() FROM k",
            "SELECT concat()",
            "SELECT generate_series(1)",
            "SELECT jsonb_set(j, '{a}', '1', true, 7) FROM k",
            "CREATE TABLE w (a int CHECK (length() > 0))",
            "CREATE POLICY p ON k USING (current_setting('a', true, 1) = s)",
            "DO $$ BEGIN PERFORM lower('a', 1); END $$",
            "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT lower(''a'', 1)'",
        ],
    },
    // What they make, where a column is to hold it.
    Case {
        before: "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE k (a int, b boolean, u uuid, t timestamptz, s text, m mood)",
        taken: &[
            "CREATE TABLE t (a date DEFAULT now(), b text DEFAULT now(), c varchar(40) DEFAULT gen_random_uuid(), d time DEFAULT now(), e uuid DEFAULT gen_random_uuid())",
            "CREATE FUNCTION gen_random_uuid() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a int DEFAULT public.gen_random_uuid())",
            "UPDATE k SET s = a; UPDATE k SET s = u, t = t; UPDATE k SET a = x.b FROM (SELECT 1 AS b) x; UPDATE k SET b = x.a FROM (SELECT true AS a) x",
            "ALTER TABLE k ADD COLUMN n numeric, ADD COLUMN d date; UPDATE k SET a = n, n = a, d = t, t = d",
            "DO $$ DECLARE b int := 1; BEGIN UPDATE k SET a = b; EXCEPTION WHEN OTHERS THEN NULL; END $$",
            "INSERT INTO k (u, t, s) VALUES (gen_random_uuid(), now(), now()); UPDATE k SET t = clock_timestamp()",
        ],
        refused: &[
            "CREATE TABLE t (a int DEFAULT now())",
            "CREATE TABLE t (a int DEFAULT gen_random_uuid())",
            "ALTER TABLE k ADD COLUMN x uuid DEFAULT now()",
            "ALTER TABLE k ALTER COLUMN b SET DEFAULT gen_random_uuid()",
            "INSERT INTO k (a) VALUES (now())",
            "UPDATE k SET m = now()",
            "UPDATE k SET a = b",
            "UPDATE k SET b = a",
            "UPDATE k SET u = s",
            "UPDATE k SET a = x.t FROM k x",
            "UPDATE k AS y SET (a, s) = (y.u, y.s)",
        ],
    },
    // Extensions of which all names are known.
    Case {
        before: "CREATE EXTENSION postgis; CREATE EXTENSION postgis_sfcgal; CREATE EXTENSION address_standardizer; CREATE EXTENSION address_standardizer_data_us; CREATE TABLE k (a stdaddr)",
        taken: &[
            "SELECT st_volume(NULL), parse_address('1 a, b'), (a).city FROM k; SELECT word FROM us_lex; CREATE VIEW v AS SELECT postgis_sfcgal_version()",
        ],
        refused: &["SELECT 1 FROM nope", "SELECT nope()", "CREATE TABLE t (a nope)"],
    },
    // Which types take a length or precision.
    Case {
        before: "CREATE TABLE k (a int)",
        taken: &[
            "CREATE TABLE t (a numeric(3, 2), b varchar(3), c character varying(3), d char(1), e timestamp(3), f bit(3), g interval(3), h float(3), i time(3) with time zone, j int[3], k varchar(3)[], l numeric(5))",
            "CREATE DOMAIN whole AS int; CREATE TABLE t (a whole)",
        ],
        refused: &[
            "CREATE TABLE t (a int(11))",
            "CREATE TABLE t (a bigint(20))",
            "CREATE TABLE t (a text(3))",
            "CREATE TABLE t (a uuid(3))",
            "CREATE TABLE t (a varchar(3, 4))",
            "ALTER TABLE k ALTER a TYPE character varying(3, 4)",
            "SELECT 'a'::char(3, 4)",
        ],
    },
];

#[test]
fn what_the_server_brings_is_used_as_it_is() {
    check_sides(CASES);
}
