//! The program that has a set's Rust migrations compiled in.
//!
//! Either the package names one of its binaries, or a crate is generated below the target
//! directory that mirrors the package's own dependencies. Sets of SQL alone never come here.

mod build;
mod dependencies;
mod generate;
mod process;

use std::path::PathBuf;

use cargo_metadata::{Metadata, MetadataCommand, Package as Described};

pub(crate) use process::perform;

use crate::context::Context;
use crate::error::CommandError;
use crate::open_set::OpenSet;
use crate::package::Package;

/// Builds the program; returns its path.
pub(crate) fn program(context: &Context, open: &OpenSet) -> Result<PathBuf, CommandError> {
    let Some(package) = &open.target.package else {
        return Err(CommandError::Runner {
            message: "the set has Rust migrations, which belong to a package".to_owned(),
            help: vec!["run this inside the package, or name it with `--package`".to_owned()],
        });
    };
    let metadata = MetadataCommand::new().manifest_path(&package.manifest).no_deps().exec();
    let metadata = metadata.map_err(CommandError::Cargo)?;
    let terminal = context.terminal;
    if let Some(name) = &open.target.declared.runner {
        let arguments = ["--package", package.name.as_str(), "--bin", name.as_str()];
        return build::build(&package.directory, &package.manifest, &arguments, name, terminal);
    }
    let described = describe(&metadata, package)?;
    let generated = generate::generate(&metadata, described, open)?;
    let target = metadata.target_directory.as_str();
    let arguments = ["--target-dir", target];
    build::build(&package.directory, &generated.manifest, &arguments, &generated.name, terminal)
}

fn describe<'m>(metadata: &'m Metadata, package: &Package) -> Result<&'m Described, CommandError> {
    let is_it = |one: &&Described| one.name.as_str() == package.name;
    metadata.packages.iter().find(is_it).ok_or_else(|| {
        CommandError::Internal(format!("cargo does not know the package `{}`", package.name))
    })
}
