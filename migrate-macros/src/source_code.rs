//! The generated code, as one string: the compiler's own lexer reads it, which is many times
//! as fast as building tokens one by one in a macro that is not optimised.

use std::fmt::Write;

use proc_macro::{Delimiter, Group, LexError, Span, TokenStream, TokenTree};

/// A Rust migration of the set.
pub(crate) struct RustMigration {
    /// Path below the folder.
    pub(crate) path: String,
    /// Its directives, as the value of a `MIGRATE` constant.
    pub(crate) directives: String,
    /// Why there is no `downgrade` function; `None` where there is one.
    pub(crate) irreversible: Option<String>,
}

/// What is embedded.
pub(crate) struct Embedded<'a> {
    /// Absolute path of the folder.
    pub(crate) folder: &'a str,
    /// How messages call the folder.
    pub(crate) root: &'a str,
    /// Paths of the migrations' files below the folder.
    pub(crate) files: &'a [&'a str],
    /// Path of the lock file below the folder.
    pub(crate) lock_file: &'a str,
    /// Path of a file that was judged by and is not part of the program: a change to it is a
    /// reason to build anew.
    pub(crate) watched: Option<&'a str>,
    /// The files that are Rust.
    pub(crate) rust: &'a [RustMigration],
}

/// What the code calls `migrate-runtime` by: [`block`] gives it that name.
const SUPPORT: &str = "migrate_runtime::__macro_support";

/// Returns the block around the code for a set, in which `runtime` has the name that the code uses.
pub(crate) fn block(runtime: TokenStream, set: TokenStream) -> TokenStream {
    let parsed = |text: &str| text.parse::<TokenStream>().unwrap_or_default();
    let code = [parsed("use"), runtime, parsed("as migrate_runtime;"), set];
    TokenTree::Group(Group::new(Delimiter::Brace, code.into_iter().collect())).into()
}

/// Returns the code that embeds a set; `drafts` is what a release build says of them.
pub(crate) fn embed(
    embedded: &Embedded<'_>,
    drafts: Option<String>,
    span: Span,
) -> Result<TokenStream, LexError> {
    let mut code = TokenStream::new();
    if let Some(message) = drafts {
        let error = format!("#[cfg(not(debug_assertions))] ::core::compile_error!({message:?});");
        code.extend(at(error.parse()?, span));
    }
    code.extend(set(embedded).parse::<TokenStream>()?);
    Ok(code)
}

fn set(embedded: &Embedded<'_>) -> String {
    let mut code = String::with_capacity(200 * embedded.files.len() + 1024);
    for migration in embedded.rust {
        let path = format!("{}/{}", embedded.folder, migration.path);
        // The constants of a migration are read here and used nowhere; and what is `pub` for
        // the macro is not reachable from outside. A set may be embedded twice.
        let allow = "#[allow(dead_code, unreachable_pub, clippy::duplicate_mod)]";
        let module = module(&migration.path);
        push(&mut code, format_args!("{allow} #[path = {path:?}] mod {module};"));
    }
    if let Some(watched) = embedded.watched {
        push(&mut code, format_args!("const _: &str = {};", include(embedded.folder, watched)));
    }
    push(&mut code, format_args!("{SUPPORT}::migrations(&["));
    for file in embedded.files {
        code.push('(');
        push(&mut code, format_args!("{file:?}, {}),", include(embedded.folder, file)));
    }
    code.push_str("],");
    push(&mut code, format_args!("{}, &[", include(embedded.folder, embedded.lock_file)));
    for migration in embedded.rust {
        let module = module(&migration.path);
        let upgrade = step(&module, "upgrade");
        let downgrade = match &migration.irreversible {
            None => format!("::core::result::Result::Ok({})", step(&module, "downgrade")),
            Some(reason) => format!("::core::result::Result::Err({reason:?})"),
        };
        push(
            &mut code,
            format_args!(
                "{SUPPORT}::RustMigration {{ path: {:?}, directives: {:?}, upgrade: {upgrade}, \
                 downgrade: {downgrade} }},",
                migration.path, migration.directives
            ),
        );
    }
    // Where the program was built is nobody's business but the developer's.
    push(
        &mut code,
        format_args!(
            "], if ::core::cfg!(debug_assertions) {{ {:?} }} else {{ \"\" }}, {:?})",
            embedded.folder, embedded.root
        ),
    );
    code
}

/// Returns the expression that reports errors at `span`, and is an empty set to the rest of
/// the program.
///
/// No file is tracked: cargo never takes a build that failed for a fresh one.
pub(crate) fn errors(messages: &[String], span: Span) -> TokenStream {
    at(broken(messages).parse().unwrap_or_default(), span)
}

fn broken(messages: &[String]) -> String {
    let mut code = "{".to_owned();
    for message in messages {
        push(&mut code, format_args!("::core::compile_error!({message:?});"));
    }
    push(&mut code, format_args!("{SUPPORT}::broken()}}"));
    code
}

fn at(tokens: TokenStream, span: Span) -> TokenStream {
    let at_span = |token| match token {
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), at(group.stream(), span));
            inner.set_span(span);
            TokenTree::Group(inner)
        }
        mut token => {
            token.set_span(span);
            token
        }
    };
    tokens.into_iter().map(at_span).collect()
}

fn include(folder: &str, file: &str) -> String {
    format!("::core::include_str!({:?})", format!("{folder}/{file}"))
}

/// The function that boxes the future of a half; written here so that migrations need not.
fn step(module: &str, half: &str) -> String {
    format!(
        "{{ fn {half}<'a>(db: &'a mut migrate_runtime::Db) \
         -> {SUPPORT}::BoxFuture<'a, migrate_runtime::Result<()>> \
         {{ {SUPPORT}::step(::std::boxed::Box::pin({module}::{half}(db))) }} {half} }}"
    )
}

/// The module of a Rust migration; names of files are snake case already.
fn module(path: &str) -> String {
    let stem = path.split('.').next().unwrap_or(path);
    format!("m{}", stem.replace(|c: char| !c.is_ascii_alphanumeric(), "_"))
}

fn push(code: &mut String, text: std::fmt::Arguments<'_>) {
    code.write_fmt(text).expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_small_set() {
        let rust = [RustMigration {
            path: "2_b.rs".to_owned(),
            directives: "retries=3".to_owned(),
            irreversible: Some("no \"way\" back".to_owned()),
        }];
        let code = set(&Embedded {
            folder: "/p/\"m\"",
            root: "m",
            files: &["1_a.sql", "2_b.rs"],
            lock_file: "migrate.lock",
            watched: Some("surroundings.sql"),
            rust: &rust,
        });
        let expected = r#"#[allow(dead_code, unreachable_pub, clippy::duplicate_mod)] #[path = "/p/\"m\"/2_b.rs"] mod m2_b;const _: &str = ::core::include_str!("/p/\"m\"/surroundings.sql");migrate_runtime::__macro_support::migrations(&[("1_a.sql", ::core::include_str!("/p/\"m\"/1_a.sql")),("2_b.rs", ::core::include_str!("/p/\"m\"/2_b.rs")),],::core::include_str!("/p/\"m\"/migrate.lock"), &[migrate_runtime::__macro_support::RustMigration { path: "2_b.rs", directives: "retries=3", upgrade: { fn upgrade<'a>(db: &'a mut migrate_runtime::Db) -> migrate_runtime::__macro_support::BoxFuture<'a, migrate_runtime::Result<()>> { migrate_runtime::__macro_support::step(::std::boxed::Box::pin(m2_b::upgrade(db))) } upgrade }, downgrade: ::core::result::Result::Err("no \"way\" back") },], if ::core::cfg!(debug_assertions) { "/p/\"m\"" } else { "" }, "m")"#;
        assert_eq!(code, expected);
    }

    #[test]
    fn errors_leave_an_empty_set() {
        let expected =
            r#"{::core::compile_error!("a\n\"b\"");migrate_runtime::__macro_support::broken()}"#;
        assert_eq!(broken(&["a\n\"b\"".to_owned()]), expected);
    }
}
