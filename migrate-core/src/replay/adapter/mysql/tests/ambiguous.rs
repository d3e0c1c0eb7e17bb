//! Bare names of several tables, beside a `MariaDB` 10.11 and a `MySQL` 9.7: both agree on all.

use super::{accepted, findings};

const TABLES: &str = "CREATE TABLE a (id int PRIMARY KEY, n varchar(50), d int);
    CREATE TABLE b (id int PRIMARY KEY, a_id int, n varchar(50));
    CREATE TABLE c (id int, m int, x int);";

#[track_caller]
fn ambiguous(text: &str, name: &str) {
    let found = findings(&[TABLES, text]);
    let expected = format!("`{name}` is ambiguous");
    assert!(found.len() == 1 && found[0].starts_with(&expected), "{text}: {found:?}");
}

#[test]
fn a_column_of_two_tables_needs_its_table() {
    ambiguous("SELECT id FROM a JOIN b ON a.id = a_id", "id");
    ambiguous("SELECT a.id FROM a, b WHERE n = 1", "n");
    ambiguous("SELECT a.id FROM a JOIN b ON id = a_id", "id");
    ambiguous("SELECT a.id AS x FROM a JOIN b ON a.id = a_id GROUP BY n", "n");
    ambiguous("SELECT a.id AS x FROM a JOIN b ON a.id = a_id ORDER BY n", "n");
    ambiguous("SELECT n FROM a JOIN b USING (id)", "n");
    ambiguous("SELECT x.id FROM a x JOIN a y ON x.id = y.d WHERE n = 1", "n");
    ambiguous("SELECT 1 FROM a JOIN (SELECT id FROM b) q ON q.id = a.id WHERE id = 1", "id");
    ambiguous("UPDATE a JOIN b ON a.id = a_id SET a.n = n", "n");
    ambiguous("UPDATE a, b SET n = 'x' WHERE a.id = a_id", "n");
    ambiguous("DELETE a FROM a JOIN b ON a.id = a_id WHERE n = 'x'", "n");
    ambiguous("INSERT INTO c (id, m) SELECT id, d FROM a JOIN b ON a.id = a_id", "id");
    ambiguous("CREATE VIEW v AS SELECT id FROM a JOIN b ON a.id = a_id", "id");
}

#[test]
fn what_means_one_thing_is_taken() {
    for text in [
        "SELECT id FROM a LEFT JOIN b USING (id); SELECT id FROM a NATURAL JOIN c",
        "SELECT a.id FROM a JOIN b USING (id) JOIN c USING (id) WHERE id = 1",
        "SELECT a.n FROM a JOIN b ON a.id = a_id ORDER BY n",
        "SELECT a.n, sum(d) OVER (ORDER BY n) FROM a JOIN b ON a.id = a_id",
        "SELECT a.n, sum(d) OVER w FROM a JOIN b ON a.id = a_id WINDOW w AS (ORDER BY n)",
        "SELECT group_concat(a.n ORDER BY n) FROM a JOIN b ON a.id = a_id",
        "SELECT a.id FROM a JOIN b ON a.id = a_id HAVING id > 1",
        "SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM b WHERE n = 'x' AND a_id = d)",
        "INSERT INTO a (id, n) VALUES (1, 'x') ON DUPLICATE KEY UPDATE n = n, d = id",
        "CREATE PROCEDURE p (id int) SELECT id FROM a JOIN b ON a.id = a_id; CALL p(1)",
    ] {
        accepted(&[TABLES, text]);
    }
}

#[test]
fn columns_of_a_view_and_tables_differ_in_name() {
    let found = findings(&[TABLES, "CREATE VIEW v AS SELECT * FROM a JOIN b ON a.id = a_id"]);
    assert_eq!(found, ["two columns are called `id`"]);
    let found = findings(&[TABLES, "SELECT * FROM a JOIN a ON a.id = a.d"]);
    assert_eq!(found, ["`a` stands twice in `FROM`"]);
    accepted(&[
        TABLES,
        "CREATE VIEW v AS SELECT lower(n), lower(n), 1, 1 FROM a;
         CREATE VIEW w (x, y) AS SELECT a.id, b.id FROM a JOIN b ON a.id = a_id;
         CREATE VIEW x AS SELECT a.n FROM a JOIN a USING (id);",
    ]);
}
