//! Rows of the server's own tables that are changed by hand.
//!
//! Source: `PostgreSQL` 15 manual, "System Catalogs".

use std::sync::Arc;

use super::Engine;
use crate::replay::catalog::{Relation, SharedMap};
use crate::replay::model::{Assignment, Name, ObjectKind, Place, QualifiedName, WILDCARD};

/// What may have become of rows.
#[derive(Clone, Copy)]
pub(super) enum RowChange<'a> {
    Delete,
    Update(&'a [Assignment]),
    /// Rows came, or it is not known what became of them.
    Other,
}

/// The columns of a system table that say what there is and what it is called; of the others,
/// which say how it works, nothing is listed.
fn telling_columns(table: &str) -> &'static [&'static str] {
    match table {
        "pg_enum" => &["enumlabel", "enumtypid"],
        "pg_proc" => &[
            "proname",
            "pronamespace",
            "pronargs",
            "pronargdefaults",
            "proargtypes",
            "proallargtypes",
            "proargmodes",
            "proargnames",
            "prorettype",
            "proretset",
            "provariadic",
            "prokind",
        ],
        "pg_trigger" => &["tgname", "tgrelid", "tgfoid"],
        "pg_policy" => &["polname", "polrelid"],
        "pg_rewrite" => &["rulename", "ev_class", "ev_action"],
        "pg_cast" => &["castsource", "casttarget", "castfunc"],
        "pg_attribute" => &["attname", "attrelid", "attnum", "atttypid", "attisdropped"],
        "pg_class" => &["relname", "relnamespace", "relkind", "relispartition"],
        "pg_index" => &["indexrelid", "indrelid", "indisunique", "indisprimary", "indkey"],
        "pg_namespace" => &["nspname"],
        "pg_type" => &["typname", "typnamespace", "typtype", "typrelid", "typelem"],
        "pg_constraint" => &["conname", "connamespace", "contype", "conrelid", "contypid"],
        "pg_extension" => &["extname", "extnamespace"],
        _ => &[],
    }
}

/// The kind of the objects in a system table of which only the name is listed, or that are told
/// by types.
fn kind_of(table: &str) -> Option<ObjectKind> {
    Some(match table {
        "pg_extension" => ObjectKind::Extension,
        "pg_authid" => ObjectKind::Role,
        "pg_publication" | "pg_publication_rel" | "pg_publication_namespace" => {
            ObjectKind::Publication
        }
        "pg_collation" => ObjectKind::Collation,
        "pg_statistic_ext" => ObjectKind::Statistics,
        "pg_foreign_server" => ObjectKind::Server,
        "pg_language" => ObjectKind::Language,
        "pg_event_trigger" => ObjectKind::EventTrigger,
        "pg_am" => ObjectKind::AccessMethod,
        "pg_operator" => ObjectKind::Operator,
        "pg_cast" => ObjectKind::Cast,
        "pg_opclass" | "pg_amop" | "pg_amproc" => ObjectKind::OperatorClass,
        "pg_opfamily" => ObjectKind::OperatorFamily,
        _ => return None,
    })
}

impl Engine {
    /// Makes uncertain what a table of the server holds, where its rows change.
    pub(super) fn change_system_rows(&mut self, table: &QualifiedName, change: RowChange<'_>) {
        let name: &str = &table.name.text;
        let is_theirs = name.starts_with("pg_")
            && self.dialect.is_system_schema("pg_catalog")
            && table.schema.as_ref().is_none_or(|schema| &*schema.text == "pg_catalog")
            && self.found(table).is_none();
        if !is_theirs {
            return;
        }
        let telling = telling_columns(name);
        if let RowChange::Update(assignments) = change
            && !telling.is_empty()
            && !assignments
                .iter()
                .flat_map(|assignment| &assignment.columns)
                .any(|column| column.is_wildcard() || telling.contains(&&*column.text))
        {
            return;
        }
        self.doubts += 1;
        let comes = !matches!(change, RowChange::Delete);
        let kinds = self.doubt_rows_of(name, comes);
        for kind in kinds.into_iter().filter(|_| comes) {
            self.may_appear(kind, &Name::new(WILDCARD, Place::default()));
        }
    }

    /// Makes uncertain what stands in one of the server's tables; returns the kinds of which others may
    /// appear where rows come.
    fn doubt_rows_of(&mut self, name: &str, comes: bool) -> Vec<ObjectKind> {
        match name {
            "pg_enum" => {
                self.catalog.open_enums();
                Vec::new()
            }
            "pg_proc" => {
                self.catalog.doubt_functions();
                vec![ObjectKind::Function]
            }
            "pg_trigger" => {
                self.each_relation(|relation| {
                    relation.triggers.iter_mut().for_each(|part| part.is_certain = false);
                });
                vec![ObjectKind::Trigger]
            }
            "pg_policy" => {
                self.each_relation(|relation| {
                    relation.policies.iter_mut().for_each(|part| part.is_certain = false);
                });
                vec![ObjectKind::Policy]
            }
            "pg_rewrite" => {
                self.each_relation(|relation| {
                    relation.rules.iter_mut().for_each(|part| part.is_certain = false);
                    relation.is_certain &= relation.is_table() || relation.index.is_some();
                });
                vec![ObjectKind::Rule]
            }
            "pg_constraint" => {
                self.each_relation(|relation| {
                    relation.has_hidden_parts = true;
                    relation.constraints.iter_mut().for_each(|part| part.is_certain = false);
                });
                self.catalog.open_domains();
                vec![ObjectKind::Constraint]
            }
            "pg_attribute" => {
                self.each_relation(|relation| {
                    relation.is_open = true;
                    relation.is_vague = true;
                    relation.columns.iter_mut().for_each(|column| column.is_certain = false);
                });
                self.catalog.open_composites();
                vec![ObjectKind::Column]
            }
            "pg_class" | "pg_index" | "pg_inherits" => {
                let only_indexes = name == "pg_index";
                let keys = self
                    .catalog
                    .relations_where(|relation| !only_indexes || relation.index.is_some());
                for key in keys {
                    self.doubt_relation(&key);
                }
                if only_indexes {
                    Vec::new()
                } else {
                    vec![ObjectKind::Relation, ObjectKind::Index]
                }
            }
            "pg_type" | "pg_range" => {
                self.catalog.doubt_types(|_| true);
                vec![ObjectKind::Type]
            }
            "pg_namespace" => {
                self.catalog.doubt_schemas();
                // What lies in a schema has other names with it.
                self.catalog.unknown_mut().everything |= comes;
                Vec::new()
            }
            "pg_depend" | "pg_shdepend" => {
                self.catalog.doubt_objects();
                Vec::new()
            }
            _ => {
                let Some(kind) = kind_of(name) else { return Vec::new() };
                self.catalog.seen.casts |= kind == ObjectKind::Cast;
                if kind == ObjectKind::Publication {
                    self.catalog.published = SharedMap::default();
                }
                self.catalog.doubt_kinds(|own| own == kind);
                vec![kind]
            }
        }
    }

    fn each_relation(&mut self, change: impl Fn(&mut Relation)) {
        for relation in self.catalog.relations_mut().values_mut() {
            change(Arc::make_mut(relation));
        }
    }
}
