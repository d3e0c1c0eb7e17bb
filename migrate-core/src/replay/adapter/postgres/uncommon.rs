//! Forms of statements that squawk's grammar lacks, written as those that it has.
//!
//! Source: `PostgreSQL` 15, `gram.y`; each function names its production.

use super::expression::SPECIAL_VALUES;
use super::insertions::Insertions;
use crate::database::Database;
use crate::sql::{Lexer, Token};

/// The tokens of a statement that count.
struct Tokens<'t> {
    text: &'t str,
    tokens: Vec<Token>,
}

/// What stands from `start` to `end` becomes `instead`, filled up with blanks, and `added` follows.
#[derive(Clone, Copy)]
struct Edit {
    start: usize,
    end: usize,
    instead: &'static str,
    added: &'static str,
}

impl<'t> Tokens<'t> {
    fn of(text: &'t str) -> Self {
        let tokens = Lexer::new(text, Database::Postgres);
        Tokens { text, tokens: tokens.filter(|token| token.kind.is_significant()).collect() }
    }

    fn written(&self, index: usize) -> &'t str {
        self.tokens.get(index).map_or("", |token| &self.text[token.start..token.end])
    }

    /// Whether a word, not a name in quotes, or a mark stands there.
    fn is(&self, index: usize, expected: &str) -> bool {
        self.written(index).eq_ignore_ascii_case(expected)
    }

    fn is_any(&self, index: usize, expected: &[&str]) -> bool {
        expected.iter().any(|expected| self.is(index, expected))
    }

    fn are(&self, index: usize, expected: &[&str]) -> bool {
        expected.iter().enumerate().all(|(at, expected)| self.is(index + at, expected))
    }

    fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Leaves out the tokens from `first` to `last`.
    fn without(&self, first: usize, last: usize) -> Option<Edit> {
        let (first, last) = (self.tokens.get(first)?, self.tokens.get(last)?);
        Some(Edit { start: first.start, end: last.end, instead: "", added: "" })
    }

    fn instead_of(&self, index: usize, instead: &'static str, added: &'static str) -> Option<Edit> {
        let token = self.tokens.get(index)?;
        Some(Edit { start: token.start, end: token.end, instead, added })
    }

    fn before(&self, index: usize, added: &'static str) -> Option<Edit> {
        let at = self.tokens.get(index)?.start;
        Some(Edit { start: at, end: at, instead: "", added })
    }

    /// The parenthesis that closes the one at `open`.
    fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0usize;
        for index in open..self.len() {
            match self.written(index) {
                "(" => depth += 1,
                ")" => depth = depth.checked_sub(1)?,
                _ => continue,
            }
            if depth == 0 {
                return Some(index);
            }
        }
        None
    }
}

/// The text in forms that squawk reads, and the offsets of what was put in; nothing where there is
/// none of the others.
pub(super) fn in_common_forms(text: &str) -> Option<(String, Vec<usize>)> {
    let tokens = Tokens::of(text);
    let mut edits: Vec<Edit> = Vec::new();
    for rewrite in [
        locks,
        temporary,
        language,
        extension,
        cursor,
        server,
        mapping,
        several_columns,
        actions,
        owner_of_index,
        lateral,
        policy,
        sampled,
        recheck,
    ] {
        rewrite(&tokens, &mut edits);
    }
    if edits.is_empty() {
        return None;
    }
    edits.sort_by_key(|edit| edit.start);
    let mut rewritten = Insertions::into(text);
    for edit in edits {
        rewritten.copy(edit.start);
        let width = edit.end - edit.start;
        rewritten.replace(edit.end, &format!("{:width$}", edit.instead));
        edit.added.chars().for_each(|mark| rewritten.insert(mark));
    }
    Some(rewritten.end_as_it_is())
}

/// `FOR READ ONLY`, which locks nothing: `for_locking_clause`.
fn locks(tokens: &Tokens<'_>, edits: &mut Vec<Edit>) {
    let found = (0..tokens.len()).filter(|at| tokens.are(*at, &["for", "read", "only"]));
    edits.extend(found.filter_map(|at| tokens.without(at, at + 2)));
}

/// `LOCAL` and `GLOBAL`, which mean nothing, before what is temporary and no table: `OptTemp`.
fn temporary(tokens: &Tokens<'_>, edits: &mut Vec<Edit>) {
    if !tokens.is(0, "create") {
        return;
    }
    let found = (1..tokens.len()).filter(|at| {
        tokens.is_any(*at, &["local", "global"])
            && tokens.is_any(at + 1, &["temp", "temporary"])
            && tokens.is_any(at + 2, &["sequence", "view", "recursive"])
    });
    edits.extend(found.filter_map(|at| tokens.without(at, at)));
}

/// `TRUSTED`, `PROCEDURAL` and `NO VALIDATOR`: `CreatePLangStmt`.
fn language(tokens: &Tokens<'_>, edits: &mut Vec<Edit>) {
    if !tokens.is(0, "create") {
        return;
    }
    let first = if tokens.are(1, &["or", "replace"]) { 3 } else { 1 };
    let is_said = |at: &usize| tokens.is_any(*at, &["trusted", "procedural"]);
    let said = (first..tokens.len()).take_while(is_said).count();
    if !tokens.is(first + said, "language") {
        return;
    }
    if said > 0 {
        edits.extend(tokens.without(first, first + said - 1));
    }
    let last = tokens.len().saturating_sub(2);
    if tokens.are(last, &["no", "validator"]) {
        edits.extend(tokens.without(last, last + 1));
    }
}

/// The options of an extension in any order: `create_extension_opt_list`.
///
/// Those that come too early for squawk stay, since they say more than the others.
fn extension(tokens: &Tokens<'_>, edits: &mut Vec<Edit>) {
    if !tokens.are(0, &["create", "extension"]) {
        return;
    }
    let name = if tokens.are(2, &["if", "not", "exists"]) { 5 } else { 2 };
    let mut has_version = false;
    let mut cascades = false;
    for at in name + 1..tokens.len() {
        if tokens.is(at, "cascade") {
            cascades = true;
        } else if tokens.is(at, "version") {
            if cascades {
                edits.extend(tokens.without(at, at + 1));
            }
            has_version = true;
        } else if tokens.is(at, "schema") && (has_version || cascades) {
            edits.extend(tokens.without(at, at + 1));
        }
    }
}

/// The options of a cursor, in any order: `cursor_options`.
fn cursor(tokens: &Tokens<'_>, edits: &mut Vec<Edit>) {
    const OPTIONS: [&str; 5] = ["binary", "insensitive", "asensitive", "no", "scroll"];
    if !tokens.is(0, "declare") {
        return;
    }
    let options = (2..tokens.len()).take_while(|at| tokens.is_any(*at, &OPTIONS)).count();
    if options > 0 {
        edits.extend(tokens.without(2, options + 1));
    }
}

/// `VERSION NULL` of a server: `foreign_server_version`.
fn server(tokens: &Tokens<'_>, edits: &mut Vec<Edit>) {
    if !tokens.is_any(0, &["create", "alter"]) || !tokens.is(1, "server") {
        return;
    }
    let found = (2..tokens.len()).filter(|at| tokens.are(*at, &["version", "null"]));
    edits.extend(found.filter_map(|at| tokens.instead_of(at + 1, "''", "")));
}

/// `FOR USER`, who is the current one: `auth_ident`.
fn mapping(tokens: &Tokens<'_>, edits: &mut Vec<Edit>) {
    if !tokens.are(1, &["user", "mapping"]) {
        return;
    }
    let found = (2..tokens.len()).filter(|at| tokens.are(*at, &["for", "user", "server"]));
    edits.extend(found.filter_map(|at| tokens.instead_of(at + 1, "CURR", "ENT_USER")));
}

/// A query that does not begin with `SELECT`, for several columns: `set_clause`.
fn several_columns(tokens: &Tokens<'_>, edits: &mut Vec<Edit>) {
    for at in 0..tokens.len() {
        let begins =
            tokens.are(at, &[")", "=", "("]) && tokens.is_any(at + 3, &["values", "table", "with"]);
        let Some(end) = begins.then(|| tokens.closing(at + 2)).flatten() else { continue };
        edits.extend(tokens.before(at + 3, "SELECT * FROM ("));
        edits.extend(tokens.before(end, ") x"));
    }
}

/// Actions of a rule that are left out: `RuleActionStmtOrEmpty`.
fn actions(tokens: &Tokens<'_>, edits: &mut Vec<Edit>) {
    let kind = if tokens.are(1, &["or", "replace"]) { 3 } else { 1 };
    if !tokens.is(0, "create") || !tokens.is(kind, "rule") {
        return;
    }
    for at in kind..tokens.len() {
        if tokens.is(at, ";") && tokens.is_any(at - 1, &["(", ";"]) {
            edits.extend(tokens.without(at, at));
        }
        let marks = (at + 1..tokens.len()).take_while(|at| tokens.is(*at, ";")).count();
        let end = at + 1 + marks;
        if tokens.is(at, "(") && marks > 0 && tokens.is(end, ")") {
            edits.extend(tokens.instead_of(at, "N", "OTHING"));
            edits.extend(tokens.without(end, end));
        }
    }
}

/// The owner of an index, which the server passes over with a warning: `AlterTableStmt`.
fn owner_of_index(tokens: &Tokens<'_>, edits: &mut Vec<Edit>) {
    let last = tokens.len().saturating_sub(3);
    if tokens.are(0, &["alter", "index"]) && tokens.are(last, &["owner", "to"]) {
        edits.extend(tokens.instead_of(1, "TABLE", ""));
    }
}

/// `LATERAL` before a function that is called without parentheses: `func_expr_common_subexpr`.
fn lateral(tokens: &Tokens<'_>, edits: &mut Vec<Edit>) {
    let is_called = |at| SPECIAL_VALUES.iter().any(|(_, word)| tokens.is(at, word));
    let found = (0..tokens.len()).filter(|at| tokens.is(*at, "lateral") && is_called(at + 1));
    edits.extend(found.filter_map(|at| tokens.without(at, at)));
}

/// Parentheses behind `ONLY` where a sample is taken: `table_ref`.
fn sampled(tokens: &Tokens<'_>, edits: &mut Vec<Edit>) {
    for at in 0..tokens.len() {
        let end = tokens.are(at, &["only", "("]).then(|| tokens.closing(at + 1)).flatten();
        let Some(end) = end else { continue };
        if (end + 1..end + 4).any(|behind| tokens.is(behind, "tablesample")) {
            edits.extend(tokens.without(at + 1, at + 1));
            edits.extend(tokens.without(end, end));
        }
    }
}

/// `RECHECK`, which the server passes over: `opt_recheck`.
fn recheck(tokens: &Tokens<'_>, edits: &mut Vec<Edit>) {
    if tokens.is_any(0, &["create", "alter"]) && tokens.is(1, "operator") {
        let found = (2..tokens.len()).filter(|at| tokens.is(*at, "recheck"));
        edits.extend(found.filter_map(|at| tokens.without(at, at)));
    }
}

/// `IF EXISTS` of a policy that gets another name, by which the server does not go: `RenameStmt`.
fn policy(tokens: &Tokens<'_>, edits: &mut Vec<Edit>) {
    let renames = (4..tokens.len()).any(|at| tokens.are(at, &["rename", "to"]));
    if renames && tokens.are(0, &["alter", "policy", "if", "exists"]) {
        edits.extend(tokens.without(2, 3));
    }
}

/// Whether a statement that squawk refuses changes nothing that the replay knows.
pub(super) fn changes_nothing(text: &str) -> bool {
    let tokens = Tokens::of(text);
    let of_session = if tokens.is_any(1, &["local", "session"]) { 2 } else { 1 };
    let explained = (1..tokens.len())
        .take_while(|at| tokens.is_any(*at, &["analyze", "analyse", "verbose"]))
        .count();
    let options = if tokens.is(1, "(") { tokens.closing(1) } else { Some(explained) };
    tokens.are(0, &["set", "names"])
        || tokens.is(0, "set") && tokens.is(of_session, "names")
        // `VariableSetStmt`.
        || tokens.is(0, "set") && tokens.is(of_session, "transaction")
        || tokens.is(0, "set")
            && tokens.are(of_session, &["session", "characteristics", "as", "transaction"])
        || tokens.are(0, &["alter", "statistics", "if", "exists"])
        // Of any type, not only of one with a name: `CommentStmt`.
        || tokens.are(0, &["comment", "on"]) && tokens.is_any(2, &["type", "domain"])
        || tokens.are(0, &["security", "label"])
        // A row back: `fetch_args`.
        || tokens.is_any(0, &["fetch", "move"]) && tokens.is(1, "backward")
        // As it was before version 7.3, and to where nothing goes: `CopyStmt`.
        || tokens.is(0, "copy")
            && (1..tokens.len())
                .any(|at| tokens.is(at, "delimiters") || tokens.are(at, &["to", "stdin"]))
        // Without an option: `AlterRoleStmt`.
        || tokens.is(0, "alter") && tokens.is_any(1, &["role", "user"]) && tokens.len() == 3
        // `ExplainableStmt`.
        || tokens.is(0, "explain")
            && options.is_some_and(|at| tokens.are(at + 1, &["refresh", "materialized", "view"]))
}

/// Whether squawk may refuse a statement that the server takes, and which changes something.
pub(super) fn is_unknown(text: &str) -> bool {
    let tokens = Tokens::of(text);
    // Several at once: `object_type_any_name`, `drop_type_name`.
    tokens.is(0, "drop")
        && (tokens.is(1, "conversion")
            || tokens.are(1, &["event", "trigger"])
            || tokens.are(1, &["access", "method"])
            || tokens.are(1, &["text", "search"]))
        // With `ONLY` before a table: `relation_expr_list`.
        || tokens.are(0, &["import", "foreign", "schema"])
}

#[cfg(test)]
mod tests {
    use super::in_common_forms;

    #[test]
    fn rare_forms_become_common_ones() {
        for (text, expected) in [
            ("SELECT a FROM t FOR READ ONLY", "SELECT a FROM t              "),
            ("CREATE LOCAL TEMP VIEW v AS SELECT 1", "CREATE       TEMP VIEW v AS SELECT 1"),
            ("CREATE TRUSTED LANGUAGE l", "CREATE         LANGUAGE l"),
            ("CREATE EXTENSION e CASCADE SCHEMA s", "CREATE EXTENSION e CASCADE         "),
            (
                "DECLARE c SCROLL BINARY CURSOR FOR TABLE t",
                "DECLARE c               CURSOR FOR TABLE t",
            ),
            ("ALTER SERVER s VERSION NULL", "ALTER SERVER s VERSION ''  "),
            ("DROP USER MAPPING FOR USER SERVER s", "DROP USER MAPPING FOR CURRENT_USER SERVER s"),
            ("UPDATE t SET (a) = (TABLE u)", "UPDATE t SET (a) = (SELECT * FROM (TABLE u) x)"),
            (
                "CREATE RULE r AS ON DELETE TO t DO (;;)",
                "CREATE RULE r AS ON DELETE TO t DO NOTHING   ",
            ),
            ("ALTER INDEX i OWNER TO r", "ALTER TABLE i OWNER TO r"),
        ] {
            let rewritten = in_common_forms(text).map(|(text, _)| text);
            assert_eq!(rewritten.as_deref(), Some(expected));
        }
        for text in [
            "SELECT \"for\" read, only FROM t",
            "CREATE LOCAL TEMP TABLE t (a int)",
            "CREATE EXTENSION e SCHEMA s VERSION '1' CASCADE",
            "CREATE RULE r AS ON DELETE TO t DO (DELETE FROM u; DELETE FROM v)",
        ] {
            assert_eq!(in_common_forms(text), None, "{text}");
        }
    }
}
