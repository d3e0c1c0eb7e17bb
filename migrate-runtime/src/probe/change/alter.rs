//! `ALTER TABLE`, whose actions `MySQL` 8 and `MariaDB` 10.6 do as one.

use super::{Change, Kind, Object, Step, conclusive};
use crate::phrase::{Name, Phrase};

/// What one action changes.
enum Action {
    /// The same again changes nothing.
    Again,
    Steps(Vec<Step>),
    /// The table has another name afterwards.
    Renames(Name),
    Unknown,
}

/// Reads an `ALTER TABLE` after these two words.
pub(super) fn alter_table(phrase: &mut Phrase) -> Option<Change> {
    let guarded = phrase.take_words(&["IF", "EXISTS"]);
    let table = phrase.take_name()?;
    let (mut steps, mut all_again) = (Vec::new(), true);
    let mut renamed = None;
    loop {
        match action(phrase, &table) {
            Action::Again => {}
            Action::Steps(more) => {
                all_again = false;
                steps.extend(more);
            }
            Action::Renames(to) => renamed = Some(to),
            Action::Unknown => all_again = false,
        }
        if !phrase.skip_past_comma() {
            break;
        }
    }
    if guarded {
        // The table may never have been there.
        return (all_again && renamed.is_none()).then_some(Change::Again);
    }
    if let Some(to) = renamed {
        // The other steps would have to be looked for under one name or the other.
        let schema = to.schema.clone().or_else(|| table.schema.clone());
        let from = Object::new(Kind::Table, table).dropped();
        let to = Object::new(Kind::Table, Name { schema, name: to.name }).created();
        return Some(conclusive(&[from, to]));
    }
    Some(if all_again { Change::Again } else { conclusive(&steps) })
}

fn action(phrase: &mut Phrase, table: &Name) -> Action {
    if phrase.take_word("ADD") {
        return added(phrase, table);
    }
    if phrase.take_word("DROP") {
        return dropped(phrase, table);
    }
    if phrase.take_word("RENAME") {
        return renamed(phrase, table);
    }
    if phrase.take_word("CHANGE") {
        phrase.take_word("COLUMN");
        if phrase.take_words(&["IF", "EXISTS"]) {
            return Action::Unknown;
        }
        return match (phrase.take_identifier(), phrase.take_identifier()) {
            (Some(from), Some(to)) if from.eq_ignore_ascii_case(&to) => Action::Again,
            (Some(from), Some(to)) => renames(Kind::Column, table, from, to),
            _ => Action::Unknown,
        };
    }
    // The same definition, default or option once more.
    let same = [
        "MODIFY",
        "ALTER",
        "CONVERT",
        "ENGINE",
        "COMMENT",
        "CHARSET",
        "CHARACTER",
        "COLLATE",
        "DEFAULT",
        "ROW_FORMAT",
        "ALGORITHM",
        "LOCK",
        "FORCE",
        "ENABLE",
        "DISABLE",
    ];
    if phrase.sees_one_of(&same) { Action::Again } else { Action::Unknown }
}

fn added(phrase: &mut Phrase, table: &Name) -> Action {
    let mut symbol = None;
    if phrase.take_word("CONSTRAINT") {
        if phrase.take_words(&["IF", "NOT", "EXISTS"]) {
            return Action::Again;
        }
        if !phrase.sees_one_of(&["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"]) {
            symbol = phrase.take_identifier();
        }
        if phrase.sees("PRIMARY") {
            symbol = None;
        }
    }
    if let Some(symbol) = symbol {
        return creates(Kind::Constraint, table, Some(symbol));
    }
    if phrase.take_words(&["PRIMARY", "KEY"]) {
        return creates(Kind::Index, table, Some("PRIMARY".to_owned()));
    }
    if phrase.take_one_of(&["UNIQUE", "FULLTEXT", "SPATIAL"]).is_some() {
        phrase.take_one_of(&["INDEX", "KEY"]);
        return creates_guarded(Kind::Index, phrase, table);
    }
    if phrase.take_one_of(&["INDEX", "KEY"]).is_some() {
        return creates_guarded(Kind::Index, phrase, table);
    }
    if phrase.sees_one_of(&["FOREIGN", "CHECK", "PARTITION", "PERIOD", "SYSTEM"]) {
        return Action::Unknown;
    }
    phrase.take_word("COLUMN");
    creates_guarded(Kind::Column, phrase, table)
}

fn dropped(phrase: &mut Phrase, table: &Name) -> Action {
    let kind = if phrase.take_words(&["PRIMARY", "KEY"]) {
        let primary = Object::of_table(Kind::Index, table, "PRIMARY".to_owned());
        return Action::Steps(vec![primary.dropped()]);
    } else if phrase.take_words(&["FOREIGN", "KEY"])
        || phrase.take_one_of(&["CONSTRAINT", "CHECK"]).is_some()
    {
        Kind::Constraint
    } else if phrase.take_one_of(&["INDEX", "KEY"]).is_some() {
        Kind::Index
    } else if phrase.sees_one_of(&["PARTITION", "PERIOD", "SYSTEM"]) {
        return Action::Unknown;
    } else {
        phrase.take_word("COLUMN");
        Kind::Column
    };
    if phrase.take_words(&["IF", "EXISTS"]) {
        return Action::Again;
    }
    match phrase.take_identifier() {
        Some(name) => Action::Steps(vec![Object::of_table(kind, table, name).dropped()]),
        None => Action::Unknown,
    }
}

fn renamed(phrase: &mut Phrase, table: &Name) -> Action {
    let kind = match phrase.take_one_of(&["COLUMN", "INDEX", "KEY"]) {
        Some("COLUMN") => Kind::Column,
        Some(_) => Kind::Index,
        None => {
            phrase.take_one_of(&["TO", "AS"]);
            return phrase.take_name().map_or(Action::Unknown, Action::Renames);
        }
    };
    if phrase.take_words(&["IF", "EXISTS"]) {
        return Action::Unknown;
    }
    let from = phrase.take_identifier();
    let to = phrase.take_word("TO").then(|| phrase.take_identifier()).flatten();
    match (from, to) {
        (Some(from), Some(to)) => renames(kind, table, from, to),
        _ => Action::Unknown,
    }
}

fn renames(kind: Kind, table: &Name, from: String, to: String) -> Action {
    Action::Steps(vec![
        Object::of_table(kind, table, from).dropped(),
        Object::of_table(kind, table, to).created(),
    ])
}

fn creates_guarded(kind: Kind, phrase: &mut Phrase, table: &Name) -> Action {
    if phrase.take_words(&["IF", "NOT", "EXISTS"]) {
        return Action::Again;
    }
    let name = if phrase.sees_mark("(") { None } else { phrase.take_identifier() };
    creates(kind, table, name)
}

fn creates(kind: Kind, table: &Name, name: Option<String>) -> Action {
    name.map_or(Action::Unknown, |name| {
        Action::Steps(vec![Object::of_table(kind, table, name).created()])
    })
}
