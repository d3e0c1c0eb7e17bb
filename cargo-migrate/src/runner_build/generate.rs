//! The generated crate: the package's dependencies, and the set.

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, Package as Described, TargetKind};
use migrate_core::set::MigrationKind;
use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::dependencies;
use crate::error::CommandError;
use crate::libraries;
use crate::open_set::{OpenSet, write_atomically};

/// A crate that was written.
#[derive(Debug)]
pub(crate) struct Generated {
    /// Its manifest.
    pub(crate) manifest: PathBuf,
    /// The name of its binary.
    pub(crate) name: String,
}

/// Writes the crate below the target directory; files that are as they should be stay untouched.
pub(crate) fn generate(
    metadata: &Metadata,
    package: &Described,
    open: &OpenSet,
) -> Result<Generated, CommandError> {
    let set = &open.set().settings.set;
    let name = format!("migrate-runner-{}-{set}", package.name);
    let directory = metadata.target_directory.as_std_path().join("migrate").join(&name);
    let sources = directory.join("src");
    fs::create_dir_all(&sources).map_err(|error| CommandError::write(&sources, error))?;
    let root = metadata.workspace_root.as_std_path();
    let folder = &open.target.folder;
    let folder = fs::canonicalize(folder).map_err(|error| CommandError::read(folder, error))?;
    let manifest = directory.join("Cargo.toml");
    let library = library(package).filter(|library| is_used(open, library));
    let written = manifest_text(&name, package, library.as_deref(), root)?;
    write_if_changed(&manifest, &written)?;
    write_if_changed(
        &sources.join("main.rs"),
        &main_text(&folder, &libraries::runtime(&package.dependencies)),
    )?;
    copy_lock(root, &directory)?;
    Ok(Generated { manifest, name })
}

fn main_text(folder: &Path, runtime: &str) -> String {
    format!(
        "//! Written by `cargo migrate`: it runs the migrations that are compiled in.\n\n\
         static MIGRATIONS: {runtime}::Migrations =\n    \
         {runtime}::embed_migrations!({:?});\n\n\
         fn main() -> std::process::ExitCode {{\n    \
         {runtime}::runner_main(&MIGRATIONS)\n}}\n",
        folder.display().to_string()
    )
}

fn manifest_text(
    name: &str,
    package: &Described,
    library: Option<&str>,
    workspace_root: &Path,
) -> Result<String, CommandError> {
    let mut document = DocumentMut::new();
    let mut table = Table::new();
    table.insert("name", value(name));
    table.insert("version", value("0.0.0"));
    table.insert("edition", value(package.edition.as_str()));
    table.insert("publish", value(false));
    document.insert("package", Item::Table(table));
    let mut features = Table::new();
    for (feature, enables) in &package.features {
        features.insert(feature, value(enables.iter().collect::<Array>()));
    }
    document.insert("features", Item::Table(features));
    dependencies::mirror(&mut document, package)?;
    if let Some(library) = library {
        dependencies::add_library(&mut document, package, library);
    }
    copy_from_root(&mut document, workspace_root)?;
    Ok(format!("# Written by `cargo migrate`.\n{document}"))
}

/// Copies what only the root of a workspace may say: patches, profiles and the resolver.
fn copy_from_root(document: &mut DocumentMut, root: &Path) -> Result<(), CommandError> {
    let manifest = root.join("Cargo.toml");
    let source =
        fs::read_to_string(&manifest).map_err(|error| CommandError::read(&manifest, error))?;
    let from: DocumentMut =
        source.parse().map_err(|error| CommandError::manifest(&manifest, error))?;
    let mut workspace = Table::new();
    if let Some(resolver) = from.get("workspace").and_then(|table| table.get("resolver")) {
        workspace.insert("resolver", resolver.clone());
    }
    document.insert("workspace", Item::Table(workspace));
    if let Some(profile) = from.get("profile") {
        document.insert("profile", profile.clone());
    }
    if let Some(patch) = from.get("patch") {
        let mut patch = patch.clone();
        dependencies::make_paths_absolute(&mut patch, root);
        document.insert("patch", patch);
    }
    Ok(())
}

/// Takes over the user's lock file when it changed; what cargo added to the copy stays otherwise.
fn copy_lock(root: &Path, directory: &Path) -> Result<(), CommandError> {
    let Ok(text) = fs::read_to_string(root.join("Cargo.lock")) else { return Ok(()) };
    let taken = directory.join("Cargo.lock.taken");
    if fs::read_to_string(&taken).is_ok_and(|before| before == text) {
        return Ok(());
    }
    write_atomically(&directory.join("Cargo.lock"), &text)?;
    write_atomically(&taken, &text)
}

/// The crate name of the package's library.
fn library(package: &Described) -> Option<String> {
    let is_library = |kind: &TargetKind| matches!(kind, TargetKind::Lib | TargetKind::RLib);
    let target = package.targets.iter().find(|target| target.kind.iter().any(is_library))?;
    Some(target.name.replace('-', "_"))
}

/// Whether a Rust migration speaks of a crate.
///
/// A library that no migration uses is left out: it may embed the very set that is being run.
fn is_used(open: &OpenSet, library: &str) -> bool {
    let set = open.set();
    let rust = set.migrations.iter().filter(|one| one.kind == MigrationKind::Rust);
    let mut texts = rust.map(|migration| set.sources.text(migration.file));
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    texts.any(|text| text.split(|c: char| !is_word(c)).any(|word| word == library))
}

fn write_if_changed(path: &Path, text: &str) -> Result<(), CommandError> {
    if fs::read_to_string(path).is_ok_and(|before| before == text) {
        return Ok(());
    }
    write_atomically(path, text)
}
