//! Operator classes, families and access methods: what is refused and what is taken was seen on a
//! Postgres 15.

use super::check;

const CLASS: &str = "CREATE OPERATOR CLASS c FOR TYPE int USING btree AS OPERATOR 1 <, FUNCTION 1 btint4cmp(int, int);";
const TABLE: &str = "CREATE TABLE t (a int, b text);";

#[test]
fn a_class_is_told_by_its_name_and_method() {
    check(&[CLASS, CLASS], &["2:1:23 M408 there is already an operator class `c` for `btree`"]);
    check(
        &[
            CLASS,
            "CREATE OPERATOR CLASS c FOR TYPE int USING hash AS OPERATOR 1 =, FUNCTION 1 hashint4(int);",
        ],
        &[],
    );
    check(
        &["CREATE OPERATOR FAMILY f USING btree; CREATE OPERATOR FAMILY f USING hash;
CREATE OPERATOR FAMILY f USING btree; CREATE OPERATOR FAMILY integer_ops USING btree;"],
        &["1:2:24 M408 there is already an operator family `f` for `btree`"],
    );
}

#[test]
fn a_class_makes_a_family_that_stays() {
    let family = "DROP OPERATOR FAMILY c USING btree;";
    check(&[CLASS, "DROP OPERATOR CLASS c USING btree;", CLASS, family, CLASS], &[]);
    check(
        &[CLASS, "CREATE OPERATOR FAMILY c USING btree;"],
        &["2:1:24 M408 there is already an operator family `c` for `btree`"],
    );
    check(
        &[CLASS, family, "DROP OPERATOR CLASS c USING btree;"],
        &["3:1:21 M409 no earlier migration creates an operator class `c` for `btree`"],
    );
}

#[test]
fn a_class_needs_what_it_is_made_of() {
    check(
        &["CREATE OPERATOR CLASS c FOR TYPE nope USING btree FAMILY f AS OPERATOR 1 <;
CREATE OPERATOR CLASS d FOR TYPE int USING btree AS OPERATOR 1 <<<<, FUNCTION 1 nope(int, int);"],
        &[
            "1:1:34 M405 no earlier migration creates the type `nope`",
            "1:1:58 M409 no earlier migration creates an operator family `f` for `btree`",
            "1:2:81 M404 no earlier migration creates the function `nope`",
            "1:2:64 M409 no earlier migration creates an operator `<<<<` for `int` and `int`",
        ],
    );
    let own = "CREATE FUNCTION lt(int, int) RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION cmp(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE OPERATOR <<< (LEFTARG = int, RIGHTARG = int, FUNCTION = lt);
CREATE OPERATOR CLASS c FOR TYPE int USING btree AS OPERATOR 1 <<<, FUNCTION 1 cmp(int, int);";
    check(
        &[own, "DROP OPERATOR <<< (int, int);"],
        &["2:1:15 M410 operator class `c` needs operator `<<<`"],
    );
    check(
        &[own, "DROP FUNCTION cmp(int, int);"],
        &["2:1:15 M410 operator class `c` needs function `cmp`"],
    );
    check(&[own, "DROP FUNCTION cmp(int, int), lt(int, int) CASCADE;", own], &[]);
}

#[test]
fn only_classes_that_are_there_are_named() {
    let missing = |place: &str, name: &str, method: &str| {
        format!(
            "1:1:{place} M409 no earlier migration creates an operator class `{name}` for `{method}`"
        )
    };
    check(&["DROP OPERATOR CLASS c USING btree;"], &[&missing("21", "c", "btree")]);
    check(
        &[
            "DROP OPERATOR CLASS IF EXISTS c USING btree; DROP OPERATOR FAMILY IF EXISTS c USING gin;",
        ],
        &[],
    );
    check(
        &["ALTER OPERATOR FAMILY f USING btree ADD OPERATOR 1 < (int4, int4);"],
        &["1:1:23 M409 no earlier migration creates an operator family `f` for `btree`"],
    );
    check(
        &[
            CLASS,
            "CREATE SCHEMA s; ALTER OPERATOR CLASS c USING btree RENAME TO d;
          ALTER OPERATOR CLASS d USING btree SET SCHEMA s; DROP OPERATOR CLASS s.d USING btree;",
        ],
        &[],
    );
}

#[test]
fn indexes_name_classes_that_are_there() {
    check(
        &[
            TABLE,
            "CREATE INDEX i ON t (a c_ops);
CREATE INDEX j ON t USING gin (b gin_trgm_ops);
CREATE INDEX k ON t USING gist (b text_pattern_ops);
CREATE INDEX l ON t (b public.text_ops);
CREATE INDEX IF NOT EXISTS l ON t (b d_ops);",
        ],
        &[
            "2:1:24 M409 no earlier migration creates an operator class `c_ops` for `btree`",
            "2:2:34 M409 no earlier migration creates an operator class `gin_trgm_ops` for `gin`",
            "2:3:35 M409 no earlier migration creates an operator class `text_pattern_ops` for `gist`",
            "2:4:24 M409 no earlier migration creates an operator class `public.text_ops` for `btree`",
            "2:5:38 M409 no earlier migration creates an operator class `d_ops` for `btree`",
        ],
    );
    check(
        &[
            TABLE,
            "CREATE EXTENSION pg_trgm;
          CREATE INDEX i ON t USING gin (b gin_trgm_ops);
          CREATE INDEX ON t USING gist (b public.gist_trgm_ops (siglen = 32));
          CREATE INDEX ON t (b text_pattern_ops DESC); CREATE INDEX ON t (b pg_catalog.text_ops);",
        ],
        &[],
    );
    check(&[TABLE, "CREATE EXTENSION unheard_of; CREATE INDEX ON t (b unheard_ops);"], &[]);
    check(
        &[TABLE, CLASS, "CREATE INDEX i ON t (a c);", "DROP OPERATOR CLASS c USING btree;"],
        &["4:1:21 M410 index `i` needs operator class `c`"],
    );
    check(
        &[
            TABLE,
            CLASS,
            "CREATE INDEX i ON t (a c);",
            "DROP OPERATOR CLASS c USING btree CASCADE; CREATE INDEX i ON t (a);",
        ],
        &[],
    );
}

#[test]
fn indexes_need_their_access_method() {
    check(
        &[TABLE, "CREATE INDEX ON t USING hnsw (b vector_l2_ops);"],
        &["2:1:25 M409 no earlier migration creates the access method `hnsw`"],
    );
    check(
        &["CREATE EXTENSION vector; CREATE TABLE t (a vector);
           CREATE INDEX ON t USING hnsw (a vector_l2_ops);"],
        &[],
    );
    check(
        &[TABLE, "CREATE ACCESS METHOD mine TYPE INDEX HANDLER bthandler; CREATE INDEX ON t USING mine (a);
                  DROP ACCESS METHOD mine;"],
        &[],
    );
    check(&[TABLE, "CREATE EXTENSION unheard_of; CREATE INDEX ON t USING hnsw (b);"], &[]);
}
