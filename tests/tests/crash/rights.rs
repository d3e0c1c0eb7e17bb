//! Roles that may not do what a run needs: what is refused, in which words.

use migrate_core::database::Database;
use migrate_core::settings::Settings;
use migrate_runtime::{RollbackTo, Runner};

use crate::world::{World, error, halves, set_with};

fn files() -> [(&'static str, String); 1] {
    [("0001_a.sql", halves("CREATE TABLE a (i integer);", "DROP TABLE a;"))]
}

#[tokio::test]
async fn a_read_only_database_says_so_and_status_works() {
    let world = World::new(Database::Postgres);
    let name = world.texts("SELECT current_database()::text").await.remove(0);
    world
        .execute(&format!("ALTER DATABASE \"{name}\" SET default_transaction_read_only = on"))
        .await;
    let set = world.set(&files());
    let said = error(world.run(&set).await);
    assert!(said.contains("read-only"), "{said}");
    let mut db = world.db().await;
    assert_eq!(Runner::new(&set).status(&mut db).await.expect("it may be read").pending(), 1);
}

#[tokio::test]
async fn a_role_without_create_is_told_which_schema() {
    let world = World::new(Database::Postgres);
    let name = world.texts("SELECT current_database()::text").await.remove(0);
    let role = format!("weak_{name}");
    world.execute(&format!("CREATE ROLE {role} LOGIN PASSWORD 's3cret-word'; REVOKE CREATE ON SCHEMA public FROM PUBLIC")).await;
    let url = world.url().replace("postgres@", &format!("{role}:s3cret-word@"));
    let set = world.set(&files());
    let said = error(Runner::new(&set).run_on(&url).await);
    assert!(
        said.contains("permission denied for schema public") && !said.contains("s3cret"),
        "{said}"
    );
    let mut settings = Settings::new(Database::Postgres);
    settings.history.schema = Some("nowhere".to_owned());
    let said = error(Runner::new(&set_with(settings.clone(), &files())).run_on(&url).await);
    assert!(said.contains("permission denied for database"), "{said}");
    // The owner may, and the schema is made.
    world.apply(&set_with(settings.clone(), &files())).await;
    let mut db = world.db().await;
    let other = set_with(settings, &files());
    Runner::new(&other).rollback(&mut db, RollbackTo::All).await.expect("it can be undone");
    db.close().await.expect("nothing is open");
    world.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
}
