//! Texts that are known when a Rust file is read.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Expr, ExprLit, Item, Lit};

use super::attributes;

/// A text, as long as what stands in the file for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// Its first byte in the file.
    pub(super) start: usize,
    pub(super) text: String,
}

/// Constants and statics of a file.
pub(super) struct Constants {
    texts: Vec<(String, Known)>,
    lists: Vec<(String, Vec<Option<Known>>)>,
}

impl Constants {
    pub(super) fn of(file: &syn::File, text: &str) -> Self {
        let mut constants = Constants { texts: Vec::new(), lists: Vec::new() };
        let items = file.items.iter().filter_map(|item| match item {
            Item::Const(item) => Some((item.ident.to_string(), &item.attrs, &*item.expr)),
            Item::Static(item) => Some((item.ident.to_string(), &item.attrs, &*item.expr)),
            _ => None,
        });
        let items: Vec<_> = items.collect();
        for (name, written, value) in items.iter().cloned() {
            // Of two, attributes say which one is compiled.
            let is_alone = items.iter().filter(|(other, ..)| *other == name).count() == 1;
            if !is_alone || !written.iter().all(attributes::changes_nothing) {
                continue;
            }
            let value = match value {
                Expr::Reference(reference) => &*reference.expr,
                value => value,
            };
            match value {
                Expr::Array(list) => {
                    let elements = list.elems.iter().map(|element| literal(element, text));
                    constants.lists.push((name, elements.collect()));
                }
                value => {
                    constants.texts.extend(literal(value, text).map(|known| (name, known)));
                }
            }
        }
        constants
    }

    pub(super) fn text(&self, name: &str) -> Option<Known> {
        let found = self.texts.iter().find(|(own, _)| own == name);
        found.map(|(_, known)| known.clone())
    }

    pub(super) fn list(&self, name: &str) -> Option<Vec<Option<Known>>> {
        let found = self.lists.iter().find(|(own, _)| own == name);
        found.map(|(_, list)| list.clone())
    }
}

fn literal(value: &Expr, text: &str) -> Option<Known> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(written), attrs }) if attrs.is_empty() => {
            content(text, written.span().byte_range())
        }
        _ => None,
    }
}

/// A part of a file that was read as tokens of its own.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    /// Where the part begins.
    pub(super) offset: usize,
}

impl Source<'_> {
    /// The text of a literal, of `concat!("…", "…")` or of `format!("…")` without places.
    pub(super) fn value(self, tokens: &[TokenTree]) -> Option<Known> {
        match tokens {
            [TokenTree::Literal(literal)] => {
                let range = literal.span().byte_range();
                content(self.text, self.offset + range.start..self.offset + range.end)
            }
            [TokenTree::Ident(name), TokenTree::Punct(mark), TokenTree::Group(group)]
                if mark.as_char() == '!' =>
            {
                match name.to_string().as_str() {
                    "concat" => self.joined(group.stream()),
                    "format" => {
                        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                        let known = self.value(without_comma(&inner))?;
                        (!known.text.contains(['{', '}'])).then_some(known)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Pieces one after the other, with blanks for what is between them in the file: so they
    /// may not end, or begin, within a word.
    fn joined(self, pieces: TokenStream) -> Option<Known> {
        let pieces: Vec<TokenTree> = pieces.into_iter().collect();
        let pieces = pieces.split(|token| token.to_string() == ",");
        let mut whole: Option<Known> = None;
        for piece in pieces.filter(|piece| !piece.is_empty()) {
            let known = self.value(piece)?;
            let Some(before) = &mut whole else {
                whole = Some(known);
                continue;
            };
            let gap = known.start.checked_sub(before.start + before.text.len())?;
            if !may_part(&before.text, &known.text) {
                return None;
            }
            before.text.extend(std::iter::repeat_n(' ', gap));
            before.text.push_str(&known.text);
        }
        whole
    }
}

/// Whether blanks between two pieces of SQL change nothing.
fn may_part(before: &str, after: &str) -> bool {
    let is_blank = |letter: Option<char>| letter.is_none_or(char::is_whitespace);
    is_blank(before.chars().next_back()) || is_blank(after.chars().next())
}

/// The content of a string literal, where its bytes are its value or can be made to be.
fn content(file: &str, literal: std::ops::Range<usize>) -> Option<Known> {
    let start = literal.start;
    let source = file.get(literal)?;
    let open = source.find('"')?;
    let hashes = source[..open].matches('#').count();
    let end = source.len().checked_sub(1 + hashes)?;
    let content = source.get(open + 1..end)?;
    let start = start + open + 1;
    if source.starts_with('r') || !content.contains('\\') {
        return Some(Known { start, text: content.to_owned() });
    }
    let mut text = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (passed, value) = match after.chars().next()? {
            'n' => (1, " \n".to_owned()),
            't' => (1, " \t".to_owned()),
            // The line goes on where the next one has its first letter.
            '\n' => {
                let next = after.trim_start();
                if !may_part(&text, next) {
                    return None;
                }
                let passed = after.len() - next.len();
                (passed, " ".repeat(passed + 1))
            }
            _ => return None,
        };
        text.push_str(&value);
        rest = &after[passed..];
    }
    text.push_str(rest);
    Some(Known { start, text })
}

/// An expression without `&` before it.
pub(super) fn without_reference(tokens: &[TokenTree]) -> &[TokenTree] {
    match tokens {
        [TokenTree::Punct(mark), rest @ ..] if mark.as_char() == '&' => without_reference(rest),
        tokens => tokens,
    }
}

/// A list without `.iter()` or `.into_iter()` after it.
pub(super) fn without_iteration(tokens: &[TokenTree]) -> &[TokenTree] {
    match tokens {
        [head @ .., TokenTree::Punct(dot), TokenTree::Ident(name), TokenTree::Group(group)]
            if dot.as_char() == '.'
                && (name == "iter" || name == "into_iter")
                && group.delimiter() == Delimiter::Parenthesis
                && group.stream().is_empty() =>
        {
            head
        }
        tokens => tokens,
    }
}

fn without_comma(tokens: &[TokenTree]) -> &[TokenTree] {
    match tokens {
        [head @ .., TokenTree::Punct(mark)] if mark.as_char() == ',' => head,
        tokens => tokens,
    }
}
