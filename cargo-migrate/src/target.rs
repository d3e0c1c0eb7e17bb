//! Which folder is meant, and what is said of it.

use std::path::PathBuf;

use migrate_core::database::Database;
use migrate_core::folder::Folder;
use migrate_core::layout;
use migrate_core::settings::{HistoryNames, Settings};

use crate::arguments::TargetArgs;
use crate::context::Context;
use crate::dotenv;
use crate::error::CommandError;
use crate::metadata::{DEFAULT_PATH, Declared};
use crate::package::Package;

/// The variable that names the database.
const URL: &str = "DATABASE_URL";

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
        let mut target = if let Some(dir) = &args.dir {
            let declared = Declared { set: args.set.clone(), ..Declared::default() };
            let root = context.shown(dir);
            Target { folder: context.directory.join(dir), root, declared, package: None }
        } else {
            Target::of_package(context, args)?
        };
        if args.database.is_some() {
            target.declared.database = args.database;
        }
        Ok(target)
    }

    fn of_package(context: &Context, args: &TargetArgs) -> Result<Self, CommandError> {
        let package = Package::find(&context.directory, args.package.as_deref())?;
        let (path, declared) = if let Some(table) = &package.table {
            table.choose(args.set.as_deref(), &package.manifest)?
        } else {
            let declared = Declared { set: args.set.clone(), ..Declared::default() };
            (DEFAULT_PATH.to_owned(), declared)
        };
        let folder = package.directory.join(path);
        Ok(Target { root: context.shown(&folder), folder, declared, package: Some(package) })
    }

    /// Returns `DATABASE_URL`: the environment's, or that of the nearest `.env` file from the
    /// package upwards.
    pub(crate) fn url(&self) -> Result<Option<String>, CommandError> {
        if let Some(url) = std::env::var(URL).ok().filter(|url| !url.is_empty()) {
            return Ok(Some(url));
        }
        let directory = match &self.package {
            Some(package) => package.directory.clone(),
            None => std::env::current_dir().unwrap_or_default(),
        };
        dotenv::variable(&directory, URL)
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
        if self.complete {
            settings.assume.clone_from(&self.assume);
            settings.rules.clone_from(&self.rules);
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
