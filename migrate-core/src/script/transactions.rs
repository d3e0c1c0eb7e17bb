//! Statements that do not get along with the transaction that a migration runs in.

use crate::database::Database;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{FileId, SourceMap, Span};
use crate::sql::{self, Split, Statement, TransactionControl, Unterminated};

/// Returns the statements without the one `BEGIN` … `COMMIT` pair that wraps all of them.
///
/// Files written for other tools often begin and commit themselves. Run in our transaction
/// the pair would commit too early; left out, the same statements run in one transaction,
/// with the history row in it.
pub fn unwrapped<'a>(
    statements: &'a [Statement],
    text: &str,
    database: Database,
) -> &'a [Statement] {
    let control = |it: &Statement| sql::transaction_control(it.text(text), database);
    match statements {
        [first, inner @ .., last]
            if control(first) == Some(TransactionControl::Begin)
                && control(last) == Some(TransactionControl::Commit)
                && inner.iter().all(|it| control(it).is_none_or(is_savepoint)) =>
        {
            inner
        }
        _ => statements,
    }
}

/// Savepoints that are set and released in one migration do no harm.
fn is_savepoint(control: TransactionControl) -> bool {
    control == TransactionControl::Savepoint
}

/// Whether a half begins or ends transactions other than one around all of it.
pub(crate) fn controls_transactions(text: &str, split: &Split, database: Database) -> bool {
    controls(text, split, database).next().is_some()
}

fn controls<'a>(
    text: &'a str,
    split: &'a Split,
    database: Database,
) -> impl Iterator<Item = Statement> + 'a {
    unwrapped(&split.statements, text, database).iter().copied().filter(move |it| {
        let control = sql::transaction_control(it.text(text), database);
        control.is_some_and(|control| !is_savepoint(control))
    })
}

/// M217: the statements of a half that begin or end transactions, as one finding.
pub(crate) fn transaction_control(
    half: Span,
    sources: &SourceMap,
    split: &Split,
    database: Database,
) -> Option<Diagnostic> {
    let mut found = controls(sources.slice(&half), split, database)
        .map(|it| Span::new(half.file, half.start + it.start..half.start + it.end));
    let first = found.next()?;
    let finding = Diagnostic::new(
        Code::M217,
        first.into(),
        "this migration controls transactions itself, and runs inside one",
    )
    .label("what follows is no longer one transaction with the history row");
    let finding = found.fold(finding, |finding, span| finding.also(span, "and here"));
    Some(finding.help("remove it; or write `-- migrate: transaction=off` at the top of the file"))
}

/// M219: statements of a half that the server takes outside of transactions only.
///
/// In a half that ends transactions itself, they may be just that.
pub(crate) fn refused_in_transaction(
    half: Span,
    sources: &SourceMap,
    split: &Split,
    database: Database,
) -> Vec<Diagnostic> {
    let text = sources.slice(&half);
    if controls_transactions(text, split, database) {
        return Vec::new();
    }
    let refused = split
        .statements
        .iter()
        .filter(|it| sql::is_refused_in_transaction(it.text(text), database));
    let finding = |it: &Statement| {
        let first = it.text(text).lines().next().map_or(0, str::len);
        let span = Span::new(half.file, half.start + it.start..half.start + it.start + first);
        let message = "this statement cannot run inside a transaction, and the migration is one";
        Diagnostic::new(Code::M219, span.into(), message)
            .label("the server refuses it here")
            .help("give it a migration of its own, with `-- migrate: transaction=off` at the top")
    };
    refused.map(finding).collect()
}

/// M214: a quote or comment that is open at the end of a file.
pub(crate) fn unterminated(
    kind: Unterminated,
    start: usize,
    file: FileId,
    sources: &SourceMap,
) -> Diagnostic {
    let text = &sources.text(file)[start..];
    let (what, close) = match kind {
        Unterminated::String => ("string", "its quote belongs after its last character"),
        Unterminated::QuotedIdentifier => {
            ("quoted identifier", "its quote belongs after its last character")
        }
        Unterminated::DollarQuote => ("dollar-quoted string", "repeat its opening tag at its end"),
        Unterminated::BlockComment => ("block comment", "write `*/` at its end"),
    };
    let line = text.lines().next().unwrap_or_default();
    let span = Span::new(file, start..start + line.trim_end().len());
    Diagnostic::new(Code::M214, span.into(), format!("this {what} is not closed"))
        .label("it reaches to the end of the file")
        .help(close)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::split;

    #[test]
    fn one_pair_around_everything_is_left_out() {
        for (text, count) in [
            ("BEGIN; SELECT 1; COMMIT;", 1),
            ("START TRANSACTION; SAVEPOINT a; RELEASE a; COMMIT", 2),
            ("BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;", 6),
            ("BEGIN; SELECT 1; ROLLBACK;", 3),
            ("SELECT 1; BEGIN; COMMIT", 3),
            ("BEGIN", 1),
            ("BEGIN; COMMIT", 0),
        ] {
            let split = split(text, Database::Postgres);
            let statements = unwrapped(&split.statements, text, Database::Postgres);
            assert_eq!(statements.len(), count, "{text}");
        }
    }
}
