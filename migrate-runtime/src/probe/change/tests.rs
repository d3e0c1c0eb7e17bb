use super::*;

/// Writes a change down: `+` made, `-` taken away.
fn describe(change: &Change) -> String {
    let name = |name: &Name| match &name.schema {
        Some(schema) => format!("{schema}.{}", name.name),
        None => name.name.clone(),
    };
    match change {
        Change::Again => "again".to_owned(),
        Change::Unknown => "unknown".to_owned(),
        Change::Steps(steps) => {
            let steps = steps.iter().map(|step| {
                let sign = if step.creates { '+' } else { '-' };
                let Object { kind, name: own, table } = &step.object;
                let table = table.as_ref().map(|table| format!("{}:", name(table)));
                format!("{sign}{kind:?} {}{}", table.unwrap_or_default(), name(own))
            });
            steps.collect::<Vec<_>>().join(", ")
        }
    }
}

fn check(statement: &str, expected: &str) {
    assert_eq!(describe(&Change::of(statement, Database::Mysql)), expected, "{statement}");
}

#[test]
fn creations() {
    check("CREATE TABLE `app`.`users` (id INT)", "+Table app.users");
    check("create table if not exists users (id int)", "again");
    check("CREATE TEMPORARY TABLE t (id INT)", "again");
    check("CREATE TABLE t AS SELECT 1", "unknown");
    check("CREATE UNIQUE INDEX i USING BTREE ON t (a)", "+Index t:i");
    check("CREATE INDEX ON t (a)", "unknown");
    check("CREATE OR REPLACE VIEW v AS SELECT 1", "again");
    check("CREATE DEFINER=`a`@`%` SQL SECURITY INVOKER VIEW v AS SELECT 1", "+Table v");
    check(
        "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET @a = 1 */",
        "+Trigger g",
    );
    check("CREATE PROCEDURE p() SELECT 1", "+Procedure p");
    check("CREATE SCHEMA s", "+Schema s");
    check("CREATE USER u", "unknown");
}

#[test]
fn drops_and_renames() {
    check("DROP TABLE a", "-Table a");
    check("DROP TABLE a, b", "-Table a, -Table b");
    check("DROP TABLE IF EXISTS a, b", "again");
    check("DROP INDEX i ON t", "-Index t:i");
    check("DROP TEMPORARY TABLE a", "unknown");
    check("RENAME TABLE a TO b", "-Table a, +Table b");
    check("RENAME TABLE t TO t_old, t_new TO t", "+Table t_old, -Table t_new");
    check("RENAME TABLE a TO b, b TO a", "unknown");
}

#[test]
fn alterations() {
    check("ALTER TABLE t ADD COLUMN a INT", "+Column t:a");
    check("ALTER TABLE t ADD a DECIMAL(3, 2), ADD INDEX i (a)", "+Column t:a, +Index t:i");
    check("ALTER TABLE t ADD a INT, ADD INDEX a (a)", "+Column t:a, +Index t:a");
    check("ALTER TABLE t ADD COLUMN IF NOT EXISTS a INT", "again");
    check("ALTER TABLE t ADD COLUMN IF NOT EXISTS a INT, ADD b INT", "+Column t:b");
    check("ALTER TABLE t ADD (a INT, b INT)", "unknown");
    check("ALTER TABLE t ADD UNIQUE (a)", "unknown");
    check("ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u (id)", "+Constraint t:c");
    check("ALTER TABLE t ADD CONSTRAINT PRIMARY KEY (a)", "+Index t:PRIMARY");
    check("ALTER TABLE t DROP a", "-Column t:a");
    check("ALTER TABLE t DROP FOREIGN KEY f, DROP KEY f", "unknown");
    check("ALTER TABLE t DROP INDEX i, ADD INDEX i (b)", "unknown");
    check("ALTER TABLE t RENAME TO u, ADD COLUMN a INT", "-Table t, +Table u");
    check("ALTER TABLE s.t RENAME u", "-Table s.t, +Table s.u");
    check("ALTER TABLE t CHANGE a b INT", "-Column t:a, +Column t:b");
    check("ALTER TABLE t CHANGE a A BIGINT", "again");
    check("ALTER TABLE t MODIFY a BIGINT, ENGINE=InnoDB", "again");
    check("ALTER TABLE t MODIFY a BIGINT, DROP b", "-Column t:b");
    check("ALTER TABLE t DROP PARTITION p", "unknown");
    check("ALTER TABLE IF EXISTS t DROP a", "unknown");
}

#[test]
fn the_rest() {
    check("TRUNCATE t", "again");
    check("SET foreign_key_checks = 0", "again");
    check("SET GLOBAL a = @@a + 1", "unknown");
    check("CALL p()", "unknown");
    check("INSERT INTO t VALUES (1)", "unknown");
    check("", "unknown");
    assert_eq!(Change::of("VACUUM INTO 'f'", Database::Sqlite), Change::Unknown);
    assert_eq!(Change::of("VACUUM", Database::Sqlite), Change::Again);
    let index = Change::of("CREATE INDEX CONCURRENTLY I ON ONLY App.T (a)", Database::Postgres);
    assert_eq!(describe(&index), "+Index app.t:i");
}
