//! The first words of statements.

use super::cursor::Cursor;
use crate::replay::model::StatementKind;
use crate::sql::TokenKind;

/// Words that begin a statement on one of the two servers, a statement of a routine's body, or a
/// command of their clients.
///
/// Source: the statements in the manuals of `MySQL` 9.7 and `MariaDB` 12, and `help` of the clients.
const KNOWN: &[&str] = &[
    "ALTER",
    "ANALYZE",
    "BACKUP",
    "BEGIN",
    "BINLOG",
    "CACHE",
    "CALL",
    "CASE",
    "CHANGE",
    "CHECK",
    "CHECKSUM",
    "CLONE",
    "CLOSE",
    "COMMIT",
    "CREATE",
    "DEALLOCATE",
    "DECLARE",
    "DELETE",
    "DESC",
    "DESCRIBE",
    "DO",
    "DROP",
    "ELSE",
    "ELSEIF",
    "END",
    "EXCEPTION",
    "EXECUTE",
    "EXIT",
    "EXPLAIN",
    "FETCH",
    "FLUSH",
    "FOR",
    "GET",
    "GOTO",
    "GRANT",
    "HANDLER",
    "HELP",
    "IF",
    "IMPORT",
    "INSERT",
    "INSTALL",
    "ITERATE",
    "KILL",
    "LEAVE",
    "LOAD",
    "LOCK",
    "LOOP",
    "NULL",
    "OPEN",
    "OPTIMIZE",
    "PREPARE",
    "PURGE",
    "RAISE",
    "RELEASE",
    "RENAME",
    "REPAIR",
    "REPEAT",
    "REPLACE",
    "RESET",
    "RESIGNAL",
    "RESTART",
    "RETURN",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "SHOW",
    "SHUTDOWN",
    "SIGNAL",
    "START",
    "STOP",
    "TABLE",
    "TRUNCATE",
    "UNINSTALL",
    "UNLOCK",
    "UNTIL",
    "UPDATE",
    "USE",
    "VALUES",
    "WHEN",
    "WHILE",
    "WITH",
    "XA",
    // Commands of the clients, which act on them themselves.
    "CHARSET",
    "CLEAR",
    "CONNECT",
    "DELIMITER",
    "EDIT",
    "EGO",
    "GO",
    "NOPAGER",
    "NOTEE",
    "NOWARNING",
    "PAGER",
    "PRINT",
    "PROMPT",
    "QUERY_ATTRIBUTES",
    "QUIT",
    "REHASH",
    "RESETCONNECTION",
    "SANDBOX",
    "SOURCE",
    "SSL_SESSION_DATA_PRINT",
    "STATUS",
    "SYSTEM",
    "TEE",
    "WARNINGS",
];

/// Says that nothing begins with the word at hand; `None` where something may.
pub(super) fn unknown_verb(cursor: Cursor<'_>) -> Option<StatementKind> {
    let word = cursor.peek();
    let mut after = cursor;
    after.skip();
    // A label of a block.
    let is_label = after.is_mark(":");
    if cursor.peek_kind() != Some(TokenKind::Word) || cursor.is_any(KNOWN) || is_label {
        return None;
    }
    let message = format!("no statement begins with `{word}`");
    Some(StatementKind::Invalid { message, at: cursor.peek_place() })
}
