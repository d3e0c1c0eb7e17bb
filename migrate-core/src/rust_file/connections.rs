//! Names of a function that are the half's own connection, and those that are not.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Expr, ExprAssign, ExprPath, FnArg, Item, ItemFn, Local, Macro, Pat, PatIdent, UnOp};

use super::helpers::{HARMLESS, takes_texts};

/// Whose an expression is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The half's own connection.
    Ours,
    /// Made from nothing that has to do with it.
    Other,
    /// Neither is certain: a transaction, say, which may be taken back.
    Unknown,
}

/// What the names of a function stand for, as far as connections go.
pub(super) struct Connections {
    /// What the function calls its connection.
    pub(super) own: String,
    /// Names of the connection.
    ours: BTreeSet<String>,
    /// Names of what methods of the connection gave: transactions, for example.
    derived: BTreeSet<String>,
    /// Names of what has nothing to do with it.
    others: BTreeSet<String>,
    /// All names that the function binds.
    bound: BTreeSet<String>,
}

impl Connections {
    pub(super) fn of(function: &ItemFn) -> Self {
        let own = match function.sig.inputs.first() {
            Some(FnArg::Typed(argument)) => name_of(&argument.pat).unwrap_or_default(),
            _ => String::new(),
        };
        let mut bindings = Bindings::default();
        bindings.visit_block(&function.block);
        let mut bound: BTreeSet<String> = bindings.lets.keys().cloned().collect();
        bound.extend(bindings.elsewhere.iter().cloned());
        bound.insert(own.clone());
        let mut connections = Connections {
            ours: BTreeSet::from([own.clone()]),
            derived: BTreeSet::new(),
            others: BTreeSet::new(),
            bound,
            own,
        };
        let own_values = bindings.lets.get(&connections.own).into_iter().flatten();
        let is_kept = own_values.into_iter().all(|value| connections.is_ours(value));
        if bindings.elsewhere.contains(&connections.own) || !is_kept {
            connections.ours.clear();
            connections.derived.insert(connections.own.clone());
        }
        connections.follow(&bindings);
        connections
    }

    /// Finds what `let`s make of the connection, until nothing is found any more.
    fn follow(&mut self, bindings: &Bindings<'_>) {
        loop {
            let mut is_done = true;
            for (name, values) in &bindings.lets {
                is_done &= !(values.iter().any(|value| self.is_connection(value))
                    && self.derived.insert(name.clone()));
                if bindings.elsewhere.contains(name) || *name == self.own {
                    continue;
                }
                if values.iter().all(|value| self.is_ours(value)) {
                    is_done &= !self.ours.insert(name.clone());
                } else if values.iter().all(|value| self.is_other(value)) {
                    is_done &= !self.others.insert(name.clone());
                }
            }
            if is_done {
                return;
            }
        }
    }

    pub(super) fn whose(&self, expression: &Expr) -> Whose {
        if self.is_ours(expression) {
            Whose::Ours
        } else if self.is_other(expression) {
            Whose::Other
        } else {
            Whose::Unknown
        }
    }

    /// `db.sqlite()?`, `&mut *db.postgres()?`, or a name of such.
    fn is_ours(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Path(path) => {
                path.path.get_ident().is_some_and(|it| self.ours.contains(&it.to_string()))
            }
            Expr::MethodCall(call) => {
                let names = ["sqlite", "postgres", "mysql", "unwrap", "expect"];
                names.iter().any(|name| call.method == name) && self.is_ours(&call.receiver)
            }
            expression => inner(expression).is_some_and(|inner| self.is_ours(inner)),
        }
    }

    /// Whether something may be, or hold, the connection: it, or what its methods gave, other
    /// than those that only answer.
    pub(super) fn is_connection(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Path(path) => path.path.get_ident().is_some_and(|name| {
                let name = name.to_string();
                self.ours.contains(&name) || self.derived.contains(&name)
            }),
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                let gives = ["sqlite", "postgres", "mysql"].contains(&&*name);
                let answers = HARMLESS.contains(&&*name) || takes_texts(&name);
                (gives || !answers) && self.is_connection(&call.receiver)
            }
            expression => inner(expression).is_some_and(|inner| self.is_connection(inner)),
        }
    }

    fn is_other(&self, expression: &Expr) -> bool {
        let mut names = Names::default();
        names.visit_expr(expression);
        names.found.iter().all(|name| self.others.contains(name) || !self.bound.contains(name))
    }
}

/// What an expression passes on as it is.
fn inner(expression: &Expr) -> Option<&Expr> {
    Some(match expression {
        Expr::Paren(inner) => &inner.expr,
        Expr::Group(inner) => &inner.expr,
        Expr::Reference(inner) => &inner.expr,
        Expr::Unary(inner) if matches!(inner.op, UnOp::Deref(_)) => &inner.expr,
        Expr::Try(inner) => &inner.expr,
        Expr::Await(inner) => &inner.base,
        _ => return None,
    })
}

/// The name that is all of a pattern.
fn name_of(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(name) if name.subpat.is_none() => Some(name.ident.to_string()),
        Pat::Type(typed) => name_of(&typed.pat),
        _ => None,
    }
}

/// The names that a block binds.
#[derive(Default)]
struct Bindings<'ast> {
    /// By `let name = …;`.
    lets: BTreeMap<String, Vec<&'ast Expr>>,
    /// In any other way, or given another value later.
    elsewhere: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Bindings<'ast> {
    fn visit_item(&mut self, _: &'ast Item) {}

    fn visit_local(&mut self, local: &'ast Local) {
        let init = local.init.as_ref().filter(|init| init.diverge.is_none());
        match (name_of(&local.pat), init) {
            (Some(name), Some(init)) => {
                self.lets.entry(name).or_default().push(&init.expr);
                self.visit_expr(&init.expr);
            }
            _ => visit::visit_local(self, local),
        }
    }

    fn visit_pat_ident(&mut self, name: &'ast PatIdent) {
        self.elsewhere.insert(name.ident.to_string());
        visit::visit_pat_ident(self, name);
    }

    fn visit_expr_assign(&mut self, assign: &'ast ExprAssign) {
        if let Expr::Path(path) = &*assign.left {
            self.elsewhere.extend(path.path.get_ident().map(ToString::to_string));
        }
        visit::visit_expr_assign(self, assign);
    }
}

/// The names that an expression uses.
#[derive(Default)]
struct Names {
    found: BTreeSet<String>,
}

impl Names {
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    self.found.insert(name.to_string());
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        self.found.extend(path.path.get_ident().map(ToString::to_string));
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        self.tokens(called.tokens.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::super::sql::{RustSql, sql_in};
    use super::super::testing::{check, check_file};

    #[test]
    fn what_another_connection_does_is_left_out() {
        let other = r#"let mut other = Other::connect("x").await?;"#;
        for call in [
            r#"let rows: Vec<(i64,)> = sqlx::query_as("SELECT 1").fetch_all(&mut other).await?;"#,
            r#"sqlx::query("SELECT 1").bind(1).execute(&mut other).await?;"#,
            r#"other.execute("SELECT 1").await?;"#,
            r#"assert_eq!(other.execute("SELECT 1").await?, 1);"#,
            r#"Command.query("list all")?;"#,
            r#"Command::new().execute("list all");"#,
        ] {
            check(&format!(r#"{other} {call} db.execute("SELECT 2").await"#), &["SELECT 2"]);
        }
    }

    #[test]
    fn names_of_the_own_connection_are_followed() {
        for body in [
            r#"sqlx::query("SELECT 1").execute(&mut *db.postgres()?).await?;"#,
            r#"let conn = db.sqlite()?; sqlx::query("SELECT 1").execute(&mut *conn).await?;"#,
            r#"let conn: &mut C = &mut *db.sqlite()?; conn.execute("SELECT 1").await?;"#,
            r#"let db = &mut *db; db.execute("SELECT 1").await?;"#,
        ] {
            check(body, &["SELECT 1"]);
        }
        let named = |own: &str, body: &str| {
            format!("pub async fn upgrade({own}: &mut Db) -> Result<()> {{ {body} }}")
        };
        check_file(&named("c", r#"c.execute("SELECT 1").await"#), &["SELECT 1"]);
        check_file(&named("mut c", "helper(c).await"), &["opaque"]);
        check_file(
            &named("c", r#"let db = Other::new(); db.execute("SELECT 1").await?; helper(db)"#),
            &[],
        );
    }

    #[test]
    fn what_may_be_the_own_connection_is_not_known() {
        for body in [
            r#"let mut tx = db.sqlite()?.begin().await?; tx.execute("SELECT 1").await?;"#,
            "let mut tx = db.sqlite()?.begin().await?; helper(&mut tx).await?;",
            r#"for mut it in all { it.execute("SELECT 1").await?; }"#,
            r#"let mut db = Other::new(); db.execute("SELECT 1").await?;"#,
            r#"let mut it = Other::new(); it = db.sqlite()?; it.execute("SELECT 1").await?;"#,
            r#"let runner = Runner::new(); runner.execute(db, "SELECT 1").await?;"#,
            "builder.build().execute(db.sqlite()?).await?;",
            r#"sqlx::query!("SELECT 1").execute(db.sqlite()?).await?;"#,
            "helper(db.sqlite()?).await?;",
            "Context { db }.run().await?;",
            r#"run!(db, "SELECT 1");"#,
        ] {
            let text = format!("pub async fn upgrade(db: &mut Db) -> Result<()> {{ {body} }}");
            let found = sql_in(&text, "upgrade");
            let is_opaque = |it: &RustSql| *it == RustSql::Opaque;
            assert!(!found.is_empty() && found.iter().all(is_opaque), "{body}: {found:?}");
        }
    }

    #[test]
    fn macros_of_the_file_may_leave() {
        check_file(
            r#"macro_rules! unless { () => { return Ok(()) } }
               pub async fn upgrade(db: &mut Db) -> Result<()> { unless!(); db.execute("SELECT 1").await }"#,
            &["opaque", "? SELECT 1"],
        );
    }
}
