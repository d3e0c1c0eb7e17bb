//! Which kind of database a package's own dependencies talk to.

use cargo_metadata::{Dependency, MetadataCommand};
use migrate_core::database::Database;

use crate::package::Package;

/// Libraries whose features name the servers they are built for.
const LIBRARIES: [&str; 4] = ["migrate-runtime", "sqlx", "diesel", "sea-orm"];

/// Returns the kind of database that the features of the package's libraries name, if it is one.
///
/// Only cargo knows: features may be those of the workspace, and libraries may be renamed.
pub(crate) fn database(package: &Package) -> Option<Database> {
    let metadata = MetadataCommand::new().manifest_path(&package.manifest).no_deps().exec().ok()?;
    let described = metadata.packages.into_iter().find(|one| one.name == package.name)?;
    let libraries = described.dependencies.iter().filter(|library| is_known(library));
    let mut kinds = libraries.flat_map(|library| &library.features).filter_map(|name| named(name));
    let first = kinds.next()?;
    kinds.all(|kind| kind == first).then_some(first)
}

fn is_known(library: &Dependency) -> bool {
    LIBRARIES.contains(&library.name.as_str())
}

/// `sqlite-bundled`, `sqlx-postgres` and the like name their server in a word of their own.
fn named(feature: &str) -> Option<Database> {
    feature.split('-').find_map(|word| word.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_names_its_server() {
        assert_eq!(named("sqlite-bundled"), Some(Database::Sqlite));
        assert_eq!(named("sqlx-postgres"), Some(Database::Postgres));
        assert_eq!(named("mysql"), Some(Database::Mysql));
        assert_eq!(named("runtime-tokio"), None);
    }
}
