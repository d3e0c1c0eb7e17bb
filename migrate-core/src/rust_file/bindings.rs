//! Names of a function that stand for texts.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::helpers::takes_texts;
use super::tokens::callee;
use super::values::{Known, without_reference};

/// What names stand for, as far as the function was read.
pub(super) struct Bindings {
    /// `None` for a name of which that is not known.
    known: BTreeMap<String, Option<Known>>,
    /// Names that are used, or bound, in other ways than can be followed.
    lost: BTreeSet<String>,
}

impl Bindings {
    /// Reads how a function's block uses names.
    pub(super) fn of(body: TokenStream) -> Self {
        let mut uses = Uses::default();
        for token in body {
            if let TokenTree::Group(group) = token {
                uses.read(group.stream(), true);
            }
        }
        let lost = uses.others.intersection(&uses.bound).cloned().collect();
        Bindings { known: BTreeMap::new(), lost }
    }

    pub(super) fn bind(&mut self, name: String, value: Option<Known>) {
        let is_lost = self.lost.contains(&name);
        self.known.insert(name, value.filter(|_| !is_lost));
    }

    /// Whether a name was given something.
    pub(super) fn has(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    /// What a name stands for, where that is known.
    pub(super) fn get(&self, name: &str) -> Option<Known> {
        self.known.get(name)?.clone()
    }
}

/// The names that are bound in ways that can be followed, and those that stand elsewhere.
#[derive(Default)]
struct Uses {
    bound: BTreeSet<String>,
    others: BTreeSet<String>,
}

impl Uses {
    fn read(&mut self, tokens: TokenStream, is_top: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut name_at = None;
        for (index, token) in tokens.iter().enumerate() {
            let rest = &tokens[index..];
            let begins = match index.checked_sub(1).map(|before| &tokens[before]) {
                None => true,
                Some(TokenTree::Punct(mark)) => mark.as_char() == ';',
                Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
                Some(_) => false,
            };
            let followed = match (bound(rest), repeated(rest)) {
                (Some((name, _)), _) if is_top && begins => Some(name),
                (_, Some(repeated)) => Some(repeated.name),
                _ => None,
            };
            if let Some(name) = followed {
                self.bound.insert(name);
                name_at = Some(index + 1);
            }
            match token {
                TokenTree::Ident(_) if name_at == Some(index) => {}
                TokenTree::Ident(name) => {
                    self.others.insert(name.to_string());
                }
                TokenTree::Group(group) => {
                    let takes = group.delimiter() == Delimiter::Parenthesis
                        && callee(&tokens[..index]).is_some_and(|name| takes_texts(&name));
                    if takes { self.arguments(group) } else { self.read(group.stream(), false) }
                }
                _ => {}
            }
        }
    }

    /// Arguments that are executed: names alone are followed.
    fn arguments(&mut self, group: &Group) {
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        for argument in tokens.split(|token| token.to_string() == ",") {
            if !matches!(without_reference(argument), [TokenTree::Ident(_)]) {
                self.read(argument.iter().cloned().collect(), false);
            }
        }
    }
}

/// The name and the value of `let name = value;`, or of a constant.
pub(super) fn bound(tokens: &[TokenTree]) -> Option<(String, &[TokenTree])> {
    let [TokenTree::Ident(word), TokenTree::Ident(name), rest @ ..] = tokens else { return None };
    if !(word == "let" || word == "const" || word == "static") || name == "mut" {
        return None;
    }
    let end = rest.iter().position(|token| token.to_string() == ";")?;
    let start = rest[..end].iter().position(|token| token.to_string() == "=")?;
    Some((name.to_string(), &rest[start + 1..end]))
}

/// `for name in list { … }`.
pub(super) struct Repeated<'t> {
    pub(super) name: String,
    pub(super) over: &'t [TokenTree],
    pub(super) body: TokenStream,
    /// How many tokens it is.
    pub(super) length: usize,
}

/// Reads a loop that is not left early.
pub(super) fn repeated(tokens: &[TokenTree]) -> Option<Repeated<'_>> {
    let [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Ident(between), rest @ ..] =
        tokens
    else {
        return None;
    };
    if word != "for" || between != "in" {
        return None;
    }
    let end = rest.iter().position(is_block)?;
    let TokenTree::Group(body) = &rest[end] else { return None };
    (!leaves(body.stream())).then(|| Repeated {
        name: name.to_string(),
        over: &rest[..end],
        body: body.stream(),
        length: end + 4,
    })
}

fn is_block(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn leaves(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "break" || word == "continue",
        TokenTree::Group(group) => leaves(group.stream()),
        _ => false,
    })
}
