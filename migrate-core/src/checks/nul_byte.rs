//! M218: a migration has a NUL byte.

use crate::database::Database;
use crate::diagnostics::{Code, Diagnostic};
use crate::set::{MigrationKind, MigrationSet};
use crate::source::{FileId, Span};
use crate::sql::{Lexer, TokenKind};

/// Finds the first NUL byte of each SQL file, where the server does not take it as text.
pub fn nul_bytes(set: &MigrationSet) -> Vec<Diagnostic> {
    let versioned = set.migrations.iter().filter(|one| one.kind == MigrationKind::Sql);
    let files = versioned.flat_map(|one| [Some(one.file), one.downgrade_file]).flatten();
    let files = files.chain(set.repeatables.iter().map(|one| one.file));
    files.filter_map(|file| nul_byte(set, file)).collect()
}

fn nul_byte(set: &MigrationSet, file: FileId) -> Option<Diagnostic> {
    let text = set.sources.text(file);
    let first = text.find('\0')?;
    let at = match set.settings.database {
        Database::Mysql => outside_strings(text)?,
        Database::Postgres | Database::Sqlite => first,
    };
    let note = match set.settings.database {
        Database::Postgres => "Postgres has no such character, in texts neither",
        Database::Mysql => "MySQL and MariaDB take it in a string only",
        Database::Sqlite => "SQLite would stop reading here and leave out the rest",
    };
    let span = Span::new(file, at..at + 1);
    Some(
        Diagnostic::new(Code::M218, span.into(), "there is a NUL byte in this migration")
            .note(note)
            .help("remove it; was the file saved as UTF-16?"),
    )
}

/// The first NUL byte that is in no string and no comment.
fn outside_strings(text: &str) -> Option<usize> {
    let tokens = Lexer::new(text, Database::Mysql);
    let bare = tokens.filter(|token| {
        !matches!(token.kind, TokenKind::String | TokenKind::LineComment | TokenKind::BlockComment)
    });
    bare.into_iter().find_map(|token| {
        text[token.start..token.end].find('\0').map(|inside| token.start + inside)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::load;
    use crate::settings::Settings;
    use crate::testing::folder;

    #[test]
    fn a_nul_byte_is_found_where_it_stands() {
        let start = |database, text: &str| {
            let set = load(folder([("1_a.sql", text)]), &Settings::new(database)).set;
            nul_bytes(&set).first().and_then(Diagnostic::span).map(|span| span.start)
        };
        for database in Database::ALL {
            assert_eq!(start(database, "SELECT 1;\0"), Some(9), "{database}");
            assert_eq!(start(database, "SELECT 'a';"), None);
        }
        assert_eq!(start(Database::Postgres, "SELECT '\0';"), Some(8));
        assert_eq!(start(Database::Mysql, "SELECT '\0';"), None);
        assert_eq!(start(Database::Mysql, "SELECT '\0', a\0b;"), Some(13));
    }
}
