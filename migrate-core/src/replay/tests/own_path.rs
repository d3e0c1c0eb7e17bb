//! Routines with a search path of their own: what is taken and what is refused was seen on a
//! Postgres 15.

use super::both_sides::{Case, check_sides};

const CASES: &[Case] = &[Case {
    before: "CREATE SCHEMA a;",
    taken: &[
        "CREATE TABLE a.t(x int); CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SET search_path = a AS $$ BEGIN ALTER TABLE t ADD y int; END $$; SELECT f(); SELECT y FROM a.t;",
        "CREATE TABLE a.t(x int); CREATE FUNCTION f() RETURNS void LANGUAGE sql SET search_path = a AS 'ALTER TABLE t ADD y int'; SELECT f(); SELECT y FROM a.t;",
        "CREATE PROCEDURE p() LANGUAGE plpgsql SET search_path = a, public AS $$ BEGIN CREATE TABLE m(x int); END $$; CALL p(); SELECT x FROM a.m; CREATE TABLE m(y int); SELECT y FROM m;",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE m(x int); END $$; ALTER FUNCTION f() SET search_path = a; SELECT f(); SELECT x FROM a.m; CREATE TABLE m(y int); SELECT y FROM m;",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SET search_path = a AS $$ BEGIN CREATE TABLE m(x int); END $$; ALTER FUNCTION f() RESET search_path; SELECT f(); SELECT x FROM m; CREATE TABLE a.m(y int);",
        "CREATE TABLE a.l(x int); CREATE TABLE t(x int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql SET search_path = a AS $$ BEGIN CREATE TABLE IF NOT EXISTS m(x int); ALTER TABLE l ADD IF NOT EXISTS y int; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); INSERT INTO t VALUES (1); SELECT x FROM a.m; SELECT y FROM a.l; CREATE TABLE m(y int);",
        "SET search_path = a; CREATE FUNCTION public.f() RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$ BEGIN CREATE TABLE m(x int); END $$; SET search_path = public; SELECT f(); SELECT x FROM a.m; CREATE TABLE public.m(y int);",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SET search_path = 'a', 'pg_temp' AS $$ BEGIN CREATE TABLE m(x int); PERFORM g(); END $$; CREATE FUNCTION a.g() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE n(x int); END $$; SELECT f(); SELECT m.x, n.x FROM a.m, a.n; CREATE TABLE n(y int);",
        "CREATE TABLE a.t(x int); CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE t ADD y int; END $$; DO $$ DECLARE r record; BEGIN FOR r IN SELECT oid::regprocedure AS p FROM pg_proc WHERE proname = 'f' LOOP EXECUTE format('ALTER FUNCTION %s SET search_path = a', r.p); END LOOP; END $$; SELECT f(); SELECT y FROM a.t",
        "CREATE TABLE a.t(x int); CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE t ADD y int; END $$; DO $$ BEGIN IF current_setting('server_version_num')::int > 100000 THEN ALTER FUNCTION f() SET search_path = a; END IF; END $$; SELECT f(); SELECT y FROM a.t",
    ],
    refused: &[
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SET search_path = a AS $$ BEGIN CREATE TABLE m(x int); END $$; SELECT f(); CREATE TABLE m(y int); SELECT x FROM m;",
        "CREATE TABLE a.t(x int); CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SET search_path = a AS $$ BEGIN ALTER TABLE t ADD y int; END $$; SELECT f(); SELECT z FROM a.t;",
        "CREATE TABLE a.t(x int); CREATE TABLE t(x int); CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SET search_path = a AS $$ BEGIN ALTER TABLE t ADD y int; END $$; SELECT f(); SELECT y FROM t;",
        "CREATE TABLE a.t(x int); CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SET search_path = a AS $$ BEGIN ALTER TABLE t ADD y int; END $$; SELECT f(); SELECT x FROM t;",
    ],
}];

#[test]
fn routines_run_under_their_own_path() {
    check_sides(CASES);
}
