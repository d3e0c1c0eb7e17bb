//! Virtual tables, and the tables that their modules keep.

use std::sync::Arc;

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Key, Module, Pattern, Relation};
use crate::replay::model::{CreateTable, ObjectKind, Place, Shadows, Text, WILDCARD};
use crate::replay::resolve::Fault;

impl Engine {
    pub(super) fn create_virtual_table(&mut self, table: &CreateTable, shadows: &Shadows) {
        self.create_table(table);
        let Some(key) = self.found(&table.name) else { return };
        let site = self.site(table.name.place());
        // Source: `SQLite` documentation, "FTS5 Extension": no other module keeps settings so.
        let is_listed = matches!(shadows, Shadows::Ending(ends) if ends.contains(&"config"));
        if let Some(relation) = self.catalog.relation_mut(&key)
            && relation.site == site
        {
            relation.module = Some(if is_listed { Module::Listed } else { Module::Open });
        }
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

    /// A fault where something is done to a virtual table that only others take; whether it is.
    pub(super) fn refuse_virtual(&mut self, key: &Key, place: Place, what: &str) -> bool {
        let Some(relation) = self.catalog.relations.get(key) else { return false };
        let is_sure = relation.module.is_some()
            && relation.is_certain
            && !self.catalog.unknown.may_have_lost(ObjectKind::Relation, &key.name);
        if is_sure {
            let message = format!("`{}` is a virtual table, which {what}", key.name);
            let fault =
                Fault::new(Code::M409, place, message).at_site(relation.site, "it is created here");
            self.fault(fault);
        }
        is_sure
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

    const TABLE: &str = "CREATE TABLE a (id integer PRIMARY KEY, title);
        CREATE VIRTUAL TABLE f USING fts5(title, body UNINDEXED, content='a', prefix='2,3');";

    #[test]
    fn columns_of_a_search_table_are_listed() {
        for text in [
            "INSERT INTO f (rowid, title, f, rank) VALUES (1, 'a', NULL, NULL);
             INSERT INTO f VALUES ('a', 'b'); INSERT INTO f (f) VALUES ('rebuild');",
            "SELECT g.rank, title, g.f, rowid FROM f g WHERE f MATCH 'x' ORDER BY rank;",
            "CREATE VIEW v AS SELECT * FROM f; SELECT title FROM v; SELECT count(*), f.* FROM f;",
            "ALTER TABLE f RENAME TO g; INSERT INTO g (g) VALUES ('optimize');",
            "UPDATE f SET title = 1 WHERE rowid = 1; DELETE FROM f WHERE title = 1;",
        ] {
            check(&format!("{TABLE} {text}"), &[]);
        }
        let check = |text: &str, message| check(&format!("{TABLE} {text}"), &[message]);
        check("INSERT INTO f (title, bodyy) VALUES (1, 2)", "`f` has no column `bodyy`");
        check("SELECT f.prefix FROM f JOIN a ON a.id = f.rowid", "`f` has no column `prefix`");
        check("DELETE FROM f WHERE content = 1", "`f` has no column `content`");
        check("INSERT INTO f VALUES (1)", "1 values for 2 columns of `f`");
    }

    #[test]
    fn a_virtual_table_is_not_changed_like_others() {
        let check = |text: &str, message| check(&format!("{TABLE} {text}"), &[message]);
        check("CREATE INDEX i ON f (title)", "`f` is a virtual table, which cannot have an index");
        check(
            "CREATE TRIGGER t AFTER INSERT ON f BEGIN SELECT 1; END",
            "`f` is a virtual table, which can have no trigger",
        );
        let message = "`f` is a virtual table, which takes no change of its columns";
        check("ALTER TABLE f ADD COLUMN c", message);
        check("ALTER TABLE f RENAME COLUMN title TO t", message);
        check("ALTER TABLE f DROP COLUMN title", message);
    }

    #[test]
    fn a_table_of_the_name_stays_what_it_is() {
        check(
            "CREATE TABLE a (x); CREATE VIRTUAL TABLE IF NOT EXISTS a USING fts5(y);
             CREATE INDEX i ON a (x); ALTER TABLE a ADD COLUMN z;",
            &[],
        );
    }
}
