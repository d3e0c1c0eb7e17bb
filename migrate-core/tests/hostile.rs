//! Bad input for the replay: each is a finding or a bounded refusal, never a panic or a hang.
#![cfg(all(feature = "postgres", feature = "mysql", feature = "sqlite"))]

use std::time::{Duration, Instant};

use migrate_core::database::Database;
use migrate_core::replay::{Replay, replay_files};
use migrate_core::source::{SourceFile, SourceMap, SourceText};

const DATABASES: [Database; 3] = [Database::Postgres, Database::Mysql, Database::Sqlite];

/// Far more than any of these takes, without optimisation and on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Replays `text` as one migration; findings lie in it, and it ends in time.
fn replay(database: Database, text: &str) -> Replay {
    let mut sources = SourceMap::new("");
    let text = SourceText::new(text.to_owned());
    sources.add(SourceFile { path: "0001_hostile.sql".into(), text });
    let started = Instant::now();
    let replay = replay_files(database, &[], &sources).expect("all servers are built in");
    assert!(started.elapsed() < PATIENCE, "{database} takes {:?}", started.elapsed());
    for finding in &replay.findings {
        assert!(finding.positions(&sources).is_some());
    }
    let counts = replay.counts;
    assert_eq!(counts.total, counts.proved + counts.refuted + counts.opaque);
    replay
}

#[test]
fn what_is_not_closed_ends_with_the_text() {
    for database in DATABASES {
        for text in [
            "SELECT 'a",
            "SELECT \"a",
            "SELECT 1 /* a",
            "SELECT `a",
            "SELECT `é",
            "DO $$ BEGIN",
            "(",
        ] {
            let open = format!("CREATE TABLE a (id int);\n{text}");
            assert!(replay(database, &open).counts.total >= 1, "{database}: {text}");
        }
    }
}

#[test]
fn a_huge_file_is_not_read() {
    let text = "INSERT INTO a VALUES (1);\n".repeat(50 * 1024 * 1024 / 26);
    for database in DATABASES {
        let counts = replay(database, &text).counts;
        assert_eq!((counts.total, counts.opaque), (1, 1));
    }
}

#[test]
fn many_statements() {
    let text: String = (0..10_000)
        .map(|number| format!("CREATE TABLE t{number} (id int);\n"))
        .collect::<Vec<_>>()
        .concat();
    for database in DATABASES {
        let counts = replay(database, &text).counts;
        assert_eq!((counts.total, counts.proved), (10_000, 10_000), "{database}");
    }
}

#[test]
fn deep_nesting_is_opaque() {
    const DEPTH: usize = 100_000;
    let cases = [
        format!("SELECT {}1{}", "(".repeat(DEPTH), ")".repeat(DEPTH)),
        format!("SELECT {}", "(".repeat(DEPTH)),
        format!("SELECT {}1", "- ".repeat(DEPTH)),
        format!("SELECT {}1", "NOT ".repeat(DEPTH)),
        format!("SELECT {}1{}", "CASE WHEN 1 THEN ".repeat(DEPTH), " END".repeat(DEPTH)),
        format!("SELECT 1{}", " UNION SELECT 1".repeat(DEPTH)),
        format!("SELECT a{}", "[1]".repeat(DEPTH)),
        format!("SELECT a{}", "::int".repeat(DEPTH)),
        format!("SELECT a{}", ".a".repeat(DEPTH)),
    ];
    for database in DATABASES {
        for text in &cases {
            assert_eq!(replay(database, text).counts.proved, 0, "{database}: {}", &text[..20]);
        }
    }
}

/// What is just not too deep is given the stack it needs, whatever this thread has.
#[test]
fn nesting_below_the_bound_is_read() {
    let chains = ["- ", "NOT ", "+ ", "~ "].map(|sign| format!("SELECT {}1", sign.repeat(1_400)));
    let tails = [" + 1", "[1]", "::int", ".a", " AND 1", " IS NULL", " COLLATE x"]
        .map(|tail| format!("SELECT a{}", tail.repeat(490)));
    let deep = [
        format!("SELECT {}1{}", "(".repeat(70), ")".repeat(70)),
        format!("SELECT {}1{}", "f(".repeat(70), ")".repeat(70)),
        format!("SELECT {}1{}", "(SELECT ".repeat(70), ")".repeat(70)),
        format!("SELECT {}1{}", "CASE WHEN 1 THEN ".repeat(70), " END".repeat(70)),
        format!("SELECT 1{}", " UNION SELECT 1".repeat(790)),
        format!("SELECT 1 FROM a{}", " JOIN a ON true".repeat(790)),
        // Whatever reads a part of these twice takes longer than anybody waits.
        format!("SELECT 1 FROM {}a{}", "(".repeat(70), " JOIN a ON true)".repeat(70)),
        format!("SELECT 1 FROM {}a{}", "(a JOIN ".repeat(70), " ON true)".repeat(70)),
        format!("SELECT 1 FROM {}a{}", "(SELECT 1 FROM ".repeat(70), ") AS a".repeat(70)),
        format!("SELECT {}1{}", "1 IN (SELECT ".repeat(70), ")".repeat(70)),
        format!("SELECT {}1{}", "EXISTS (SELECT ".repeat(70), ")".repeat(70)),
        format!("SELECT 1 WHERE {}1{}", "NOT (1 OR ".repeat(70), ")".repeat(70)),
        format!("SELECT {}1{}", "ARRAY[".repeat(70), "]".repeat(70)),
        format!("SELECT {}1{}", "CAST(".repeat(70), " AS int)".repeat(70)),
        format!("{}SELECT 1{}", "(".repeat(70), " UNION SELECT 1)".repeat(70)),
        format!("SELECT {}1", "CASE WHEN 1 THEN 1 ELSE ".repeat(70)) + &" END".repeat(70),
        format!("CREATE TABLE b (c int DEFAULT {}1{})", "(1 + ".repeat(70), ")".repeat(70)),
        format!(
            "CREATE VIEW v AS SELECT 1 FROM {}a{}",
            "(".repeat(70),
            " JOIN a b ON 1)".repeat(70)
        ),
    ];
    for database in DATABASES {
        for text in chains.iter().chain(&tails).chain(&deep) {
            replay(database, text);
        }
    }
}

#[test]
fn characters_that_no_sql_has() {
    for database in DATABASES {
        for text in
            ["\0", "SELECT \0 1", "CREATE TABLE a\0b (id int)", "\u{feff};\u{2028}é('", "\r\r;;\r"]
        {
            replay(database, text);
        }
    }
}

#[test]
fn blocks_and_queries_inside_each_other_end() {
    const DEPTH: usize = 5_000;
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(DEPTH), close.repeat(DEPTH));
    let cases = [
        "BEGIN;\n".repeat(DEPTH),
        format!("DO $$ {} $$;", nested("BEGIN ", "END; ")),
        format!("DO $$ BEGIN {} END $$;", nested("IF true THEN ", "END IF; ")),
        format!(
            "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {} END $$;",
            nested("IF true THEN ", "END IF; ")
        ),
        format!("CREATE PROCEDURE p() {}", nested("BEGIN ", "END; ")),
        format!("CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW {}", nested("BEGIN ", "END; ")),
        format!("WITH {}", nested("a AS (WITH ", "b AS (SELECT 1)) SELECT 1 ")),
        format!("{} SELECT 1;", nested("/*", "*/")),
    ];
    for database in DATABASES {
        for text in &cases {
            replay(database, text);
        }
    }
}

#[test]
fn a_long_statement_is_opaque() {
    let rows = format!("INSERT INTO a VALUES (1){};", ",(1)".repeat(1 << 20));
    let columns = format!("CREATE TABLE b (c0 int{});", ", cccccccccccccccc int".repeat(1 << 17));
    for database in DATABASES {
        let text = format!(
            "{rows}\n{columns}\nCREATE TABLE a (id int);\nSELECT x FROM a;\nSELECT c FROM b;"
        );
        let counts = replay(database, &text).counts;
        assert_eq!((counts.opaque, counts.refuted), (2, 1), "{database}");
    }
}
