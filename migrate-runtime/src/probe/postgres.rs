//! Postgres, where only what cannot run in a transaction is ever in doubt.

use migrate_core::database::Database;

use super::change::index;
use super::{Change, Kind, Object, effect};
use crate::driver::{Driver, Effect};
use crate::phrase::{Name, Phrase};

/// Finds out whether an interrupted statement took effect; an invalid index that it left behind
/// is dropped.
pub(crate) async fn postgres(
    driver: &mut dyn Driver,
    statement: &str,
) -> Result<Effect, sqlx::Error> {
    if let Some(index) = created_index(statement)
        && let Some(found) = find_index(driver, &index).await?
        && !found.valid
    {
        if found.in_progress {
            // Somebody builds it by hand: a backend of ours would hold the migration lock.
            return Ok(Effect::Unknown);
        }
        let name = format!("{}.{}", quote(&found.schema), quote(&index.name.name));
        driver.batch(format!("DROP INDEX CONCURRENTLY {name}"), &mut |_| {}).await?;
        return Ok(Effect::Absent);
    }
    effect(driver, &Change::of(statement, Database::Postgres), exists_query).await
}

/// Says which invalid index there is after a statement that builds one concurrently.
///
/// `IF NOT EXISTS` takes an invalid index for one that exists.
/// Source: `PostgreSQL` 15 manual, "CREATE INDEX", "Building Indexes Concurrently".
pub(crate) async fn postgres_invalid_index(
    driver: &mut dyn Driver,
    statement: &str,
) -> Result<Option<String>, sqlx::Error> {
    let Some(index) = created_index(statement).or_else(|| rebuilt_index(statement)) else {
        return Ok(None);
    };
    let found = find_index(driver, &index).await?;
    Ok(found.filter(|found| !found.valid).map(|found| {
        format!(
            "index \"{}\".\"{}\" is invalid: an attempt to build it failed, now or earlier; see what \
             the index forbids, and run again",
            found.schema, index.name.name
        )
    }))
}

/// Returns the index that `CREATE INDEX CONCURRENTLY` builds.
fn created_index(statement: &str) -> Option<Object> {
    let mut phrase = Phrase::new(statement, Database::Postgres);
    if !phrase.take_word("CREATE") {
        return None;
    }
    phrase.take_word("UNIQUE");
    if !phrase.take_words(&["INDEX", "CONCURRENTLY"]) {
        return None;
    }
    phrase.take_words(&["IF", "NOT", "EXISTS"]);
    index(&mut phrase)
}

/// Returns the index that `REINDEX INDEX CONCURRENTLY` builds again.
fn rebuilt_index(statement: &str) -> Option<Object> {
    let mut phrase = Phrase::new(statement, Database::Postgres);
    if !phrase.take_words(&["REINDEX", "INDEX", "CONCURRENTLY"]) {
        return None;
    }
    Some(Object::new(Kind::Index, phrase.take_name()?))
}

/// An index as the server has it.
struct Found {
    schema: String,
    valid: bool,
    /// Whether it is being built right now, as far as this role may know.
    in_progress: bool,
}

/// Looks for an index where its table is, or where its own name leads.
async fn find_index(driver: &mut dyn Driver, index: &Object) -> Result<Option<Found>, sqlx::Error> {
    // An index lives in its table's schema.
    let place = match &index.table {
        Some(table) => format!("i.indrelid = to_regclass({})", regclass(table)),
        None => format!("i.indexrelid = to_regclass({})", regclass(&index.name)),
    };
    let query = format!(
        "SELECT n.nspname::text, i.indisvalid::text, EXISTS (SELECT FROM \
         pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)::text \
         FROM pg_catalog.pg_index i \
         JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE {place} AND c.relname = {}",
        literal(&index.name.name)
    );
    let row = driver.rows(query).await?.into_iter().next();
    let is_true = |value: &Option<String>| value.as_deref() == Some("true");
    Ok(row.and_then(|row| match row.as_slice() {
        [Some(schema), valid, in_progress] => Some(Found {
            schema: schema.clone(),
            valid: is_true(valid),
            in_progress: is_true(in_progress),
        }),
        _ => None,
    }))
}

fn exists_query(object: &Object) -> Option<String> {
    Some(match (object.kind, &object.table) {
        (Kind::Database, _) => format!(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = {})::text",
            literal(&object.name.name)
        ),
        // NULL where the name leads to no table: then we look at the wrong place.
        (Kind::Index, Some(table)) => format!(
            "SELECT (SELECT EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON \
             c.oid = i.indexrelid WHERE i.indrelid = t.oid AND c.relname = {}) FROM \
             pg_catalog.pg_class t WHERE t.oid = to_regclass({}))::text",
            literal(&object.name.name),
            regclass(table)
        ),
        (Kind::Index, None) => {
            format!("SELECT (to_regclass({}) IS NOT NULL)::text", regclass(&object.name))
        }
        _ => return None,
    })
}

/// Returns a name as `to_regclass` reads it.
fn regclass(name: &Name) -> String {
    let own = quote(&name.name);
    literal(&name.schema.as_ref().map_or(own.clone(), |schema| format!("{}.{own}", quote(schema))))
}

fn quote(name: &str) -> String {
    Database::Postgres.quote(name)
}

fn literal(text: &str) -> String {
    Database::Postgres.literal(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_of_a_concurrent_build_is_found() {
        let check = |statement: &str, expected: Option<&str>| {
            let name = created_index(statement).map(|index| index.name.name);
            assert_eq!(name.as_deref(), expected, "{statement}");
        };
        check("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"I\" ON t (a)", Some("I"));
        check("create index concurrently on t (a)", None);
        check("CREATE INDEX i ON t (a)", None);
        check("REINDEX INDEX CONCURRENTLY app.i", None);
        let rebuilt = rebuilt_index("REINDEX INDEX CONCURRENTLY app.i");
        assert_eq!(rebuilt.map(|index| index.name.name).as_deref(), Some("i"));
    }
}
