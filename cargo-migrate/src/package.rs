//! Finds the package whose migrations are meant.

use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

use crate::error::CommandError;
use crate::metadata::{self, BuildScript, SetTable};

const MANIFEST: &str = "Cargo.toml";

/// A package with what it says of its migrations.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// The directory of its manifest.
    pub(crate) directory: PathBuf,
    /// Its manifest.
    pub(crate) manifest: PathBuf,
    /// Its build script, which need not be there; `None` where it must not have one.
    pub(crate) build_script: Option<PathBuf>,
    /// `[package.metadata.migrate]`, where there is one.
    pub(crate) table: Option<SetTable>,
}

impl Package {
    /// Finds the package around `directory`, or the one with a name in the same workspace.
    ///
    /// The package around the directory is found by its manifest alone: `cargo metadata` takes
    /// longer than a run with nothing to do.
    pub(crate) fn find(directory: &Path, name: Option<&str>) -> Result<Self, CommandError> {
        let nearest = directory.ancestors().map(|up| up.join(MANIFEST)).find(|path| path.is_file());
        let Some(nearest) = nearest else {
            return Err(CommandError::usage(
                "there is no Cargo.toml here, nor in a directory above",
            )
            .help("go into a package, or name a folder of migrations with `--dir`"));
        };
        if let Some(name) = name {
            let mut packages = Self::of_workspace(&nearest, |_| true)?;
            let Some(named) = packages.iter().position(|package| package.name == name) else {
                return Err(CommandError::usage(format!("the workspace has no package `{name}`"))
                    .help(format!("its packages are {}", names(&packages))));
            };
            return Ok(packages.swap_remove(named));
        }
        if let Some(package) = Self::read(&nearest)? {
            return Ok(package);
        }
        let mut found = Self::of_workspace(&nearest, |package| package.table.is_some())?;
        if found.len() > 1 {
            return Err(CommandError::usage("several packages of this workspace have migrations")
                .help(format!("name one with `--package`: {}", names(&found))));
        }
        found.pop().ok_or_else(|| {
            CommandError::usage("no package of this workspace has `[package.metadata.migrate]`")
                .help("name one with `--package`, and set it up with `cargo migrate init`")
        })
    }

    /// Reads a manifest; `None` where it is that of a workspace alone.
    fn read(manifest: &Path) -> Result<Option<Self>, CommandError> {
        let read = metadata::read(manifest)?;
        let Some(table) = read.package else {
            if read.workspace.is_some() {
                return Ok(None);
            }
            return Err(CommandError::manifest(
                manifest,
                "it has neither a package nor a workspace",
            ));
        };
        let directory = manifest.parent().unwrap_or(Path::new("")).to_owned();
        let manifest = manifest.to_owned();
        let build_script = match table.build {
            Some(BuildScript::Path(path)) => Some(directory.join(path)),
            Some(BuildScript::Switch(false)) => None,
            Some(BuildScript::Switch(true) | BuildScript::Other(_)) | None => {
                Some(directory.join("build.rs"))
            }
        };
        let (name, table) = (table.name, table.metadata.migrate);
        Ok(Some(Package { name, directory, manifest, build_script, table }))
    }

    fn of_workspace(
        manifest: &Path,
        wanted: impl Fn(&Package) -> bool,
    ) -> Result<Vec<Self>, CommandError> {
        let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec();
        let metadata = metadata.map_err(CommandError::Cargo)?;
        let mut packages = Vec::new();
        for package in &metadata.packages {
            packages.extend(Self::read(package.manifest_path.as_std_path())?.filter(&wanted));
        }
        Ok(packages)
    }
}

fn names(packages: &[Package]) -> String {
    packages.iter().map(|package| format!("`{}`", package.name)).collect::<Vec<_>>().join(", ")
}
