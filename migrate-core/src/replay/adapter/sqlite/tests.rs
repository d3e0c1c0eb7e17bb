mod ambiguous;
mod passed_over;
mod refused;
mod returning;
mod temporary_trigger;
mod transaction;
mod view_rows;

use super::*;
use crate::replay::model::{
    ConstraintKind, Expression, FromItem, InsertSource, QueryBody, TableAction,
};

fn kind(text: &str) -> StatementKind {
    parse(text, &Origin::at(0)).kind
}

/// What stands in the text at a place.
fn at(text: &str, place: Place) -> &str {
    &text[place.range()]
}

#[test]
fn names_are_folded_and_found_in_order() {
    let text = "CREATE TABLE IF NOT EXISTS main.\"Users\" (\n  Date DATE, [b c] text)";
    let StatementKind::CreateTable(table) = kind(text) else { panic!() };
    assert_eq!(table.name.display(), "main.users");
    assert_eq!(at(text, table.name.place()), "main.\"Users\"");
    let columns: Vec<_> = table.columns.iter().map(|column| &*column.name.text).collect();
    assert_eq!(columns, ["date", "b c"]);
    let places: Vec<_> = table.columns.iter().map(|column| column.name.place.start).collect();
    assert_eq!(places, [44, 55]);
}

#[test]
fn constraints_are_read_with_their_columns() {
    let text = "create table t (a integer primary key, b text not null default 'x' check (b <> a), \
                unique (a, 'b'), constraint f foreign key (b) references u (c) on delete cascade)";
    let StatementKind::CreateTable(table) = kind(text) else { panic!() };
    let [_, b] = table.columns.as_slice() else { panic!() };
    assert!(matches!(b.constraints[0].kind, ConstraintKind::NotNull));
    assert!(
        matches!(&b.constraints[1].kind, ConstraintKind::Default(_, source) if &**source == "'x'")
    );
    assert!(matches!(&b.constraints[2].kind, ConstraintKind::Check(_)));
    let [unique, foreign] = table.constraints.as_slice() else { panic!() };
    let ConstraintKind::Unique { columns, .. } = &unique.kind else { panic!() };
    assert_eq!(columns.len(), 2);
    assert_eq!(at(text, columns[1].place), "'b'");
    let ConstraintKind::Foreign { columns, table, referenced } = &foreign.kind else { panic!() };
    assert_eq!(
        (&*columns[0].text, table.display().as_str(), &*referenced[0].text),
        ("b", "u", "c")
    );
    assert_eq!(at(text, foreign.place), "f");
}

#[test]
fn double_quotes_may_be_texts_and_brackets_may_not() {
    let text = "update t set a = \"x\", \"b\" = [y], c = `z` where true and \"A\" = 'b'";
    let StatementKind::Update(update) = kind(text) else { panic!() };
    let values: Vec<_> = update.assignments.iter().map(|one| &one.value).collect();
    assert!(matches!(values[0], Expression::ColumnOrText(name) if &*name.text == "x"));
    assert!(matches!(values[1], Expression::Column(column) if &*column.parts[0].text == "y"));
    assert!(matches!(values[2], Expression::Column(_)));
    assert_eq!(at(text, update.assignments[1].columns[0].place), "\"b\"");
}

#[test]
fn results_that_the_database_names_itself_are_not_looked_up() {
    let text = "select [count(*)], q.`count(*)` from (select count(*) from t) q";
    let StatementKind::Query(query) = kind(text) else { panic!() };
    let QueryBody::Select(select) = &query.body else { panic!() };
    assert!(matches!(&select.targets[0].value, Expression::ColumnOrText(_)));
    assert!(matches!(&select.targets[1].value, Expression::Operation(parts) if parts.is_empty()));
    assert!(matches!(&select.from[0], FromItem::Query { .. }));
}

#[test]
fn rows_with_upserts_and_conditions_of_joins_are_read() {
    let text = "with n as (select 1 as k) insert or replace into t as x (a) \
                select u.a from u join v on u.id = v.id where true \
                on conflict (a) where b > 1 do update set c = excluded.a where x.d = 1 returning e";
    let StatementKind::Insert(insert) = kind(text) else { panic!() };
    assert_eq!(insert.common.len(), 1);
    assert_eq!(insert.alias.as_ref().map(|alias| &*alias.text), Some("x"));
    let InsertSource::Query(query) = &insert.source else { panic!() };
    let QueryBody::Select(select) = &query.body else { panic!() };
    assert_eq!(select.conditions.len(), 2);
    let conflict = insert.conflict.as_ref().expect("an upsert");
    assert_eq!((conflict.target.len(), conflict.assignments.len()), (1, 1));
    assert_eq!(insert.returning.len(), 1);
}

#[test]
fn triggers_hold_their_statements() {
    let text = "create trigger g after update of a on t when new.a is not null begin \
                update t set b = 1 where id = new.id; insert into log values (old.a); end";
    let StatementKind::CreateTrigger(trigger) = kind(text) else { panic!() };
    assert_eq!(trigger.table.display(), "t");
    assert_eq!(trigger.body.len(), 2);
    assert!(trigger.condition.is_some() && trigger.columns.is_empty());
}

#[test]
fn tables_are_altered() {
    let action = |text: &str| match kind(text) {
        StatementKind::AlterTable(alter) => alter.actions.into_iter().next().expect("an action"),
        other => panic!("{other:?}"),
    };
    assert!(matches!(action("alter table t rename to u"), TableAction::RenameTo(_)));
    assert!(matches!(action("alter table t rename a to b"), TableAction::RenameColumn { .. }));
    assert!(matches!(action("alter table t drop a"), TableAction::DropColumn { .. }));
    let added = action("alter table t add column a int not null default (1 + 1)");
    let TableAction::AddColumn { column, .. } = added else { panic!() };
    assert_eq!(column.constraints.len(), 2);
}

#[test]
fn columns_of_full_text_tables_are_read() {
    let text = "create virtual table f using fts5(title, \"The Body\" unindexed, content='x')";
    let StatementKind::CreateVirtualTable(table, _) = kind(text) else { panic!() };
    let columns: Vec<_> = table.columns.iter().map(|column| &*column.name.text).collect();
    assert_eq!(columns, ["title", "the body"]);
    assert!(table.query.is_some());
}

#[test]
fn what_changes_the_schema_behind_the_scenes_is_opaque() {
    for text in ["attach 'x.db' as x", "delete from sqlite_master where name = 'x'"] {
        let StatementKind::Opaque(opaque) = kind(text) else { panic!("{text}") };
        assert!(opaque.mentions.is_none());
    }
    for text in ["pragma foreign_keys = on", "begin", "vacuum", "explain select 1", "-- nothing"] {
        assert!(matches!(kind(text), StatementKind::Nothing), "{text}");
    }
    assert!(matches!(
        kind("pragma legacy_alter_table = ON"),
        StatementKind::CheckFunctionBodies(false)
    ));
}

#[test]
fn errors_of_syntax_have_a_place() {
    let text = "create table t (\n  a int,,\n  b)";
    let StatementKind::Invalid { at: place, .. } = kind(text) else { panic!() };
    assert_eq!(place.range(), 25..26);
    assert!(matches!(kind(".mode csv"), StatementKind::Opaque(_)));
    assert!(matches!(kind("select {{ x }}"), StatementKind::Opaque(_)));
}

#[test]
fn hostile_text_neither_panics_nor_hangs() {
    let texts = [
        "",
        "'",
        "\"",
        "[",
        "`",
        "(",
        ")",
        "select",
        "create table",
        "select 'a''",
        "select \u{0}",
        "create table é (ü text)",
        "select [",
        "create table t(\"\"\"\" int)",
        "select ''\"''",
    ];
    for text in texts {
        kind(text);
    }
}
