//! What cargo knows of the libraries that a package uses.

use cargo_metadata::{Dependency, MetadataCommand};
use migrate_core::database::Database;

use crate::package::Package;

/// The name of the library that a program with migrations depends on.
pub(crate) const RUNTIME: &str = "migrate-runtime";

/// Libraries whose features name the servers they are built for.
const OF_SERVERS: [&str; 4] = [RUNTIME, "sqlx", "diesel", "sea-orm"];

/// Returns what a package depends on; nothing where cargo cannot tell.
///
/// The manifest alone does not tell: names and features may be those of the workspace.
pub(crate) fn of(package: &Package) -> Vec<Dependency> {
    let metadata = MetadataCommand::new().manifest_path(&package.manifest).no_deps().exec();
    let packages = metadata.map(|metadata| metadata.packages).unwrap_or_default();
    let described = packages.into_iter().find(|one| one.name == package.name);
    described.map(|one| one.dependencies).unwrap_or_default()
}

/// Returns the kind of database that the libraries' features name, if it is one.
pub(crate) fn database(libraries: &[Dependency]) -> Option<Database> {
    let known = libraries.iter().filter(|library| OF_SERVERS.contains(&library.name.as_str()));
    let mut kinds = known.flat_map(|library| &library.features).filter_map(|name| named(name));
    let first = kinds.next()?;
    kinds.all(|kind| kind == first).then_some(first)
}

/// Returns what the package's code calls the runtime.
pub(crate) fn runtime(libraries: &[Dependency]) -> String {
    let runtime = libraries.iter().find(|library| library.name == RUNTIME);
    runtime.and_then(|library| library.rename.as_deref()).unwrap_or(RUNTIME).replace('-', "_")
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
