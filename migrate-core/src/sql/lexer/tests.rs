use proptest::prelude::*;

use super::TokenKind::{
    BlockComment, DelimiterCommand, ExecutableComment, LineComment, Number, Parameter, Punctuation,
    QuotedIdentifier, Semicolon, String as Literal, Whitespace, Word,
};
use super::*;
use crate::database::Database::{Mysql, Postgres, Sqlite};

/// Checks kinds and texts of all tokens but white space.
#[track_caller]
fn check(database: Database, text: &str, expected: &[(TokenKind, &str)]) {
    let mut lexer = Lexer::new(text, database);
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next() {
        if token.kind != Whitespace {
            tokens.push((token.kind, lexer.text(token)));
        }
    }
    assert_eq!(tokens, expected, "{database}: {text}");
}

/// Checks that the text is one token, whatever the server's other rules.
#[track_caller]
fn check_one(database: Database, kind: TokenKind, texts: &[&str]) {
    for text in texts {
        check(database, text, &[(kind, text)]);
    }
}

#[test]
fn postgres_literals() {
    check_one(
        Postgres,
        Literal,
        &[
            "'it''s'",
            r"'\'",
            r"E'\''",
            r"e'\\'",
            "U&'a;'",
            "B'01'",
            "x'ff'",
            "N'a'",
            "$$a;'$$",
            "$a$ $$ $b$ $a$",
            "$ä$;$ä$",
            "$a$ $$a$",
        ],
    );
    check_one(Postgres, QuotedIdentifier, &[r#""a""b;""#, r#"U&"d\0061t""#, "\"a\nb\""]);
    check_one(Postgres, Word, &["a$b$", "été", "_a1", "u"]);
    check(Postgres, "fooE'a'", &[(Word, "fooE"), (Literal, "'a'")]);
    check(Postgres, "$1$a$;$a$", &[(Parameter, "$1"), (Literal, "$a$;$a$")]);
    check(Postgres, "1$a$;$a$", &[(Number, "1"), (Literal, "$a$;$a$")]);
}

#[test]
fn postgres_escapes_go_on_in_the_next_line() {
    check(
        Postgres,
        "E'a' -- x\n '\\';'",
        &[(Literal, "E'a'"), (LineComment, "-- x"), (Literal, "'\\';'")],
    );
    check(Postgres, "E'a' '\\';", &[(Literal, "E'a'"), (Literal, "'\\'"), (Semicolon, ";")]);
    check(Postgres, "'a'\n'\\';", &[(Literal, "'a'"), (Literal, "'\\'"), (Semicolon, ";")]);
    check(
        Postgres,
        "E'a',\n'\\';",
        &[(Literal, "E'a'"), (Punctuation, ","), (Literal, "'\\'"), (Semicolon, ";")],
    );
}

#[test]
fn postgres_comments_and_operators() {
    check_one(Postgres, BlockComment, &["/* /* ; */ ; */", "/*/ */", "/***/"]);
    check(Postgres, "--a\rb", &[(LineComment, "--a"), (Word, "b")]);
    check(Postgres, "a::b", &[(Word, "a"), (Punctuation, "::"), (Word, "b")]);
    check(Postgres, "a ?| b", &[(Word, "a"), (Punctuation, "?|"), (Word, "b")]);
    check(Postgres, "a=-1", &[(Word, "a"), (Punctuation, "="), (Punctuation, "-"), (Number, "1")]);
    check(
        Postgres,
        "a+/*x*/b",
        &[(Word, "a"), (Punctuation, "+"), (BlockComment, "/*x*/"), (Word, "b")],
    );
    check(Postgres, "1..2", &[(Number, "1"), (Punctuation, ".."), (Number, "2")]);
}

#[test]
fn numbers() {
    for database in Database::ALL {
        check_one(database, Number, &["1", "1.5", ".5", "1.", "1e5", "1E-5", "1.5e+3", "0x1F"]);
        check(database, "1e-x", &[(Number, "1e"), (Punctuation, "-"), (Word, "x")]);
    }
    check_one(Mysql, Word, &["2fa", "1$"]);
}

#[test]
fn sqlite_tokens() {
    check_one(Sqlite, QuotedIdentifier, &["\"a\"\"b\"", "[a;'b]", "`a``;`"]);
    check_one(Sqlite, Literal, &["'it''s'", r"'\'", "x'00'"]);
    check_one(Sqlite, Parameter, &["?", "?1", ":a", "@a", "$a", "#1"]);
    check_one(Sqlite, BlockComment, &["/* /* */", "/* ; no end"]);
    check(Sqlite, "--a\rb\nc", &[(LineComment, "--a\rb"), (Word, "c")]);
    check(Sqlite, "a->>'$.b'", &[(Word, "a"), (Punctuation, "->>"), (Literal, "'$.b'")]);
    assert_eq!(unterminated(Sqlite, "/* "), None);
}

#[test]
fn mysql_tokens() {
    check_one(
        Mysql,
        Literal,
        &[r"'\''", r#""\";""#, "'a''b'", "\"a'b\"", r"'\\'", r"'\é'", "x'ff'", "N'a'"],
    );
    check_one(Mysql, QuotedIdentifier, &["`a``;`", r"`\`"]);
    check_one(Mysql, LineComment, &["# ; a", "-- ; a", "--", "--\ta"]);
    check_one(Mysql, BlockComment, &["/* /* */", "/**/"]);
    check_one(
        Mysql,
        ExecutableComment,
        &["/*!50000 a; '*/' */", "/*M! a */", "/*+ a */", "/*! /* b */ c */", "/*! -- */\n a */"],
    );
    check_one(Mysql, Parameter, &["?", "@a", "@@a"]);
    check(Mysql, "5--1", &[(Number, "5"), (Punctuation, "-"), (Punctuation, "-"), (Number, "1")]);
    check(Mysql, "a@'b'", &[(Word, "a"), (Punctuation, "@"), (Literal, "'b'")]);
}

#[test]
fn mysql_delimiters() {
    check(
        Mysql,
        "DELIMITER $$ x\na;b$$\n delimiter ;\nc;",
        &[
            (DelimiterCommand, "DELIMITER $$ x"),
            (Word, "a"),
            (Punctuation, ";"),
            (Word, "b"),
            (Semicolon, "$$"),
            (DelimiterCommand, "delimiter ;"),
            (Word, "c"),
            (Semicolon, ";"),
        ],
    );
    check(
        Mysql,
        "DELIMITER\n$$\na;b$$",
        &[
            (DelimiterCommand, "DELIMITER\n$$"),
            (Word, "a"),
            (Punctuation, ";"),
            (Word, "b"),
            (Semicolon, "$$"),
        ],
    );
    check(Mysql, "a delimiter b", &[(Word, "a"), (Word, "delimiter"), (Word, "b")]);
    check(Mysql, "delimiter", &[(Word, "delimiter")]);
}

fn unterminated(database: Database, text: &str) -> Option<(Unterminated, usize)> {
    let mut lexer = Lexer::new(text, database);
    lexer.by_ref().for_each(drop);
    lexer.unterminated()
}

#[test]
fn what_is_left_open_is_told() {
    for (database, text, expected) in [
        (Postgres, "a 'b", Some((Unterminated::String, 2))),
        (Postgres, "a E'b\\'", Some((Unterminated::String, 2))),
        (Postgres, "a \"b", Some((Unterminated::QuotedIdentifier, 2))),
        (Postgres, "$a$ $b$", Some((Unterminated::DollarQuote, 0))),
        (Postgres, "/* /* */", Some((Unterminated::BlockComment, 0))),
        (Postgres, "$a $b", None),
        (Sqlite, "[a", Some((Unterminated::QuotedIdentifier, 0))),
        (Sqlite, "'a", Some((Unterminated::String, 0))),
        (Mysql, "`a", Some((Unterminated::QuotedIdentifier, 0))),
        (Mysql, "'a\\", Some((Unterminated::String, 0))),
        (Mysql, "/* a", Some((Unterminated::BlockComment, 0))),
        (Mysql, "/*! '*/", Some((Unterminated::BlockComment, 0))),
    ] {
        assert_eq!(unterminated(database, text), expected, "{database}: {text}");
    }
}

/// Work per byte must not grow with the text; a quadratic step would take minutes here.
#[test]
fn long_runs_stay_linear() {
    for unit in [
        "'", "\\", "'\\", "$", "$a", "+", "*+", "-", "/*", "*/", "--\r", "/*!'*/", "`", "E'a'\n",
        "1e", ":", "\"\\\\",
    ] {
        let text = unit.repeat(300_000 / unit.len());
        for database in Database::ALL {
            assert_eq!(Lexer::new(&text, database).last().map(|it| it.end), Some(text.len()));
            let escaped = format!("E'{text}");
            assert_eq!(Lexer::new(&escaped, database).last().map(|it| it.end), Some(escaped.len()));
        }
    }
}

fn assert_tiles(text: &str) {
    for database in Database::ALL {
        let mut end = 0;
        let mut lexer = Lexer::new(text, database);
        while let Some(token) = lexer.next() {
            assert_eq!(token.start, end, "{database}: {text:?}");
            assert!(token.end > token.start, "{database}: {text:?}");
            // Panics when a border is within a character.
            let _ = lexer.text(token);
            end = token.end;
        }
        assert_eq!(end, text.len(), "{database}: {text:?}");
    }
}

const FRAGMENTS: &[&str] = &[
    "'",
    "''",
    "\"",
    "`",
    "[",
    "]",
    "\\",
    "$$",
    "$a$",
    "$",
    "E'",
    "U&\"",
    "/*",
    "*/",
    "/*!",
    "/*+",
    "--",
    "-- ",
    "#",
    "\n",
    "\r",
    "\t",
    ";",
    "(",
    ")",
    "é",
    "名",
    "\0",
    "1",
    ".",
    "e",
    "-",
    "+",
    "@",
    "@@",
    ":",
    "?",
    "DELIMITER ",
    "DELIMITER //\n",
    "//",
    "begin",
    " end",
    "word",
    "\u{a0}",
];

proptest! {
    #[test]
    fn tokens_tile_any_text(text in any::<String>()) {
        assert_tiles(&text);
    }

    #[test]
    fn tokens_tile_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        assert_tiles(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn tokens_tile_fragments(
        fragments in proptest::collection::vec(proptest::sample::select(FRAGMENTS), 0..40),
    ) {
        assert_tiles(&fragments.concat());
    }
}
