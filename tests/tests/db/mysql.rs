//! What is particular to `MySQL` and `MariaDB`, where DDL commits.

use std::time::Duration;

use migrate_core::database::Database::Mysql;
use migrate_core::history::State;
use migrate_core::settings::Settings;
use migrate_runtime::{Db, Left, Runner};

use crate::world::{HISTORY, World, failure, halves, ids, set_with, texts};

crate::on_every_server!(Mysql);
crate::scenarios_of! { Mysql; locking: a_run_that_died_is_completed_by_the_next; }

#[tokio::test]
async fn a_dumps_settings_do_not_reach_the_next_migration() {
    let world = World::new(Mysql);
    let dump = "/*!40101 SET NAMES latin1 */;\n\
                /*!40014 SET @OLD_CHECKS = @@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS = 0 */;\n\
                SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES';\nSET timestamp = 1;\n\
                CREATE TABLE \"a\" (t varchar(20));\nLOCK TABLES a WRITE;\n\
                INSERT INTO a VALUES ('one');\nINSERT INTO a VALUES ('two');\nUNLOCK TABLES;";
    let show = "CREATE TABLE b (t varchar(100));\nINSERT INTO b SELECT CONCAT_WS(' ', @@foreign_key_checks + 0, \
                @@character_set_client, @@sql_mode LIKE '%ANSI%', NOW() > '2000-01-01');";
    let set = world.set(&[
        ("0001_dump.sql", halves(dump, "DROP TABLE a; -- \u{f6} \\")),
        ("0002_show.sql", halves(show, "DROP TABLE b;")),
    ]);
    let report = world.apply(&set).await;
    assert_eq!(report.applied.len(), 2);
    assert_eq!(world.texts("SELECT t FROM a ORDER BY t").await, ["one", "two"]);
    assert_eq!(world.texts("SELECT t FROM b").await, ["1 utf8mb4 0 1"]);
    assert!(world.apply(&set).await.is_empty(), "the history reads as it was written");
}

#[tokio::test]
async fn a_backslash_means_what_the_mode_says() {
    let world = World::new(Mysql);
    let upgrade = "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES';\n\
                   CREATE TABLE a (t varchar(20));\n\
                   INSERT INTO a VALUES ('a;b\\');\nINSERT INTO a VALUES ('c');";
    let next = "INSERT INTO a VALUES ('d\\';e');";
    let set = world.set(&[
        ("0001_mode.sql", halves(upgrade, "DROP TABLE a;")),
        ("0002_next.sql", halves(next, "DELETE FROM a WHERE t LIKE 'd%';")),
    ]);
    assert_eq!(world.apply(&set).await.applied.len(), 2);
    assert_eq!(world.texts("SELECT t FROM a ORDER BY t").await, [r"a;b\", "c", "d';e"]);
}

#[tokio::test]
async fn a_table_may_be_named_as_a_function_is() {
    let world = World::new(Mysql);
    let upgrade = "CREATE TABLE position (id int, KEY position (id));\n\
                   INSERT INTO position (id) VALUES (1);";
    let call = "CREATE TABLE b (mode varchar(200), n int);\n\
                INSERT INTO b SELECT @@sql_mode LIKE '%IGNORE_SPACE%', COUNT (*) FROM position;";
    let set = world.set(&[
        ("0001_name.sql", halves(upgrade, "DELETE FROM position; DROP TABLE position;")),
        ("0002_call.sql", halves(call, "DROP TABLE b;")),
    ]);
    assert_eq!(world.apply(&set).await.applied.len(), 2);
    assert_eq!(world.texts("SELECT CONCAT(mode, n) FROM b").await, ["11"]);
}

#[tokio::test]
async fn settings_hold_again_after_a_failure_half_way() {
    let world = World::new(Mysql);
    world.execute("CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1)").await;
    let text = |table: &str| {
        halves(
            &format!(
                "SET FOREIGN_KEY_CHECKS = 0;\nCREATE TABLE c (p INT, FOREIGN KEY (p) REFERENCES p (id));\n\
                 INSERT INTO {table} VALUES (7);"
            ),
            "DROP TABLE c;",
        )
    };
    let mut db = world.db().await;
    let broken = world.set(&[("0001_c.sql", text("nowhere"))]);
    let failed = failure(Runner::new(&broken).run(&mut db).await);
    let checks = texts(&mut db, "SELECT CAST(@@foreign_key_checks + 0 AS CHAR)").await;
    assert_eq!(checks, ["1"], "the connection is as it was");
    assert_eq!(failed.left, Left::Statements(2));
    let report = world.apply(&world.set(&[("0001_c.sql", text("c"))])).await;
    assert_eq!(report.applied[0].resumed_at, 2, "and without its check the row is let in");
    assert_eq!(world.count("c").await, 1);
}

#[tokio::test]
async fn another_database_is_left_again() {
    let world = World::new(Mysql);
    let own = world.texts("SELECT DATABASE()").await.remove(0);
    let set = world.set(&[
        ("0001_use.sql", halves("USE information_schema;\nSELECT 1;", "SELECT 1;")),
        ("0002_b.sql", halves("CREATE TABLE b (id INT);", "DROP TABLE b;")),
    ]);
    assert_eq!(world.apply(&set).await.applied.len(), 2);
    assert!(world.has_table(&format!("{own}.b")).await);
}

/// Runs a set whose `ALTER TABLE` waits for table `a`, and ends its connection while it waits.
async fn interrupt_alter(world: &World, set: &migrate_core::set::MigrationSet) {
    let mut other = world.db().await;
    other.execute("LOCK TABLES a WRITE").await.expect("the table is there");
    let running = tokio::spawn({
        let (url, set) = (world.url().to_owned(), set.clone());
        async move { Runner::new(&set).run_on(&url).await }
    });
    let find = "SELECT CAST(id AS CHAR) FROM information_schema.processlist WHERE db = DATABASE() \
                AND info LIKE 'ALTER TABLE %' AND id <> CONNECTION_ID()";
    let mut third = world.db().await;
    let id = loop {
        if let Some(id) = texts(&mut third, find).await.pop() {
            break id;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    };
    third.execute(&format!("KILL {id}")).await.expect("we may end it");
    running.await.expect("it does not panic").expect_err("its connection was ended");
    other.execute("UNLOCK TABLES").await.expect("it is ours");
}

fn altering() -> String {
    let upgrade = "ALTER TABLE a ADD COLUMN b INT;\nCREATE TABLE c (id INT);";
    halves(upgrade, "DROP TABLE c; ALTER TABLE a DROP COLUMN b;")
}

#[tokio::test]
async fn an_interrupted_statement_without_effect_is_run_again() {
    let world = World::new(Mysql);
    world.execute("CREATE TABLE a (id INT)").await;
    let set = world.set(&[("0001_b.sql", altering())]);
    interrupt_alter(&world, &set).await;
    let report = world.apply(&set).await;
    assert_eq!(report.applied[0].resumed_at, 0);
    assert!(world.db().await.column_exists("a", "b").await.expect("the server can tell"));
    assert!(world.has_table("c").await);
}

#[tokio::test]
async fn an_interrupted_statement_that_took_effect_is_not_run_again() {
    let world = World::new(Mysql);
    world.execute("CREATE TABLE a (id INT)").await;
    let set = world.set(&[("0001_b.sql", altering())]);
    interrupt_alter(&world, &set).await;
    // As if the answer alone had been lost.
    world.execute("ALTER TABLE a ADD COLUMN b INT").await;
    let report = world.apply(&set).await;
    assert_eq!(report.applied[0].resumed_at, 1);
    assert!(world.has_table("c").await);
}

/// Statements that add to the table that the first of them makes: the server itself tells of each.
fn growing() -> String {
    let upgrade = "CREATE TABLE c (id INT);\nCREATE INDEX c_id ON c (id);\n\
                   ALTER TABLE c ADD CONSTRAINT c_a FOREIGN KEY (id) REFERENCES a (id);\n\
                   INSERT INTO c VALUES (NULL);";
    halves(upgrade, "DROP TABLE c;")
}

#[tokio::test]
async fn an_interrupted_migration_resumes_after_what_shows_itself() {
    for (answer_was_lost, resumed_at) in [(false, 2), (true, 3)] {
        let world = World::new(Mysql);
        world.execute("CREATE TABLE a (id INT PRIMARY KEY)").await;
        let set = world.set(&[("0001_c.sql", growing())]);
        interrupt_alter(&world, &set).await;
        if answer_was_lost {
            let alter = "ALTER TABLE c ADD CONSTRAINT c_a FOREIGN KEY (id) REFERENCES a (id)";
            world.execute(alter).await;
        }
        let report = world.apply(&set).await;
        assert_eq!(report.applied[0].resumed_at, resumed_at);
        assert_eq!(world.count("c").await, 1);
    }
}

#[tokio::test]
async fn what_a_run_had_not_logged_when_it_was_cut_off_is_logged_by_the_next() {
    let world = World::new(Mysql);
    world.execute("CREATE TABLE a (id INT)").await;
    let set = world.set(&[
        ("0001_x.sql", halves("CREATE TABLE x (id INT);", "DROP TABLE x;")),
        ("0002_y.sql", halves("CREATE TABLE y (id INT);", "DROP TABLE y;")),
        ("0003_b.sql", altering()),
    ]);
    let log = "SELECT CONCAT(event, ' ', version, IF(client LIKE 'unknown%', ' ?', '')) \
               FROM _migrate_history_events ORDER BY id";
    // Once on an empty history, and once more on a log that has entries of the same versions.
    for logged_before in [&[][..], &["applied 0001", "applied 0002", "applied 0003"]] {
        interrupt_alter(&world, &set).await;
        let mut db = world.db().await;
        let status = Runner::new(&set).status(&mut db).await.expect("it can be read");
        let told: Vec<_> = status.migrations.iter().map(|migration| migration.state).collect();
        assert_eq!(told, [State::Applied, State::Applied, State::Partial]);
        assert_eq!(status.history(), "ok");
        drop(db);
        let report = world.apply(&set).await;
        assert_eq!(ids(&report.applied), ["0003_b"]);
        let expected = ["applied 0001 ?", "applied 0002 ?", "applied 0003"];
        let events = world.texts(log).await;
        let events: Vec<_> = events.iter().filter(|event| event.starts_with("applied")).collect();
        assert_eq!(events[events.len() - 3..], expected);
        assert_eq!(events.len(), logged_before.len() + 3);
        let mut db = world.db().await;
        let all = migrate_runtime::RollbackTo::All;
        Runner::new(&set).rollback(&mut db, all).await.expect("it can be undone");
    }
}

/// So many that their ends are written in several statements.
fn many(count: usize, faulty: Option<usize>) -> Vec<(&'static str, String)> {
    let migrations = (1..=count).map(|number| {
        let path: &'static str = format!("{number:04}_t.sql").leak();
        let upgrade = match (number % 3, faulty == Some(number)) {
            (_, true) => "INSERT INTO nosuch VALUES (1);".to_owned(),
            (0, _) => format!("INSERT INTO t_{} VALUES (1);", number - 2),
            (1, _) => {
                format!("CREATE TABLE t_{number} (id INT);\nCREATE INDEX i ON t_{number} (id);")
            }
            // An entry stands between its statements.
            _ => format!("CREATE TABLE t_{number} (id INT);\nINSERT INTO t_{number} VALUES (1);"),
        };
        (path, halves(&upgrade, "DO 1;"))
    });
    migrations.collect()
}

#[tokio::test]
async fn what_came_before_a_failure_is_recorded_however_many_there_are() {
    let world = World::new(Mysql);
    let recorded = "SELECT CONCAT(COUNT(*), ' ', MIN(done = statements), ' ', MIN(duration_us > 0)) \
                    FROM _migrate_history WHERE state = 'applied' AND kind = 'sql'";
    let logged = "SELECT CONCAT(COUNT(*), ' ', COUNT(DISTINCT version)) FROM _migrate_history_events \
                  WHERE event = 'applied'";
    for (faulty, before) in [(70, 69), (71, 70), (198, 197)] {
        world.apply_in_vain(&world.set(&many(200, Some(faulty)))).await;
        assert_eq!(world.texts(recorded).await, [format!("{before} 1 1")]);
        assert_eq!(world.texts(logged).await, [format!("{before} {before}")]);
    }
    let report = world.apply(&world.set(&many(200, None))).await;
    assert_eq!(report.applied.len(), 3);
    assert!(report.applied.iter().all(|step| !step.duration.is_zero()));
    assert_eq!(world.texts(recorded).await, ["200 1 1"]);
    assert_eq!(world.texts(logged).await, ["200 200"]);
}

#[tokio::test]
async fn what_a_run_had_not_recorded_when_it_was_cut_off_is_recorded_by_the_next() {
    let world = World::new(Mysql);
    world.execute("CREATE TABLE a (id INT)").await;
    let mut files = many(100, None);
    files.push(("0101_b.sql", altering()));
    let set = world.set(&files);
    interrupt_alter(&world, &set).await;
    let in_rows = "SELECT CONCAT(state, ' ', COUNT(*)) FROM _migrate_history WHERE kind = 'sql' \
                  GROUP BY state ORDER BY state";
    let found = world.texts(in_rows).await;
    assert!(found[1].starts_with("running "), "{found:?}");
    let mut db = world.db().await;
    let status = Runner::new(&set).status(&mut db).await.expect("it can be read");
    assert_eq!((status.history(), status.pending()), ("ok".to_owned(), 1));
    assert!(status.migrations[..100].iter().all(|it| it.state == State::Applied));
    drop(db);
    assert_eq!(ids(&world.apply(&set).await.applied), ["0101_b"]);
    assert_eq!(world.texts(in_rows).await, ["applied 101"]);
    assert!(world.apply(&set).await.is_empty(), "the chain holds");
}

#[tokio::test]
async fn what_came_before_a_failure_is_logged_before_it() {
    let world = World::new(Mysql);
    let set = world.set(&[
        ("0001_x.sql", halves("CREATE TABLE x (id INT);", "DROP TABLE x;")),
        ("0002_y.sql", halves("CREATE TABLE y (id INT);", "DROP TABLE y;")),
        (
            "0003_z.sql",
            halves("CREATE TABLE z (id INT);\nINSERT INTO z VALUES ('z', 1);", "DROP TABLE z;"),
        ),
    ]);
    let mut db = world.db().await;
    failure(Runner::new(&set).run(&mut db).await);
    let log = "SELECT CONCAT(event, ' ', version) FROM _migrate_history_events ORDER BY id";
    assert_eq!(world.texts(log).await, ["applied 0001", "applied 0002", "failed 0003"]);
}

#[tokio::test]
async fn entries_are_committed_without_autocommit() {
    let world = World::new(Mysql);
    let set = world.set(&[
        ("0001_x.sql", halves("CREATE TABLE x (id INT);", "DROP TABLE x;")),
        ("0002_y.sql", halves("CREATE TABLE y (id INT);", "DROP TABLE y;")),
        ("0003_z.sql", halves("INSERT INTO y VALUES (1);", "DELETE FROM y;")),
    ]);
    let mut db = world.db().await;
    db.execute("SET autocommit = 0").await.expect("a session may do so");
    assert_eq!(Runner::new(&set).run(&mut db).await.expect("it applies").applied.len(), 3);
    drop(db);
    assert_eq!(world.applied().await, ["0001", "0002", "0003"]);
    assert_eq!((world.count("y").await, world.count("_migrate_history_events").await), (1, 3));
}

#[tokio::test]
async fn timeouts_of_a_migration_are_its_own() {
    let world = World::new(Mysql);
    let timed = "-- migrate: lock_timeout=3s\n-- migrate: statement_timeout=1s\n";
    let show = "CREATE TABLE b AS SELECT CAST(@@lock_wait_timeout > 3 AS CHAR) AS t;";
    let set = world.set(&[
        (
            "0001_a.sql",
            format!(
                "{timed}{}",
                halves(
                    "CREATE TABLE a AS SELECT CAST(@@lock_wait_timeout AS CHAR) AS t;",
                    "DROP TABLE a;"
                )
            ),
        ),
        ("0002_b.sql", halves(show, "DROP TABLE b;")),
    ]);
    world.apply(&set).await;
    assert_eq!(world.texts("SELECT t FROM a UNION ALL SELECT t FROM b").await, ["3", "1"]);

    let lasting = format!("{timed}{}", halves("SELECT SLEEP(20) FROM a;", "SELECT 1;"));
    let begun = std::time::Instant::now();
    // MySQL's SLEEP answers 1 when it is interrupted; MariaDB's statement fails.
    let _ = world.run(&world.set(&[("0003_lasting.sql", lasting)])).await;
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn the_history_may_be_in_another_database() {
    let world = World::new(Mysql);
    let other = format!("{}_ops", world.texts("SELECT DATABASE()").await[0]);
    let mut settings = Settings::new(Mysql);
    settings.history.schema = Some(other.clone());
    let text = halves("CREATE TABLE a (id INT);", "DROP TABLE a;");
    let set = set_with(&settings, &[("0001_a.sql", text)]);
    assert_eq!(world.apply(&set).await.applied.len(), 1);
    assert!(world.apply(&set).await.is_empty());
    assert!(world.has_table(&format!("{other}.{HISTORY}")).await);
    assert!(!world.has_table(HISTORY).await);
    world.execute(&format!("DROP DATABASE `{other}`")).await;
}

#[tokio::test]
async fn a_user_that_may_only_read_can_ask_for_the_status() {
    let world = World::new(Mysql);
    let set = world.set(&[("0001_a.sql", halves("CREATE TABLE a (id INT);", "DROP TABLE a;"))]);
    world.apply(&set).await;
    let user = format!("reader_{}", std::process::id());
    world
        .execute(&format!(
            "CREATE USER {user}@localhost; GRANT SELECT ON {HISTORY} TO {user}@localhost"
        ))
        .await;
    let url = world.url().replacen("//root@", &format!("//{user}@"), 1);
    let mut db = Db::connect(&url).await.expect("it has no password");
    let status = Runner::new(&set).status(&mut db).await.expect("it may read");
    assert_eq!((status.pending(), status.migrations.len()), (0, 1));
    assert!(Runner::new(&set).run(&mut db).await.expect("nothing is to be done").is_empty());
    world.execute(&format!("DROP USER {user}@localhost")).await;
}

#[tokio::test]
async fn routines_and_triggers_are_one_statement_each() {
    let world = World::new(Mysql);
    let upgrade = "CREATE TABLE a (id INT);\n\
                   CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.id = NEW.id + 1; END;\n\
                   CREATE PROCEDURE p() BEGIN INSERT INTO a VALUES (1); SELECT * FROM a; END;\n\
                   CALL p();\nINSERT INTO a VALUES (5);";
    let downgrade = "DROP PROCEDURE p; DROP TABLE a;";
    let set = world.set(&[("0001_a.sql", halves(upgrade, downgrade))]);
    let report = world.apply(&set).await;
    assert_eq!(ids(&report.applied), ["0001_a"]);
    assert_eq!(world.texts("SELECT CAST(id AS CHAR) FROM a ORDER BY id").await, ["2", "6"]);
    assert!(world.db().await.function_exists("p").await.expect("the server can tell"));

    // A call with several results does not shift which statement is said to have failed.
    let failing = halves("CALL p();\nCALL p();\nSELECT * FROM nowhere;", "SELECT 1;");
    let set = world.set(&[("0001_a.sql", halves(upgrade, downgrade)), ("0002_b.sql", failing)]);
    let failed = world.apply_in_vain(&set).await;
    assert_eq!(failed.statement, Some((3, 3)), "{failed}");
}

#[tokio::test]
async fn a_large_migration_is_sent_in_several_messages() {
    let world = World::new(Mysql);
    let row = format!("INSERT INTO a VALUES ('{}');\n", "x".repeat(1000));
    let upgrade = format!("CREATE TABLE a (t TEXT);\n{}", row.repeat(1500));
    let set = world.set(&[
        ("0001_a.sql", halves(&upgrade, "DROP TABLE a;")),
        ("0002_b.sql", halves("CREATE TABLE b (id INT);", "DROP TABLE b;")),
    ]);
    let report = world.apply(&set).await;
    assert_eq!(ids(&report.applied), ["0001_a", "0002_b"]);
    // As the server has written it: the answers to a message come together.
    assert!(report.applied.iter().all(|step| !step.duration.is_zero()));
    assert_eq!(world.count("a").await, 1500);

    let failing =
        format!("{upgrade}INSERT INTO nowhere VALUES (1);\n").replace("TABLE a ", "TABLE c ");
    let failing = failing.replace("INTO a ", "INTO c ");
    let failed = world
        .apply_in_vain(&world.set(&[
            ("0001_a.sql", halves(&upgrade, "DROP TABLE a;")),
            ("0002_b.sql", halves("CREATE TABLE b (id INT);", "DROP TABLE b;")),
            ("0003_c.sql", halves(&failing, "DROP TABLE c;")),
        ]))
        .await;
    assert_eq!((failed.statement, failed.left), (Some((1502, 1502)), Left::Statements(1501)));
}

#[tokio::test]
async fn the_event_log_says_who() {
    let world = World::new(Mysql);
    world.apply(&world.set(&[("0001_a.sql", halves("SELECT 1;", "SELECT 1;"))])).await;
    let users = world.texts(&format!("SELECT user_name FROM {HISTORY}_events")).await;
    assert!(users[0].starts_with("root@"), "{users:?}");
}

/// A procedure that commits what it did before it fails.
const FILL: &str = "CREATE TABLE t (id INT);\nCREATE TABLE n (id INT PRIMARY KEY);\n\
                    INSERT INTO n VALUES (1);\n\
                    CREATE PROCEDURE fill() BEGIN INSERT INTO t VALUES (1); COMMIT; \
                    INSERT INTO n VALUES (1); END;";

#[tokio::test]
async fn what_a_failed_statement_may_have_done_is_not_called_nothing() {
    for (failing, expected) in [
        ("CALL fill();", Left::PartOfStatement(0)),
        ("INSERT INTO m VALUES (1), (1);", Left::PartOfStatement(0)),
        ("DROP TABLE t, nosuch;", Left::PartOfStatement(0)),
        ("INSERT INTO n VALUES (1);", Left::Nothing),
        ("DO 1;\nCALL fill();", Left::PartOfStatement(1)),
        ("DO 1;\nINSERT INTO n VALUES (1);", Left::Statements(1)),
    ] {
        let world = World::new(Mysql);
        world.execute("CREATE TABLE m (id INT PRIMARY KEY) ENGINE = MyISAM").await;
        let failing = halves(failing, "DO 1;");
        let set = world.set(&[("0001_a.sql", halves(FILL, "DO 1;")), ("0002_b.sql", failing)]);
        let error = world.apply_in_vain(&set).await;
        assert_eq!(error.left, expected, "{error}");
    }
}

#[tokio::test]
async fn what_may_have_committed_is_not_tried_again() {
    let world = World::new(Mysql);
    let fill = FILL.replace("INSERT INTO n VALUES (1); END", "UPDATE n SET id = 2; END");
    let retrying = "-- migrate: lock_timeout=1s retries=3\n";
    let set = world.set(&[
        ("0001_a.sql", halves(&fill, "DO 1;")),
        ("0002_b.sql", format!("{retrying}{}", halves("CALL fill();", "DO 1;"))),
    ]);
    let mut other = world.db().await;
    Runner::new(&set).to("0001").run(&mut other).await.expect("it applies");
    other.execute("START TRANSACTION; UPDATE n SET id = 3").await.expect("it is there");
    let error = world.apply_in_vain(&set).await;
    assert_eq!((error.left, world.count("t").await), (Left::PartOfStatement(0), 1));
}

#[tokio::test]
async fn a_definition_inside_a_migrations_own_transaction_ends_it() {
    let world = World::new(Mysql);
    let upgrade = "START TRANSACTION;\nINSERT INTO t VALUES (1);\nCREATE TABLE u (id INT);\n\
                   INSERT INTO t VALUES (2);\nINSERT INTO n VALUES (1);\nCOMMIT;\nSELECT 1;";
    let set = world
        .set(&[("0001_a.sql", halves(FILL, "DO 1;")), ("0002_b.sql", halves(upgrade, "DO 1;"))]);
    let error = world.apply_in_vain(&set).await;
    assert_eq!(error.left, Left::Statements(4));
    world.execute("DELETE FROM n").await;
    world.apply(&set).await;
    assert_eq!(world.texts("SELECT CAST(id AS CHAR) FROM t ORDER BY id").await, ["1", "2"]);
}

#[tokio::test]
async fn sessions_may_be_left_as_few_migrations_leave_them() {
    let world = World::new(Mysql);
    let locking = "CREATE TABLE t (id INT);\nLOCK TABLES t WRITE;";
    let log = "SET sql_log_bin = 0;\nINSERT INTO t VALUES (1);";
    let counting = "INSERT INTO t VALUES (2), (3), (4);\nSET @changed = ROW_COUNT();\n\
                    INSERT INTO u VALUES (@changed);";
    let set = world.set(&[
        ("0001_lock.sql", halves(locking, "DROP TABLE t;")),
        ("0002_next.sql", halves("CREATE TABLE u (n INT);", "DROP TABLE u;")),
        ("0003_log.sql", halves(log, "DELETE FROM t;")),
        ("0004_count.sql", halves(counting, "DELETE FROM u;")),
    ]);
    assert_eq!(world.apply(&set).await.applied.len(), 4);
    assert_eq!(world.texts("SELECT CAST(n AS CHAR) FROM u").await, ["3"]);
}

#[tokio::test]
async fn what_asks_for_the_last_result_is_undone_with_it() {
    let world = World::new(Mysql);
    let counting = "INSERT INTO t VALUES (2);\nINSERT INTO n SELECT ROW_COUNT();";
    let set = world
        .set(&[("0001_a.sql", halves(FILL, "DO 1;")), ("0002_b.sql", halves(counting, "DO 1;"))]);
    assert_eq!(world.apply_in_vain(&set).await.left, Left::Nothing);
    assert_eq!(world.count("t").await, 0);
    world.execute("DELETE FROM n").await;
    world.apply(&set).await;
    assert_eq!((world.count("t").await, world.count("n").await), (1, 1));
}

#[tokio::test]
async fn a_run_does_not_resume_without_what_the_session_held() {
    let world = World::new(Mysql);
    let upgrade = "INSERT INTO p (v) VALUES (7);\nDELETE FROM missing;\n\
                   INSERT INTO t VALUES (LAST_INSERT_ID());";
    let parent = format!("{FILL}\nCREATE TABLE p (id INT AUTO_INCREMENT PRIMARY KEY, v INT);");
    let set = world
        .set(&[("0001_a.sql", halves(&parent, "DO 1;")), ("0002_b.sql", halves(upgrade, "DO 1;"))]);
    world.apply_in_vain(&set).await;
    world.execute("CREATE TABLE missing (id INT)").await;
    let error = world.run(&set).await.expect_err("it is refused").to_string();
    assert!(error.contains("left in its session, which is gone"), "{error}");
    assert_eq!(world.count("t").await, 0);
    // The rest may change.
    let changed = upgrade.replace("LAST_INSERT_ID()", "1");
    let set = world.set(&[
        ("0001_a.sql", halves(&parent, "DO 1;")),
        ("0002_b.sql", halves(&changed, "DO 1;")),
    ]);
    world.apply(&set).await;
    assert_eq!(world.count("t").await, 1);
}

#[tokio::test]
async fn what_would_release_the_lock_is_not_run() {
    let world = World::new(Mysql);
    let set = world.set(&[("0001_a.sql", halves("DO RELEASE_ALL_LOCKS();", "DO 1;"))]);
    let error = world.apply_in_vain(&set).await;
    assert!(error.message.contains("migration lock"), "{error}");
}

#[tokio::test]
async fn a_time_zone_that_is_set_makes_no_negative_duration() {
    let world = World::new(Mysql);
    let upgrade = "SET time_zone = '-05:00';\nCREATE TABLE a (id INT);\nINSERT INTO a VALUES (1);";
    let set = world.set(&[("0001_a.sql", halves(upgrade, "DROP TABLE a;"))]);
    assert_eq!(world.apply(&set).await.applied.len(), 1);
    let least = "SELECT CAST(MIN(duration_us) AS CHAR) FROM _migrate_history";
    assert_eq!(world.texts(least).await, ["0"]);
    world.execute("UPDATE _migrate_history SET duration_us = -1 WHERE version = '0001'").await;
    assert!(world.apply(&set).await.is_empty(), "it can be read");
}
