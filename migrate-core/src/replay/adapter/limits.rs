//! Bounds on what a parser is given: parsers recurse, and so does what reads their trees.

use crate::database::Database;
use crate::sql::{Lexer, TokenKind};

/// Open parentheses, brackets and `CASE`s that a statement may nest.
const DEEPEST: usize = 150;
/// Operators in a row without a comma or parenthesis between them.
const LONGEST_CHAIN: usize = 1_500;
/// `UNION`s and `JOIN`s in one statement.
const MOST_JOINED: usize = 800;

/// Whether a statement nests deeper than a parser may be trusted with.
pub(crate) fn is_too_deep(text: &str, database: Database) -> bool {
    if is_certainly_flat(text) {
        return false;
    }
    let mut lexer = Lexer::new(text, database);
    let mut chains: Vec<usize> = vec![0];
    let mut cases = 0_usize;
    let mut joined = 0_usize;
    while let Some(token) = lexer.next() {
        let token_text = lexer.text(token);
        let chain = match token.kind {
            TokenKind::Punctuation => match token_text {
                "(" | "[" => {
                    chains.push(0);
                    0
                }
                ")" | "]" => {
                    if chains.len() > 1 {
                        chains.pop();
                    }
                    // `a[1][1]` nests to the left as `a + 1 + 1` does.
                    1
                }
                "," => {
                    if let Some(chain) = chains.last_mut() {
                        *chain = 0;
                    }
                    0
                }
                _ => 1,
            },
            TokenKind::Word => {
                let is = |word: &str| token_text.eq_ignore_ascii_case(word);
                if is("case") {
                    cases += 1;
                } else if is("end") {
                    cases = cases.saturating_sub(1);
                } else if is("union") || is("join") || is("except") || is("intersect") {
                    joined += 1;
                }
                usize::from(is("and") || is("or") || is("not") || is("is") || is("collate"))
            }
            _ => 0,
        };
        let too_long = chains.last_mut().is_some_and(|last| {
            *last += chain;
            *last > LONGEST_CHAIN
        });
        if too_long || chains.len() + cases > DEEPEST || joined > MOST_JOINED {
            return true;
        }
    }
    false
}

/// Whether a text is too short for any of the bounds, which spares it a look at its tokens.
fn is_certainly_flat(text: &str) -> bool {
    let openings = text.matches('(').count() + text.matches('[').count();
    // A `CASE` or a `JOIN` takes four letters and what parts it from the next.
    text.len() < LONGEST_CHAIN && openings + text.len() / 5 + 1 < DEEPEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_and_chains_are_bounded() {
        let deep = |text: &str| is_too_deep(text, Database::Postgres);
        assert!(!deep(&format!("select {}1{}", "(".repeat(100), ")".repeat(100))));
        assert!(deep(&format!("select {}1{}", "(".repeat(1000), ")".repeat(1000))));
        assert!(deep(&format!("select 1{}", " + 1".repeat(5000))));
        assert!(deep(&format!("select a{}", "[1]".repeat(5000))));
        assert!(!deep(&format!("insert into a values (1){}", ", (-1)".repeat(5000))));
        assert!(deep(&format!("select 1{}", " union select 1".repeat(5000))));
    }
}
