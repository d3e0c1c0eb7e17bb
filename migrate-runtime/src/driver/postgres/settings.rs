//! Settings of the session, as text: what migrations change is kept and brought back.

use migrate_core::database::Database;

use crate::driver::Around;
use crate::phrase::Phrase;

/// Statements that keep the settings that `statements` change, and bring them back.
pub(super) fn kept(statements: &[&str]) -> Around {
    let mut names: Vec<_> = statements.iter().flat_map(|statement| changed(statement)).collect();
    names.sort();
    names.dedup();
    let mut around = Around::default();
    for (index, name) in names.iter().enumerate() {
        let literal = Database::Postgres.literal(name);
        let now = format!("coalesce(pg_catalog.current_setting({literal}, true), '')");
        let kept = format!("'cargo_migrate.kept_{index}'");
        around.before.push(format!("SELECT pg_catalog.set_config({kept}, {now}, false)"));
        // Only what did change: a function's body may mention a setting that is not ours to set.
        around.after.push(format!(
            "SELECT pg_catalog.set_config({literal}, pg_catalog.current_setting({kept}), false) WHERE \
             {now} <> pg_catalog.current_setting({kept})"
        ));
    }
    around
}

/// Whether setting something is what a statement is for.
pub(super) fn is_setting(statement: &str) -> bool {
    let phrase = Phrase::new(statement, Database::Postgres);
    phrase.sees_one_of(&["SET", "RESET", "SELECT"]) && !changed(statement).is_empty()
}

/// Returns the names of the settings that a statement changes for the session.
fn changed(statement: &str) -> Vec<String> {
    let mut names = set_config_names(statement);
    names.extend(set_by_statement(statement));
    names
}

/// Reads `SET name = …` and `RESET name`, and the forms of `SET` that have words of their own.
fn set_by_statement(statement: &str) -> Option<String> {
    let mut phrase = Phrase::new(statement, Database::Postgres);
    phrase.take_one_of(&["SET", "RESET"])?;
    if phrase.take_words(&["SESSION", "AUTHORIZATION"]) {
        return Some("session_authorization".to_owned());
    }
    phrase.take_word("SESSION");
    if phrase.sees_one_of(&["LOCAL", "TRANSACTION", "CONSTRAINTS", "CHARACTERISTICS", "ALL"]) {
        return None;
    }
    let own_words = [
        ("TIME", "timezone"),
        ("NAMES", "client_encoding"),
        ("SCHEMA", "search_path"),
        ("XML", "xmloption"),
    ];
    if let Some((_, name)) = own_words.iter().find(|(word, _)| phrase.sees(word)) {
        return Some((*name).to_owned());
    }
    let mut name = phrase.take_identifier()?;
    while phrase.take_mark(".") {
        name.push('.');
        name.push_str(&phrase.take_identifier()?);
    }
    Some(name)
}

/// Names set by `set_config('name', …)` calls in a statement.
fn set_config_names(statement: &str) -> Vec<String> {
    let lower = statement.to_ascii_lowercase();
    let calls = lower.match_indices("set_config").map(|(start, _)| &statement[start..]);
    let names = calls.filter_map(|call| {
        let argument = call.split_once('(')?.1.trim_start().strip_prefix('\'')?;
        argument.split_once('\'').map(|(name, _)| name.to_ascii_lowercase())
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_changed_settings() {
        let check = |statement, expected: &[&str]| {
            assert_eq!(changed(statement), expected, "{statement}");
        };
        check("SET search_path = app, public", &["search_path"]);
        check("set session Lock_Timeout to '1s'", &["lock_timeout"]);
        check("RESET statement_timeout", &["statement_timeout"]);
        check("SET app.tenant = '1'", &["app.tenant"]);
        check("SET \"app\".\"Tenant\" TO on", &["app.Tenant"]);
        check("SET TIME ZONE 'UTC'", &["timezone"]);
        check("SET SESSION AUTHORIZATION joe", &["session_authorization"]);
        check("SET ROLE joe", &["role"]);
        check("SELECT pg_catalog.set_config('search_path', '', false)", &["search_path"]);
        check("SET LOCAL lock_timeout = 1", &[]);
        check("SET CONSTRAINTS ALL DEFERRED", &[]);
        check("RESET ALL", &[]);
        check("SELECT 1", &[]);
    }

    #[test]
    fn a_function_that_sets_something_is_no_setting() {
        assert!(is_setting("SELECT set_config('a.b', '', false)"));
        assert!(is_setting("SET a.b = 1"));
        assert!(!is_setting("CREATE FUNCTION f() … set_config('a.b', '', false)"));
        assert!(!is_setting("SELECT 1"));
    }
}
