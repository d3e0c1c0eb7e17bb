//! Options of tables: character sets, collations and what can follow the columns.

use super::{Refusal, slips};
use crate::diagnostics::Code;
use crate::replay::adapter::mysql::cursor::Cursor;
use crate::sql::TokenKind;

/// The character sets of both servers, in all versions.
///
/// Source: `SHOW CHARACTER SET` of `MySQL` 5.6 to 9 and `MariaDB` 10 to 12.
const CHARSETS: &[&str] = &[
    "armscii8", "ascii", "big5", "binary", "cp1250", "cp1251", "cp1256", "cp1257", "cp850",
    "cp852", "cp866", "cp932", "dec8", "default", "eucjpms", "euckr", "filename", "gb18030",
    "gb2312", "gbk", "geostd8", "greek", "hebrew", "hp8", "keybcs2", "koi8r", "koi8u", "latin1",
    "latin2", "latin5", "latin7", "macce", "macroman", "sjis", "swe7", "tis620", "ucs2", "ujis",
    "utf16", "utf16le", "utf32", "utf8", "utf8mb3", "utf8mb4",
];

/// Words that may follow the columns of a table or begin an action of `ALTER TABLE`.
pub(super) const OPTIONS: &[&str] = &[
    "AS",
    "SELECT",
    "WITH",
    "WITHOUT",
    "VALUES",
    "TABLE",
    "REPLACE",
    "IGNORE",
    "UNION",
    "PARTITION",
    "ENGINE",
    "TYPE",
    "AUTO_INCREMENT",
    "AUTOEXTEND_SIZE",
    "AVG_ROW_LENGTH",
    "DEFAULT",
    "CHARSET",
    "CHARACTER",
    "CHAR",
    "COLLATE",
    "CHECKSUM",
    "TABLE_CHECKSUM",
    "COMMENT",
    "COMPRESSION",
    "CONNECTION",
    "DATA",
    "INDEX",
    "DELAY_KEY_WRITE",
    "ENCRYPTION",
    "ENCRYPTED",
    "ENCRYPTION_KEY_ID",
    "ENGINE_ATTRIBUTE",
    "SECONDARY_ENGINE_ATTRIBUTE",
    "SECONDARY_ENGINE",
    "IETF_QUOTES",
    "INSERT_METHOD",
    "KEY_BLOCK_SIZE",
    "MAX_ROWS",
    "MIN_ROWS",
    "PACK_KEYS",
    "PAGE_CHECKSUM",
    "PAGE_COMPRESSED",
    "PAGE_COMPRESSION_LEVEL",
    "PASSWORD",
    "RAID_TYPE",
    "ROW_FORMAT",
    "SEQUENCE",
    "START",
    "STATS_AUTO_RECALC",
    "STATS_PERSISTENT",
    "STATS_SAMPLE_PAGES",
    "TABLESPACE",
    "STORAGE",
    "TRANSACTIONAL",
    "NODEGROUP",
    "UCA",
    "SYSTEM",
];

/// Whether a word may follow the columns of a table, on whatever version.
pub(super) fn is_option(cursor: &Cursor<'_>) -> bool {
    cursor.is_any(OPTIONS)
}

/// Judges what follows the columns of a table.
pub(super) fn judge(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    let at = cursor.peek_place();
    let word = cursor.peek();
    if cursor.peek_kind() == Some(TokenKind::Word) && !is_option(&cursor) {
        let mut ahead = cursor;
        ahead.advance();
        if !ahead.is_mark("=") {
            let message = format!("`{word}` is no option of a table");
            return Err(Refusal::syntax(at, message));
        }
    }
    slips::table_options(cursor)?;
    let mut found = None;
    while !cursor.is_at_end() && !cursor.is_any(&["AS", "SELECT", "WITH", "PARTITION", "UNION"]) {
        if cursor.eat(&["CHARSET"])
            || cursor.eat(&["CHARACTER", "SET"])
            || cursor.eat(&["CHAR", "SET"])
        {
            cursor.eat_mark("=");
            found = charset(&mut cursor)?;
        } else if cursor.eat(&["COLLATE"]) {
            cursor.eat_mark("=");
            collation(&mut cursor, found.as_deref())?;
        } else if cursor.eat(&["ENGINE"]) {
            let at = cursor.peek_place();
            cursor.eat_mark("=");
            if cursor.is_at_end() {
                return Err(Refusal::syntax(at, "the name of an engine is expected"));
            }
        } else {
            cursor.skip();
        }
    }
    Ok(())
}

/// The name that a word or a text gives.
fn written(cursor: &mut Cursor<'_>) -> Option<String> {
    let is_name = matches!(
        cursor.peek_kind(),
        Some(TokenKind::Word | TokenKind::String | TokenKind::QuotedIdentifier)
    );
    let text = cursor.peek().trim_matches(['\'', '"', '`']).to_ascii_lowercase();
    if is_name {
        cursor.advance();
    }
    is_name.then_some(text)
}

/// Passes the name of a character set.
pub(super) fn charset(cursor: &mut Cursor<'_>) -> Result<Option<String>, Refusal> {
    let at = cursor.peek_place();
    let Some(name) = written(cursor) else { return Ok(None) };
    if !CHARSETS.contains(&name.as_str()) {
        let message = format!("there is no character set `{name}`");
        return Err(Refusal::new(Code::M409, at, message));
    }
    Ok(Some(name))
}

/// Passes the name of a collation, which is one of its character set.
pub(super) fn collation(cursor: &mut Cursor<'_>, charset: Option<&str>) -> Result<(), Refusal> {
    let at = cursor.peek_place();
    let Some(name) = written(cursor) else { return Ok(()) };
    let own = name.split('_').next().unwrap_or_default();
    if own == "uca1400" || own == "default" {
        return Ok(());
    }
    if !CHARSETS.contains(&own) || slips::is_slip_of_collation(&name) {
        let message = format!("there is no collation `{name}`");
        return Err(Refusal::new(Code::M409, at, message));
    }
    match charset {
        Some(charset) if charset != "default" && family(charset) != family(own) => {
            let message =
                format!("the collation `{name}` is none of the character set `{charset}`");
            Err(Refusal::definition(at, message))
        }
        _ => Ok(()),
    }
}

/// `utf8` is one of two, as the server is set.
fn family(charset: &str) -> &str {
    if charset.starts_with("utf8") { "utf8" } else { charset }
}

/// Judges what `CONVERT TO` of `ALTER TABLE` names.
pub(super) fn converted(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    let found = match () {
        () if cursor.eat(&["CHARSET"]) || cursor.eat(&["CHARACTER", "SET"]) => {
            charset(&mut cursor)?
        }
        () => return slips::table_options(cursor),
    };
    slips::table_options(cursor)?;
    if cursor.eat(&["COLLATE"]) {
        cursor.eat_mark("=");
        collation(&mut cursor, found.as_deref())?;
    }
    Ok(())
}
