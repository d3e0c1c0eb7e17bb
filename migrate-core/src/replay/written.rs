//! The schema of a set as SQL.

use super::catalog::Catalog;
use super::compare::{differences, doubts};
use super::engine::Engine;
use super::reading::Reading;
use super::schema::Schema;
use super::set::History;
use super::write::{self, Written};
use crate::database::Database;
use crate::set::MigrationSet;
use crate::source::{SourceFile, SourceMap, SourceText};
use crate::version::Version;

/// A schema, as statements that make it.
#[derive(Debug, Clone, Default)]
pub struct WrittenSchema {
    /// Its tables and views.
    pub schema: Schema,
    /// The statements, in an order in which they apply.
    pub statements: Vec<SchemaStatement>,
    /// Everything in the history could be read, so nothing else is there.
    pub is_complete: bool,
}

/// A statement that makes a part of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaStatement {
    /// What it makes: `table`, `index`, `view`, …; `setting` for what holds for the others.
    pub kind: &'static str,
    /// The name of what it makes, or of the table that it belongs to.
    pub name: String,
    /// The statement without a semicolon; empty where it is not known.
    pub sql: String,
    /// What is not certain of it.
    pub notes: Vec<String>,
    /// The search path under which its names are meant; empty for the server's own.
    pub search_path: Vec<String>,
}

impl SchemaStatement {
    pub(super) fn new(kind: &'static str, name: &str, written: Written) -> Self {
        let path = written.path.unwrap_or_default();
        SchemaStatement {
            kind,
            name: name.to_owned(),
            sql: written.sql,
            notes: written.notes,
            search_path: path.iter().map(ToString::to_string).collect(),
        }
    }

    /// The statement as a file has it: what is not certain in comments before it, and a
    /// search path of its own around it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for note in &self.notes {
            text.extend(["-- ", note, "\n"]);
        }
        if self.sql.is_empty() {
            return text;
        }
        if self.search_path.is_empty() {
            return format!("{text}{};\n", self.sql);
        }
        let quoted = |schema: &String| format!("\"{}\"", schema.replace('"', "\"\""));
        let path: Vec<_> = self.search_path.iter().map(quoted).collect();
        let path = path.join(", ");
        format!("{text}SET search_path TO {path};\n{};\nRESET search_path;\n", self.sql)
    }
}

/// Replays a set up to a version, or all of it with its repeatable migrations, and writes
/// the schema; nothing where this build cannot read the database's SQL.
///
/// What is in `surroundings` is taken for given and not written.
pub fn write_schema(
    set: &MigrationSet,
    surroundings: &[&str],
    at: Option<&Version>,
) -> Option<WrittenSchema> {
    let scripts = set.scripts();
    History::new(set, &scripts).read(|history| {
        let mut engine = history.begin(surroundings)?;
        let assumed = engine.catalog().unknown.names.len();
        for (migration, script) in history.migrations() {
            if at.is_none_or(|at| migration.version <= *at) {
                history.migrate(&mut engine, migration, script, &mut Vec::new());
            }
        }
        if at.is_none() {
            history.repeat(&mut engine, &mut Vec::new());
        }
        let fresh = history.begin(surroundings)?;
        Some(written(&engine, fresh, assumed))
    })
}

/// Replays the files of `sources` in their order and writes the schema; see [`write_schema`].
pub fn write_schema_of_files(
    database: Database,
    surroundings: &[&str],
    sources: &SourceMap,
) -> Option<WrittenSchema> {
    let dialect = super::dialect::dialect_of(database)?;
    let reading = Reading::of_files(sources, database);
    Some(reading.during(|| {
        let begin = || {
            let mut engine = Engine::new(database, dialect);
            engine.surroundings(surroundings);
            engine
        };
        let mut engine = begin();
        let assumed = engine.catalog().unknown.names.len();
        reading.replay(&mut engine);
        written(&engine, begin(), assumed)
    }))
}

/// The schema, which `fresh` makes anew; `assumed` names were taken for given before the first
/// migration.
fn written(engine: &Engine, fresh: Engine, assumed: usize) -> WrittenSchema {
    let catalog = engine.catalog();
    let unknown = &catalog.unknown;
    let mut statements = write::schema(catalog, engine.database());
    let is_complete = !unknown.everything
        && unknown.names.len() == assumed
        && unknown.appeared.is_empty()
        && unknown.gone.is_empty();
    judge(&mut statements, catalog, fresh, is_complete);
    WrittenSchema { schema: catalog.schema(), statements, is_complete }
}

/// Replays what is written, and says where it would be refused or makes something else.
fn judge(
    statements: &mut Vec<SchemaStatement>,
    catalog: &Catalog,
    mut engine: Engine,
    is_complete: bool,
) {
    let mut sources = SourceMap::new("");
    for statement in statements.iter_mut() {
        let text = SourceText::new(statement.text());
        let file = sources.add(SourceFile { path: "".into(), text });
        engine.file(file, sources.text(file), 0);
        let refused = engine.take_findings().into_iter().find(|it| it.code.is_refutation());
        if let Some(finding) = refused {
            statement.notes.push(format!("this would be refused: {}", finding.message));
        }
    }
    let (database, dialect) = (engine.database(), engine.dialect());
    let mut notes: Vec<_> = differences(database, dialect, engine.catalog(), catalog)
        .iter()
        .map(|difference| format!("not written as it is: {difference}"))
        .collect();
    // Where statements could not be read, that is said of the schema as a whole.
    if is_complete {
        notes.extend(doubts(database, dialect, engine.catalog(), catalog));
    }
    if !notes.is_empty() {
        let written = Written { notes, ..Written::default() };
        statements.push(SchemaStatement::new("note", "", written));
    }
}
