//! `[package.metadata.migrate]`, written with the rest of the file as it was.

use std::fs;

use migrate_core::settings::Settings;
use toml_edit::{DocumentMut, Item, Table, value};

use crate::context::Context;
use crate::error::CommandError;
use crate::open_set::write_atomically;
use crate::package::Package;

/// Writes the table if there is none; says what was done.
pub(crate) fn describe(
    context: &Context,
    package: &Package,
    settings: &Settings,
) -> Result<String, CommandError> {
    let shown = context.shown(&package.manifest);
    if package.table.is_some() {
        return Ok(format!("{shown} has [package.metadata.migrate] already"));
    }
    let path = &package.manifest;
    let text = fs::read_to_string(path).map_err(|error| CommandError::read(path, error))?;
    let edited = with_table(&text, settings)
        .ok_or_else(|| CommandError::manifest(path, "`package.metadata` is no table"))?;
    write_atomically(path, &edited)?;
    Ok(format!("added [package.metadata.migrate] to {shown}"))
}

fn with_table(text: &str, settings: &Settings) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    let package = document.get_mut("package")?.as_table_like_mut()?;
    let metadata = package.entry("metadata").or_insert_with(|| {
        let mut table = Table::new();
        // No empty `[package.metadata]` above ours.
        table.set_implicit(true);
        Item::Table(table)
    });
    let mut table = Table::new();
    table.insert("database", value(settings.database.name()));
    if settings.layout != "native" {
        table.insert("layout", value(&settings.layout));
    }
    metadata.as_table_like_mut()?.insert("migrate", Item::Table(table));
    Some(document.to_string())
}

#[cfg(test)]
mod tests {
    use migrate_core::database::Database;

    use super::*;

    #[test]
    fn the_rest_of_the_file_stays_as_it_is() {
        let before = "# ours\n[package]\nname = \"app\" # short\n\n[dependencies]\n";
        let after = with_table(before, &Settings::new(Database::Sqlite)).unwrap();
        assert_eq!(
            after,
            "# ours\n[package]\nname = \"app\" # short\n\n[package.metadata.migrate]\n\
             database = \"sqlite\"\n\n[dependencies]\n"
        );
    }

    #[test]
    fn another_tools_layout_is_named() {
        let settings = Settings { layout: "sqlx".to_owned(), ..Settings::new(Database::Postgres) };
        let before = "[package]\nname = \"app\"\n[package.metadata]\nother = 1\n";
        let after = with_table(before, &settings).unwrap();
        assert!(after.contains("other = 1\n\n[package.metadata.migrate]\n"), "{after}");
        assert!(after.ends_with("database = \"postgres\"\nlayout = \"sqlx\"\n"), "{after}");
    }
}
