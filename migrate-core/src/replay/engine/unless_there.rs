//! What the guard helpers of Rust migrations make, unless it is there.

use std::ops::Range;

use super::Engine;
use crate::replay::adapter::{Origin, parse_all};
use crate::replay::catalog::Found;
use crate::replay::model::{ObjectKind, Place, Statement, StatementKind, TableAction};
use crate::source::FileId;

impl Engine {
    /// Runs `sql` where what it makes is certainly missing, and perhaps where that is not known.
    /// Whatever is found stands at `place`.
    pub(crate) fn unless_there(
        &mut self,
        file: FileId,
        sql: &str,
        place: Range<usize>,
        conditional: bool,
    ) {
        self.file = Some(file);
        let origin = Origin::within(Place::new(place.start, place.end));
        let statements = parse_all(sql, self.database, &origin);
        let is_there = match statements.as_slice() {
            [Statement { kind, .. }] if !conditional => self.is_made(kind),
            _ => None,
        };
        for statement in &statements {
            let run = |engine: &mut Engine| engine.unheard(|engine| engine.statement(statement));
            self.counted(statement.place, |engine| match is_there {
                Some(true) => {}
                Some(false) => run(engine),
                None => engine.perhaps(run),
            });
        }
        self.end_of_file();
    }

    /// Whether the column or index that a statement makes is there.
    fn is_made(&self, kind: &StatementKind) -> Option<bool> {
        if self.catalog.unknown.everything {
            return None;
        }
        match kind {
            StatementKind::AlterTable(alter) => {
                let [TableAction::AddColumn { column, .. }] = alter.actions.as_slice() else {
                    return None;
                };
                let key = match self.catalog.find_relation(self.dialect, &alter.name) {
                    Found::Present(key) => key,
                    Found::Absent => return Some(false),
                    Found::Unknown => return None,
                };
                let name = &column.name.text;
                let relation = self.catalog.relations.get(&key).filter(|found| found.is_certain)?;
                if self.catalog.unknown.covers(ObjectKind::Column, name)
                    || self.catalog.unknown.may_have_lost(ObjectKind::Relation, &key.name)
                {
                    return None;
                }
                match relation.column(name) {
                    Some(column) => column.is_certain.then_some(true),
                    None => (!relation.is_open).then_some(false),
                }
            }
            StatementKind::CreateIndex(index) => {
                let is_missing = self.catalog.find_relation(self.dialect, &index.table)
                    == Found::Absent
                    && !self.catalog.unknown.has_kind(ObjectKind::Index);
                // Where names of indexes are the schema's, another table may have it.
                let name = index.name.as_ref()?;
                let has_name = self
                    .catalog
                    .relations
                    .keys()
                    .any(|key| key.name.to_lowercase().ends_with(&name.text.to_lowercase()));
                (is_missing && !has_name).then_some(false)
            }
            _ => None,
        }
    }
}

#[cfg(all(test, feature = "mysql", feature = "postgres", feature = "sqlite"))]
mod tests {
    use super::*;
    use crate::database::Database;
    use crate::replay::dialect::dialect_of;
    use crate::source::{SourceFile, SourceMap, SourceText};

    /// Findings after `before`, what a helper runs, and `after`.
    #[track_caller]
    fn check(before: &str, made: &str, after: &str, expected: &[&str]) {
        for database in [Database::Postgres, Database::Mysql, Database::Sqlite] {
            let mut sources = SourceMap::new("");
            let text = SourceText::new(String::new());
            let file = sources.add(SourceFile { path: "1".into(), text });
            let dialect = dialect_of(database).expect("all three are built in");
            let mut engine = Engine::new(database, dialect);
            engine.file(file, before, 0);
            engine.unless_there(file, made, 3..4, false);
            engine.file(file, after, 0);
            let found = engine.finish().findings;
            let found: Vec<_> = found.iter().map(|finding| finding.message.as_str()).collect();
            assert_eq!(found, expected, "{database}: {made}");
        }
    }

    #[test]
    fn a_column_is_there_afterwards() {
        let add = "ALTER TABLE a ADD COLUMN b int";
        check("CREATE TABLE a (x int);", add, "SELECT b FROM a;", &[]);
        check("CREATE TABLE a (b int);", add, "SELECT b FROM a;", &[]);
        let again = "ALTER TABLE a ADD COLUMN b int;";
        let twice = "`a` already has a column `b`";
        check("CREATE TABLE a (x int);", add, again, &[twice]);
        check("CREATE TABLE a (b int);", add, again, &[twice]);
    }

    #[test]
    fn a_table_has_to_be_there() {
        let missing = "no earlier migration creates `a`";
        check("CREATE TABLE b (x int);", "ALTER TABLE a ADD COLUMN b int", "", &[missing]);
        check("CREATE TABLE b (x int);", "CREATE INDEX i ON a (x)", "", &[missing]);
        check("CREATE TABLE a (x int);", "CREATE INDEX i ON a (x)", "", &[]);
        check(
            "CREATE TABLE a (x int); CREATE INDEX i ON a (x);",
            "CREATE INDEX i ON a (x)",
            "",
            &[],
        );
    }
}
