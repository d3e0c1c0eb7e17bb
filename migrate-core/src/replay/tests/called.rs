//! What functions do that a statement calls: what is taken and what is refused was seen on a
//! Postgres 15, with `PostGIS` 3.3.

use super::both_sides::{Case, check_sides};

const CASES: &[Case] = &[
    // Names that are put together with `format` have quotes only where they need some.
    Case {
        before: "CREATE TABLE crates (id int, name text); CREATE TABLE \"user\" (id int); CREATE FUNCTION logged(t text) RETURNS void LANGUAGE plpgsql AS $f$ BEGIN EXECUTE format('CREATE TABLE %I_log (LIKE %I)', t, t); EXECUTE format('ALTER TABLE %I_log ADD CONSTRAINT %I_key UNIQUE (id)', t, t); EXECUTE 'CREATE INDEX ' || quote_ident(t) || '_name ON ' || quote_ident(t) || ' (name)'; END $f$",
        taken: &[
            "SELECT logged('crates'); INSERT INTO crates_log (id) VALUES (1); ALTER TABLE crates_log DROP CONSTRAINT crates_key; DROP INDEX crates_name",
            "DO $f$ DECLARE t text := 'user'; BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN x int', t); END $f$; SELECT x FROM \"user\"",
        ],
        refused: &[
            "SELECT logged('crates'); INSERT INTO crates_log (nope) VALUES (1)",
            "SELECT logged('crates'); INSERT INTO crates_logs (id) VALUES (1)",
            "SELECT logged('user')",
            "DO $f$ DECLARE t text := 'Crates'; BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN x int', t); END $f$",
        ],
    },
    // A call changes the schema wherever in a statement it stands.
    Case {
        before: "CREATE TABLE base (id int, at date); CREATE TABLE log (id int, t text);
            CREATE FUNCTION part(d date) RETURNS text LANGUAGE plpgsql AS $f$ DECLARE n text := 'base_' || to_char(d, 'YYYYMM'); BEGIN EXECUTE 'CREATE TABLE ' || n || ' () INHERITS (base)'; RETURN n; END $f$;
            CREATE FUNCTION make(n text) RETURNS text LANGUAGE plpgsql AS $f$ BEGIN EXECUTE format('CREATE TABLE %I (id int)', n); RETURN n; END $f$;
            CREATE FUNCTION pass_on(n text) RETURNS text LANGUAGE sql AS $f$ SELECT make(n) $f$",
        taken: &[
            "SELECT * FROM part('2020-01-01'::date) AS x; INSERT INTO base_202001 VALUES (1)",
            "SELECT x FROM generate_series(1, 1) g, part('2020-01-01') x; INSERT INTO base_202001 VALUES (1)",
            "SELECT upper(part('2020-01-01')); INSERT INTO base_202001 VALUES (1)",
            "SELECT 1 WHERE part('2020-01-01') IS NOT NULL; INSERT INTO base_202001 VALUES (1)",
            "WITH x AS (SELECT part('2020-01-01') p) SELECT p FROM x; INSERT INTO base_202001 VALUES (1)",
            "INSERT INTO log (t) SELECT part('2020-01-01'); INSERT INTO base_202001 VALUES (1)",
            "INSERT INTO log (t) VALUES ('x'); UPDATE log SET t = part('2020-01-01'); INSERT INTO base_202001 VALUES (1)",
            "INSERT INTO log (t) VALUES ('x'); DELETE FROM log WHERE t = part('2020-01-01'); INSERT INTO base_202001 VALUES (1)",
            "SELECT * FROM make('made'); INSERT INTO made (id) VALUES (1)",
            "SELECT pass_on('made') || ''; INSERT INTO made (id) VALUES (1)",
            "SELECT * FROM pass_on('made'); INSERT INTO made (id) VALUES (1)",
            "DO $$ DECLARE x text; BEGIN x := upper(pass_on('made')); END $$; INSERT INTO made (id) VALUES (1)",
            "DO $$ DECLARE x text; BEGIN FOR x IN SELECT make('made') LOOP NULL; END LOOP; END $$; INSERT INTO made (id) VALUES (1)",
            "DO $$ BEGIN IF make('made') IS NOT NULL THEN NULL; END IF; END $$; INSERT INTO made (id) VALUES (1)",
            "CREATE TABLE copy AS SELECT make('made') AS t; INSERT INTO made (id) VALUES (1)",
            "CREATE MATERIALIZED VIEW copy AS SELECT make('made') AS t; INSERT INTO made (id) VALUES (1)",
        ],
        refused: &[
            "SELECT * FROM make('made'); INSERT INTO made (nope) VALUES (1)",
            "SELECT * FROM make('made'); SELECT * FROM make('made')",
            "CREATE VIEW v AS SELECT make('made') AS t; INSERT INTO made (id) VALUES (1)",
            "SELECT upper('made'); INSERT INTO made (id) VALUES (1)",
        ],
    },
    // So do triggers.
    Case {
        before: "CREATE TABLE base (id int, at date); CREATE FUNCTION split() RETURNS trigger LANGUAGE plpgsql AS $f$ DECLARE n text := 'base_' || to_char(NEW.at, 'YYYYMM'); BEGIN EXECUTE 'CREATE TABLE IF NOT EXISTS ' || n || ' () INHERITS (base)'; EXECUTE 'INSERT INTO ' || n || ' SELECT ($1).*' USING NEW; RETURN NULL; END $f$; CREATE TRIGGER t BEFORE INSERT ON base FOR EACH ROW EXECUTE FUNCTION split()",
        taken: &["INSERT INTO base VALUES (1, '2020-01-01'); SELECT id FROM base_202001"],
        refused: &["SELECT id FROM base_202001"],
    },
    // Functions of PostGIS that are written in PL/pgSQL.
    Case {
        before: "CREATE EXTENSION postgis; CREATE SCHEMA side; CREATE TABLE places (id int, name text); CREATE TABLE side.spots (id int)",
        taken: &[
            "SELECT AddGeometryColumn('places', 'geom', 4326, 'POINT', 2); CREATE INDEX ON places USING gist (geom)",
            "SELECT AddGeometryColumn('places', 'geom', '4326', 'POINT', 2); SELECT geom FROM places",
            "SELECT public.AddGeometryColumn('public', 'places'::varchar, 'geom', -1, 'POINT', 2, false); SELECT geom FROM places",
            "SELECT * FROM AddGeometryColumn('', 'side', 'spots', 'geom', 4326, 'POINT', 2); SELECT geom FROM side.spots",
            "DO $$ BEGIN PERFORM AddGeometryColumn('places', 'geom', 4326, 'POINT', 2); END $$; SELECT geom FROM places",
            "SELECT AddGeometryColumn('public', 'places', 'ge' || 'om', 4326, 'POINT', 2); SELECT geom FROM places",
            "SELECT AddGeometryColumn('public', 'pla' || 'ces', 'geom', 4326, 'POINT', 2); SELECT geom FROM places",
            "SELECT AddGeometryColumn('places', name, 4326, 'POINT', 2) FROM places; SELECT id FROM places",
            "SELECT AddGeometryColumn('places', 'geom', 4326, 'POINT', 2); SELECT DropGeometryColumn('places', 'geom'); ALTER TABLE places ADD COLUMN geom int",
            "SELECT AddGeometryColumn('places', 'geom', 4326, 'POINT', 2); SELECT DropGeometryTable('places'); CREATE TABLE places (a int)",
            "CREATE EXTENSION postgis_topology; SELECT topology.CreateTopology('topo', 4326); SELECT * FROM topo.node; SELECT topology.AddTopoGeometryColumn('topo', 'public', 'places', 'shape', 'POLYGON'); SELECT shape FROM places",
        ],
        refused: &[
            "SELECT AddGeometryColumn('places', 'geom', 4326, 'POINT', 2); CREATE INDEX ON places USING gist (geo)",
            "SELECT AddGeometryColumn('place', 'geom', 4326, 'POINT', 2)",
            "SELECT AddGeometryColumn('side', 'place', 'geom', 4326, 'POINT', 2)",
            "SELECT AddGeometryColumn('places', 'id', 4326, 'POINT', 2)",
            "SELECT AddGeometryColumn('places', 'geom', 4326, 'POINT', 2); SELECT DropGeometryColumn('places', 'geom'); SELECT geom FROM places",
            "SELECT AddGeometryColumn('places', 'GeoM', 4326, 'POINT', 2); SELECT geom FROM places",
        ],
    },
];

#[test]
fn calls_are_followed_wherever_they_stand() {
    check_sides(CASES);
}
