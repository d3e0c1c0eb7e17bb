//! A migration made ready to be run: its half cut into statements.

use std::sync::OnceLock;

use migrate_core::checksum::FieldHasher;
use migrate_core::database::Database;
use migrate_core::diagnostics::{Diagnostic, has_errors};
use migrate_core::script::unwrapped;
use migrate_core::set::{Directives, Downgrade, Half, MigrationKind, MigrationSet};
use migrate_core::source::{Position, Span};
use migrate_core::sql::{
    Statement, TransactionControl, split, token_checksum, transaction_control,
};

use crate::driver::{Around, Dialect};
use crate::error::Error;

/// A half of a migration, ready to be run.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) kind: MigrationKind,
    /// Path of the file, as messages show it.
    pub(crate) path: String,
    pub(crate) directives: Directives,
    pub(crate) body: Body,
    /// Content hash of the file.
    pub(crate) checksum: String,
    /// Hash of the file's token stream.
    pub(crate) tokens: String,
    /// The downgrade's SQL, which is stored beside the row.
    pub(crate) stored_downgrade: Option<String>,
    /// Statements that an earlier run executed; the first that is left to do.
    pub(crate) resume_at: usize,
    /// Whether the statement at `resume_at` may have taken effect.
    pub(crate) interrupted: bool,
}

/// What is run.
#[derive(Debug)]
pub(crate) enum Body {
    /// SQL.
    Sql(SqlBody),
    /// The Rust function that the embedded set has for this file.
    Rust,
}

/// SQL statements and where they stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct SqlBody {
    /// The text that was split.
    pub(crate) text: String,
    /// Line and column of the text's first byte in its file; `None` for a stored downgrade.
    pub(crate) origin: Option<Position>,
    /// The statements.
    pub(crate) statements: Vec<Statement>,
    /// Whether a statement ends the transaction it would run in.
    pub(crate) controls_transactions: bool,
    /// For each number of statements, the hash over so many of them.
    prefixes: OnceLock<Vec<String>>,
}

impl SqlBody {
    /// Cuts a text into statements.
    ///
    /// A `BEGIN` and `COMMIT` around the whole text are left out, unless the migration is to be
    /// none: every other one is a transaction already, where the server has transactional DDL.
    pub(crate) fn new(
        text: &str,
        origin: Option<Position>,
        database: Database,
        directives: &Directives,
    ) -> Self {
        let mut statements = split(text, database).statements;
        if !directives.no_transaction {
            statements = unwrapped(&statements, text, database).to_vec();
        }
        let controls_transactions = statements.iter().any(|statement| {
            match transaction_control(statement.text(text), database) {
                // In our own transaction a savepoint does no harm.
                Some(TransactionControl::Savepoint) => !database.has_transactional_ddl(),
                control => control.is_some(),
            }
        });
        SqlBody {
            text: text.to_owned(),
            origin,
            statements,
            controls_transactions,
            prefixes: OnceLock::new(),
        }
    }

    /// Returns the hash over the tokens of the first statements.
    ///
    /// The journal needs one for every statement, so they are computed together.
    fn prefix_checksum(&self, statements: usize, database: Database) -> &str {
        let prefixes = self.prefixes.get_or_init(|| {
            let mut hasher = FieldHasher::default();
            let mut prefixes = vec![hasher.clone().finish().to_string()];
            for text in self.texts() {
                hasher.field(&token_checksum(text, database).hex());
                prefixes.push(hasher.clone().finish().to_string());
            }
            prefixes
        });
        prefixes.get(statements).map_or("", String::as_str)
    }

    /// Returns the texts of the statements.
    pub(crate) fn texts(&self) -> Vec<&str> {
        self.statements.iter().map(|statement| statement.text(&self.text)).collect()
    }

    /// Returns where a byte of a statement stands in the file.
    pub(crate) fn position(&self, statement: usize, offset: usize) -> Option<Position> {
        let origin = self.origin?;
        let start = self.statements.get(statement)?.start + offset;
        let within = Position::of(&self.text, start);
        Some(if within.line == 1 {
            Position { line: origin.line, column: origin.column + within.column - 1 }
        } else {
            Position { line: origin.line + within.line - 1, column: within.column }
        })
    }
}

impl Unit {
    /// Makes the upgrade of a migration ready.
    pub(crate) fn upgrade(set: &MigrationSet, index: usize) -> Result<Unit, Error> {
        let migration = &set.migrations[index];
        let (script, findings) = set.script(migration);
        refuse_broken(findings)?;
        let database = set.settings.database;
        let body = match &script.upgrade {
            Half::Sql(span) => Body::Sql(sql_body(set, *span, &script.directives)),
            Half::Rust => Body::Rust,
        };
        let stored_downgrade = match &script.downgrade {
            Downgrade::Half(Half::Sql(span)) => Some(set.sources.slice(span).to_owned()),
            _ => None,
        };
        let tokens = match migration.kind {
            MigrationKind::Sql => token_checksum(set.sources.text(migration.file), database),
            MigrationKind::Rust => migration.checksum,
        };
        Ok(Unit {
            version: migration.version.to_string(),
            name: migration.name.clone().into_owned(),
            kind: migration.kind,
            path: set.sources.display_path(migration.file),
            directives: script.directives,
            body,
            checksum: migration.checksum.to_string(),
            tokens: tokens.to_string(),
            stored_downgrade,
            resume_at: 0,
            interrupted: false,
        })
    }

    /// Makes a repeatable migration ready.
    pub(crate) fn repeatable(set: &MigrationSet, index: usize) -> Unit {
        let repeatable = &set.repeatables[index];
        let text = set.sources.text(repeatable.file);
        let database = set.settings.database;
        let span = Span::new(repeatable.file, 0..text.len());
        Unit {
            version: repeatable.name.clone().into_owned(),
            name: String::new(),
            kind: MigrationKind::Sql,
            path: set.sources.display_path(repeatable.file),
            body: Body::Sql(sql_body(set, span, &Directives::default())),
            directives: Directives::default(),
            checksum: repeatable.checksum.to_string(),
            tokens: token_checksum(text, database).to_string(),
            stored_downgrade: None,
            resume_at: 0,
            interrupted: false,
        }
    }

    /// Returns `<version>_<name>`.
    pub(crate) fn id(&self) -> String {
        if self.name.is_empty() {
            self.version.clone()
        } else {
            format!("{}_{}", self.version, self.name)
        }
    }

    /// Returns the statements' texts; none for Rust.
    pub(crate) fn statements(&self) -> Vec<&str> {
        match &self.body {
            Body::Sql(body) => body.texts(),
            Body::Rust => Vec::new(),
        }
    }

    /// Whether it begins and ends transactions itself.
    pub(crate) fn controls_transactions(&self) -> bool {
        matches!(&self.body, Body::Sql(body) if body.controls_transactions)
    }

    /// Returns how many statements there are.
    pub(crate) fn statement_count(&self) -> usize {
        match &self.body {
            Body::Sql(body) => body.statements.len(),
            Body::Rust => 0,
        }
    }

    /// Returns how long its statements are together.
    pub(crate) fn statement_bytes(&self) -> usize {
        match &self.body {
            Body::Sql(body) => body.statements.iter().map(|it| it.end - it.start).sum(),
            Body::Rust => 0,
        }
    }

    /// Whether all of it can be one transaction.
    pub(crate) fn is_transactional(&self, database: Database) -> bool {
        database.has_transactional_ddl()
            && !self.directives.no_transaction
            && !self.controls_transactions()
    }

    /// Hash over the first statements: a resumed run must find them unchanged.
    pub(crate) fn prefix_checksum(&self, statements: usize, database: Database) -> String {
        match &self.body {
            Body::Sql(body) => body.prefix_checksum(statements, database).to_owned(),
            Body::Rust => String::new(),
        }
    }

    /// Returns those of the first statements that set something of the session: what follows
    /// them relies on it, also in another session.
    pub(crate) fn settings_before(&self, statement: usize, dialect: &dyn Dialect) -> Vec<&str> {
        let mut settings = self.statements();
        settings.truncate(statement);
        settings.retain(|statement| dialect.is_session_setting(statement));
        settings
    }

    /// Returns the statements around its own.
    pub(crate) fn around(&self, dialect: &dyn Dialect) -> Around {
        let directives = &self.directives;
        let mut around = dialect.session_state(&self.statements());
        let timeouts = dialect.timeouts(directives.lock_timeout, directives.statement_timeout);
        around.before.extend(timeouts.before);
        around.after.splice(0..0, timeouts.after);
        around
    }
}

fn sql_body(set: &MigrationSet, span: Span, directives: &Directives) -> SqlBody {
    let origin = set.sources.position(span.file, span.start);
    SqlBody::new(set.sources.slice(&span), Some(origin), set.settings.database, directives)
}

fn refuse_broken(findings: Vec<Diagnostic>) -> Result<(), Error> {
    if has_errors(&findings) { Err(Error::InvalidSet(findings)) } else { Ok(()) }
}
