//! Attributes, which may take away what they stand before, or make something else of it.

use proc_macro2::{Delimiter, TokenTree};
use syn::Attribute;

/// Attributes that leave what they stand before as it is.
const HARMLESS: [&str; 6] = ["doc", "allow", "expect", "warn", "deny", "forbid"];

/// Whether an attribute leaves a constant as it is written.
pub(super) fn changes_nothing(attribute: &Attribute) -> bool {
    HARMLESS.iter().any(|name| attribute.path().is_ident(name))
}

/// Whether a function is compiled, and does what is written, whatever an attribute says.
pub(super) fn keeps_function(attribute: &Attribute) -> bool {
    let of_functions = ["inline", "cold", "must_use", "deprecated", "instrument"];
    let path = attribute.path();
    let last = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    let first =
        path.segments.first().is_some_and(|it| it.ident == "rustfmt" || it.ident == "clippy");
    changes_nothing(attribute) || first || of_functions.contains(&&*last)
}

/// Whether an attribute stands before the statement whose tokens are passed.
#[derive(Default)]
pub(super) struct Condition {
    holds: bool,
}

impl Condition {
    pub(super) fn holds(&self) -> bool {
        self.holds
    }

    /// Passes the token at `index`. A statement ends with its semicolon, whatever it is: one
    /// that is a block may make the next one uncertain too.
    pub(super) fn pass(&mut self, tokens: &[TokenTree], index: usize) {
        match &tokens[index..] {
            [TokenTree::Punct(mark), TokenTree::Group(group), ..]
                if mark.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
            {
                let name = group.stream().into_iter().next().map(|name| name.to_string());
                self.holds |= !name.is_some_and(|name| HARMLESS.contains(&&*name));
            }
            [TokenTree::Punct(mark), ..] if mark.as_char() == ';' => self.holds = false,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_file};

    #[test]
    fn what_has_an_attribute_may_not_be_there() {
        check(
            r#"#[cfg(a)] db.execute("SELECT 1").await?; db.execute("SELECT 2").await"#,
            &["? SELECT 1", "SELECT 2"],
        );
        check(r#"#[cfg(a)] let x = db.execute("SELECT 1").await?;"#, &["? SELECT 1"]);
        check(r#"#[cfg(a)] x = db.execute_counted("SELECT 1").await?;"#, &["? SELECT 1"]);
        check(r#"#[cfg(a)] for sql in ["SELECT 1"] { db.execute(sql).await?; }"#, &["? SELECT 1"]);
        check(r#"#[cfg(a)] return Ok(()); db.execute("SELECT 1").await"#, &["? SELECT 1"]);
        check(r#"#[cfg(a)] let sql = "SELECT 1"; db.execute(sql).await"#, &["opaque"]);
        check(
            r#"for sql in [#[cfg(a)] "SELECT 1", "SELECT 2"] { db.execute(sql).await?; }"#,
            &["opaque", "SELECT 2"],
        );
        check(r#"#[allow(x)] db.execute("SELECT 1").await?;"#, &["SELECT 1"]);
    }

    #[test]
    fn items_with_attributes_are_not_known() {
        let upgrade = "pub async fn upgrade(db: &mut Db) -> Result<()> { db.execute(A).await }";
        let a = r#"const A: &str = "SELECT 1";"#;
        check_file(&format!("{a} {upgrade}"), &["SELECT 1"]);
        check_file(&format!("/// It.\n#[allow(x)] {a} {upgrade}"), &["SELECT 1"]);
        check_file(&format!("#[cfg(a)] {a} {upgrade}"), &["opaque"]);
        check_file(&format!("{a} #[cfg(a)] {a} {upgrade}"), &["opaque"]);
        check_file(&format!("{a} #[tracing::instrument] {upgrade}"), &["SELECT 1"]);
        check_file(&format!("{a} #[cfg(a)] {upgrade}"), &["opaque"]);
        check_file(&format!("{a} #[cfg(a)] {upgrade} #[cfg(b)] {upgrade}"), &["opaque"]);
    }
}
