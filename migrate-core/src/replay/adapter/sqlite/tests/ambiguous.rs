//! Bare names of several tables, beside an `SQLite` 3.51.

use super::refused::findings;

const TABLES: &str = "CREATE TABLE a (id int PRIMARY KEY, n text, d int);
    CREATE TABLE b (id int PRIMARY KEY, a_id int, n text);
    CREATE TABLE c (id int, m int, x int);";

#[track_caller]
fn ambiguous(text: &str, name: &str) {
    let found = findings(&[TABLES, text]);
    let expected = format!("`{name}` is ambiguous");
    assert!(found.len() == 1 && found[0].contains(&expected), "{text}: {found:?}");
}

#[test]
fn a_column_of_two_tables_needs_its_table() {
    ambiguous("SELECT id FROM a JOIN b ON a.id = a_id", "id");
    ambiguous("SELECT a.id FROM a JOIN b ON id = a_id", "id");
    ambiguous("SELECT a.n AS n FROM a JOIN b ON a.id = a_id WHERE n = 1", "n");
    ambiguous("SELECT a.n AS q FROM a JOIN b ON a.id = a_id ORDER BY n", "n");
    ambiguous("SELECT a.id FROM a JOIN b USING (id) JOIN c ON c.m = a.id WHERE id = 1", "id");
    ambiguous("SELECT n FROM a JOIN a", "n");
    ambiguous("UPDATE a SET n = id FROM b WHERE a.id = a_id", "id");
    ambiguous("CREATE VIEW v AS SELECT id FROM a JOIN b; SELECT * FROM v", "id");
    ambiguous("SELECT sum(d) OVER (ORDER BY n) FROM a JOIN b ON a.id = a_id", "n");
}

#[test]
fn what_means_one_thing_is_taken() {
    for text in [
        "SELECT id FROM a LEFT JOIN b USING (id); SELECT id FROM a NATURAL JOIN c NATURAL JOIN b",
        "SELECT a.n AS n FROM a JOIN b ON a.id = a_id ORDER BY n",
        "SELECT a_id FROM a JOIN b ON d = a_id WHERE a_id = 1",
        "CREATE VIEW v AS SELECT a.id, b.id, a.d FROM a JOIN b; SELECT id FROM v",
        "SELECT id FROM (SELECT a.id, b.id FROM a JOIN b) WHERE id = 1",
        "CREATE VIEW v AS SELECT id FROM a JOIN b",
        "UPDATE a SET n = d FROM b WHERE a.id = a_id RETURNING id, n",
        "INSERT INTO a (id, n) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET n = n WHERE d > 1",
        "CREATE TRIGGER t AFTER UPDATE ON c WHEN old.m > new.m BEGIN
           UPDATE a SET n = new.m WHERE id = old.id; END",
        "SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM b WHERE n = 'x' AND a_id = d)",
    ] {
        assert_eq!(findings(&[TABLES, text]), Vec::<String>::new(), "{text}");
    }
}
