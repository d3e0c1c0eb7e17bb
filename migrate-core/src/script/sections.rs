//! Where the sections of a file begin and end.

use std::cell::{LazyCell, OnceCell};
use std::ops::Range;

use super::header::{Header, Side};
use crate::database::Database;
use crate::sql::{
    Lexer, Split, Token, TokenKind, Unterminated, has_word, may_concern_transactions, split,
};

/// A header and the bytes of its comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    /// What the comment means.
    pub(super) header: Header,
    /// The comment, in the file.
    pub(super) comment: Range<usize>,
}

/// What one pass over a file's tokens finds.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Headers and directives at statement level, in order.
    pub(super) markers: Vec<Marker>,
    /// The first token that the server acts on.
    pub(super) first_statement: Option<usize>,
    /// Whether a statement may begin or end transactions, or be refused in one.
    pub(super) concerns_transactions: bool,
    /// What was still open at the end.
    pub(super) unterminated: Option<(Unterminated, usize)>,
}

/// Reads a file's tokens.
pub(super) fn scan(text: &str, database: Database) -> Scan {
    let mut scan = Scan::default();
    let mut lexer = Lexer::new(text, database);
    let mut before: Option<Token> = None;
    let mut begins = true;
    let may_have_bodies = LazyCell::new(|| may_have_bodies(text));
    let statements = OnceCell::new();
    while let Some(token) = lexer.next() {
        if token.kind.is_significant() {
            scan.first_statement.get_or_insert(token.start);
            if token.kind == TokenKind::Word && !scan.concerns_transactions {
                scan.concerns_transactions =
                    may_concern_transactions(lexer.text(token), begins, database);
            }
            begins = token.kind == TokenKind::Semicolon;
            before = Some(token);
        } else if token.kind == TokenKind::LineComment
            && is_alone_on_its_line(text, token.start)
            && let Some(header) = Header::of(lexer.text(token))
            && !before.is_some_and(|before| {
                let split = || split(text, database);
                *may_have_bodies
                    && is_in_body(text, token.start, before, statements.get_or_init(split))
            })
        {
            // The halves of a file are run on their own.
            if !matches!(header, Header::Directives(_)) {
                lexer.begin_session();
                begins = true;
            }
            scan.markers.push(Marker { header, comment: token.start..token.end });
        }
    }
    scan.unterminated = lexer.unterminated();
    scan
}

fn is_alone_on_its_line(text: &str, start: usize) -> bool {
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    text[line_start..start].bytes().all(|b| b.is_ascii_whitespace())
}

/// Whether a statement of the text may have others inside, which end with a semicolon: those of a
/// routine, a trigger or a rule. Few files have one, and the others need not be split to know it.
fn may_have_bodies(text: &str) -> bool {
    [("end", 2), ("rule", 1)].into_iter().any(|(word, rare)| has_word(text, word, rare))
}

/// Whether the comment at `start` lies in the body of a routine or trigger.
///
/// A comment inside a statement is a header all the same where the statement only lacks its
/// semicolon. In a body the token before it is a semicolon that does not end the statement,
/// or the word that opens the body.
fn is_in_body(text: &str, start: usize, before: Token, split: &Split) -> bool {
    let is_inside = split.statements.iter().any(|it| it.start < start && start < it.end);
    is_inside
        && match before.kind {
            TokenKind::Semicolon => true,
            TokenKind::Word => {
                let word = &text[before.start..before.end];
                ["begin", "atomic"].iter().any(|opening| word.eq_ignore_ascii_case(opening))
            }
            _ => false,
        }
}

/// One section of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    /// Which half it is.
    pub(super) side: Side,
    /// Its header.
    pub(super) marker: Marker,
    /// The bytes between the header's line and the next header, or the end.
    pub(super) body: Range<usize>,
}

/// Cuts the text at its headers.
///
/// The header of another tool counts where ours for the same half is missing, so that one
/// misnamed header is one finding.
pub(super) fn sections(text: &str, markers: &[Marker]) -> Vec<Section> {
    let ours = |side| markers.iter().any(|marker| side_of(&marker.header) == Some((side, true)));
    let mut sections: Vec<Section> = Vec::new();
    for marker in markers {
        let Some((side, is_ours)) = side_of(&marker.header) else { continue };
        if !is_ours && (ours(side) || sections.iter().any(|section| section.side == side)) {
            continue;
        }
        if let Some(last) = sections.last_mut() {
            last.body.end = marker.comment.start;
        }
        let after_line = text[marker.comment.end..].find('\n');
        let start = after_line.map_or(text.len(), |length| marker.comment.end + length + 1);
        sections.push(Section { side, marker: marker.clone(), body: start..text.len() });
    }
    sections
}

/// The half that a header opens, and whether it is written our way.
fn side_of(header: &Header) -> Option<(Side, bool)> {
    match header {
        Header::Section(side) => Some((*side, true)),
        Header::Irreversible(_) => Some((Side::Downgrade, true)),
        Header::Misnamed(side) => Some((*side, false)),
        Header::Directives(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(text: &str) -> Vec<(Side, &str)> {
        let scan = scan(text, Database::Postgres);
        let sections = sections(text, &scan.markers);
        sections.into_iter().map(|section| (section.side, &text[section.body])).collect()
    }

    #[test]
    fn a_missing_semicolon_does_not_swallow_the_next_header() {
        assert_eq!(
            bodies("-- upgrade\nSELECT 1\n-- downgrade\nSELECT 2"),
            [(Side::Upgrade, "SELECT 1\n"), (Side::Downgrade, "SELECT 2")]
        );
    }

    #[test]
    fn headers_are_read_at_statement_level_only() {
        let text = "-- upgrade\n\
            SELECT '\n-- downgrade\n';\n/*\n-- downgrade\n*/\n\
            CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$\n-- downgrade\n$$;\n\
            CREATE FUNCTION g() RETURNS void BEGIN ATOMIC\n-- downgrade\nSELECT 1;\n-- downgrade\n\
            END;\n\
            CREATE RULE r AS ON INSERT TO a DO (SELECT 1;\n-- downgrade\nSELECT 2);\n\
            SELECT 1; -- downgrade\n";
        assert_eq!(bodies(text), [(Side::Upgrade, &text["-- upgrade\n".len()..])]);
    }

    #[test]
    fn bodies_are_seen_where_few_words_tell_of_them() {
        let rule =
            "-- upgrade\nCREATE RULE r AS ON INSERT TO a DO (SELECT 1;\n-- downgrade\nSELECT 2)";
        assert_eq!(bodies(rule), [(Side::Upgrade, &rule["-- upgrade\n".len()..])]);
        let plain = "-- upgrade\nSELECT 1;\n-- downgrade\nSELECT 2;";
        assert_eq!(bodies(plain).len(), 2);
    }

    #[test]
    fn foreign_headers_count_only_where_ours_are_missing() {
        assert_eq!(
            bodies("-- up\nSELECT 1;\n-- downgrade\nSELECT 2;\n-- down\n"),
            [(Side::Upgrade, "SELECT 1;\n"), (Side::Downgrade, "SELECT 2;\n-- down\n")]
        );
    }
}
