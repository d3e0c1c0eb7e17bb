//! Settings of the session, as text: what migrations change is kept and brought back.

use migrate_core::database::Database;

use crate::driver::Around;
use crate::phrase::Phrase;

/// A setting that a statement changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Setting {
    name: String,
    /// Whether it is gone at the end of the transaction.
    local: bool,
}

/// Statements that keep the settings that `statements` change, and bring them back.
///
/// Those of the transaction, too: the history is written in it, and by the role and under the
/// settings of the run.
pub(super) fn kept(statements: &[&str]) -> Around {
    let mut settings: Vec<_> = statements.iter().flat_map(|sql| settings(sql)).collect();
    // Where a name is set in both ways, the one for the session comes first and stays.
    settings.sort();
    settings.dedup_by(|one, other| one.name == other.name);
    let mut around = Around::default();
    for (index, Setting { name, local }) in settings.iter().enumerate() {
        let name = Database::Postgres.literal(name);
        let now = format!("coalesce(pg_catalog.current_setting({name}, true), '')");
        let kept = format!("'cargo_migrate.kept_{index}'");
        around.before.push(format!("SELECT pg_catalog.set_config({kept}, {now}, {local})"));
        // Only what did change: a function's body may mention a setting that is not ours to set.
        around.after.push(format!(
            "SELECT pg_catalog.set_config({name}, pg_catalog.current_setting({kept}), {local}) WHERE \
             {now} <> pg_catalog.current_setting({kept})"
        ));
    }
    around
}

/// Whether setting something for the session is what a statement is for.
pub(super) fn is_setting(statement: &str) -> bool {
    let phrase = Phrase::beginning(statement, Database::Postgres);
    phrase.sees_one_of(&["SET", "RESET", "SELECT"])
        && settings(statement).iter().any(|setting| !setting.local)
}

/// Whether the strings behind a statement are read in another way for it.
///
/// Source: `PostgreSQL` 15 manual, 4.1.2.2 "String Constants with C-Style Escapes"; 55.2.2.1
/// "Multiple Statements in a Simple Query": all of them are parsed first.
pub(super) fn decides_reading(statement: &str) -> bool {
    let phrase = Phrase::beginning(statement, Database::Postgres);
    phrase.sees_one_of(&["SET", "RESET", "SELECT"])
        && (settings(statement).iter().any(|it| it.name == "standard_conforming_strings")
            || Phrase::new(statement, Database::Postgres).take_words(&["RESET", "ALL"]))
}

/// Returns what a statement sets.
///
/// Source: `PostgreSQL` 15 manual, "SET", "RESET", "SET ROLE", "SET SESSION AUTHORIZATION",
/// "SET TRANSACTION".
fn settings(statement: &str) -> Vec<Setting> {
    let mut phrase = Phrase::new(statement, Database::Postgres);
    if phrase.take_one_of(&["SET", "RESET"]).is_none() {
        return set_config_calls(statement);
    }
    let local = phrase.take_word("LOCAL");
    let names = names(&mut phrase);
    names.into_iter().map(|name| Setting { name, local }).collect()
}

fn names(phrase: &mut Phrase) -> Vec<String> {
    const AUTHORIZATION: &str = "session_authorization";
    if phrase.take_words(&["SESSION", "AUTHORIZATION"]) {
        return vec![AUTHORIZATION.to_owned()];
    }
    if phrase.take_words(&["SESSION", "CHARACTERISTICS"]) {
        let of_transaction = ["isolation", "read_only", "deferrable"];
        return of_transaction.map(|name| format!("default_transaction_{name}")).to_vec();
    }
    phrase.take_word("SESSION");
    let spelled = [("NAMES", "client_encoding"), ("SCHEMA", "search_path"), ("XML", "xmloption")];
    if let Some((_, name)) = spelled.iter().find(|(word, _)| phrase.sees(word)) {
        return vec![(*name).to_owned()];
    }
    if phrase.take_words(&["TIME", "ZONE"]) {
        return vec!["timezone".to_owned()];
    }
    // The seed cannot be read; the others hold no value that outlives the transaction.
    if phrase.sees_one_of(&["SEED", "TRANSACTION", "CONSTRAINTS", "ALL"]) {
        return Vec::new();
    }
    let Some(mut name) = phrase.take_identifier() else { return Vec::new() };
    while phrase.take_mark(".") {
        let Some(part) = phrase.take_identifier() else { break };
        name.push('.');
        name.push_str(&part);
    }
    name.make_ascii_lowercase();
    if name == "seed" { Vec::new() } else { vec![name] }
}

/// Returns what `set_config('name', …)` calls in a statement set; as for the session, since
/// whether they do is an expression.
fn set_config_calls(statement: &str) -> Vec<Setting> {
    let lower = statement.to_ascii_lowercase();
    let calls = lower.match_indices("set_config").map(|(start, _)| &lower[start..]);
    let names = calls.filter_map(|call| {
        let argument = call.split_once('(')?.1.trim_start().strip_prefix('\'')?;
        argument.split_once('\'').map(|(name, _)| name.to_owned())
    });
    names.map(|name| Setting { name, local: false }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(statement: &str, expected: &[&str]) {
        let found: Vec<_> = settings(statement).into_iter().map(|setting| setting.name).collect();
        assert_eq!(found, expected, "{statement}");
    }

    #[test]
    fn every_spelling_of_a_setting_is_known() {
        check("SET search_path = ''", &["search_path"]);
        check("SET SESSION \"lock_timeout\" TO 1", &["lock_timeout"]);
        check("SET app.user_id = '7'", &["app.user_id"]);
        check("SET NAMES 'LATIN1'", &["client_encoding"]);
        check("SET SCHEMA 'app'", &["search_path"]);
        check("SET TIME ZONE 'UTC'", &["timezone"]);
        check("SET SESSION AUTHORIZATION app", &["session_authorization"]);
        check("RESET ROLE", &["role"]);
        check("SELECT pg_catalog.set_config('search_path', '', false)", &["search_path"]);
        for nothing in ["SET SEED TO 0.5", "SET CONSTRAINTS ALL DEFERRED", "RESET ALL", "SELECT 1"]
        {
            check(nothing, &[]);
        }
    }

    #[test]
    fn what_is_local_is_brought_back_for_the_transaction() {
        let after = |statements| kept(statements).after.concat();
        assert!(after(&["SET LOCAL ROLE app"]).contains(", true)"));
        assert!(after(&["SET LOCAL ROLE app", "SET ROLE app"]).contains(", false)"));
    }

    #[test]
    fn what_strings_mean_is_set_by_name_or_with_all() {
        let around = kept(&["SET standard_conforming_strings = off"]);
        for statement in
            ["SET LOCAL standard_conforming_strings TO off", "RESET ALL", &around.after[0]]
        {
            assert!(decides_reading(statement), "{statement}");
        }
        for statement in ["SET a.b = 'standard_conforming_strings'", "RESET a", "SELECT 1"] {
            assert!(!decides_reading(statement), "{statement}");
        }
    }

    #[test]
    fn a_function_that_sets_something_is_no_setting() {
        assert!(is_setting("SELECT set_config('a.b', '', false)"));
        assert!(is_setting("SET a.b = 1"));
        assert!(!is_setting("SET LOCAL a.b = 1"));
        assert!(!is_setting("CREATE FUNCTION f() … set_config('a.b', '', false)"));
        assert!(!is_setting("SELECT 1"));
    }
}
