//! Statements beside an `SQLite` 3.40: every one was run on it.

use crate::database::Database;
use crate::replay::replay_files;
use crate::source::{SourceFile, SourceMap, SourceText};

pub(super) fn findings(files: &[&str]) -> Vec<String> {
    let mut sources = SourceMap::new("");
    for (number, text) in files.iter().enumerate() {
        let text = SourceText::new((*text).to_owned());
        sources.add(SourceFile { path: format!("{number}.sql").into(), text });
    }
    let replay = replay_files(Database::Sqlite, &[], &sources).expect("SQLite is built in");
    replay.findings.iter().map(|finding| finding.message.clone()).collect()
}

/// What the server refuses, with a part of what is said of it.
const REFUSED: &[(&str, &str)] = &[
    ("CREATE TABLE t (a, b); INSERT INTO t VALUES (1)", "1 values for 2 columns of `t`"),
    ("CREATE TABLE t (a, b); INSERT INTO t VALUES (1,2,3)", "3 values for 2 columns of `t`"),
    ("CREATE TABLE t (a, b); INSERT INTO t (a) VALUES (1,2)", "2 values for 1 columns of `t`"),
    (
        "CREATE TABLE t (a, b); INSERT INTO t VALUES (1,2), (3)",
        "a row has 1 values, and the first has 2",
    ),
    ("CREATE TABLE t (a, b); INSERT INTO t SELECT 1", "1 values for 2 columns of `t`"),
    ("CREATE TABLE t (a, b); UPDATE t SET (a, b) = (1, 2, 3)", "3 values for 2 columns"),
    ("CREATE TABLE t (a, b); UPDATE t SET (a, b) = (SELECT 1)", "1 values for 2 columns"),
    ("SELECT 1 UNION SELECT 1, 2", "the query makes 2 columns, and the one before it 1"),
    ("VALUES (1), (1, 2)", "a row has 2 values, and the first has 1"),
    (
        "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT a FROM t UNION SELECT a, b FROM t; SELECT * FROM v",
        "the view `v` does not work: the query makes 2 columns, and t",
    ),
    (
        "CREATE TABLE t (a, b); INSERT INTO t VALUES (1,2) ON CONFLICT (a) DO NOTHING",
        "`t` has no unique key over `a`",
    ),
    (
        "CREATE TABLE t (a UNIQUE, b); INSERT INTO t VALUES (1,2) ON CONFLICT (b) DO NOTHING",
        "`t` has no unique key over `b`",
    ),
    (
        "CREATE TABLE t (a UNIQUE, b); INSERT INTO t VALUES (1,2) ON CONFLICT (a, b) DO NOTHING",
        "`t` has no unique key over `a, b`",
    ),
    (
        "CREATE TABLE t (a, b); CREATE UNIQUE INDEX i ON t (a) WHERE b; INSERT INTO t VALUES (1,2) ON CONFLICT (a) DO NOTHING",
        "`t` has no unique key over `a`",
    ),
    (
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b, c); INSERT INTO t (b) VALUES (1) ON CONFLICT (c) DO NOTHING",
        "`t` has no unique key over `c`",
    ),
    (
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b); INSERT INTO t (b) VALUES (1) ON CONFLICT (z) DO NOTHING",
        "`t` has no column `z`",
    ),
    (
        "CREATE TABLE t (a, b AS (a + 1)); INSERT INTO t VALUES (1, 2)",
        "2 values for 1 columns of `t`",
    ),
    (
        "CREATE TABLE t (a, b AS (a + 1)); INSERT INTO t (b) VALUES (1)",
        "`b` is generated, and takes no value",
    ),
    (
        "CREATE TABLE t (a, b AS (a + 1)); UPDATE t SET b = 2",
        "`b` is generated, and takes no value",
    ),
    ("CREATE TABLE t (a, b AS (a + 1) PRIMARY KEY)", "`b` is generated, and is in the primary key"),
    ("CREATE TABLE t (a, b AS (a + 1) DEFAULT 2)", "`b` is generated, and has a default"),
    ("CREATE TABLE t (b AS (1))", "all columns are generated"),
    (
        "CREATE TABLE t (a, b AS (random()))",
        "`random` changes from call to call, and stands in a generate",
    ),
    ("CREATE TABLE t (a, b AS (x + 1))", "`t` has no column `x`"),
    (
        "CREATE TABLE t (a, b AS (sum(a)))",
        "`sum` is an aggregate, and stands in a generated column",
    ),
    (
        "CREATE TABLE t (a); ALTER TABLE t ADD COLUMN b INTEGER PRIMARY KEY",
        "a column with a key cannot be added to a table",
    ),
    (
        "CREATE TABLE t (a); ALTER TABLE t ADD COLUMN b UNIQUE",
        "a column with a key cannot be added to a table",
    ),
    ("CREATE TABLE t (a); ALTER TABLE t ADD COLUMN a", "`t` already has a column `a`"),
    ("CREATE TABLE t (a VARCHAR(10)) STRICT", "`a` is `VARCHAR`, which no `STRICT` table may have"),
    ("CREATE TABLE t (a) STRICT", "`a` is `no type`, which no `STRICT` table may have"),
    ("CREATE TABLE t (a DATETIME) STRICT", "`a` is `DATETIME`, which no `STRICT` table may have"),
    ("CREATE TABLE t (a INT(3)) STRICT", "`a` is `INT`, which no `STRICT` table may have"),
    ("CREATE TABLE t (a BOOLEAN) STRICT", "`a` is `BOOLEAN`, which no `STRICT` table may have"),
    ("CREATE TABLE t (a INT) WITHOUT ROWID", "a table `WITHOUT ROWID` needs a primary key"),
    (
        "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT) WITHOUT ROWID",
        "`a` is no `INTEGER PRIMARY KEY` that counts",
    ),
    (
        "CREATE TABLE t (a INT PRIMARY KEY AUTOINCREMENT)",
        "`a` is no `INTEGER PRIMARY KEY` that counts",
    ),
    (
        "CREATE TABLE t (a TEXT PRIMARY KEY AUTOINCREMENT)",
        "`a` is no `INTEGER PRIMARY KEY` that counts",
    ),
    (
        "CREATE TABLE t (a INTEGER PRIMARY KEY DESC AUTOINCREMENT)",
        "`a` is no `INTEGER PRIMARY KEY` that counts",
    ),
    ("CREATE TABLE t (a, PRIMARY KEY (b))", "`t` has no column `b`"),
    ("CREATE TABLE t (a, UNIQUE (b))", "`t` has no column `b`"),
    ("CREATE TABLE t (a, CHECK (b > 1))", "`t` has no column `b`"),
    ("CREATE TABLE t (a, CHECK (a > (SELECT 1)))", "a sub-query stands in a check"),
    ("CREATE TABLE t (a, CHECK (sum(a) > 1))", "`sum` is an aggregate, and stands in a check"),
    ("CREATE TABLE t (a DEFAULT (b))", "the default of `a` names a column"),
    (
        "CREATE TABLE t (a, b DEFAULT (a)); INSERT INTO t (a) VALUES (1)",
        "the default of `b` names a column",
    ),
    (
        "CREATE TABLE t (a, b); CREATE INDEX i ON t (b); ALTER TABLE t DROP COLUMN b",
        "the index `i` needs column `b` of `t`",
    ),
    (
        "CREATE TABLE t (a, b); CREATE INDEX i ON t (a) WHERE b > 1; ALTER TABLE t DROP COLUMN b",
        "the index `i` needs column `b` of `t`",
    ),
    (
        "CREATE TABLE t (a, b); CREATE INDEX i ON t (a + b); ALTER TABLE t DROP COLUMN b",
        "the index `i` needs column `b` of `t`",
    ),
    (
        "CREATE TABLE t (a, b PRIMARY KEY); ALTER TABLE t DROP COLUMN b",
        "the primary key needs column `b` of `t`",
    ),
    (
        "CREATE TABLE t (a, b UNIQUE); ALTER TABLE t DROP COLUMN b",
        "a unique constraint needs column `b` of `t`",
    ),
    (
        "CREATE TABLE t (a, b, UNIQUE (a, b)); ALTER TABLE t DROP COLUMN b",
        "a unique constraint needs column `b` of `t`",
    ),
    (
        "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT b FROM t; ALTER TABLE t DROP COLUMN b",
        "the view `v` does not work any more: `t` has no column `b`",
    ),
    (
        "CREATE TABLE t (a, b, CHECK (a > b)); ALTER TABLE t DROP COLUMN b",
        "a check needs column `b` of `t`",
    ),
    (
        "CREATE TABLE t (a, b, c AS (b)); ALTER TABLE t DROP COLUMN b",
        "the generated column `c` needs column `b` of `t`",
    ),
    (
        "CREATE TABLE p (a PRIMARY KEY); CREATE TABLE t (a, b, FOREIGN KEY (b) REFERENCES p); ALTER TABLE t DROP COLUMN b",
        "a foreign key needs column `b` of `t`",
    ),
    ("CREATE TABLE t (a, b); ALTER TABLE t DROP COLUMN c", "`t` has no column `c`"),
    (
        "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT x FROM t; ALTER TABLE t RENAME TO u",
        "the view `v` does not work any more: `t` has no column `x`",
    ),
    (
        "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT b FROM t; ALTER TABLE t RENAME COLUMN a TO b",
        "`t` already has a column `b`",
    ),
    (
        "CREATE TABLE t (a, b); SELECT a FROM t WHERE count(*) > 1",
        "`count` is an aggregate, and stands in `WHERE`",
    ),
    (
        "CREATE TABLE t (a, b); SELECT sum(count(*)) FROM t",
        "`count` is an aggregate, and stands in another one",
    ),
    (
        "CREATE TABLE t (a, b); UPDATE t SET a = max(b)",
        "`max` is an aggregate, and stands in an assignment",
    ),
    (
        "CREATE TABLE t (a, b); UPDATE t SET a = sum(b)",
        "`sum` is an aggregate, and stands in an assignment",
    ),
    (
        "CREATE TABLE t (a, b); SELECT a FROM t GROUP BY count(*)",
        "`count` is an aggregate, and stands in `GROUP BY`",
    ),
    ("CREATE TABLE t (a, b); SELECT a FROM t GROUP BY 3", "the query has no result 3, it has 1"),
    ("CREATE TABLE t (a, b); SELECT a FROM t ORDER BY 3", "the query has no result 3, it has 1"),
    (
        "CREATE TABLE t (a, b); SELECT a FROM t WHERE row_number() OVER () > 1",
        "`row_number` is a window function, and stands in `WHERE`",
    ),
    (
        "CREATE TABLE t (a); SELECT * FROM t WHERE a IN (SELECT 1, 2)",
        "a query of 2 columns stands for one value",
    ),
    (
        "CREATE TABLE t (a); SELECT (SELECT 1, 2) FROM t",
        "a query of 2 columns stands for one value",
    ),
    (
        "CREATE TABLE t (a); SELECT a = (SELECT 1, 2) FROM t",
        "a query of 2 columns stands for one value",
    ),
    ("WITH x (a, b, c) AS (SELECT 1) SELECT a FROM x", "3 names for the 1 columns of the query"),
    (
        "CREATE TABLE t (a); CREATE VIEW v (x, y) AS SELECT a FROM t; SELECT * FROM v",
        "the view `v` does not work: 2 names for the 1 columns of the",
    ),
    ("CREATE TABLE t (a); CREATE INDEX i ON t (a, b)", "`t` has no column `b`"),
    (
        "CREATE TABLE t (a); CREATE INDEX i ON t (random())",
        "`random` changes from call to call, and stands in an index",
    ),
    (
        "CREATE TABLE t (a); CREATE INDEX i ON t (sum(a))",
        "`sum` is an aggregate, and stands in an index",
    ),
    ("CREATE TABLE t (a); CREATE INDEX i ON t ((SELECT 1))", "a sub-query stands in an index"),
    (
        "CREATE TABLE t (a); CREATE INDEX i ON t (a) WHERE a > (SELECT 1)",
        "a sub-query stands in an index",
    ),
    (
        "CREATE TABLE t (a); CREATE INDEX i ON t (a) WHERE random() > 1",
        "`random` changes from call to call, and stands in an index",
    ),
    (
        "CREATE TABLE t (a, FOREIGN KEY (a) REFERENCES p (a, b))",
        "the key has 1 columns and refers to 2",
    ),
    (
        "CREATE TABLE t (a, b, FOREIGN KEY (a, b) REFERENCES p (a))",
        "the key has 2 columns and refers to 1",
    ),
    ("CREATE TABLE t (a REFERENCES p (a, b))", "the key has 1 columns and refers to 2"),
    (
        "CREATE TABLE IF NOT EXISTS t (a) STRICT; CREATE TABLE t2 (a); SELECT * FROM t",
        "`a` is `no type`, which no `STRICT` table may have",
    ),
    (
        "CREATE TABLE t (a INTEGER(5) PRIMARY KEY AUTOINCREMENT)",
        "`a` is no `INTEGER PRIMARY KEY` that counts",
    ),
    (
        "CREATE TABLE t (a, b); SELECT * FROM t WHERE a IN t",
        "a query of 2 columns stands for one value",
    ),
];

/// Their neighbours, which it takes.
const ACCEPTED: &[&str] = &[
    "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT a FROM t ORDER BY 3; ALTER TABLE t DROP COLUMN b",
    "CREATE TABLE t (a); CREATE VIEW v (x, y, z) AS SELECT a, a FROM t; ALTER TABLE t RENAME TO u",
    "CREATE TABLE t (a, b); INSERT INTO t (a, a) VALUES (1,2)",
    "CREATE TABLE t (a, b); UPDATE t SET a = 1, a = 2",
    "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT a FROM t UNION SELECT a, b FROM t",
    "CREATE TABLE t (a UNIQUE, b); INSERT INTO t VALUES (1,2) ON CONFLICT (a) DO NOTHING",
    "CREATE TABLE t (a, b); CREATE UNIQUE INDEX i ON t (lower(a)); INSERT INTO t VALUES (1,2) ON CONFLICT (lower(a)) DO NOTHING",
    "CREATE TABLE t (a INTEGER PRIMARY KEY, b); INSERT INTO t VALUES (1,2) ON CONFLICT (rowid) DO NOTHING",
    "CREATE TABLE t (a, b AS (b + 1))",
    "CREATE TABLE t (a, b AS (c + 1), c AS (b + 1))",
    "CREATE TABLE t (a); ALTER TABLE t ADD COLUMN b NOT NULL",
    "CREATE TABLE t (a); ALTER TABLE t ADD COLUMN b NOT NULL DEFAULT NULL",
    "CREATE TABLE t (a); ALTER TABLE t ADD COLUMN b NOT NULL DEFAULT 0",
    "CREATE TABLE t (a); ALTER TABLE t ADD COLUMN b DEFAULT CURRENT_TIMESTAMP",
    "CREATE TABLE t (a); ALTER TABLE t ADD COLUMN b DEFAULT (1 + 1)",
    "CREATE TABLE t (a); INSERT INTO t VALUES (1); ALTER TABLE t ADD COLUMN b DEFAULT (-1)",
    "CREATE TABLE t (a); ALTER TABLE t ADD COLUMN b REFERENCES t DEFAULT 1",
    "CREATE TABLE t (a); ALTER TABLE t ADD COLUMN b AS (a) STORED",
    "CREATE TABLE t (a); ALTER TABLE t ADD COLUMN b AS (a) VIRTUAL",
    "CREATE TABLE t (a INT, b INTEGER, c REAL, d TEXT, e BLOB, f ANY) STRICT",
    "CREATE TABLE t (a, UNIQUE (a, a))",
    "CREATE TABLE t (a, PRIMARY KEY (a, a))",
    "CREATE TABLE t (a DEFAULT b)",
    "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT a FROM t; ALTER TABLE t DROP COLUMN b",
    "CREATE TABLE t (a, b); CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET b = 1; END; ALTER TABLE t DROP COLUMN b",
    "CREATE TABLE t (a, b CHECK (b > 1)); ALTER TABLE t DROP COLUMN b",
    "CREATE TABLE p (a PRIMARY KEY); CREATE TABLE t (a, b REFERENCES p); ALTER TABLE t DROP COLUMN b",
    "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT x FROM nope; ALTER TABLE t ADD COLUMN c",
    "CREATE TABLE t (a, b); UPDATE t SET a = max(b, 1)",
    "CREATE TABLE t (a, b); SELECT a, b FROM t GROUP BY a",
    "SELECT datetime('now', 'x', 'y', 'z')",
    "CREATE TABLE t (a); CREATE VIEW v (x, y) AS SELECT a FROM t",
    "CREATE TABLE t (a); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT OLD.a; END",
    "CREATE TABLE t (a); INSERT INTO t DEFAULT VALUES",
    "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b text DEFAULT (1+1), c DEFAULT (datetime('now')), d DEFAULT \"x\", e DEFAULT y, f DEFAULT (true), g default ('x' || 'y'))",
    "CREATE TABLE t (a INTEGER PRIMARY KEY ASC AUTOINCREMENT, b AS (a), c GENERATED ALWAYS AS (a + 1) STORED UNIQUE NOT NULL)",
    "CREATE TABLE t (a int, b integer, c Real, d TEXT, e blob, f Any, PRIMARY KEY (a)) STRICT, WITHOUT ROWID",
    "CREATE TABLE t (a); CREATE TABLE IF NOT EXISTS t (a) STRICT; CREATE TABLE IF NOT EXISTS t (b AS (1)); CREATE TABLE IF NOT EXISTS t (a) WITHOUT ROWID",
    "CREATE TABLE t (a \"INTEGER\" PRIMARY KEY AUTOINCREMENT)",
    "CREATE TABLE t (a, b); ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN c; ALTER TABLE t DROP COLUMN b",
    "CREATE TABLE t (a, b); CREATE VIEW v (x) AS SELECT a FROM t; SELECT x FROM v; SELECT max(a, b) FROM t WHERE max(a, b) > 1 GROUP BY max(a, b)",
    "CREATE TABLE t (a, b); SELECT count(*) AS n, a FROM t GROUP BY a HAVING n > 1 ORDER BY n; SELECT a, (SELECT max(b) FROM t u WHERE u.a = t.a) m FROM t WHERE m > 1",
    "CREATE TABLE t (a, b); CREATE TABLE u (a); SELECT * FROM t WHERE a IN u; SELECT * FROM t WHERE (a, b) IN t",
    "CREATE TABLE t (a, b); CREATE UNIQUE INDEX i ON t (a) WHERE b > 1; INSERT INTO t VALUES (1,2) ON CONFLICT (a) WHERE b > 1 DO NOTHING",
    "CREATE TABLE t (a, b); CREATE UNIQUE INDEX i ON t (\"a\"); INSERT INTO t VALUES (1,2) ON CONFLICT (\"a\") DO NOTHING; INSERT INTO t VALUES (1,3) ON CONFLICT (a COLLATE BINARY) DO NOTHING",
    "CREATE TABLE t (a INTEGER PRIMARY KEY, b); INSERT INTO t (b) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 2, b = 3; UPDATE t SET (a, b) = (1, 2), b = 3; UPDATE t SET (a, b) = (SELECT 1, 2)",
    "CREATE TABLE t (a, b AS (a + 1)); INSERT INTO t VALUES (1); INSERT INTO t (a) VALUES (2); UPDATE t SET a = 3; INSERT INTO t SELECT 1",
    "CREATE TABLE t (a, b); CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = (SELECT max(b) FROM t), b = new.a WHERE a = (SELECT count(*) FROM t); SELECT max(new.a); END; INSERT INTO t VALUES (1, 2)",
    "CREATE TABLE t (a, b); CREATE INDEX i ON t (a) WHERE b IS NOT NULL; CREATE INDEX j ON t (lower(a), date(b)); CREATE INDEX k ON t (a + b) WHERE a > 0 AND length(b) > 1",
    "CREATE TABLE t (a, b CHECK (b IN (1, 2)), CHECK (a > b), CHECK (date(a) = a))",
    "CREATE TABLE t (a, b); WITH x (p, q) AS (SELECT a, b FROM t) SELECT p FROM x; WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3) SELECT * FROM c; WITH y AS (VALUES (1, 2), (3, 4)) SELECT * FROM y",
    "CREATE TABLE t (a, b); SELECT a FROM t UNION SELECT b FROM t ORDER BY 1; SELECT * FROM t UNION ALL SELECT a, b FROM t; VALUES (1) UNION SELECT a FROM t",
    "CREATE TABLE t (a, b); SELECT a AND EXISTS (SELECT 1, 2), 1 + EXISTS (SELECT * FROM t), max(b) OR NOT EXISTS (SELECT a, b FROM t) FROM t GROUP BY a, EXISTS (SELECT b, a); DELETE FROM t WHERE b < EXISTS (SELECT * FROM t)",
    "CREATE TABLE t (a, b); SELECT EXISTS (SELECT 1, 2), (1, 2) = (SELECT 1, 2), (a, b) IN (SELECT 1, 2) FROM t; SELECT * FROM t ORDER BY 2; SELECT a + 1, b FROM t GROUP BY 1, 2 ORDER BY 2",
    "CREATE TABLE t (a, b); SELECT row_number() OVER (ORDER BY a) r, sum(sum(b)) OVER () FROM t GROUP BY a",
    "CREATE TABLE t (a, b); SELECT total(a) FILTER (WHERE b > 1), group_concat(a, ','), count() FROM t WHERE a IS NOT NULL",
    "CREATE TABLE t (a, b); DELETE FROM t WHERE rowid NOT IN (SELECT min(rowid) FROM t GROUP BY a); UPDATE t SET a = (SELECT count(*) FROM t)",
];

#[test]
fn what_is_refused_is_found() {
    for (text, message) in REFUSED {
        let found = findings(&[text]);
        assert!(found.iter().any(|found| found.contains(message)), "{text}: {found:?}");
    }
}

#[test]
fn what_is_taken_is_left_alone() {
    for text in ACCEPTED {
        assert_eq!(findings(&[text]), Vec::<String>::new(), "{text}");
    }
}
