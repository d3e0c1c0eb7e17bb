//! Calls of a function that certainly run, and whose error certainly ends the migration.
//!
//! Everything here is a list of what is certain: an expression of any other kind may not run,
//! and any other method between a result and its `?` may take the error away.

use std::collections::BTreeSet;

use syn::{BinOp, Block, Expr, ExprMethodCall, Macro, Stmt};

use super::calls::{QUERIES, RUNS, arguments_of, called, start_of};
use super::helpers::takes_texts;

/// Where the argument lists of such calls begin in the file.
pub(super) fn certain_calls(body: &Block) -> BTreeSet<usize> {
    let mut certain = Certain { found: BTreeSet::new() };
    certain.block(body, Outcome::Heard);
    certain.found
}

/// What becomes of what an expression gives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// An error in it may be lost.
    Dropped,
    /// It is a result whose error is passed on.
    Heard,
    /// It is the future of such a result.
    Awaited,
}

struct Certain {
    found: BTreeSet<usize>,
}

impl Certain {
    /// Reads statements; `last` is what becomes of the last expression.
    fn block(&mut self, block: &Block, last: Outcome) {
        for statement in &block.stmts {
            match statement {
                Stmt::Local(local) => {
                    if let Some(init) = &local.init {
                        self.expression(&init.expr, Outcome::Dropped);
                    }
                }
                Stmt::Expr(expression, None) => self.expression(expression, last),
                Stmt::Expr(expression, Some(_)) => self.expression(expression, Outcome::Dropped),
                Stmt::Macro(called) => self.in_macro(&called.mac),
                Stmt::Item(_) => {}
            }
        }
    }

    fn expression(&mut self, expression: &Expr, outcome: Outcome) {
        let dropped = Outcome::Dropped;
        match expression {
            Expr::Try(tried) => self.expression(&tried.expr, Outcome::Heard),
            Expr::Return(returned) => {
                if let Some(value) = &returned.expr {
                    self.expression(value, Outcome::Heard);
                }
            }
            Expr::Await(awaited) => {
                let is_heard = outcome == Outcome::Heard;
                let outcome = if is_heard { Outcome::Awaited } else { dropped };
                self.expression(&awaited.base, outcome);
            }
            Expr::Paren(inner) => self.expression(&inner.expr, outcome),
            Expr::Group(inner) => self.expression(&inner.expr, outcome),
            Expr::MethodCall(call) => self.method(call, outcome),
            Expr::Call(call) => {
                self.expression(&call.func, dropped);
                self.all(&call.args);
            }
            // What is right of these runs only if the left side says so.
            Expr::Binary(binary) if matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) => {
                self.expression(&binary.left, dropped);
            }
            Expr::Binary(binary) => {
                self.expression(&binary.left, dropped);
                self.expression(&binary.right, dropped);
            }
            Expr::Assign(assign) => {
                self.expression(&assign.left, dropped);
                self.expression(&assign.right, dropped);
            }
            Expr::If(condition) => self.expression(&condition.cond, dropped),
            Expr::While(repeated) => self.expression(&repeated.cond, dropped),
            Expr::Let(matched) => self.expression(&matched.expr, dropped),
            Expr::Match(matched) => self.expression(&matched.expr, dropped),
            // Its body is certain where the reader knows the list.
            Expr::ForLoop(repeated) => {
                self.expression(&repeated.expr, dropped);
                self.block(&repeated.body, dropped);
            }
            Expr::Reference(inner) => self.expression(&inner.expr, dropped),
            Expr::Unary(inner) => self.expression(&inner.expr, dropped),
            Expr::Cast(inner) => self.expression(&inner.expr, dropped),
            Expr::Field(inner) => self.expression(&inner.base, dropped),
            Expr::Index(indexed) => {
                self.expression(&indexed.expr, dropped);
                self.expression(&indexed.index, dropped);
            }
            Expr::Array(list) => self.all(&list.elems),
            Expr::Tuple(list) => self.all(&list.elems),
            Expr::Struct(made) => {
                self.all(made.fields.iter().map(|field| &field.expr));
            }
            Expr::Macro(called) => self.in_macro(&called.mac),
            _ => {}
        }
    }

    /// Macros of std that evaluate what they are given.
    fn in_macro(&mut self, called: &Macro) {
        let Some((name, arguments)) = arguments_of(called) else { return };
        let evaluated = match &*name {
            "assert" => 1,
            "assert_eq" | "assert_ne" => 2,
            "print" | "println" | "eprint" | "eprintln" | "format" | "vec" | "dbg" => {
                arguments.len()
            }
            _ => 0,
        };
        self.all(arguments.iter().take(evaluated));
    }

    fn all<'e>(&mut self, expressions: impl IntoIterator<Item = &'e Expr>) {
        for expression in expressions {
            self.expression(expression, Outcome::Dropped);
        }
    }

    fn method(&mut self, call: &ExprMethodCall, outcome: Outcome) {
        let name = call.method.to_string();
        let of_receiver = match (&*name, outcome) {
            ("unwrap" | "expect", Outcome::Dropped | Outcome::Heard)
            | ("map" | "map_err", Outcome::Heard) => Outcome::Heard,
            _ => Outcome::Dropped,
        };
        if outcome == Outcome::Awaited {
            if takes_texts(&name) {
                self.found.insert(start_of(&call.paren_token));
            }
            if RUNS.contains(&&*name) {
                self.query(&call.receiver);
            }
        }
        self.expression(&call.receiver, of_receiver);
        self.all(&call.args);
    }

    /// `query("…")`, and what is bound to it.
    fn query(&mut self, expression: &Expr) {
        match expression {
            Expr::Paren(inner) => self.query(&inner.expr),
            Expr::MethodCall(call)
                if ["bind", "persistent", "map", "try_map"].iter().any(|it| call.method == it) =>
            {
                self.query(&call.receiver);
            }
            Expr::Call(call) if called(call).is_some_and(|it| QUERIES.contains(&&*it)) => {
                self.found.insert(start_of(&call.paren_token));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    const ONE: &str = "SELECT 1";
    const PERHAPS: &str = "? SELECT 1";

    #[test]
    fn what_is_right_of_and_or_may_not_run() {
        for body in [
            r#"let x = db.table_exists("a").await? && sqlx::query("SELECT 1").fetch_one(db.sqlite()?).await?;"#,
            r#"if a || db.execute_counted("SELECT 1").await? > 0 { }"#,
            r#"while a && db.execute_counted("SELECT 1").await? > 0 { }"#,
            r#"match a && db.execute_counted("SELECT 1").await? > 0 { _ => {} }"#,
            r#"note(a && db.execute_counted("SELECT 1").await? > 0);"#,
            r#"assert!(a && db.execute_counted("SELECT 1").await? > 0);"#,
            r#"debug_assert!(db.execute_counted("SELECT 1").await? > 0);"#,
        ] {
            check(body, &[PERHAPS]);
        }
        for body in [
            r#"let x = db.execute_counted("SELECT 1").await? > 0 && a;"#,
            r#"if db.execute_counted("SELECT 1").await? > 0 { }"#,
            r#"note(1 + db.execute_counted("SELECT 1").await?);"#,
            r#"Ok(db.execute("SELECT 1").await?)"#,
            r#"assert_eq!(db.execute_counted("SELECT 1").await?, 1);"#,
            r#"if !(db.execute_counted("SELECT 1").await? > 0) { }"#,
            r#"let [x] = [db.execute_counted("SELECT 1").await? as f64];"#,
        ] {
            check(body, &[ONE]);
        }
    }

    #[test]
    fn only_what_passes_an_error_on_is_certain() {
        for end in [
            ".or_else(|_| Ok(()))?;",
            ".or(Ok(()))?;",
            ".or_else(|_| Ok(()))",
            ".unwrap_or(());",
            ".unwrap_or_default();",
            ".and_then(|_| Ok(())).ok();",
            ".is_ok();",
            ".map_err(wrap).or(other)?;",
            ".map_err(wrap);",
            ".other()?;",
            ";",
        ] {
            check(&format!(r#"db.execute("SELECT 1").await{end}"#), &[PERHAPS]);
            let query = r#"sqlx::query("SELECT 1").bind(1).fetch_one(db.sqlite()?).await"#;
            check(&format!("{query}{end}"), &[PERHAPS]);
        }
        for end in ["?;", "", ".unwrap();", ".expect(\"it\");", ".map(|_| ())", ".map_err(wrap)?;"]
        {
            check(&format!(r#"db.execute("SELECT 1").await{end}"#), &[ONE]);
            let query = r#"sqlx::query("SELECT 1").bind(1).fetch_one(db.sqlite()?).await"#;
            check(&format!("{query}{end}"), &[ONE]);
        }
        check(r#"return db.execute("SELECT 1").await;"#, &[ONE]);
        check(r#"return Err(e).or(Ok(())); db.execute("SELECT 1").await"#, &[PERHAPS]);
        check(r#"db.execute("SELECT 1").catch_unwind().await?;"#, &[PERHAPS]);
    }

    #[test]
    fn closures_may_not_run() {
        for body in [
            r#"x.map(|_| db.execute("SELECT 1"));"#,
            r#"if let Some(f) = x.then(|| db.execute("SELECT 1")) { f.await?; }"#,
            r#"x.then(async || db.execute("SELECT 1").await?);"#,
            r#"let r = async { db.execute("SELECT 1").await?; Ok(()) }.await;"#,
        ] {
            check(body, &[PERHAPS]);
        }
    }
}
