//! Names as `quote_ident` and `%I` of `format` write them.

use crate::database::Database;

/// Keywords that `quote_ident` puts in quotes: those that are reserved in any way.
///
/// Source: `pg_get_keywords()` of `PostgreSQL` 15, where `catcode` is not `U`.
const KEYWORDS: &str = "all analyse analyze and any array as asc asymmetric authorization between \
    bigint binary bit boolean both case cast char character check coalesce collate collation \
    column concurrently constraint create cross current_catalog current_date current_role \
    current_schema current_time current_timestamp current_user dec decimal default deferrable \
    desc distinct do else end except exists extract false fetch float for foreign freeze from \
    full grant greatest group grouping having ilike in initially inner inout int integer \
    intersect interval into is isnull join lateral leading least left like limit localtime \
    localtimestamp national natural nchar none normalize not notnull null nullif numeric offset \
    on only or order out outer overlaps overlay placing position precision primary real \
    references returning right row select session_user setof similar smallint some substring \
    symmetric table tablesample then time timestamp to trailing treat trim true union unique \
    user using values varchar variadic verbose when where window with xmlattributes xmlconcat \
    xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable";

/// The name with quotes where it needs some: without them it may be the beginning of a longer one,
/// as in `format('%I_key', name)`.
pub(super) fn quoted_identifier(name: &str) -> String {
    let mut bytes = name.bytes();
    let is_plain = bytes.next().is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if is_plain && !KEYWORDS.split_ascii_whitespace().any(|keyword| keyword == name) {
        name.to_owned()
    } else {
        Database::Postgres.quote(name)
    }
}

#[cfg(test)]
mod tests {
    use super::quoted_identifier;

    #[test]
    fn quotes_are_put_where_the_server_puts_them() {
        for (name, written) in [
            ("a_1", "a_1"),
            ("_a", "_a"),
            ("name", "name"),
            ("user", "\"user\""),
            ("int", "\"int\""),
            ("left", "\"left\""),
            ("A", "\"A\""),
            ("1a", "\"1a\""),
            ("a$", "\"a$\""),
            ("é", "\"é\""),
            ("a\"b", "\"a\"\"b\""),
            ("", "\"\""),
        ] {
            assert_eq!(quoted_identifier(name), written);
        }
    }
}
