//! Whose connection a call of a function works on.

use std::collections::BTreeMap;

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprCall, ExprMethodCall, ExprStruct, Item, Macro, Token, token};

use super::connections::{Connections, Whose};
use super::helpers::{HARMLESS, takes_texts};

/// Functions of sqlx whose argument is SQL that another call runs.
pub(super) const QUERIES: [&str; 4] = ["query", "query_as", "query_scalar", "raw_sql"];

/// Methods of sqlx that run such a query on the connection that is their argument.
pub(super) const RUNS: [&str; 4] = ["execute", "fetch_one", "fetch_all", "fetch_optional"];

/// Methods that do the same, though not before somebody asks for what they give.
const STREAMS: [&str; 3] = ["fetch", "fetch_many", "execute_many"];

/// What is known of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// Its argument is SQL for the half's connection.
    Ours,
    /// It does nothing that matters here: its connection is another, or its SQL stands elsewhere.
    Nothing,
    /// What it does cannot be known.
    Unknown,
}

/// The calls of a function's block, by where their argument lists, or fields, begin in the file. Those in
/// items of the block are not among them.
pub(super) fn calls(body: &Block, connections: &Connections) -> BTreeMap<usize, Call> {
    let mut calls = Calls { connections, found: BTreeMap::new() };
    calls.visit_block(body);
    calls.found
}

struct Calls<'a> {
    connections: &'a Connections,
    found: BTreeMap<usize, Call>,
}

impl<'ast> Visit<'ast> for Calls<'_> {
    fn visit_item(&mut self, _: &'ast Item) {}

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let name = call.method.to_string();
        let start = start_of(&call.paren_token);
        let whose = self.connections.whose(&call.receiver);
        let first = call.args.first().filter(|_| runs(&name));
        if let Some(executor) = first
            && let Some(query) = query_of(&call.receiver)
        {
            let whose = self.connections.whose(executor);
            self.found.insert(start_of(&query.paren_token), of_text(whose));
            self.found.insert(start, Call::Nothing);
        } else if first.is_some() || takes_texts(&name) {
            // A query that is made elsewhere may be run on the connection.
            let may_be_given = first.is_some_and(|it| self.connections.whose(it) == Whose::Unknown)
                || self.hands_on(call.args.iter());
            let is_unknown = whose != Whose::Ours && may_be_given;
            self.found.insert(start, if is_unknown { Call::Unknown } else { of_text(whose) });
        } else if !HARMLESS.contains(&&*name) && self.hands_on(call.args.iter()) {
            self.found.insert(start, Call::Unknown);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        let name = called(call).unwrap_or_default();
        let is_harmless = name == "drop" || QUERIES.contains(&&*name);
        if !is_harmless && self.hands_on(call.args.iter()) {
            self.found.insert(start_of(&call.paren_token), Call::Unknown);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_struct(&mut self, made: &'ast ExprStruct) {
        if self.hands_on(made.fields.iter().map(|field| &field.expr)) {
            let start = made.brace_token.span.open().byte_range().start;
            self.found.insert(start, Call::Unknown);
        }
        visit::visit_expr_struct(self, made);
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        let Some((_, arguments)) = arguments_of(called) else { return };
        let mut calls =
            Calls { connections: self.connections, found: std::mem::take(&mut self.found) };
        for argument in &arguments {
            calls.visit_expr(argument);
        }
        self.found = calls.found;
    }
}

/// The name of a macro and its arguments, where they are expressions.
pub(super) fn arguments_of(called: &Macro) -> Option<(String, Vec<Expr>)> {
    let name = called.path.segments.last()?.ident.to_string();
    let arguments = called.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated).ok()?;
    Some((name, arguments.into_iter().collect()))
}

impl Calls<'_> {
    /// Whether a connection is an argument: what is done with it there is not seen here.
    fn hands_on<'e>(&self, mut arguments: impl Iterator<Item = &'e Expr>) -> bool {
        arguments.any(|argument| self.connections.is_connection(argument))
    }
}

fn of_text(whose: Whose) -> Call {
    match whose {
        Whose::Ours => Call::Ours,
        Whose::Other => Call::Nothing,
        Whose::Unknown => Call::Unknown,
    }
}

fn runs(name: &str) -> bool {
    RUNS.contains(&name) || STREAMS.contains(&name)
}

/// The call of `query(…)` that methods such as `bind` were called on.
fn query_of(expression: &Expr) -> Option<&ExprCall> {
    match expression {
        Expr::Paren(inner) => query_of(&inner.expr),
        Expr::MethodCall(call) => query_of(&call.receiver),
        Expr::Call(call) => {
            called(call).is_some_and(|name| QUERIES.contains(&&*name)).then_some(call)
        }
        _ => None,
    }
}

/// The name of a function that is called.
pub(super) fn called(call: &ExprCall) -> Option<String> {
    let Expr::Path(function) = &*call.func else { return None };
    function.path.segments.last().map(|segment| segment.ident.to_string())
}

/// Where an argument list begins in the file.
pub(super) fn start_of(parentheses: &token::Paren) -> usize {
    parentheses.span.open().byte_range().start
}
