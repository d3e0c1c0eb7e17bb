//! From the macro's input to generated code.

use std::path::Path;

use migrate_core::check::check_unless_stamped;
use migrate_core::checks::draft_in_release::draft_in_release;
use migrate_core::database::Database;
use migrate_core::diagnostics::{Diagnostic, Severity, Style, render};
use migrate_core::folder::LOCK_FILE;
use migrate_core::load::{Loaded, load, read};
use migrate_core::script::directives::write_constant;
use migrate_core::set::{Downgrade, Migration, MigrationKind};
use migrate_core::settings::Settings;
use migrate_core::source::SourceMap;
use migrate_core::{layout, lock};
use proc_macro::TokenStream;

use crate::argument::{self, Argument};
use crate::source_code::{self, Embedded, RustMigration};

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut input = input.into_iter().peekable();
    let runtime = argument::runtime(&mut input);
    let set = match argument::parse(&mut input) {
        Ok(argument) => embed(&argument)
            .unwrap_or_else(|messages| source_code::errors(&messages, argument.span)),
        Err(span) => {
            let message = "embed_migrations! takes one string, the path of a migrations folder";
            source_code::errors(&[message.to_owned()], span)
        }
    };
    source_code::block(runtime, set)
}

/// Returns the code that embeds the folder.
///
/// # Errors
/// Everything that is wrong with it, rendered.
fn embed(argument: &Argument) -> Result<TokenStream, Vec<String>> {
    let package = std::env::var("CARGO_MANIFEST_DIR")
        .map_err(|error| vec![format!("CARGO_MANIFEST_DIR, which cargo sets: {error}")])?;
    let root = argument.path.trim_end_matches('/');
    let path = Path::new(&package).join(root);
    let folder = read(&path, root)
        .map_err(|finding| rendered(&[*finding], &SourceMap::new(root.to_owned())))?;
    // Another tool's folder has no word on the kind of database; its lock file has.
    let layout = layout::detect(&folder).map_or("native", |layout| layout.name());
    let settings = Settings { layout: layout.to_owned(), ..Settings::new(Database::Postgres) };
    let loaded = load(folder, &settings);
    let sources = &loaded.set.sources;
    let (mut findings, rust) = check(&loaded);
    findings.retain(|finding| finding.severity() == Severity::Error);
    if findings.is_empty() && loaded.lock_file.is_none() {
        findings.push(lock::missing());
    }
    if !findings.is_empty() {
        return Err(rendered(&findings, sources));
    }
    let drafts = loaded.set.lock.as_ref().and_then(draft_in_release);
    let surroundings = loaded.set.surroundings.map(|file| sources.file(file).path.as_ref());
    let paths = sources.files().map(|file| file.path.as_ref());
    let files: Vec<&str> =
        paths.filter(|path| *path != LOCK_FILE && Some(*path) != surroundings).collect();
    let embedded = Embedded {
        folder: &path.display().to_string(),
        root,
        files: &files,
        lock_file: LOCK_FILE,
        watched: surroundings,
        rust: &rust,
    };
    let drafts = drafts.map(|finding| render(&finding, sources, Style::CompileError));
    source_code::embed(&embedded, drafts, argument.span).map_err(|error| vec![error.to_string()])
}

/// Returns what is wrong with a set, and what to generate for its Rust migrations.
fn check(loaded: &Loaded) -> (Vec<Diagnostic>, Vec<RustMigration>) {
    let rust: Vec<&Migration> =
        loaded.set.migrations.iter().filter(|one| one.kind == MigrationKind::Rust).collect();
    let _parsing = (!rust.is_empty()).then(OwnSpans::force);
    let findings = check_unless_stamped(loaded);
    let describe = |migration: &Migration| {
        let (script, _) = loaded.set.script(migration);
        RustMigration {
            path: loaded.set.sources.file(migration.file).path.clone().into_owned(),
            directives: write_constant(&script.directives),
            irreversible: match script.downgrade {
                Downgrade::Irreversible(reason) => Some(reason),
                Downgrade::Half(_) | Downgrade::Absent => None,
            },
        }
    };
    (findings, rust.into_iter().map(describe).collect())
}

fn rendered(findings: &[Diagnostic], sources: &SourceMap) -> Vec<String> {
    findings.iter().map(|finding| render(finding, sources, Style::CompileError)).collect()
}

/// Lets proc-macro2 parse by itself as long as the value lives.
///
/// Through the compiler, which it would ask inside a macro, every span of a parsed text is
/// empty, and line and column are those of nothing.
struct OwnSpans;

impl OwnSpans {
    fn force() -> Self {
        proc_macro2::fallback::force();
        OwnSpans
    }
}

impl Drop for OwnSpans {
    fn drop(&mut self) {
        proc_macro2::fallback::unforce();
    }
}
