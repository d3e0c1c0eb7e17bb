//! Migrations written in Rust, as the macro embeds them.

use std::sync::atomic::{AtomicBool, Ordering};

use migrate_core::database::Database;
use migrate_runtime::__macro_support::{BoxFuture, RustMigration, migrations};
use migrate_runtime::{Db, Error, Left, Migrations, Result, RollbackTo};

use crate::world::{World, failure, ids};

const SQL: &str = "-- upgrade\nCREATE TABLE a (id integer);\n-- downgrade\nDROP TABLE a;\n";

/// The functions are what counts; the text is what is hashed.
const RUST: &str = "pub async fn upgrade(db: &mut Db) -> Result<()> { fill(db).await }\n\
                    pub(crate) async fn downgrade(db: &mut Db) -> Result<()> { empty(db).await }\n";

const FILES: &[(&str, &str)] = &[("0001_a.sql", SQL), ("0002_fill.rs", RUST)];

fn lock(kind: Database) -> &'static str {
    match kind {
        Database::Postgres => "format 1\nset main\ndatabase postgres\nlayout native\nend 0 -\n",
        Database::Mysql => "format 1\nset main\ndatabase mysql\nlayout native\nend 0 -\n",
        Database::Sqlite => "format 1\nset main\ndatabase sqlite\nlayout native\nend 0 -\n",
    }
}

fn fill(db: &mut Db) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        assert!(db.add_column_if_missing("a", "name", "varchar(20)").await?);
        assert!(!db.add_column_if_missing("a", "name", "varchar(20)").await?);
        assert!(db.create_index_if_missing("a_name", "a", "name").await?);
        assert!(!db.create_index_if_missing("a_name", "a", "name").await?);
        assert!(!db.function_exists("nowhere").await?);
        db.execute("INSERT INTO a VALUES (1, 'x'); INSERT INTO a VALUES (2, 'y')").await
    })
}

fn empty(db: &mut Db) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move { db.execute("DELETE FROM a").await })
}

static FAILS: AtomicBool = AtomicBool::new(false);

/// Writes, and fails while the test wants it to.
fn fail(db: &mut Db) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        db.execute("INSERT INTO a VALUES (1)").await?;
        if FAILS.load(Ordering::SeqCst) {
            Err(Error::other("the file is not there"))
        } else {
            Ok(())
        }
    })
}

/// Writes, and panics.
fn panic(db: &mut Db) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        db.execute("INSERT INTO a VALUES (1)").await?;
        panic!("there is no answer")
    })
}

static FILLING: &[RustMigration] =
    &[RustMigration { path: "0002_fill.rs", directives: "", upgrade: fill, downgrade: Ok(empty) }];

static FAILING: &[RustMigration] =
    &[RustMigration { path: "0002_fill.rs", directives: "", upgrade: fail, downgrade: Ok(empty) }];

static PANICKING: &[RustMigration] =
    &[RustMigration { path: "0002_fill.rs", directives: "", upgrade: panic, downgrade: Ok(empty) }];

fn embedded(kind: Database, rust: &'static [RustMigration]) -> Migrations {
    migrations(FILES, lock(kind), rust, "", "migrations")
}

pub(crate) async fn a_rust_migration_is_applied_and_rolled_back(world: World) {
    let embedded = embedded(world.kind(), FILLING);
    let report = embedded.run(world.url()).await.expect("it applies");
    assert_eq!(ids(&report.applied), ["0001_a", "0002_fill"]);
    assert_eq!(world.count("a").await, 2);
    assert!(embedded.run(world.url()).await.expect("it is applied").is_empty());

    let runner = embedded.runner().expect("the set is sound");
    let undone = runner.rollback(&mut world.db().await, RollbackTo::Count(1)).await;
    assert_eq!(ids(&undone.expect("it has a downgrade").reverted), ["0002_fill"]);
    assert_eq!(world.count("a").await, 0);
    assert_eq!(world.applied().await, ["0001"]);
}

pub(crate) async fn a_rust_migration_that_fails_is_told_and_run_again(world: World) {
    // The three servers' tests share the switch, and may run at once: each leaves it on as long
    // as it needs it, so the switch is only ever turned by the one that owns its turn.
    static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _turn = TURN.lock().await;
    let embedded = embedded(world.kind(), FAILING);
    FAILS.store(true, Ordering::SeqCst);
    let failed = failure(embedded.run(world.url()).await);

    assert_eq!(failed.migration, "0002_fill");
    assert!(failed.message.contains("the file is not there"), "{failed}");
    assert!(failed.path.ends_with("0002_fill.rs"), "{failed}");
    assert_eq!(failed.left == Left::Nothing, world.is_transactional());
    assert_eq!(world.count("a").await, usize::from(!world.is_transactional()));
    assert_eq!(world.events().await, ["applied 0001", "failed 0002"]);
    if !world.is_transactional() {
        // Statements are not counted in a function, and it does not go on in its middle.
        let told = failed.to_string();
        assert!(
            told.ends_with("may have stayed; correct it and run again, the run begins it anew")
        );
        let runner = embedded.runner().expect("the set is sound");
        let mut db = world.db().await;
        let findings = runner.status(&mut db).await.expect("it can be read").findings;
        let expected =
            "`0002_fill` was begun and not ended: nobody knows how far its function came";
        assert_eq!(findings[0].message, expected);
    }

    FAILS.store(false, Ordering::SeqCst);
    let report = embedded.run(world.url()).await.expect("it applies now");
    assert_eq!(ids(&report.applied), ["0002_fill"]);
}

pub(crate) async fn a_rust_migration_that_panics_is_one_that_fails(world: World) {
    let failed = failure(embedded(world.kind(), PANICKING).run(world.url()).await);
    assert_eq!(failed.message, "it panicked: there is no answer");
    assert_eq!(world.count("a").await, usize::from(!world.is_transactional()));
    assert_eq!(world.events().await, ["applied 0001", "failed 0002"]);
    let report = embedded(world.kind(), FILLING).run(world.url()).await.expect("the lock is free");
    assert_eq!(ids(&report.applied), ["0002_fill"]);
}
