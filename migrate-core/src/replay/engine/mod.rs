//! Executing statements on the catalog.

mod alter;
mod alter_type;
mod block;
mod blur;
mod body;
mod called;
mod column;
mod column_action;
mod constraint;
mod contradiction;
mod counting;
mod default;
mod default_class;
mod definition;
mod discard;
mod drop;
mod drop_schema;
mod event;
mod extension;
mod foreign_key;
mod guard;
mod index;
mod index_of_table;
mod inherit;
mod key;
mod label;
mod loss;
mod names;
mod object;
mod one_routine;
mod orphan;
mod parameters;
mod partition;
mod path;
mod publication;
mod refer;
mod referred;
mod rename;
mod report;
mod required;
mod returned;
mod routine;
mod routine_path;
mod session;
mod signature;
mod source;
mod spatial;
mod statement;
mod system_rows;
mod table;
mod taken_over;
mod trigger;
mod typed;
mod types;
mod uncertain_path;
mod unless_there;
mod view;
mod virtual_table;
mod visible;

use std::cell::LazyCell;
use std::collections::{BTreeSet, HashSet};

pub(crate) use names::object_name;

pub(crate) use loss::Loss;

use super::catalog::{Catalog, Dependency, Site, TEMPORARY};
use super::dialect::Dialect;
use super::model::{Place, StatementKind, Text};
use super::resolve::{Fault, Resolver};
use super::rules::Events;
use super::{Counts, OpaqueStatement, Replay};
use crate::database::Database;
use crate::diagnostics::Diagnostic;
use crate::replay::adapter::ParsedText;
use crate::source::{FileId, Span};
use crate::sql::has_word;

/// How a file reaches the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    /// As it is, with all that a client would leave out.
    WholeFiles,
    Statements,
}

/// Runs statements, one after the other, on a catalog of its own.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
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
    /// Depth of statements of which parts are known only at run time.
    guessing: usize,
    /// Faults of code whose errors are caught, or that may not run.
    unheard: Vec<Fault>,
    /// Certain failures of suppressed code.
    failures: usize,
    /// How often something could not be said in suppressed code.
    doubts: usize,
    /// Names that stand for values in the statement at hand.
    variables: Vec<Text>,
    /// Labels of the blocks around the statement at hand.
    labels: Vec<Text>,
    /// What made the statement at hand opaque.
    opaque_now: Option<Text>,
    refuted_now: bool,
    path_was_set: bool,
    /// The path was set to nothing at all.
    path_is_empty: bool,
    session_path: Option<path::SessionPath>,
    /// Tables that go when the transaction is committed.
    end_with_transaction: Vec<super::catalog::Id>,
    pub(crate) sending: Sending,
    /// A file set another search path, which may hold for the files after it.
    path_may_live_on: bool,
    /// The statement at hand as it is written.
    said: definition::Said,
    /// Schemas in which such a path would create bare names.
    other_creation_schemas: Vec<Text>,
    /// How deep one statement runs others.
    depth: usize,
    /// Functions whose code is being run.
    calls: Vec<super::catalog::Id>,
    /// Functions whose code perhaps ran since something else changed the catalog.
    perhaps_ran: BTreeSet<super::catalog::Id>,
    /// What rules ask for beside the catalog.
    pub(crate) events: Events,
    /// Columns that the statement at hand dropped, where it is judged as a whole.
    dropped: Vec<orphan::Dropped>,
    /// Rows that went or changed since they were asked for.
    losses: Vec<Loss>,
    /// Code that certainly runs raised an error.
    raises: bool,
    session: session::Session,
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
            guessing: 0,
            unheard: Vec::new(),
            failures: 0,
            doubts: 0,
            variables: Vec::new(),
            labels: Vec::new(),
            opaque_now: None,
            refuted_now: false,
            path_was_set: false,
            path_is_empty: false,
            session_path: None,
            end_with_transaction: Vec::new(),
            sending: Sending::WholeFiles,
            path_may_live_on: false,
            said: definition::Said::NOTHING,
            other_creation_schemas: Vec::new(),
            depth: 0,
            calls: Vec::new(),
            perhaps_ran: BTreeSet::new(),
            events: Events::default(),
            dropped: Vec::new(),
            losses: Vec::new(),
            raises: false,
            session: session::Session::default(),
        }
    }

    /// Another engine that goes on from the same catalog, with nothing found so far.
    pub(crate) fn branch(&self) -> Self {
        Engine {
            catalog: self.catalog.clone(),
            path_may_live_on: self.path_may_live_on,
            other_creation_schemas: self.other_creation_schemas.clone(),
            sending: self.sending,
            ..Engine::new(self.database, self.dialect)
        }
    }

    /// How the statements so far were judged.
    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    /// Whether code that certainly runs raised an error of its own.
    pub(crate) fn raises(&self) -> bool {
        self.raises
    }

    /// What was found so far.
    pub(crate) fn take_findings(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.findings)
    }

    pub(crate) fn database(&self) -> Database {
        self.database
    }

    pub(crate) fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    /// Runs what is there before the first migration; nothing in it is judged.
    pub(crate) fn surroundings(&mut self, texts: &[&str]) {
        for text in texts {
            self.file = None;
            self.run_unplaced(text);
            self.counts = Counts::default();
            self.opaque.clear();
            // What the host sets for itself does not hold for the migrations.
            self.reset_path();
            self.catalog.path_is_uncertain = false;
            self.path_may_live_on = false;
            self.other_creation_schemas.clear();
            self.catalog.unknown_mut().everything = false;
        }
    }

    /// Runs a file, or a part of it that begins at byte `offset`.
    pub(crate) fn file(&mut self, file: FileId, text: &str, offset: usize) {
        self.parsed_file(file, &ParsedText::new(text, offset, self.database));
    }

    /// As [`Self::file`], with a text that was parsed before.
    pub(crate) fn parsed_file(&mut self, file: FileId, text: &ParsedText<'_>) {
        self.file = Some(file);
        self.run(text);
        self.end_of_file();
    }

    /// Runs a part of a file of which it is not known whether it runs: nothing in it refutes.
    pub(crate) fn file_perhaps(&mut self, file: FileId, text: &ParsedText<'_>) {
        self.file = Some(file);
        self.perhaps(|engine| engine.run(text));
        self.end_of_file();
    }

    /// Takes note of code in a file that may do anything.
    pub(crate) fn opaque_code(&mut self, file: FileId, what: &str) {
        self.file = Some(file);
        self.counts.total += 1;
        self.counts.opaque += 1;
        self.list_opaque(what, Place::default());
        self.catalog.unknown_mut().everything = true;
    }

    /// Takes for given that something of the name may be there.
    pub(crate) fn assume_name(&mut self, name: &str) {
        self.catalog.unknown_mut().names.insert(Text::from(name));
    }

    /// Takes for given what a person says is there: SQL that creates it, or words that end
    /// with its name, such as `table audit`.
    pub(crate) fn take_for_given(&mut self, assumption: &str) {
        let first = assumption.split_whitespace().next().unwrap_or_default();
        if first.eq_ignore_ascii_case("create") || first.eq_ignore_ascii_case("alter") {
            let (file, counts) = (self.file.take(), self.counts);
            let opaque = std::mem::take(&mut self.opaque);
            self.run_unplaced(assumption);
            (self.file, self.counts, self.opaque) = (file, counts, opaque);
            return;
        }
        let name = assumption.split('(').next().and_then(|head| head.split_whitespace().last());
        let name = name.and_then(|name| name.rsplit('.').next());
        if let Some(name) = name.map(|name| name.trim_matches(['"', '`'])) {
            self.assume_name(name);
            if first.eq_ignore_ascii_case("extension") {
                // What it brings may be there as well as itself.
                let create = format!("CREATE EXTENSION {}", self.database.quote(name));
                self.perhaps(|engine| engine.take_for_given(&create));
            }
        }
    }

    /// Takes for given that what a person says may be there already: a migration may assume what
    /// it uses as well as what it makes.
    pub(crate) fn take_perhaps_for_given(&mut self, assumption: &str) {
        self.perhaps(|engine| engine.take_for_given(assumption));
    }

    fn run_unplaced(&mut self, text: &str) {
        self.run(&ParsedText::new(text, 0, self.database));
    }

    fn run(&mut self, parsed: &ParsedText<'_>) {
        let (text, offset) = (parsed.text, parsed.offset);
        let Some(statements) = &parsed.statements else {
            self.counts.total += 1;
            self.counts.opaque += 1;
            self.list_opaque("a text over 16 MiB", Place::new(offset, offset + text.len()));
            self.catalog.unknown_mut().everything = true;
            return;
        };
        let has_rows = LazyCell::new(|| has_word(text, "from stdin", 0));
        if !self.catalog.seen.hidden_columns {
            let words = self.dialect.words_that_hide_columns();
            self.catalog.seen.hidden_columns =
                words.iter().any(|(word, rare)| has_word(text, word, *rare));
        }
        for statement in statements {
            // Rows after `COPY … FROM stdin` are no SQL; where they end is not known.
            if matches!(statement.kind, StatementKind::Invalid { .. }) && *has_rows {
                continue;
            }
            let is_empty = matches!(statement.kind, StatementKind::Empty);
            if is_empty && self.sending == Sending::Statements {
                continue;
            }
            self.hear(text, offset, &statement.kind, statement.place);
            self.counted(statement.place, |engine| {
                engine.statement(statement);
                engine.session.end_block();
            });
        }
    }

    /// Runs a statement and counts it by its verdict.
    fn counted(&mut self, place: Place, run: impl FnOnce(&mut Self)) {
        self.opaque_now = None;
        self.refuted_now = false;
        self.dropped.clear();
        run(self);
        self.counts.total += 1;
        if self.refuted_now {
            self.counts.refuted += 1;
        } else if let Some(what) = self.opaque_now.take() {
            self.counts.opaque += 1;
            self.list_opaque(&what, place);
        } else {
            self.counts.proved += 1;
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
        self.end_transaction();
        let default = self.dialect.default_path();
        let is_default =
            self.catalog.path.iter().map(|schema| &**schema).eq(default.iter().copied());
        // Tools differ in whether the next file has the same session.
        if self.path_was_set && !is_default {
            self.path_may_live_on = true;
            self.note_creation_schema();
        }
        self.end_session();
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
            self.doubt_relation(&key);
        }
    }

    /// What would be there now.
    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// What was found, when everything has run.
    pub(crate) fn finish(mut self) -> Replay {
        let warnings = self.judge_bodies();
        self.findings.extend(warnings);
        Replay {
            schema: self.catalog.schema(),
            findings: self.findings,
            counts: self.counts,
            opaque: self.opaque,
            downgrades: Vec::new(),
        }
    }

    /// The place at hand, for labels.
    fn site(&self, place: Place) -> Option<Site> {
        self.file.map(|file| Site { file, place })
    }

    /// Resolves names; reports what is not there and returns what is needed.
    fn check(&mut self, run: &mut dyn FnMut(&mut Resolver<'_>)) -> Vec<Dependency> {
        let mut resolver = Resolver::new(&self.catalog, self.dialect);
        resolver.variables.clone_from(&self.variables);
        resolver.labels.clone_from(&self.labels);
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
