//! A whole schema, in an order in which it applies.

use super::order::Node;
use super::table::Table;
use super::{Writer, Written};
use crate::replay::catalog::{About, Catalog, TEMPORARY};
use crate::replay::model::ObjectKind;
use crate::replay::written::SchemaStatement;

/// Objects that others rest on, and are not in the order of what needs what.
const FIRST: [ObjectKind; 4] =
    [ObjectKind::Extension, ObjectKind::Language, ObjectKind::Collation, ObjectKind::Server];

/// Objects that rest on the others.
const LAST: [ObjectKind; 3] =
    [ObjectKind::Publication, ObjectKind::Statistics, ObjectKind::EventTrigger];

/// Statements of one schema as they are gathered.
#[derive(Default)]
struct Script {
    statements: Vec<SchemaStatement>,
}

impl Script {
    fn add(&mut self, kind: &'static str, name: &str, written: Written) {
        self.statements.push(SchemaStatement::new(kind, name, written));
    }
}

/// The schema of a catalog as statements that make it.
pub(crate) fn schema(
    catalog: &Catalog,
    database: crate::database::Database,
) -> Vec<SchemaStatement> {
    let Some(writer) = Writer::new(catalog, database) else { return Vec::new() };
    let mut script = Script::default();
    for sql in writer.spelling.preamble() {
        script.add("setting", "", Written::of(*sql));
    }
    for (name, schema) in catalog.schemas.iter().filter(|(_, schema)| schema.site.is_some()) {
        if !writer.is_default_schema(name) {
            let mut written = Written::of(format!("CREATE SCHEMA {}", writer.quote(name)));
            if !schema.is_certain {
                written = written.unsure();
            }
            script.add("schema", name, written);
        }
    }
    others(&writer, &FIRST, &mut script);
    let nodes = writer.in_order();
    for node in &nodes {
        made(&writer, node, &mut script);
    }
    let tables: Vec<Table<'_>> = nodes
        .iter()
        .filter_map(|node| match node {
            Node::Relation(key, relation)
                if &*key.schema != TEMPORARY && relation.kind != ObjectKind::Sequence =>
            {
                Some(Table::new(&writer, key, relation))
            }
            _ => None,
        })
        .collect();
    for table in &tables {
        for written in writer.indexes(table) {
            script.add("index", &table.key.name, written);
        }
    }
    for table in tables.iter().filter(|_| writer.spelling.adds_foreign_keys_later()) {
        if table.relation.is_table() {
            for written in writer.foreign_keys(table) {
                script.add("foreign key", &table.key.name, written);
            }
        }
    }
    for node in &nodes {
        if let Node::Relation(key, relation) = node
            && let Some(written) =
                writer.sequence_owner(key, relation).or_else(|| writer.sequence_name(key, relation))
        {
            script.add("sequence", &key.name, written);
        }
    }
    for table in &tables {
        parts(&writer, table, &mut script);
    }
    others(&writer, &LAST, &mut script);
    for amendment in catalog.amendments.iter() {
        if let Some(written) = writer.amendment(amendment) {
            script.add("alteration", "", written);
        }
    }
    for (about, definition) in catalog.comments.iter() {
        if let Some(written) = writer.comment(about, definition) {
            let name = match about {
                About::Part(_, _, name) | About::Other(_, name) => name.to_string(),
                _ => String::new(),
            };
            script.add("comment", &name, written);
        }
    }
    script.statements
}

fn made(writer: &Writer<'_>, node: &Node<'_>, script: &mut Script) {
    match node {
        Node::Type(key, data) => {
            script.add("type", &key.name, writer.type_of_catalog(key, data));
        }
        Node::Function(key, function) => {
            script.add("function", &key.name, writer.function(key, function));
        }
        // It comes with the class of its name.
        Node::Typed(key, object) if object.is_implied(key) => {}
        Node::Typed(key, object) => {
            script.add(key.kind.noun(), &key.name.name, writer.typed(key, object));
        }
        Node::Relation(key, _) if &*key.schema == TEMPORARY => {}
        Node::Relation(key, relation) => match relation.kind {
            ObjectKind::View | ObjectKind::MaterializedView => {
                script.add(relation.kind.noun(), &key.name, writer.view(key, relation));
            }
            ObjectKind::Sequence => {
                if let Some(written) = writer.sequence(key, relation) {
                    script.add("sequence", &key.name, written);
                }
            }
            _ => {
                for written in writer.table(key, relation) {
                    script.add(relation.kind.noun(), &key.name, written);
                }
            }
        },
    }
}

fn parts(writer: &Writer<'_>, table: &Table<'_>, script: &mut Script) {
    let relation = table.relation;
    for trigger in &relation.triggers {
        script.add("trigger", &trigger.name, writer.part(table, ObjectKind::Trigger, trigger));
    }
    for rule in &relation.rules {
        script.add("rule", &rule.name, writer.part(table, ObjectKind::Rule, rule));
    }
    if relation.row_security == Some(true) {
        let name = writer.qualified(table.key);
        let sql = format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY");
        script.add("row security", &table.key.name, Written::of(sql));
    }
    for policy in &relation.policies {
        script.add("policy", &policy.name, writer.part(table, ObjectKind::Policy, policy));
    }
}

fn others(writer: &Writer<'_>, kinds: &[ObjectKind], script: &mut Script) {
    for ((kind, name), object) in writer.catalog.others.iter() {
        if kinds.contains(kind) && object.site.is_some() {
            script.add(kind.noun(), name, writer.other(*kind, name, object));
        }
    }
}
