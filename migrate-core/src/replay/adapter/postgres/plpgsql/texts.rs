//! What is known of the texts in variables, along the ways that code can take.

use std::collections::HashMap;

use super::Parser;

/// More texts than these are not kept apart.
const MOST_ALTERNATIVES: usize = 4;

/// Variables whose text is known, each with all the texts that it may have.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts(HashMap<String, Vec<String>>);

impl Texts {
    pub(super) fn of(arguments: Vec<(String, String)>) -> Self {
        Texts(arguments.into_iter().map(|(name, text)| (name, vec![text])).collect())
    }

    /// How many texts a variable may have; none where that is not known.
    pub(super) fn count(&self, variable: &str) -> usize {
        self.0.get(variable).map_or(0, Vec::len)
    }

    /// One of a variable's texts.
    pub(super) fn get(&self, variable: &str, choice: usize) -> Option<&String> {
        let texts = self.0.get(variable)?;
        texts.get(choice).or(texts.first())
    }

    pub(super) fn set(&mut self, variable: &str, texts: Vec<String>) {
        if texts.is_empty() || texts.len() > MOST_ALTERNATIVES {
            self.forget(variable);
        } else {
            self.0.insert(variable.to_owned(), texts);
        }
    }

    pub(super) fn forget(&mut self, variable: &str) {
        self.0.remove(variable);
    }

    /// What is known when another way may have been taken.
    pub(super) fn merge(&mut self, other: &Texts) {
        self.0.retain(|variable, texts| {
            let Some(others) = other.0.get(variable) else { return false };
            for text in others {
                if !texts.contains(text) {
                    texts.push(text.clone());
                }
            }
            texts.len() <= MOST_ALTERNATIVES
        });
    }
}

impl Parser<'_> {
    /// Forgets variables that anything from here on assigns to: a loop comes round to it.
    pub(super) fn forget_assigned_later(&mut self) {
        for index in self.position..self.tokens.len() {
            if matches!(self.token_text(index + 1), ":=" | "=")
                && let Some(name) = self.name_of(self.tokens[index])
            {
                self.texts.forget(&name.text);
            }
        }
        self.forget_targets(self.position, self.tokens.len());
    }

    /// Forgets every variable that is named from `first` to before `end`.
    pub(super) fn forget_named(&mut self, first: usize, end: usize) {
        for index in first..end {
            if let Some(name) = self.name_of(self.tokens[index]) {
                self.texts.forget(&name.text);
                self.assigned.push(name.text.to_string());
            }
        }
    }

    /// Forgets the variables that `INTO` fills.
    pub(super) fn forget_targets(&mut self, first: usize, end: usize) {
        for into in first..end {
            if !self.is_at(into, "into") {
                continue;
            }
            let mut index = into + 1 + usize::from(self.is_at(into + 1, "strict"));
            while let Some(token) = self.tokens.get(index).filter(|_| index < end) {
                if let Some(name) = self.name_of(*token) {
                    self.texts.forget(&name.text);
                }
                if !matches!(self.token_text(index + 1), "," | ".") {
                    break;
                }
                index += 2;
            }
        }
    }
}

/// The texts at the ends of the branches of one statement.
pub(super) struct Ways {
    before: Texts,
    after: Option<Texts>,
}

impl Ways {
    pub(super) fn new(parser: &Parser<'_>) -> Self {
        Ways { before: parser.texts.clone(), after: None }
    }

    /// A branch ends; another one, or none, begins where this one did.
    pub(super) fn next(&mut self, parser: &mut Parser<'_>) {
        let ended = std::mem::replace(&mut parser.texts, self.before.clone());
        match &mut self.after {
            Some(after) => after.merge(&ended),
            None => self.after = Some(ended),
        }
    }

    /// The last way ends, which may be that no branch was taken.
    pub(super) fn end(self, parser: &mut Parser<'_>) {
        if let Some(after) = &self.after {
            parser.texts.merge(after);
        }
    }
}
