//! Settings of the session, as text: what migrations change is kept and brought back.

use std::time::Duration;

use migrate_core::database::Database;
use migrate_core::sql::TokenKind;

use crate::driver::Around;
use crate::phrase::Phrase;

/// Words with which statements begin that neither commit nor end a transaction.
const TRANSACTIONAL: [&str; 10] =
    ["INSERT", "UPDATE", "DELETE", "REPLACE", "SELECT", "WITH", "VALUES", "DO", "TABLE", "LOAD"];

/// Words with which statements begin that define something.
const DEFINING: [&str; 5] = ["CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE"];

/// Words with which statements begin that define nothing and commit.
const COMMITTING: [&str; 10] = [
    "GRANT", "REVOKE", "LOCK", "ANALYZE", "OPTIMIZE", "CHECK", "REPAIR", "FLUSH", "RESET", "CACHE",
];

/// Variables that hold no setting: what was read from them is not what they were set to.
const NOT_SETTINGS: [&str; 5] =
    ["insert_id", "last_insert_id", "identity", "rand_seed1", "rand_seed2"];

/// What a `SET` statement assigns to.
#[derive(Debug, PartialEq, Eq)]
enum Target {
    /// `@x`.
    UserVariable,
    /// A variable of the session.
    Session(String),
    /// The character set of what is sent and received.
    Names,
    /// Of the whole server, or something else that does not belong to the session.
    Other,
}

/// Whether a statement commits, ends a transaction, or may do so.
pub(super) fn runs_outside_transaction(statement: &str) -> bool {
    let mut phrase = Phrase::new(statement, Database::Mysql);
    while phrase.take_mark("(") {}
    if phrase.sees("SET") {
        return !targets(statement).iter().all(|target| *target == Target::UserVariable);
    }
    !phrase.sees_one_of(&TRANSACTIONAL)
}

/// Whether a statement sets something that is gone with the session.
pub(super) fn is_setting(statement: &str) -> bool {
    let targets = targets(statement);
    let sets = !targets.is_empty() && !targets.contains(&Target::Other);
    sets || Phrase::beginning(statement, Database::Mysql).sees_one_of(&["USE", "PREPARE"])
}

/// Whether a statement answers once and takes no locks that outlive it: a call answers once for
/// each statement that it runs.
pub(super) fn is_plain(statement: &str) -> bool {
    let phrase = Phrase::beginning(statement, Database::Mysql);
    phrase.sees_one_of(&TRANSACTIONAL) || phrase.sees_one_of(&DEFINING)
}

/// Whether a statement defines something of the server, and so commits what is open before it begins;
/// those of temporary tables do not.
/// Source: `MySQL` 8.4 manual, "Statements That Cause an Implicit Commit"; `MariaDB` documentation, "SQL
/// statements That Cause an Implicit Commit".
pub(super) fn defines(statement: &str) -> bool {
    let phrase = Phrase::new(statement, Database::Mysql);
    phrase.sees_one_of(&DEFINING) && !phrase.contains("TEMPORARY")
}

/// Whether a statement commits what is open before it begins: definitions, and what administers.
/// Source: as of [`defines`].
pub(super) fn commits(statement: &str) -> bool {
    Phrase::beginning(statement, Database::Mysql).sees_one_of(&COMMITTING) || defines(statement)
}

/// Whether a statement that fails may have done a part of its work: what it runs may commit, several
/// objects are dropped one by one, and a table that is to be replaced is dropped first.
/// Source: `MariaDB` documentation, "Atomic DDL"; `MySQL` 8.4 manual, "Atomic Data Definition
/// Statement Support".
pub(super) fn may_leave_part(statement: &str) -> bool {
    let mut phrase = Phrase::new(statement, Database::Mysql);
    if phrase.take_word("DROP") {
        return phrase.skip_past_comma();
    }
    if phrase.take_words(&["CREATE", "OR", "REPLACE"]) {
        return phrase.sees("TABLE");
    }
    // `BEGIN` alone begins a transaction.
    phrase.sees_one_of(&["CALL", "EXECUTE"]) || phrase.take_words(&["BEGIN", "NOT"])
}

/// Whether a statement asks for how many rows the one before it changed or found.
pub(super) fn asks_for_last_result(statement: &str) -> bool {
    calls(statement, &["ROW_COUNT", "FOUND_ROWS"])
}

/// Whether one of `functions` is named in a statement.
pub(super) fn calls(statement: &str, functions: &[&str]) -> bool {
    // Most statements do not hold the words, and are not read for them.
    let upper = statement.to_ascii_uppercase();
    functions.iter().any(|function| {
        upper.contains(function) && Phrase::new(statement, Database::Mysql).contains(function)
    })
}

/// Whether a statement releases every lock of the session, ours among them.
pub(super) fn releases_all_locks(statement: &str) -> bool {
    calls(statement, &["RELEASE_ALL_LOCKS"])
}

/// Statements that set timeouts, and take them back.
///
/// `MySQL` limits only `SELECT`s; each server passes over the other one's comment.
/// Source: `MariaDB` documentation, "Comment Syntax"; `MySQL` 8.4 manual, "Comments".
pub(super) fn timeouts(lock: Option<Duration>, statement: Option<Duration>) -> Around {
    let mut around = Around::default();
    if let Some(lock) = lock {
        // Whole seconds, and no less than one.
        let seconds = lock.as_secs() + u64::from(lock.subsec_nanos() > 0);
        let seconds = seconds.max(1);
        around.before.push(
            "SET @cargo_migrate_lock_wait = @@lock_wait_timeout, \
             @cargo_migrate_row_wait = @@innodb_lock_wait_timeout"
                .to_owned(),
        );
        around.before.push(format!(
            "SET SESSION lock_wait_timeout = {seconds}, SESSION innodb_lock_wait_timeout = {seconds}"
        ));
        around.after.push(
            "SET SESSION lock_wait_timeout = @cargo_migrate_lock_wait, \
             SESSION innodb_lock_wait_timeout = @cargo_migrate_row_wait"
                .to_owned(),
        );
    }
    if let Some(limit) = statement {
        around.before.push(
            "SET @cargo_migrate_limit = 0 /*M! + @@max_statement_time */ \
             /*!50708 + @@max_execution_time */"
                .to_owned(),
        );
        around.before.push(format!(
            "SET @cargo_migrate_limited = 1 /*M! , SESSION max_statement_time = {} */ \
             /*!50708 , SESSION max_execution_time = {} */",
            limit.as_secs_f64(),
            limit.as_millis()
        ));
        around.after.push(
            "SET @cargo_migrate_limited = 0 /*M! , SESSION max_statement_time = @cargo_migrate_limit */ \
             /*!50708 , SESSION max_execution_time = @cargo_migrate_limit */"
                .to_owned(),
        );
    }
    around
}

/// Statements that keep the settings that `statements` change, and bring them back.
pub(super) fn kept(statements: &[&str], selected: Option<&str>) -> Around {
    let (mut names, mut uses) = (Vec::new(), false);
    for statement in statements {
        uses |= Phrase::beginning(statement, Database::Mysql).sees("USE");
        for target in targets(statement) {
            match target {
                Target::Session(name) => names.push(name),
                Target::Names => {
                    let variables =
                        ["character_set_client", "character_set_results", "collation_connection"];
                    names.extend(variables.map(str::to_owned));
                }
                Target::UserVariable | Target::Other => {}
            }
        }
    }
    names.sort();
    names.dedup();
    let mut around = Around::default();
    for (index, name) in names.iter().enumerate() {
        let variable = Database::Mysql.quote(name);
        if name == "timestamp" {
            // Reading it gives the time; setting it stops the clock.
            around.after.push("SET SESSION timestamp = DEFAULT".to_owned());
            continue;
        }
        around.before.push(format!("SET @cargo_migrate_kept_{index} = @@SESSION.{variable}"));
        around.after.push(format!("SET @@SESSION.{variable} = @cargo_migrate_kept_{index}"));
    }
    if let (true, Some(selected)) = (uses, selected) {
        around.after.push(format!("USE {}", Database::Mysql.quote(selected)));
    }
    around
}

/// Returns what a statement assigns to; nothing where it is no `SET` statement.
fn targets(statement: &str) -> Vec<Target> {
    let mut targets = Vec::new();
    if !Phrase::beginning(statement, Database::Mysql).sees("SET") {
        return targets;
    }
    let mut phrase = Phrase::new(statement, Database::Mysql);
    phrase.take_word("SET");
    loop {
        targets.push(target(&mut phrase));
        if !phrase.skip_past_comma() {
            return targets;
        }
    }
}

fn target(phrase: &mut Phrase) -> Target {
    if phrase.take_word("NAMES")
        || phrase.take_words(&["CHARACTER", "SET"])
        || phrase.take_word("CHARSET")
    {
        return Target::Names;
    }
    let elsewhere = [
        "GLOBAL",
        "PERSIST",
        "PERSIST_ONLY",
        "PASSWORD",
        "ROLE",
        "DEFAULT",
        "TRANSACTION",
        "STATEMENT",
        "RESOURCE",
    ];
    if phrase.sees_one_of(&elsewhere) {
        return Target::Other;
    }
    if phrase.take_one_of(&["SESSION", "LOCAL"]).is_some() {
        if phrase.sees("TRANSACTION") {
            return Target::Other;
        }
        return phrase.take_identifier().map_or(Target::Other, |name| setting(&name));
    }
    let mut ahead = phrase.clone();
    match ahead.take() {
        Some((TokenKind::Parameter, text)) => match text.strip_prefix("@@") {
            None => Target::UserVariable,
            Some(scope) => {
                *phrase = ahead;
                if !phrase.take_mark(".") {
                    return setting(scope);
                }
                match (scope.to_ascii_lowercase().as_str(), phrase.take_identifier()) {
                    ("session" | "local", Some(name)) => setting(&name),
                    _ => Target::Other,
                }
            }
        },
        // A user variable with its name in quotes.
        Some((TokenKind::Punctuation, "@")) => Target::UserVariable,
        _ => phrase.take_identifier().map_or(Target::Other, |name| setting(&name)),
    }
}

fn setting(name: &str) -> Target {
    let name = name.to_ascii_lowercase();
    if NOT_SETTINGS.contains(&name.as_str()) { Target::Other } else { Target::Session(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_the_session_are_kept() {
        let check = |statement: &str, expected: &[&str]| {
            let kept = kept(&[statement], Some("app")).after;
            let names: Vec<_> = kept
                .iter()
                .map(|statement| {
                    let statement = statement.strip_prefix("SET @@SESSION.").unwrap_or(statement);
                    statement.split(" =").next().unwrap_or_default()
                })
                .collect();
            assert_eq!(names, expected, "{statement}");
        };
        check("SET FOREIGN_KEY_CHECKS = 0", &["`foreign_key_checks`"]);
        check(
            "SET @@session.sql_mode = '', LOCAL unique_checks = 0",
            &["`sql_mode`", "`unique_checks`"],
        );
        check("/*!40101 SET @OLD = @@SQL_MODE, SQL_MODE = 'ANSI,TRADITIONAL' */", &["`sql_mode`"]);
        check("SET @@autocommit = 0", &["`autocommit`"]);
        check(
            "SET NAMES latin1 COLLATE latin1_bin",
            &["`character_set_client`", "`character_set_results`", "`collation_connection`"],
        );
        check("SET timestamp = 1", &["SET SESSION timestamp"]);
        check("USE other", &["USE `app`"]);
        assert!(
            is_setting("SET @x = 1")
                && is_setting("USE other")
                && is_setting("PREPARE s FROM 'DO 1'")
                && !is_setting("SELECT 1")
        );
        assert!(!is_setting("SET GLOBAL a = 1"));
        for other in [
            "SET @x = 1",
            "SET GLOBAL a = 1",
            "SET @@global.a = 1",
            "SET PASSWORD = 'x'",
            "SELECT 1",
        ] {
            check(other, &[]);
        }
    }

    #[test]
    fn only_data_changes_share_a_transaction() {
        let check = |statement, expected| {
            assert_eq!(runs_outside_transaction(statement), expected, "{statement}");
        };
        check("insert into t values (1)", false);
        check("(SELECT 1)", false);
        check("SET @a = 1, @b = 2", false);
        check("SET @a = 1, sql_mode = ''", true);
        check("CREATE TABLE t (id INT)", true);
        check("CALL p()", true);
        check("/*!40000 ALTER TABLE t DISABLE KEYS */", true);
        check("LOCK TABLES t WRITE", true);
    }

    #[test]
    fn what_fails_half_way_is_known() {
        for statement in [
            "CALL p()",
            "DROP TABLE a, b",
            "create or replace table a (id int)",
            "EXECUTE s",
            "BEGIN NOT ATOMIC CALL p(); END",
        ] {
            assert!(may_leave_part(statement), "{statement}");
        }
        for statement in [
            "DROP TABLE a",
            "BEGIN",
            "INSERT INTO a VALUES (1, 2)",
            "CREATE TABLE a (b INT, c INT)",
        ] {
            assert!(!may_leave_part(statement), "{statement}");
        }
        assert!(commits("GRANT SELECT ON a TO b") && commits("CREATE TABLE a (id INT)"));
        assert!(!commits("INSERT INTO a VALUES (1)"));
        assert!(releases_all_locks("DO release_all_locks()"));
        assert!(!releases_all_locks("SELECT 'RELEASE_ALL_LOCKS'"));
    }

    #[test]
    fn timeouts_are_whole_seconds_of_at_least_one() {
        let lock = |millis| timeouts(Some(Duration::from_millis(millis)), None).before.remove(1);
        assert!(lock(0).contains("lock_wait_timeout = 1,"));
        assert!(lock(1500).contains("lock_wait_timeout = 2,"));
        assert_eq!(timeouts(None, None), Around::default());
        let statement = timeouts(None, Some(Duration::from_millis(1500))).before.remove(1);
        assert!(statement.contains("max_statement_time = 1.5 */"), "{statement}");
        assert!(statement.contains("max_execution_time = 1500 */"), "{statement}");
    }
}
