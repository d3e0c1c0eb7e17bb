//! SQL in the functions of a Rust migration: the string literals that are handed to what
//! executes them.
//!
//! This reads tokens, not types. What is not certain to run, or cannot be read, is said to be
//! so; what is done with another connection than the half's is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{File, Item, ItemFn, Stmt};

use super::attributes::{self, Condition};
use super::bindings::{self, Bindings};
use super::calls::{Call, calls};
use super::certain::certain_calls;
use super::connections::Connections;
use super::helpers::{EXECUTES, HARMLESS, Made};
use super::tokens::{callee, is_macro, returns_error};
use super::values::{self, Constants, Known, Source};

/// SQL in a function, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RustSql {
    /// A text that is executed.
    Literal {
        /// Its first byte in the file, after the quote.
        start: usize,
        /// As long as what stands in the file, so that places in it are places in the file.
        text: String,
        /// Whether it may not run, or may fail without the migration failing: it stands in a
        /// branch, a loop or a block, after a `return`, or nobody asks for its error.
        conditional: bool,
    },
    /// A guard helper that does nothing where the object is there already.
    Guard {
        /// What it is to make.
        made: Made,
        /// Where its arguments stand.
        place: Range<usize>,
        /// As of a literal.
        conditional: bool,
    },
    /// Something is done that cannot be read.
    Opaque,
}

/// Returns the SQL in a function of a Rust migration; nothing where the file is not Rust.
pub fn sql_in(text: &str, function: &str) -> Vec<RustSql> {
    let Ok(file) = syn::parse_str::<File>(text) else { return Vec::new() };
    let mut named = file.items.iter().filter_map(|item| match item {
        Item::Fn(item) if item.sig.ident == function => Some(item),
        _ => None,
    });
    let Some(item) = named.next() else { return Vec::new() };
    if named.next().is_some() || !item.attrs.iter().all(attributes::keeps_function) {
        // Which one is compiled, and what an attribute makes of it, is not known here.
        return vec![RustSql::Opaque];
    }
    let range = item.block.brace_token.span.join().byte_range();
    let Ok(body) = text[range.clone()].parse::<TokenStream>() else { return Vec::new() };
    let connections = Connections::of(item);
    let mut reader = Reader {
        text,
        offset: range.start,
        constants: Constants::of(&file, text),
        bindings: Bindings::of(body.clone()),
        certain: certain_calls(&item.block),
        calls: calls(&item.block, &connections),
        macros: macros_of(&file, item),
        own: connections.own,
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

/// Names of the macros that a file defines, or the function itself.
fn macros_of(file: &File, function: &ItemFn) -> BTreeSet<String> {
    let inner = function.block.stmts.iter().filter_map(|statement| match statement {
        Stmt::Item(item) => Some(item),
        _ => None,
    });
    let names = file.items.iter().chain(inner).filter_map(|item| match item {
        Item::Macro(item) => item.ident.as_ref(),
        _ => None,
    });
    names.map(ToString::to_string).collect()
}

struct Reader<'a> {
    text: &'a str,
    /// Where the tokens' own text begins in the file.
    offset: usize,
    /// Constants of the file that are string literals, or lists of them.
    constants: Constants,
    /// What names of the function stand for where it is read.
    bindings: Bindings,
    /// Where the argument lists of calls begin that certainly run and whose errors are heard.
    certain: BTreeSet<usize>,
    /// What is known of calls, by where their argument lists begin.
    calls: BTreeMap<usize, Call>,
    /// Macros of the file itself.
    macros: BTreeSet<String>,
    /// What the function calls its connection.
    own: String,
    /// The function may have returned before, without an error.
    may_have_left: bool,
    found: Vec<RustSql>,
}

impl Reader<'_> {
    fn read(&mut self, tokens: TokenStream, conditional: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut passed = 0;
        let mut is_leaving = false;
        let mut attribute = Condition::default();
        for (index, token) in tokens.iter().enumerate() {
            attribute.pass(&tokens, index);
            if index < passed {
                continue;
            }
            let conditional = conditional || attribute.holds();
            if let Some((name, value)) = bindings::bound(&tokens[index..]) {
                let value = self.value(value).filter(|_| !attribute.holds());
                self.bindings.bind(name, value);
            }
            if let Some(repeated) = bindings::repeated(&tokens[index..])
                && let Some(elements) = self.elements(repeated.over)
            {
                for element in elements {
                    self.bindings.bind(repeated.name.clone(), element);
                    self.read(repeated.body.clone(), conditional);
                }
                self.bindings.bind(repeated.name, None);
                passed = index + repeated.length;
                continue;
            }
            match token {
                TokenTree::Group(group) if is_macro(&tokens[..index]) => {
                    self.called_macro(&tokens[..index], group);
                    self.read(group.stream(), conditional);
                }
                TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                    let name = callee(&tokens[..index]);
                    let conditional = conditional || self.may_have_left;
                    self.call(name.as_deref(), group, conditional);
                    self.read(group.stream(), conditional);
                }
                TokenTree::Ident(word) if word == "return" => {
                    is_leaving |= !returns_error(&tokens[index + 1..]);
                }
                TokenTree::Group(group) => {
                    let is_block = group.delimiter() == Delimiter::Brace;
                    if is_block && self.calls.get(&self.start_of(group)) == Some(&Call::Unknown) {
                        self.found.push(RustSql::Opaque);
                    }
                    self.read(group.stream(), conditional || is_block);
                }
                TokenTree::Punct(mark) if matches!(mark.as_char(), ';' | ',') => {
                    self.may_have_left |= std::mem::take(&mut is_leaving);
                }
                _ => {}
            }
        }
        self.may_have_left |= is_leaving;
    }

    /// Where a group begins in the file.
    fn start_of(&self, group: &Group) -> usize {
        self.offset + group.span_open().byte_range().start
    }

    /// A macro that is given the connection, or makes a query, does what is not seen here; one
    /// of the file may leave the function, too.
    fn called_macro(&mut self, before: &[TokenTree], arguments: &Group) {
        let [.., TokenTree::Ident(name), TokenTree::Punct(_)] = before else { return };
        let name = name.to_string();
        let is_own = self.macros.contains(&name);
        self.may_have_left |= is_own;
        let tokens: Vec<TokenTree> = arguments.stream().into_iter().collect();
        if is_own || name.starts_with("query") || self.hands_on_connection(&tokens) {
            self.found.push(RustSql::Opaque);
        }
    }

    fn call(&mut self, name: Option<&str>, arguments: &Group, conditional: bool) {
        let Some(name) = name else { return };
        let start = self.start_of(arguments);
        match self.calls.get(&start) {
            Some(Call::Nothing) => return,
            Some(Call::Unknown) => {
                self.found.push(RustSql::Opaque);
                return;
            }
            Some(Call::Ours) | None => {}
        }
        let conditional = conditional || !self.certain.contains(&start);
        let tokens: Vec<TokenTree> = arguments.stream().into_iter().collect();
        if EXECUTES.contains(&name) {
            self.executed(&tokens, conditional);
        } else if name == "add_column_if_missing" {
            self.guard(Made::Column, arguments, &tokens, conditional);
        } else if name == "create_index_if_missing" {
            self.guard(Made::Index, arguments, &tokens, conditional);
        } else if !HARMLESS.contains(&name) && self.hands_on_connection(&tokens) {
            self.found.push(RustSql::Opaque);
        }
    }

    /// Whether the connection itself is an argument: what is done with it there is not seen
    /// here.
    fn hands_on_connection(&self, arguments: &[TokenTree]) -> bool {
        arguments
            .split(|token| token.to_string() == ",")
            .any(|argument| matches!(argument, [.., TokenTree::Ident(name)] if *name == self.own))
    }

    fn guard(
        &mut self,
        made: fn([String; 3]) -> Made,
        arguments: &Group,
        tokens: &[TokenTree],
        conditional: bool,
    ) {
        let given: Option<Vec<String>> = tokens
            .split(|token| token.to_string() == ",")
            .filter(|argument| !argument.is_empty())
            .map(|argument| Some(self.value(argument)?.text))
            .collect();
        let given = given.and_then(|given| <[String; 3]>::try_from(given).ok());
        let span = arguments.span().byte_range();
        self.found.push(match given {
            Some(given) => RustSql::Guard {
                made: made(given),
                place: self.offset + span.start..self.offset + span.end,
                conditional,
            },
            None => RustSql::Opaque,
        });
    }

    fn executed(&mut self, arguments: &[TokenTree], conditional: bool) {
        let first = arguments.split(|token| token.to_string() == ",").next().unwrap_or_default();
        self.found.push(match self.value(first) {
            Some(Known { start, text }) => RustSql::Literal { start, text, conditional },
            None => RustSql::Opaque,
        });
    }

    /// What an expression stands for.
    fn value(&self, tokens: &[TokenTree]) -> Option<Known> {
        let source = Source { text: self.text, offset: self.offset };
        match values::without_reference(tokens) {
            [TokenTree::Ident(name)] => {
                let name = name.to_string();
                if self.bindings.has(&name) {
                    self.bindings.get(&name)
                } else {
                    self.constants.text(&name)
                }
            }
            tokens => source.value(tokens),
        }
    }

    /// The elements of a list of literals.
    fn elements(&self, tokens: &[TokenTree]) -> Option<Vec<Option<Known>>> {
        match values::without_reference(values::without_iteration(tokens)) {
            [TokenTree::Group(list)] if list.delimiter() == Delimiter::Bracket => {
                let elements: Vec<TokenTree> = list.stream().into_iter().collect();
                let elements = elements.split(|token| token.to_string() == ",");
                let elements = elements.filter(|element| !element.is_empty());
                Some(elements.map(|element| self.value(element)).collect())
            }
            [TokenTree::Ident(name)] => {
                let name = name.to_string();
                if self.bindings.has(&name) {
                    return None;
                }
                self.constants.list(&name)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
