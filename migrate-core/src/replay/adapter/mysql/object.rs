//! Everything that is neither a table's definition nor a query.

use super::alter::{alter_table, drop_index};
use super::body::anonymous;
use super::column::{PRIMARY, key_columns};
use super::cursor::Cursor;
use super::dynamic;
use super::routine::{call, create_routine, routine_name};
use super::table::create_table;
use super::{part_query, several};
use crate::replay::builtins::mysql::is_system_database;
use crate::replay::model::{
    AlterTable, Among, CreateIndex, CreateView, Drop, Name, ObjectKind, ObjectReference, Opaque,
    Prepared, QualifiedName, Query, QueryBody, Rename, StatementKind, TableAction, Text,
};

/// Reads what follows `CREATE`.
pub(super) fn create(cursor: &mut Cursor<'_>) -> Option<StatementKind> {
    let replace = cursor.eat(&["OR", "REPLACE"]);
    let temporary = cursor.eat(&["TEMPORARY"]);
    if cursor.eat(&["TABLE"]) {
        return create_table(cursor, replace, temporary);
    }
    let unique = cursor.eat(&["UNIQUE"]);
    cursor.eat_any(&["FULLTEXT", "SPATIAL", "VECTOR", "ONLINE", "OFFLINE"]);
    if cursor.eat(&["INDEX"]) {
        return create_index(cursor, unique, replace);
    }
    if cursor.eat_any(&["DATABASE", "SCHEMA"]) {
        let if_not_exists = cursor.if_not_exists() || replace;
        let name = Some(cursor.name()?);
        return Some(StatementKind::CreateSchema { name, if_not_exists, elements: Vec::new() });
    }
    if cursor.is_any(&["USER", "ROLE", "SERVER", "LOGFILE", "TABLESPACE", "UNDO", "RESOURCE"]) {
        return Some(StatementKind::Nothing);
    }
    if cursor.eat(&["SEQUENCE"]) {
        let if_not_exists = cursor.if_not_exists() || replace;
        let name = cursor.qualified()?;
        return Some(StatementKind::CreateSequence {
            name,
            temporary: false,
            if_not_exists,
            owner: None,
        });
    }
    while cursor.is_any(&["ALGORITHM", "DEFINER", "SQL"]) {
        definer(cursor);
    }
    if cursor.eat(&["VIEW"]) {
        return create_view(cursor, replace);
    }
    if cursor.eat(&["TRIGGER"]) {
        return super::trigger::create(cursor, replace);
    }
    cursor.eat(&["AGGREGATE"]);
    if cursor.eat(&["EVENT"]) {
        return Some(StatementKind::Nothing);
    }
    let kind = match () {
        () if cursor.eat(&["PROCEDURE"]) => ObjectKind::Procedure,
        () if cursor.eat(&["FUNCTION"]) => ObjectKind::Function,
        // Packages and what is not known.
        () => return None,
    };
    let if_not_exists = cursor.if_not_exists();
    let name = routine_name(cursor)?;
    Some(create_routine(cursor, name, kind, (replace, if_not_exists)))
}

/// Passes `ALGORITHM = …`, `DEFINER = user@host`, `SQL SECURITY …`.
fn definer(cursor: &mut Cursor<'_>) {
    cursor.skip();
    if !cursor.eat_mark("=") {
        // `SQL SECURITY INVOKER`.
        cursor.skip();
        cursor.skip();
        return;
    }
    cursor.skip();
    // `user`@`host`, `CURRENT_USER()`.
    while !cursor.is_at_end() && !is_object_word(cursor) {
        cursor.skip();
    }
}

fn is_object_word(cursor: &Cursor<'_>) -> bool {
    cursor.is_any(&[
        "VIEW",
        "TRIGGER",
        "AGGREGATE",
        "EVENT",
        "PROCEDURE",
        "FUNCTION",
        "SQL",
        "DEFINER",
        "PACKAGE",
    ])
}

fn create_index(cursor: &mut Cursor<'_>, unique: bool, replace: bool) -> Option<StatementKind> {
    let if_not_exists = cursor.if_not_exists();
    let name = cursor.folded()?;
    if cursor.eat_any(&["USING", "TYPE"]) {
        cursor.skip();
    }
    if !cursor.eat(&["ON"]) {
        return None;
    }
    let table = cursor.qualified()?;
    let items = key_columns(cursor)?;
    let index = StatementKind::CreateIndex(Box::new(CreateIndex {
        name: Some(name.clone()),
        if_not_exists,
        unique,
        ..CreateIndex::over(table.clone(), items)
    }));
    if !replace {
        return Some(index);
    }
    Some(several(vec![drop_index(name, &table, true), index], cursor.source))
}

fn create_view(cursor: &mut Cursor<'_>, replace: bool) -> Option<StatementKind> {
    let if_not_exists = cursor.if_not_exists();
    let name = cursor.qualified()?;
    let columns = match cursor.parenthesised() {
        Some(list) => list.items().iter_mut().filter_map(Cursor::folded).collect(),
        None => Vec::new(),
    };
    if !cursor.eat(&["AS"]) {
        return None;
    }
    let (start, text) = cursor.rest();
    let text = without_check_option(text);
    let query =
        part_query(cursor.source, start, text).unwrap_or_else(|| Query::of(QueryBody::Unknown));
    let target =
        ObjectReference { kind: ObjectKind::View, name: name.clone(), on: None, arguments: None };
    let drop = Drop { targets: vec![target], if_exists: true, among: Among::All, cascade: false };
    let create = StatementKind::CreateView(Box::new(CreateView {
        name,
        materialized: false,
        temporary: false,
        recursive: false,
        replace,
        if_not_exists,
        columns,
        query,
    }));
    // Unlike in Postgres the new view may have any columns.
    let kinds = if replace { vec![StatementKind::Drop(drop), create] } else { vec![create] };
    Some(several(kinds, cursor.source))
}

fn without_check_option(text: &str) -> &str {
    let upper = text.to_ascii_uppercase();
    let ends = ["WITH CHECK OPTION", "WITH LOCAL CHECK OPTION", "WITH CASCADED CHECK OPTION"];
    let length = ends.iter().find(|end| upper.ends_with(*end)).map_or(0, |end| end.len());
    &text[..text.len() - length]
}

/// Reads what follows `ALTER`.
pub(super) fn alter(cursor: &mut Cursor<'_>) -> Option<StatementKind> {
    cursor.eat_any(&["ONLINE", "OFFLINE"]);
    cursor.eat(&["IGNORE"]);
    if cursor.eat(&["TABLE"]) {
        return alter_table(cursor);
    }
    while cursor.is_any(&["ALGORITHM", "DEFINER", "SQL"]) {
        definer(cursor);
    }
    if cursor.eat(&["VIEW"]) {
        return create_view(cursor, true);
    }
    let is_known = cursor.is_any(&[
        "DATABASE",
        "SCHEMA",
        "USER",
        "ROLE",
        "SERVER",
        "EVENT",
        "FUNCTION",
        "PROCEDURE",
        "INSTANCE",
        "TABLESPACE",
        "LOGFILE",
        "UNDO",
        "RESOURCE",
        "SEQUENCE",
    ]);
    is_known.then_some(StatementKind::Nothing)
}

/// Reads what follows `DROP`.
pub(super) fn drop(cursor: &mut Cursor<'_>) -> Option<StatementKind> {
    let temporary = cursor.eat(&["TEMPORARY"]);
    if cursor.eat_any(&["INDEX"]) {
        let if_exists = cursor.if_exists();
        let name = cursor.folded()?;
        if !cursor.eat(&["ON"]) {
            return None;
        }
        let table = cursor.qualified()?;
        if &*name.text == PRIMARY {
            let action = TableAction::DropConstraint { name, if_exists, cascade: false };
            return Some(StatementKind::AlterTable(Box::new(AlterTable {
                name: table,
                if_exists: false,
                actions: vec![action],
            })));
        }
        return Some(drop_index(name, &table, if_exists));
    }
    let kind = match () {
        () if cursor.eat_any(&["TABLE", "TABLES"]) => ObjectKind::Table,
        () if cursor.eat(&["VIEW"]) => ObjectKind::View,
        () if cursor.eat_any(&["DATABASE", "SCHEMA"]) => ObjectKind::Schema,
        () if cursor.eat(&["PROCEDURE"]) => ObjectKind::Procedure,
        () if cursor.eat(&["FUNCTION"]) => ObjectKind::Function,
        () if cursor.eat(&["SEQUENCE"]) => ObjectKind::Sequence,
        () if cursor.eat(&["TRIGGER"]) => ObjectKind::Trigger,
        () if cursor.is_any(&[
            "EVENT",
            "USER",
            "ROLE",
            "SERVER",
            "TABLESPACE",
            "LOGFILE",
            "UNDO",
            "RESOURCE",
            "SPATIAL",
            "PREPARE",
        ]) =>
        {
            return Some(StatementKind::Nothing);
        }
        () => return None,
    };
    let if_exists = cursor.if_exists();
    let mut targets = Vec::new();
    loop {
        let name = match kind {
            ObjectKind::Procedure | ObjectKind::Function => routine_name(cursor)?,
            _ => cursor.qualified()?,
        };
        targets.push(ObjectReference { kind, name, on: None, arguments: None });
        if !cursor.eat_mark(",") {
            break;
        }
    }
    if kind == ObjectKind::Schema {
        // A database goes with all that it holds.
        return Some(StatementKind::Drop(Drop {
            targets,
            if_exists,
            among: Among::All,
            cascade: true,
        }));
    }
    let among = match kind {
        ObjectKind::Table if temporary => Among::Temporary,
        // A temporary table does not hide it.
        ObjectKind::View => Among::Lasting,
        _ => Among::All,
    };
    Some(StatementKind::Drop(Drop { targets, if_exists, among, cascade: false }))
}

/// Reads what follows `RENAME`.
pub(super) fn rename(cursor: &mut Cursor<'_>) -> Option<StatementKind> {
    if cursor.is("USER") {
        return Some(StatementKind::Nothing);
    }
    if !cursor.eat_any(&["TABLE", "TABLES"]) {
        return None;
    }
    let if_exists = cursor.if_exists();
    let mut kinds = Vec::new();
    for mut item in cursor.items() {
        let name = item.qualified()?;
        if item.eat(&["WAIT"]) {
            item.skip();
        }
        item.eat(&["NOWAIT"]);
        if !item.eat(&["TO"]) {
            return None;
        }
        let to = item.qualified()?;
        if to.schema.is_some() || name.schema.is_some() {
            // It may move to another database.
            return None;
        }
        let target =
            ObjectReference { kind: ObjectKind::Relation, name, on: None, arguments: None };
        kinds.push(StatementKind::Rename(Rename { target, if_exists, to: to.name }));
    }
    Some(several(kinds, cursor.source))
}

/// Reads statements that begin with any other word.
pub(super) fn other(cursor: &mut Cursor<'_>) -> Option<StatementKind> {
    if cursor.eat(&["USE"]) {
        let name = cursor.name()?;
        if is_system_database(&name.text) {
            // What is in it is not listed.
            return Some(StatementKind::SearchPath { path: Some(vec![name]), local: false });
        }
        let create = StatementKind::CreateSchema {
            name: Some(name.clone()),
            if_not_exists: true,
            elements: Vec::new(),
        };
        let path = StatementKind::SearchPath { path: Some(vec![name]), local: false };
        return Some(several(vec![create, path], cursor.source));
    }
    if cursor.eat(&["TRUNCATE"]) {
        cursor.eat(&["TABLE"]);
        return Some(StatementKind::Truncate(cursor.qualified()?));
    }
    if cursor.eat(&["LOCK"]) {
        if !cursor.eat_any(&["TABLE", "TABLES"]) {
            return Some(StatementKind::Nothing);
        }
        let names = cursor.items().iter_mut().filter_map(Cursor::qualified).collect();
        return Some(refer_tables(names));
    }
    if cursor.eat(&["CALL"]) {
        let name = routine_name(cursor)?;
        return Some(call(cursor, name));
    }
    if cursor.eat(&["SET"]) {
        return Some(set(cursor));
    }
    if let Some(block) = anonymous(cursor) {
        return Some(block);
    }
    if cursor.eat_any(&["EXPLAIN", "DESCRIBE", "DESC"]) {
        return Some(StatementKind::Nothing);
    }
    if cursor.eat(&["PREPARE"]) {
        let name = cursor.folded()?.text;
        if !cursor.eat(&["FROM"]) {
            return None;
        }
        let place = cursor.peek_place();
        let (_, source) = cursor.rest();
        let mentions = dynamic::told(source);
        let source = source.into();
        return Some(StatementKind::Prepared(Prepared::Make { name, source, place, mentions }));
    }
    if cursor.eat(&["EXECUTE"]) {
        let mentions = dynamic::told(cursor.rest().1);
        if cursor.eat(&["IMMEDIATE"]) {
            return Some(at_once(cursor, mentions));
        }
        let name = cursor.folded()?;
        return Some(StatementKind::Prepared(Prepared::Run { name, mentions }));
    }
    let is_known = cursor.is_any(&[
        "ANALYZE",
        "OPTIMIZE",
        "CHECK",
        "CHECKSUM",
        "REPAIR",
        "FLUSH",
        "RESET",
        "GRANT",
        "REVOKE",
        "COMMIT",
        "ROLLBACK",
        "START",
        "BEGIN",
        "SAVEPOINT",
        "RELEASE",
        "UNLOCK",
        "SHOW",
        "DEALLOCATE",
        "DO",
        "HANDLER",
        "INSTALL",
        "UNINSTALL",
        "KILL",
        "PURGE",
        "XA",
        "SIGNAL",
        "RESIGNAL",
        "CACHE",
        "END",
        "DELIMITER",
        "BINLOG",
        "CHANGE",
        "STOP",
    ]);
    is_known.then_some(StatementKind::Nothing)
}

/// `EXECUTE IMMEDIATE text [USING …]`.
fn at_once(cursor: &mut Cursor<'_>, mentions: Option<Vec<Text>>) -> StatementKind {
    let start = *cursor;
    while !cursor.is_at_end() && !cursor.is("USING") {
        cursor.skip();
    }
    let place = start.peek_place();
    // No statement of the session has an empty name.
    let name = Name::new("", place);
    let source = Text::from(start.up_to(cursor).rest().1);
    let make =
        Prepared::Make { name: name.text.clone(), source, place, mentions: mentions.clone() };
    let run = Prepared::Run { name, mentions };
    super::several(vec![StatementKind::Prepared(make), StatementKind::Prepared(run)], start.source)
}

/// `DELETE HISTORY FROM table [BEFORE …]`, of a table with system versioning.
pub(super) fn history(mut cursor: Cursor<'_>) -> Option<StatementKind> {
    if !cursor.eat(&["DELETE", "HISTORY", "FROM"]) {
        return None;
    }
    let table = cursor.qualified()?;
    let is_whole = cursor.is_at_end() || cursor.is("BEFORE");
    is_whole.then(|| refer_tables(vec![table]))
}

fn refer_tables(names: Vec<QualifiedName>) -> StatementKind {
    let refer = |name| ObjectReference { kind: ObjectKind::Table, name, on: None, arguments: None };
    StatementKind::Refer(names.into_iter().map(refer).collect())
}

/// `SET …`: what changes which statements are refused.
fn set(cursor: &mut Cursor<'_>) -> StatementKind {
    for mut item in cursor.items() {
        item.eat_any(&["SESSION", "GLOBAL", "LOCAL"]);
        let written = |item: &Cursor<'_>| {
            item.peek().trim_start_matches('@').trim_matches('`').to_ascii_lowercase()
        };
        let mut name = written(&item);
        // `@@session.name` is one word or three.
        if matches!(&*name, "session" | "local" | "global") {
            item.advance();
            item.eat_mark(".");
            name = written(&item);
        }
        let scopes = ["session.", "local.", "global."];
        let bare = scopes.iter().find_map(|scope| name.strip_prefix(scope)).unwrap_or(&name);
        if bare == "foreign_key_checks" {
            item.skip();
            while item.eat_mark("=") || item.eat_mark(":=") {}
            let value = item.peek().trim_matches(['\'', '"']).to_ascii_lowercase();
            return StatementKind::ForeignKeyChecks(!matches!(&*value, "off" | "false" | "0"));
        }
    }
    // A variable may hold a statement that is run later, or a part of one.
    if let Some(variables) = super::variable::assignments(cursor, &[]) {
        return StatementKind::SetVariables(variables);
    }
    let (_, text) = cursor.rest();
    let is_own = text.starts_with('@') && !text.starts_with("@@") && text.contains(['\'', '"']);
    if is_own || dynamic::holds_statement(text) {
        let mentions = dynamic::told(text);
        return StatementKind::Opaque(Opaque { what: "SET @variable".into(), mentions });
    }
    StatementKind::Nothing
}
