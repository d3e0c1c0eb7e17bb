//! Partitions: what is refused and what is taken was seen on a Postgres 15.

use super::check;

const PARENT: &str = "CREATE TABLE t (a int) PARTITION BY LIST (a);";

#[test]
fn only_partitioned_tables_have_partitions() {
    check(
        &["CREATE TABLE t (a int); CREATE TABLE c (a int);
ALTER TABLE t ATTACH PARTITION c FOR VALUES IN (1);
CREATE TABLE d PARTITION OF t FOR VALUES IN (1);
ALTER TABLE t DETACH PARTITION c;"],
        &[
            "1:2:32 M422 `t` is not partitioned",
            "1:3:29 M422 `t` is not partitioned",
            "1:4:32 M422 `t` is not partitioned",
        ],
    );
    check(
        &[PARENT, "CREATE TABLE c PARTITION OF t FOR VALUES IN (1) PARTITION BY LIST (a);
           CREATE TABLE d (a int); ALTER TABLE c ATTACH PARTITION d DEFAULT; CREATE TABLE e (LIKE t);
           ALTER TABLE t ATTACH PARTITION e FOR VALUES IN (2); CREATE TABLE f PARTITION OF t DEFAULT;"],
        &[],
    );
}

#[test]
fn a_table_is_the_partition_of_one() {
    check(
        &[
            PARENT,
            "CREATE TABLE c PARTITION OF t FOR VALUES IN (1);
ALTER TABLE t ATTACH PARTITION c FOR VALUES IN (2);
CREATE TABLE p (a int); CREATE TABLE d () INHERITS (p); ALTER TABLE t ATTACH PARTITION d DEFAULT;",
        ],
        &[
            "2:2:32 M408 `c` is already a partition",
            "2:3:88 M422 `d` inherits from another table, and is no partition",
        ],
    );
    check(
        &[
            PARENT,
            "CREATE TABLE c (a int);
ALTER TABLE t DETACH PARTITION c;",
        ],
        &["2:2:32 M409 `c` is not a partition of `t`"],
    );
    check(
        &[PARENT, "CREATE TABLE c PARTITION OF t FOR VALUES IN (1); ALTER TABLE t DETACH PARTITION c;
           ALTER TABLE t ATTACH PARTITION c FOR VALUES IN (1); ALTER TABLE t DETACH PARTITION c CONCURRENTLY;"],
        &[],
    );
}

#[test]
fn a_table_goes_with_the_type_it_is_partitioned_by() {
    const TABLES: &str =
        "CREATE DOMAIN d AS int; CREATE TABLE p (a d, b int) PARTITION BY RANGE (a);
        CREATE TABLE q PARTITION OF p DEFAULT; CREATE VIEW v AS SELECT b FROM p;
        CREATE TABLE k (a d, b int) PARTITION BY RANGE (b); DROP DOMAIN d CASCADE;";
    check(
        &[
            TABLES,
            "CREATE TABLE p (a int); CREATE TABLE q (a int); CREATE TABLE v (a int); SELECT b FROM k",
        ],
        &[],
    );
    check(&[TABLES, "SELECT b FROM q"], &["2:1:15 M402 no earlier migration creates `q`"]);
    check(&[TABLES, "SELECT a FROM k"], &["2:1:8 M403 `k` has no column `a`"]);
}

#[test]
fn a_partition_has_the_columns_of_its_table() {
    check(
        &[
            PARENT,
            "CREATE TABLE c (a int, b int);
ALTER TABLE t ATTACH PARTITION c DEFAULT;",
        ],
        &["2:2:32 M422 `c` has a column `b` that `t` has not"],
    );
    check(
        &[
            PARENT,
            "CREATE TABLE c (b int);
ALTER TABLE t ATTACH PARTITION c DEFAULT;",
        ],
        &["2:2:32 M403 `c` has no column `a`, as `t` has"],
    );
}
