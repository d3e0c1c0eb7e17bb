//! A database, and sets of migrations that are made up for a test.

use std::borrow::Cow;

use migrate_core::database::Database;
use migrate_core::diagnostics::{Code, Diagnostic};
use migrate_core::folder::{Content, Entry, Folder};
use migrate_core::load::load;
use migrate_core::set::MigrationSet;
use migrate_core::settings::Settings;
use migrate_core::source::SourceText;
use migrate_runtime::{Db, Error, MigrationError, Report, Result, Runner, Step};
use migrate_tests::server::TestDatabase;
use sqlx::{AssertSqlSafe, Row};

/// The history table, unless a test names another.
pub(crate) const HISTORY: &str = "_migrate_history";

/// A database of one server.
pub(crate) struct World {
    database: TestDatabase,
}

impl World {
    pub(crate) fn new(kind: Database) -> Self {
        World { database: TestDatabase::create(kind) }
    }

    pub(crate) fn kind(&self) -> Database {
        self.database.kind()
    }

    pub(crate) fn database(&self) -> &TestDatabase {
        &self.database
    }

    pub(crate) fn url(&self) -> &str {
        self.database.url()
    }

    /// Opens a connection.
    pub(crate) async fn db(&self) -> Db {
        Db::connect(self.url()).await.expect("the server lets us in")
    }

    /// Makes a set of files.
    pub(crate) fn set<T: AsRef<str>>(&self, files: &[(&'static str, T)]) -> MigrationSet {
        set_with(Settings::new(self.kind()), files)
    }

    /// Applies what is pending in `set`, on a connection of its own.
    pub(crate) async fn run(&self, set: &MigrationSet) -> Result<Report> {
        Runner::new(set).run_on(self.url()).await
    }

    /// Applies what is pending, and expects it to be possible.
    pub(crate) async fn apply(&self, set: &MigrationSet) -> Report {
        self.run(set).await.unwrap_or_else(|error| panic!("the set cannot be applied: {error}"))
    }

    /// Applies what is pending, and expects one migration to fail.
    pub(crate) async fn apply_in_vain(&self, set: &MigrationSet) -> Box<MigrationError> {
        failure(self.run(set).await)
    }

    /// Executes SQL as somebody else would.
    pub(crate) async fn execute(&self, sql: &str) {
        let executed = self.db().await.execute(sql).await;
        executed.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Returns the first column of a query's rows, which must be text.
    pub(crate) async fn texts(&self, query: &str) -> Vec<String> {
        texts(&mut self.db().await, query).await
    }

    /// Returns the one number that a query answers with.
    pub(crate) async fn count(&self, table: &str) -> usize {
        let cast = if self.kind() == Database::Mysql { "CHAR" } else { "TEXT" };
        let found = self.texts(&format!("SELECT CAST(count(*) AS {cast}) FROM {table}")).await;
        found[0].parse().expect("a count is a number")
    }

    pub(crate) async fn has_table(&self, name: &str) -> bool {
        self.db().await.table_exists(name).await.expect("the server can tell")
    }

    /// Whether a failed migration leaves nothing behind.
    pub(crate) fn is_transactional(&self) -> bool {
        self.kind().has_transactional_ddl()
    }

    /// Returns the versions in the history, in the order in which they were applied.
    pub(crate) async fn applied(&self) -> Vec<String> {
        self.texts(&format!(
            "SELECT version FROM {HISTORY} WHERE kind IN ('sql', 'rust') ORDER BY position"
        ))
        .await
    }

    /// Returns `event version` of the log, oldest first.
    pub(crate) async fn events(&self) -> Vec<String> {
        let concatenation = match self.kind() {
            Database::Mysql => "CONCAT(event, ' ', version)",
            _ => "event || ' ' || version",
        };
        self.texts(&format!("SELECT {concatenation} FROM {HISTORY}_events ORDER BY id")).await
    }
}

/// Returns the first column of a query's rows, which must be text.
pub(crate) async fn texts(db: &mut Db, query: &str) -> Vec<String> {
    macro_rules! fetch {
        ($connection:expr) => {{
            let connection = $connection.expect("the connection is to that server");
            let sql = sqlx::raw_sql(AssertSqlSafe(query.to_owned()));
            let rows = sql.fetch_all(connection).await;
            let rows = rows.unwrap_or_else(|error| panic!("{query}: {error}"));
            rows.iter().map(|row| row.get::<String, _>(0)).collect()
        }};
    }
    match db.database() {
        Database::Postgres => fetch!(db.postgres()),
        Database::Mysql => fetch!(db.mysql()),
        Database::Sqlite => fetch!(db.sqlite()),
    }
}

/// Makes a set of files under given settings.
pub(crate) fn set_with<T: AsRef<str>>(
    settings: Settings,
    files: &[(&'static str, T)],
) -> MigrationSet {
    let entries = files.iter().map(|(path, text)| Entry {
        path: Cow::Borrowed(*path),
        content: Content::Text(SourceText::new(text.as_ref().to_owned())),
    });
    let folder = Folder { root: "migrations".to_owned(), entries: entries.collect(), lock: None };
    let loaded = load(folder, &settings);
    let without_lock = |finding: &Diagnostic| finding.code == Code::M301;
    assert!(loaded.findings.iter().all(without_lock), "{:?}", loaded.findings);
    loaded.set
}

/// Writes the two halves of a migration.
pub(crate) fn halves(upgrade: &str, downgrade: &str) -> String {
    format!("-- upgrade\n{upgrade}\n-- downgrade\n{downgrade}\n")
}

/// Returns the migration that failed.
pub(crate) fn failure(result: Result<Report>) -> Box<MigrationError> {
    match result {
        Err(Error::Migration(error)) => error,
        Err(other) => panic!("no migration failed, but: {other}"),
        Ok(report) => panic!("nothing failed: {report:?}"),
    }
}

/// Returns the text of an error that is expected.
pub(crate) fn error(result: Result<Report>) -> String {
    match result {
        Err(error) => error.to_string(),
        Ok(report) => panic!("nothing failed: {report:?}"),
    }
}

/// Returns the ids of what was done.
pub(crate) fn ids(steps: &[Step]) -> Vec<String> {
    steps.iter().map(Step::id).collect()
}
