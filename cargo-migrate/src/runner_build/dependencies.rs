//! A package's dependencies, written so that they mean the same in another place.

use std::path::Path;

use cargo_metadata::{Dependency, DependencyKind, Package as Described};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value, value};

use crate::error::CommandError;
use crate::libraries::RUNTIME;

/// Writes the package's normal dependencies, with those features of the runtime that a runner
/// needs.
pub(crate) fn mirror(document: &mut DocumentMut, package: &Described) -> Result<(), CommandError> {
    let normal = package.dependencies.iter().filter(|one| one.kind == DependencyKind::Normal);
    let mut has_runtime = false;
    for dependency in normal {
        let mut table = described(dependency);
        if dependency.name == RUNTIME {
            has_runtime = true;
            let mut features = dependency.features.clone();
            features.extend(["macros", "runner"].map(str::to_owned));
            features.sort();
            features.dedup();
            table.insert("features", features.iter().collect::<Array>().into());
            table.remove("optional");
        }
        let name = dependency.rename.as_deref().unwrap_or(&dependency.name);
        section(document, dependency).insert(name, value(table));
    }
    if has_runtime {
        return Ok(());
    }
    Err(CommandError::Runner {
        message: format!(
            "`{}` has Rust migrations, and does not depend on `{RUNTIME}`",
            package.name
        ),
        help: vec![format!("add it with `cargo add {RUNTIME}`")],
    })
}

/// Adds the package's own library, which a migration uses.
pub(crate) fn add_library(document: &mut DocumentMut, package: &Described, library: &str) {
    let mut table = InlineTable::new();
    if let Some(directory) = package.manifest_path.parent() {
        table.insert("path", directory.as_str().into());
    }
    table.insert("package", package.name.as_str().into());
    dependencies(document.as_table_mut()).insert(library, value(table));
}

/// Makes the paths of a `[patch]` table mean the same in another place.
pub(crate) fn make_paths_absolute(item: &mut Item, root: &Path) {
    let Some(table) = item.as_table_like_mut() else { return };
    for (key, item) in table.iter_mut() {
        match item.as_str() {
            Some(path) if key == "path" => {
                *item = value(root.join(path).display().to_string());
            }
            Some(_) => {}
            None => make_paths_absolute(item, root),
        }
    }
}

/// Describes a dependency; cargo has resolved what it inherits from the workspace.
fn described(dependency: &Dependency) -> InlineTable {
    let mut table = InlineTable::new();
    let requirement = dependency.req.to_string();
    if requirement != "*" || (dependency.path.is_none() && dependency.source.is_none()) {
        table.insert("version", requirement.into());
    }
    if let Some(path) = &dependency.path {
        table.insert("path", path.as_str().into());
    }
    let source = dependency.source.as_ref().map(ToString::to_string);
    if let Some(git) = source.as_deref().and_then(|source| source.strip_prefix("git+")) {
        insert_git(&mut table, git);
    }
    if let Some(registry) = &dependency.registry {
        table.insert("registry-index", registry.as_str().into());
    }
    if dependency.rename.is_some() {
        table.insert("package", dependency.name.as_str().into());
    }
    if !dependency.uses_default_features {
        table.insert("default-features", false.into());
    }
    if !dependency.features.is_empty() {
        let features: Array = dependency.features.iter().collect();
        table.insert("features", features.into());
    }
    if dependency.optional {
        table.insert("optional", true.into());
    }
    table
}

/// `https://host/repository?branch=main#commit`.
fn insert_git(table: &mut InlineTable, source: &str) {
    let source = source.split('#').next().unwrap_or(source);
    let (url, query) = source.split_once('?').unwrap_or((source, ""));
    table.insert("git", url.into());
    for pair in query.split('&') {
        if let Some((key @ ("branch" | "tag" | "rev"), text)) = pair.split_once('=') {
            table.insert(key, Value::from(text));
        }
    }
}

/// The table that a dependency belongs in: that of its target, or the general one.
fn section<'d>(document: &'d mut DocumentMut, dependency: &Dependency) -> &'d mut Table {
    let root = document.as_table_mut();
    match &dependency.target {
        None => dependencies(root),
        Some(target) => {
            let targets = child(root, "target");
            targets.set_implicit(true);
            let target = child(targets, &target.to_string());
            target.set_implicit(true);
            dependencies(target)
        }
    }
}

fn dependencies(table: &mut Table) -> &mut Table {
    child(table, "dependencies")
}

fn child<'t>(table: &'t mut Table, name: &str) -> &'t mut Table {
    let item = table.entry(name).or_insert_with(|| Item::Table(Table::new()));
    if !item.is_table() {
        *item = Item::Table(Table::new());
    }
    item.as_table_mut().expect("it was just made a table")
}
