//! The helpers of the other tests do what those rely on.

use migrate_core::database::Database;
use migrate_tests::project::TempProject;
use migrate_tests::server::TestDatabase;
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection, SqliteConnection};

/// Creates a table in `url`, in whatever connection its kind needs.
async fn create_table(kind: Database, url: &str) -> Result<(), sqlx::Error> {
    let statement = sqlx::raw_sql(AssertSqlSafe("CREATE TABLE planets (id integer)"));
    match kind {
        Database::Postgres => {
            PgConnection::connect(url).await?.execute(statement).await?;
        }
        Database::Mysql => {
            MySqlConnection::connect(url).await?.execute(statement).await?;
        }
        Database::Sqlite => {
            SqliteConnection::connect(url).await?.execute(statement).await?;
        }
    }
    Ok(())
}

async fn check_own_database(kind: Database) {
    let (one, other) = (TestDatabase::create(kind), TestDatabase::create(kind));
    assert_ne!(one.url(), other.url());
    assert_eq!(one.redact(&format!("connecting to {}", one.url())), "connecting to [url]");
    create_table(kind, one.url()).await.expect("the first database is empty");
    create_table(kind, other.url()).await.expect("the second database is another one");
    create_table(kind, one.url()).await.expect_err("the table is there already");

    let url = one.url().to_owned();
    drop(one);
    if kind != Database::Sqlite {
        create_table(kind, &url).await.expect_err("the database is dropped with its value");
    }
}

#[tokio::test]
async fn each_test_has_its_own_postgres_database() {
    check_own_database(Database::Postgres).await;
}

#[tokio::test]
async fn each_test_has_its_own_mysql_database() {
    check_own_database(Database::Mysql).await;
}

#[tokio::test]
async fn each_test_has_its_own_sqlite_database() {
    check_own_database(Database::Sqlite).await;
}

#[tokio::test]
async fn an_open_connection_does_not_keep_a_postgres_database() {
    let database = TestDatabase::create(Database::Postgres);
    let mut connection = PgConnection::connect(database.url()).await.expect("it accepts us");
    drop(database);
    connection.ping().await.expect_err("the server has ended the session");
}

#[tokio::test]
async fn a_postgres_database_is_reached_through_the_pooler() {
    let database = TestDatabase::create(Database::Postgres);
    create_table(database.kind(), &database.pooled_url()).await.expect("the pooler lets us in");
    create_table(database.kind(), database.url()).await.expect_err("it is the same database");
}

#[test]
fn a_project_hides_the_callers_environment() {
    let project = TempProject::new();
    project.write("migrations/0001_planets.sql", "-- upgrade\n");
    assert_eq!(project.read("migrations/0001_planets.sql"), "-- upgrade\n");

    let mut command = project.cargo(["--version"]);
    let hidden =
        |name: &str| !command.get_envs().any(|(key, value)| key == name && value.is_some());
    assert!(hidden("DATABASE_URL_POSTGRES"));
    assert!(hidden("CARGO_MANIFEST_DIR"));
    let output = project.finish(&mut command);
    assert_eq!((output.code, &*output.stderr), (Some(0), ""));
    assert!(output.stdout.starts_with("cargo "), "{}", output.stdout);
}

#[test]
fn the_built_command_runs_in_a_project() {
    let project = TempProject::new();
    let output = project.run(["--version"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
}
