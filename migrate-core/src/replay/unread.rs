//! What is no SQL in the file that says what is there before the first migration.

use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::replay::adapter::ParsedText;
use crate::replay::model::{Statement, StatementKind};
use crate::set::MigrationSet;
use crate::source::Span;

/// Warns of statements in the set's surroundings that are passed over.
///
/// They are no errors, since nobody runs the file; and a dump has lines for its client in it.
pub(super) fn surroundings(set: &MigrationSet) -> Vec<Diagnostic> {
    let Some(file) = set.surroundings else { return Vec::new() };
    let database = set.settings.database;
    let text = set.sources.text(file);
    let told = |statement: &Statement| {
        let StatementKind::Invalid { message, at } = &statement.kind else { return None };
        if text[statement.place.range()].starts_with('\\') {
            return None;
        }
        let message = format!("this is not SQL of {database}: {message}");
        let finding = Diagnostic::new(Code::M401, Span::new(file, at.range()).into(), message)
            .note("the statement is passed over: what it makes is not there for the migrations")
            .weighing(Severity::Warning);
        Some(finding)
    };
    let statements = ParsedText::new(text, 0, database).statements.unwrap_or_default();
    statements.iter().filter_map(told).collect()
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use super::*;
    use crate::testing::loaded;

    #[test]
    fn what_is_no_sql_is_told_and_lines_of_a_client_are_not() {
        let migration = ("1_a.sql", "-- upgrade\nSELECT 1;\n-- downgrade\nSELECT 1;\n");
        let said = |text| {
            let set = loaded([migration, ("surroundings.sql", text)]).set;
            let told = surroundings(&set);
            assert!(told.iter().all(|finding| finding.severity() == Severity::Warning));
            told.len()
        };
        assert_eq!(said("CREATE TABLE a (id int);\nCREATE TABEL b (id int);\n"), 1);
        assert_eq!(said("\\restrict x\nCREATE TABLE a (id int);\n"), 0);
        assert_eq!(said("CREATE TABLE a (id int);"), 0);
    }
}
