//! Executing statements on the catalog.

mod alter;
mod block;
mod blur;
mod constraint;
mod drop;
mod index;
mod names;
mod object;
mod refer;
mod rename;
mod report;
mod routine;
mod statement;
mod table;
mod view;

use std::collections::HashSet;

use super::catalog::{Catalog, Dependency, Site, TEMPORARY};
use super::dialect::Dialect;
use super::model::{Place, StatementKind, Text};
use super::resolve::Resolver;
use super::{Counts, OpaqueStatement, Replay};
use crate::database::Database;
use crate::diagnostics::Diagnostic;
use crate::replay::adapter::{Origin, parse_all};
use crate::source::{FileId, Span};

/// Texts that are longer are not read: a bound on time and memory.
const LONGEST_TEXT: usize = 16 << 20;

/// Runs statements, one after the other, on a catalog of its own.
pub(crate) struct Engine {
    pub(crate) catalog: Catalog,
    database: Database,
    dialect: &'static dyn Dialect,
    /// The file that is being replayed; `None` for surroundings, which are not judged.
    file: Option<FileId>,
    findings: Vec<Diagnostic>,
    reported: HashSet<(FileId, u32, u32)>,
    counts: Counts,
    opaque: Vec<OpaqueStatement>,
    /// Depth of code whose failure is caught, or that may not run at all.
    suppressed: usize,
    /// Certain failures of suppressed code.
    failures: usize,
    /// How often something could not be said in suppressed code.
    doubts: usize,
    /// Names that stand for values in the statement at hand.
    variables: Vec<Text>,
    /// What made the statement at hand opaque.
    opaque_now: Option<Text>,
    refuted_now: bool,
    path_was_set: bool,
    /// A file set another search path, which may hold for the files after it.
    path_may_live_on: bool,
    /// How deep one statement runs others.
    depth: usize,
    /// Functions whose code is being run.
    calls: Vec<super::catalog::Id>,
}

impl Engine {
    pub(crate) fn new(database: Database, dialect: &'static dyn Dialect) -> Self {
        Engine {
            catalog: Catalog::new(dialect.default_path()),
            database,
            dialect,
            file: None,
            findings: Vec::new(),
            reported: HashSet::new(),
            counts: Counts::default(),
            opaque: Vec::new(),
            suppressed: 0,
            failures: 0,
            doubts: 0,
            variables: Vec::new(),
            opaque_now: None,
            refuted_now: false,
            path_was_set: false,
            path_may_live_on: false,
            depth: 0,
            calls: Vec::new(),
        }
    }

    /// Runs what is there before the first migration; nothing in it is judged.
    pub(crate) fn surroundings(&mut self, text: &str) {
        self.file = None;
        self.run(text, 0);
        let counts = Counts::default();
        self.counts = counts;
        self.opaque.clear();
        // What the host sets for itself does not hold for the migrations.
        self.reset_path();
        self.catalog.path_is_uncertain = false;
        self.path_may_live_on = false;
        self.catalog.unknown_mut().everything = false;
    }

    /// Runs a part of a file that begins at byte `offset`.
    pub(crate) fn file(&mut self, file: FileId, text: &str, offset: usize) {
        self.file = Some(file);
        self.run(text, offset);
        self.end_of_file();
    }

    /// What was found so far.
    pub(crate) fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// Removes findings from the index `first` on; returns how many.
    pub(crate) fn remove_findings(
        &mut self,
        first: usize,
        is_waived: impl Fn(&Diagnostic) -> bool,
    ) -> usize {
        let kept = self.findings.split_off(first);
        let count = kept.len();
        self.findings.extend(kept.into_iter().filter(|finding| !is_waived(finding)));
        first + count - self.findings.len()
    }

    /// Takes names as possibly there, whatever kind of thing they name.
    pub(crate) fn assume_names(&mut self, assumed: &[String]) {
        let names = &mut self.catalog.unknown_mut().names;
        for text in assumed {
            let is_separator = |c: char| !(c.is_alphanumeric() || c == '_' || c == '$');
            names.extend(text.split(is_separator).filter(|word| !word.is_empty()).map(Text::from));
        }
    }

    /// Runs a file that not every database has run.
    pub(crate) fn uncertain_file(&mut self, file: FileId, text: &str, offset: usize) {
        let snapshot = self.catalog.clone();
        self.suppressed += 1;
        self.file(file, text, offset);
        self.suppressed -= 1;
        self.failures = 0;
        self.catalog = snapshot.merged_with(&self.catalog);
    }

    /// Takes a file in another language: it may touch whatever it has a word for.
    pub(crate) fn unread_file(&mut self, file: FileId, text: &str) {
        self.file = Some(file);
        self.counts.total += 1;
        self.counts.opaque += 1;
        self.list_opaque("a Rust migration", Place::new(0, text.len()));
        let mut words: Vec<Text> = text
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|word| !word.is_empty())
            .flat_map(|word| [Text::from(word), Text::from(word.to_lowercase())])
            .collect();
        words.sort_unstable();
        words.dedup();
        self.blur(Some(&words));
    }

    fn run(&mut self, text: &str, offset: usize) {
        if text.len() > LONGEST_TEXT {
            self.counts.total += 1;
            self.counts.opaque += 1;
            self.list_opaque("a text over 16 MiB", Place::new(offset, offset + text.len()));
            self.catalog.unknown_mut().everything = true;
            return;
        }
        let statements = parse_all(text, self.database, &Origin::at(offset));
        let has_rows = text.to_ascii_lowercase().contains("from stdin");
        for statement in &statements {
            // Rows after `COPY … FROM stdin` are no SQL; where they end is not known.
            if has_rows && matches!(statement.kind, StatementKind::Invalid { .. }) {
                continue;
            }
            self.opaque_now = None;
            self.refuted_now = false;
            self.statement(statement);
            self.counts.total += 1;
            if self.refuted_now {
                self.counts.refuted += 1;
            } else if let Some(what) = self.opaque_now.take() {
                self.counts.opaque += 1;
                self.list_opaque(&what, statement.place);
            } else {
                self.counts.proved += 1;
            }
        }
    }

    fn list_opaque(&mut self, what: &str, place: Place) {
        if let Some(file) = self.file {
            let span = Span::new(file, place.range());
            self.opaque.push(OpaqueStatement { what: what.to_owned(), span });
        }
    }

    /// Session settings that end with the file, and those that may live on.
    fn end_of_file(&mut self) {
        let default = self.dialect.default_path();
        let is_default =
            self.catalog.path.iter().map(|schema| &**schema).eq(default.iter().copied());
        // Tools differ in whether the next file has the same session.
        if self.path_was_set && !is_default {
            self.path_may_live_on = true;
        }
        self.reset_path();
        self.catalog.path_is_uncertain = self.path_may_live_on;
        self.path_was_set = false;
        if !self.catalog.seen.temporary {
            return;
        }
        // Temporary tables live as long as the session, which may be the whole run.
        let temporary: Vec<_> = self
            .catalog
            .relations
            .iter()
            .filter(|(key, relation)| &*key.schema == TEMPORARY && relation.is_certain)
            .map(|(key, _)| key.clone())
            .collect();
        for key in temporary {
            if let Some(relation) = self.catalog.relation_mut(&key) {
                blur::doubt(relation);
            }
        }
    }

    fn reset_path(&mut self) {
        self.catalog.path =
            self.dialect.default_path().iter().map(|schema| Text::from(*schema)).collect();
    }

    /// What was found, when everything has run.
    pub(crate) fn finish(self) -> Replay {
        Replay {
            schema: self.catalog.schema(),
            findings: self.findings,
            counts: self.counts,
            opaque: self.opaque,
        }
    }

    /// The place at hand, for labels.
    fn site(&self, place: Place) -> Option<Site> {
        self.file.map(|file| Site { file, place })
    }

    /// Resolves names; reports what is not there and returns what is needed.
    fn check(&mut self, run: impl FnOnce(&mut Resolver<'_>)) -> Vec<Dependency> {
        let mut resolver = Resolver::new(&self.catalog, self.dialect);
        resolver.variables.clone_from(&self.variables);
        run(&mut resolver);
        let (faults, mut uses) = (resolver.faults, resolver.uses);
        for fault in faults {
            self.fault(fault);
        }
        uses.sort_unstable();
        uses.dedup();
        uses
    }
}
