//! SQL in the functions of a Rust migration: the string literals that are handed to what
//! executes them.
//!
//! This reads tokens, not types: a literal in the first place of `execute(…)` is SQL whoever's
//! `execute` it is. What is not certain to run, or cannot be read, is said to be so.

use std::ops::Range;

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};
use syn::{Expr, ExprLit, Item, Lit};

/// SQL in a function, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RustSql {
    /// A literal that is executed.
    Literal {
        /// Its first byte in the file, after the quote.
        start: usize,
        /// Its end, exclusive.
        end: usize,
        /// Whether it may not run, or may fail without the migration failing: it stands in a
        /// branch, a loop or a block, after a `return`, or nobody asks for its error.
        conditional: bool,
    },
    /// A guard helper that does nothing where the object is there already: the SQL that it
    /// runs otherwise.
    Guard(String),
    /// Something is done that cannot be read.
    Opaque,
}

/// Calls whose first argument is SQL.
const EXECUTES: [&str; 7] =
    ["execute", "execute_counted", "backfill", "query", "query_as", "query_scalar", "raw_sql"];

/// Methods of `Db` that change nothing.
const HARMLESS: [&str; 9] = [
    "table_exists",
    "column_exists",
    "index_exists",
    "function_exists",
    "progress",
    "database",
    "postgres",
    "mysql",
    "sqlite",
];

/// Returns the SQL in a function of a Rust migration; nothing where the file is not Rust.
pub fn sql_in(text: &str, function: &str) -> Vec<RustSql> {
    let Ok(file) = syn::parse_str::<syn::File>(text) else { return Vec::new() };
    let found = file.items.iter().find_map(|item| match item {
        Item::Fn(item) if item.sig.ident == function => Some(item),
        _ => None,
    });
    let Some(item) = found else { return Vec::new() };
    let range = item.block.brace_token.span.join().byte_range();
    let Ok(body) = text[range.clone()].parse::<TokenStream>() else { return Vec::new() };
    let mut reader = Reader {
        text,
        offset: range.start,
        constants: constants(&file),
        may_have_left: false,
        found: Vec::new(),
    };
    for token in body {
        if let TokenTree::Group(group) = token {
            reader.read(group.stream(), false);
        }
    }
    reader.found
}

struct Reader<'a> {
    text: &'a str,
    /// Where the tokens' own text begins in the file.
    offset: usize,
    /// Constants of the file that are string literals, with the bytes of these.
    constants: Vec<(String, Range<usize>)>,
    /// The function may have returned before, without an error.
    may_have_left: bool,
    found: Vec<RustSql>,
}

/// Constants and statics whose value is a string literal.
fn constants(file: &syn::File) -> Vec<(String, Range<usize>)> {
    let literal = |value: &Expr| match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.span().byte_range()),
        _ => None,
    };
    let found = file.items.iter().filter_map(|item| match item {
        Item::Const(item) => Some((item.ident.to_string(), literal(&item.expr)?)),
        Item::Static(item) => Some((item.ident.to_string(), literal(&item.expr)?)),
        _ => None,
    });
    found.collect()
}

impl Reader<'_> {
    fn read(&mut self, tokens: TokenStream, conditional: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                    let name = callee(&tokens[..index]);
                    let conditional = conditional || self.may_have_left;
                    let is_heard = hears_errors(&tokens[index + 1..]);
                    self.call(name.as_deref(), group, conditional || !is_heard);
                    self.read(group.stream(), conditional);
                }
                TokenTree::Ident(word) if word == "return" => {
                    let fails = matches!(tokens.get(index + 1), Some(TokenTree::Ident(word)) if word == "Err");
                    self.may_have_left |= !fails;
                }
                TokenTree::Group(group) => {
                    let inner = conditional || group.delimiter() == Delimiter::Brace;
                    self.read(group.stream(), inner);
                }
                _ => {}
            }
        }
    }

    fn call(&mut self, name: Option<&str>, arguments: &Group, conditional: bool) {
        let Some(name) = name else { return };
        let tokens: Vec<TokenTree> = arguments.stream().into_iter().collect();
        if EXECUTES.contains(&name) {
            self.executed(&tokens, conditional);
        } else if name == "add_column_if_missing" {
            match self.literals(&tokens).as_slice() {
                [table, column, definition] => self.found.push(RustSql::Guard(format!(
                    "ALTER TABLE {table} ADD COLUMN {column} {definition}"
                ))),
                _ => self.found.push(RustSql::Opaque),
            }
        } else if name == "create_index_if_missing" {
            match self.literals(&tokens).as_slice() {
                [index, table, columns] => self
                    .found
                    .push(RustSql::Guard(format!("CREATE INDEX {index} ON {table} ({columns})"))),
                _ => self.found.push(RustSql::Opaque),
            }
        } else if !HARMLESS.contains(&name) && hands_on_connection(&tokens) {
            self.found.push(RustSql::Opaque);
        }
    }

    fn executed(&mut self, arguments: &[TokenTree], conditional: bool) {
        match arguments {
            // `fetch_one(db.sqlite()?)`-like calls have no literal and are no `execute`; but
            // `query.execute(db.sqlite()?)` is: its SQL was the query's.
            [TokenTree::Ident(_) | TokenTree::Punct(_), ..] if is_connection(arguments) => {}
            [TokenTree::Literal(literal), rest @ ..]
                if rest.first().is_none_or(|token| token.to_string() == ",") =>
            {
                self.literal(self.range(literal), conditional);
            }
            [TokenTree::Ident(name), rest @ ..]
                if rest.first().is_none_or(|token| token.to_string() == ",") =>
            {
                let constant = self.constants.iter().find(|(own, _)| name == own);
                self.literal(
                    constant.and_then(|(_, range)| self.content(range.clone())),
                    conditional,
                );
            }
            _ => self.found.push(RustSql::Opaque),
        }
    }

    fn literal(&mut self, range: Option<(usize, usize)>, conditional: bool) {
        self.found.push(match range {
            Some((start, end)) => RustSql::Literal { start, end, conditional },
            None => RustSql::Opaque,
        });
    }

    /// The bytes of a string literal's content, where they are its value.
    fn range(&self, literal: &Literal) -> Option<(usize, usize)> {
        let range = literal.span().byte_range();
        self.content(self.offset + range.start..self.offset + range.end)
    }

    fn content(&self, literal: Range<usize>) -> Option<(usize, usize)> {
        let start = literal.start;
        let source = self.text.get(literal)?;
        let open = source.find('"')?;
        let hashes = source[..open].matches('#').count();
        let is_raw = source.starts_with('r');
        let end = source.len().checked_sub(1 + hashes)?;
        let content = source.get(open + 1..end)?;
        (is_raw || !content.contains('\\')).then_some((start + open + 1, start + end))
    }

    /// The values of the arguments that are string literals; fewer where one is not.
    fn literals(&self, arguments: &[TokenTree]) -> Vec<String> {
        let literals = arguments.iter().filter_map(|token| match token {
            TokenTree::Literal(literal) => self.range(literal),
            _ => None,
        });
        literals.map(|(start, end)| self.text[start..end].to_owned()).collect()
    }
}

/// Whether the error of a call is passed on: what follows it has a `?`, or nothing follows it
/// but the end of the function.
fn hears_errors(after: &[TokenTree]) -> bool {
    for token in after {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '?' => return true,
            TokenTree::Punct(mark) if mark.as_char() == ';' => return false,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return false,
            _ => {}
        }
    }
    // A last expression such as `db.execute("…").await`; `.ok()` after it takes the error away.
    matches!(after, [] | [TokenTree::Punct(_), TokenTree::Ident(_)])
}

/// The name before an argument list, past a turbofish.
fn callee(before: &[TokenTree]) -> Option<String> {
    let mut rest = before;
    if let [head @ .., TokenTree::Punct(close)] = rest
        && close.as_char() == '>'
    {
        let mut depth = 1;
        let open = head.iter().rposition(|token| {
            match token.to_string().as_str() {
                ">" => depth += 1,
                "<" => depth -= 1,
                _ => {}
            }
            depth == 0
        })?;
        // Without the two colons before it.
        rest = &head[..open.saturating_sub(2)];
    }
    match rest.last() {
        Some(TokenTree::Ident(name)) => Some(name.to_string()),
        _ => None,
    }
}

/// Whether an expression is the connection itself: `db.sqlite()?`, `&mut *db.postgres()?`.
fn is_connection(tokens: &[TokenTree]) -> bool {
    let text: String = tokens.iter().map(ToString::to_string).collect();
    ["sqlite", "postgres", "mysql"].iter().any(|name| text.contains(&format!(".{name}()")))
        || text.trim_start_matches(['&', '*']).trim_start_matches("mut") == "db"
}

/// Whether `db` itself is an argument: what is done with it there is not seen here.
fn hands_on_connection(arguments: &[TokenTree]) -> bool {
    arguments
        .split(|token| token.to_string() == ",")
        .any(|argument| matches!(argument, [.., TokenTree::Ident(name)] if name == "db"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: &[&str]) {
        let text = format!("// é\npub async fn upgrade(db: &mut Db) -> Result<()> {{ {body} }}");
        let found: Vec<_> = sql_in(&text, "upgrade")
            .into_iter()
            .map(|sql| match sql {
                RustSql::Literal { start, end, conditional } => {
                    format!("{}{}", if conditional { "? " } else { "" }, &text[start..end])
                }
                RustSql::Guard(sql) => format!("guard {sql}"),
                RustSql::Opaque => "opaque".to_owned(),
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn literals_are_found_where_they_stand() {
        check(r#"db.execute("CREATE TABLE a (id int)").await"#, &["CREATE TABLE a (id int)"]);
        check("db.execute(r#\"SELECT 'x'\"#).await?; Ok(())", &["SELECT 'x'"]);
        check(
            r#"let rows: Vec<(i64,)> = sqlx::query_as::<_, (i64,)>("SELECT id FROM a").fetch_all(db.sqlite()?).await?;
               sqlx::query("UPDATE a SET b = ?").bind(1).execute(db.sqlite()?).await?;"#,
            &["SELECT id FROM a", "UPDATE a SET b = ?"],
        );
    }

    #[test]
    fn what_may_not_run_is_conditional() {
        check(
            r#"if !db.table_exists("a").await? { db.execute("CREATE TABLE a ()").await?; }"#,
            &["? CREATE TABLE a ()"],
        );
        check(r#"for _ in 0..3 { db.execute("SELECT 1").await?; }"#, &["? SELECT 1"]);
    }

    #[test]
    fn after_a_return_nothing_is_certain() {
        check(
            r#"if db.table_exists("a").await? { return Ok(()); } db.execute("SELECT 1").await?; Ok(())"#,
            &["? SELECT 1"],
        );
        check(
            r#"if wrong { return Err(e); } db.execute("SELECT 1").await?; Ok(())"#,
            &["SELECT 1"],
        );
    }

    #[test]
    fn what_may_fail_unheard_is_conditional() {
        check(r#"let _ = db.execute("SELECT 1").await; Ok(())"#, &["? SELECT 1"]);
        check(r#"db.execute("SELECT 1").await.ok(); Ok(())"#, &["? SELECT 1"]);
        check(
            r#"if let Err(e) = db.execute("SELECT 1").await { log(e); } db.execute("SELECT 2").await?; Ok(())"#,
            &["? SELECT 1", "SELECT 2"],
        );
        check(
            r#"match db.execute("SELECT 1").await { Ok(_) => {} Err(_) => {} } db.execute("SELECT 2").await"#,
            &["? SELECT 1", "SELECT 2"],
        );
        check(r#"db.execute("SELECT 1").await.map_err(|e| wrap(e))?; Ok(())"#, &["SELECT 1"]);
    }

    #[test]
    fn constants_of_the_file_are_read() {
        let text = "const A: &str = \"SELECT 1\";\nstatic B: &str = r#\"SELECT 2\"#;\n\
            pub async fn upgrade(db: &mut Db) -> Result<()> { db.execute(A).await?; db.execute(B).await }";
        let found = sql_in(text, "upgrade").into_iter().map(|sql| match sql {
            RustSql::Literal { start, end, conditional: false } => text[start..end].to_owned(),
            other => format!("{other:?}"),
        });
        assert_eq!(found.collect::<Vec<_>>(), ["SELECT 1", "SELECT 2"]);
    }

    #[test]
    fn guards_are_read() {
        check(
            r#"db.add_column_if_missing("a", "b", "int").await?;"#,
            &["guard ALTER TABLE a ADD COLUMN b int"],
        );
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        check(r#"db.execute(&format!("DROP TABLE {name}")).await"#, &["opaque"]);
        check(r#"db.execute("a\nb").await"#, &["opaque"]);
        check("helper(db).await", &["opaque"]);
        check("helper(&mut *db, 1).await", &["opaque"]);
        check(r#"println!("{}", db.database());"#, &[]);
    }
}
