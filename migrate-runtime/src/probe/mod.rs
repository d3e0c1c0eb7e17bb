//! Whether a statement took effect whose answer never came: the connection was lost while it ran.
//!
//! What a statement would change is read from its first words ([`change`]); the server is asked
//! whether it is so. Where either cannot tell, the answer is [`Effect::Unknown`], and a person
//! decides: an effect that is wrongly believed in would leave a hole in the schema.

mod change;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use migrate_core::database::Database;

pub(crate) use change::{Change, Kind, Object};
#[cfg(feature = "mysql")]
pub(crate) use mysql::{exists_query as mysql_exists_query, mysql};
#[cfg(feature = "postgres")]
pub(crate) use postgres::{postgres, postgres_invalid_index};
#[cfg(feature = "sqlite")]
pub(crate) use sqlite::sqlite;

use crate::driver::{Driver, Effect};

/// Of each statement, whether the server itself tells that it took effect, as surely as an entry in
/// the journal: it adds to a table that those right before it have made, so nobody else can have.
pub(crate) fn show_themselves(statements: &[&str], database: Database) -> Vec<bool> {
    let mut made = None;
    let shows_itself = statements.iter().map(|statement| {
        let change = Change::of(statement, database);
        let grown = change.grown_table();
        let shows_itself = grown.is_some() && grown == made.as_ref();
        if !shows_itself {
            made = change.made_table().cloned();
        }
        shows_itself
    });
    shows_itself.collect()
}

/// Splits `schema.name`; without a dot there is no schema.
pub(crate) fn split_name(name: &str) -> (Option<&str>, &str) {
    match name.split_once('.') {
        Some((schema, name)) => (Some(schema), name),
        None => (None, name),
    }
}

/// Quotes `schema.name` or `name`.
pub(crate) fn quoted_name(database: Database, name: &str) -> String {
    let (schema, name) = split_name(name);
    let name = database.quote(name);
    match schema {
        Some(schema) => format!("{}.{name}", database.quote(schema)),
        None => name,
    }
}

/// Compares what a statement would do with what the server has.
///
/// `query` asks for one object: its answer is one row with the text `true` or `false`, or NULL
/// where the server cannot tell.
async fn effect(
    driver: &mut dyn Driver,
    change: &Change,
    query: impl Fn(&Object) -> Option<String>,
) -> Result<Effect, sqlx::Error> {
    let steps = match change {
        Change::Again => return Ok(Effect::Absent),
        Change::Unknown => return Ok(Effect::Unknown),
        Change::Steps(steps) => steps,
    };
    let mut taken = Vec::new();
    for step in steps {
        let Some(query) = query(&step.object) else { return Ok(Effect::Unknown) };
        let exists = match one(driver, query).await?.as_deref() {
            Some("true") => true,
            Some("false") => false,
            _ => return Ok(Effect::Unknown),
        };
        taken.push(exists == step.creates);
    }
    Ok(match (taken.iter().any(|taken| *taken), taken.iter().all(|taken| *taken)) {
        _ if taken.is_empty() => Effect::Unknown,
        (true, true) => Effect::Present,
        (false, _) => Effect::Absent,
        // Half of it: the server does not do this statement as one.
        (true, false) => Effect::Unknown,
    })
}

/// Returns the first value of a query's first row.
async fn one(driver: &mut dyn Driver, query: String) -> Result<Option<String>, sqlx::Error> {
    let rows = driver.rows(query).await?;
    Ok(rows.into_iter().next().and_then(|row| row.into_iter().next()).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_new_table_gets_shows_itself() {
        let statements = [
            "CREATE TABLE a (id INT)",
            "CREATE INDEX i ON a (id)",
            "ALTER TABLE a ADD COLUMN n INT",
            "CREATE INDEX j ON b (id)",
            "CREATE INDEX k ON a (id)",
            "CREATE TABLE b (id INT)",
            "CREATE INDEX IF NOT EXISTS j ON b (id)",
            "INSERT INTO b VALUES (1)",
            "CREATE INDEX l ON b (id)",
        ];
        let shown = show_themselves(&statements, Database::Mysql);
        let shown: Vec<_> = (0..statements.len()).filter(|index| shown[*index]).collect();
        assert_eq!(shown, [1, 2]);
    }

    #[test]
    fn names_are_split_at_the_first_dot() {
        assert_eq!(split_name("app.users"), (Some("app"), "users"));
        assert_eq!(split_name("users"), (None, "users"));
        assert_eq!(quoted_name(Database::Mysql, "app.us`ers"), "`app`.`us``ers`");
        assert_eq!(quoted_name(Database::Postgres, "Users"), "\"Users\"");
    }
}
