//! Which folder is meant, and what is said of it.

use std::path::PathBuf;

use migrate_core::database::Database;
use migrate_core::folder::Folder;
use migrate_core::layout;
use migrate_core::settings::{HistoryNames, Settings};

use crate::arguments::TargetArgs;
use crate::context::Context;
use crate::error::CommandError;
use crate::metadata::{DEFAULT_PATH, Declared};
use crate::package::Package;

/// A folder of migrations, before it is read.
#[derive(Debug)]
pub(crate) struct Target {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// How messages call it.
    pub(crate) root: String,
    /// What the package and the arguments say of it.
    pub(crate) declared: Declared,
    /// The package, unless the folder was named.
    pub(crate) package: Option<Package>,
}

impl Target {
    /// Finds the folder that the arguments mean.
    pub(crate) fn find(context: &Context, args: &TargetArgs) -> Result<Self, CommandError> {
        let mut target = match &args.dir {
            Some(dir) => {
                let declared = Declared { set: args.set.clone(), ..Declared::default() };
                let root = context.shown(dir);
                Target { folder: context.directory.join(dir), root, declared, package: None }
            }
            None => Target::of_package(context, args)?,
        };
        if args.database.is_some() {
            target.declared.database = args.database;
        }
        Ok(target)
    }

    fn of_package(context: &Context, args: &TargetArgs) -> Result<Self, CommandError> {
        let package = Package::find(&context.directory, args.package.as_deref())?;
        let (path, declared) = match &package.table {
            Some(table) => table.choose(args.set.as_deref(), &package.manifest)?,
            None => {
                let declared = Declared { set: args.set.clone(), ..Declared::default() };
                (DEFAULT_PATH.to_owned(), declared)
            }
        };
        let folder = package.directory.join(path);
        Ok(Target { root: context.shown(&folder), folder, declared, package: Some(package) })
    }

    /// The directory from which `.env` files are looked for.
    pub(crate) fn directory(&self) -> PathBuf {
        match &self.package {
            Some(package) => package.directory.clone(),
            None => std::env::current_dir().unwrap_or_default(),
        }
    }
}

impl Declared {
    /// Completes the settings with the lock file's head, the folder and the kind of database
    /// that a URL names; `None` when nothing tells the kind of database.
    pub(crate) fn complete(
        &self,
        folder: &Folder,
        head: Option<Settings>,
        of_url: Option<Database>,
    ) -> Option<Settings> {
        let database = self.database.or(head.as_ref().map(|head| head.database)).or(of_url)?;
        let mut settings = match head {
            Some(head) if !self.complete => head,
            head => Settings {
                layout: head.map_or_else(|| detected(folder), |head| head.layout),
                ..Settings::new(database)
            },
        };
        settings.database = database;
        if let Some(set) = &self.set {
            settings.set.clone_from(set);
        }
        if let Some(layout) = &self.layout {
            settings.layout.clone_from(layout);
        }
        if let Some(table) = &self.history_table {
            settings.history = HistoryNames { table: table.clone(), ..settings.history };
        }
        if self.history_schema.is_some() {
            settings.history.schema.clone_from(&self.history_schema);
        }
        for (situation, decision) in &self.policy {
            // What the situation does not allow was refused when the manifest was read.
            let _ = settings.policy.set(*situation, *decision);
        }
        Some(settings)
    }
}

fn detected(folder: &Folder) -> String {
    layout::detect(folder).map_or("native", |layout| layout.name()).to_owned()
}
