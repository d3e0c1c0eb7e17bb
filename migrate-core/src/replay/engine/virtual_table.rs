//! Virtual tables, and the tables that their modules keep.

use std::sync::Arc;

use super::Engine;
use crate::replay::catalog::{Key, Pattern, Relation};
use crate::replay::model::{CreateTable, ObjectKind, Shadows, Text, WILDCARD};

impl Engine {
    pub(super) fn create_virtual_table(&mut self, table: &CreateTable, shadows: &Shadows) {
        self.create_table(table);
        let Some(key) = self.found(&table.name) else { return };
        let Some(owner) = self.catalog.relations.get(&key).map(|relation| relation.id) else {
            return;
        };
        match shadows {
            Shadows::Any => {
                let any = Pattern::new(ObjectKind::Table, &format!("{}_{WILDCARD}", key.name));
                self.catalog.unknown_mut().appeared.insert(any);
            }
            Shadows::Ending(ends) => {
                for end in *ends {
                    let name = Text::from(format!("{}_{end}", key.name));
                    let shadow_key = Key { schema: key.schema.clone(), name };
                    let id = self.catalog.id();
                    let site = self.site(table.name.place());
                    let mut shadow = Relation::new(id, ObjectKind::Table, site);
                    // Options of the module leave some out, and its columns are its own affair.
                    shadow.is_certain = false;
                    shadow.is_open = true;
                    shadow.shadow_of = Some(owner);
                    self.catalog
                        .relations_mut()
                        .get_or_insert_with(shadow_key, || Arc::new(shadow));
                }
            }
        }
    }

    /// Gives the tables of a module the name that their virtual table has now.
    pub(super) fn rename_shadows(&mut self, from: &Key, to: &Key) {
        let Some(owner) = self.catalog.relations.get(to).map(|relation| relation.id) else {
            return;
        };
        let is_shadow = |relation: &Relation| relation.shadow_of == Some(owner);
        for key in self.catalog.relations_of(owner, is_shadow) {
            let Some(end) = key.name.strip_prefix(&*from.name) else { continue };
            let name = Text::from(format!("{}{end}", to.name));
            let relations = self.catalog.relations_mut();
            if let Some(shadow) = relations.remove(&key) {
                relations.insert(Key { schema: key.schema, name }, shadow);
            }
        }
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use crate::database::Database;
    use crate::replay::replay_files;
    use crate::source::{SourceFile, SourceMap, SourceText};

    #[track_caller]
    fn check(sql: &str, expected: &[&str]) {
        let mut sources = SourceMap::new("");
        let text = SourceText::new(sql.to_owned());
        sources.add(SourceFile { path: "1".into(), text });
        let replay = replay_files(Database::Sqlite, &[], &sources).expect("SQLite is built in");
        let found: Vec<_> =
            replay.findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(found, expected, "{sql}");
    }

    #[test]
    fn tables_of_a_module_come_with_the_virtual_table() {
        check(
            "CREATE VIRTUAL TABLE f USING fts5(a, b);
             CREATE INDEX i ON f_content (c0); SELECT id, block FROM f_data;",
            &[],
        );
        check("CREATE VIRTUAL TABLE f USING fts4(a); SELECT docid FROM f_segdir, f_stat;", &[]);
        check("CREATE VIRTUAL TABLE r USING rtree(id, x0, x1); SELECT nodeno FROM r_node;", &[]);
        check("CREATE VIRTUAL TABLE v USING vec0(a); SELECT * FROM v_chunks, v_rowids;", &[]);
        check(
            "CREATE VIRTUAL TABLE f USING fts5(a); SELECT * FROM g_data, f_node;",
            &["no earlier migration creates `g_data`", "no earlier migration creates `f_node`"],
        );
    }

    #[test]
    fn they_go_and_are_renamed_with_it() {
        check(
            "CREATE VIRTUAL TABLE f USING fts5(a); DROP TABLE f; SELECT * FROM f_data;",
            &["no earlier migration creates `f_data`"],
        );
        check(
            "CREATE VIRTUAL TABLE f USING fts5(a); ALTER TABLE f RENAME TO g;
             SELECT * FROM g_data; SELECT * FROM f_data;",
            &["no earlier migration creates `f_data`"],
        );
    }
}
