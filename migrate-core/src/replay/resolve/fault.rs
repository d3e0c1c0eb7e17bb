//! A name that is certainly not there, or certainly there twice.

use std::fmt::Write as _;

use crate::diagnostics::Code;
use crate::replay::catalog::{Catalog, Key, Site, Tombstone};
use crate::replay::model::{Name, ObjectKind, Place, QualifiedName, Text};
use crate::replay::suggest::closest;

/// Something that the server would refuse.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) code: Code,
    pub(crate) place: Place,
    pub(crate) message: String,
    /// Where the thing was created, renamed or dropped, and which.
    pub(crate) site: Option<(Site, String)>,
    pub(crate) help: Option<String>,
    pub(crate) subject: Subject,
}

/// What is assumed to be there from now on, so that a fault is reported once.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    Nothing,
    Relation(QualifiedName),
    /// A column of one of these relations.
    Column(Vec<Key>, Text),
    Other(ObjectKind, Text),
}

impl Fault {
    pub(crate) fn new(code: Code, place: Place, message: String) -> Self {
        Fault { code, place, message, site: None, help: None, subject: Subject::Nothing }
    }

    #[must_use]
    pub(crate) fn about(mut self, subject: Subject) -> Self {
        self.subject = subject;
        self
    }

    #[must_use]
    pub(crate) fn at_site(mut self, site: Option<Site>, text: impl Into<String>) -> Self {
        self.site = site.map(|site| (site, text.into()));
        self
    }

    #[must_use]
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Points at what became of the name, or at a similar one.
    fn explain(
        mut self,
        name: &str,
        tombstone: Option<&Tombstone>,
        similar: Option<(&str, Option<Site>)>,
    ) -> Self {
        if let Some(gone) = tombstone {
            let what = match &gone.renamed_to {
                Some(to) => {
                    self.help = Some(format!("write `{to}`, its name since then"));
                    format!("`{name}` was renamed to `{to}` here")
                }
                None => format!("`{name}` was dropped here"),
            };
            self.site = Some((gone.site, what));
        } else if let Some((similar, site)) = similar {
            self.help = Some(format!("did you mean `{similar}`?"));
            self.site = site.map(|site| (site, format!("`{similar}` is created here")));
        }
        self
    }

    pub(crate) fn unknown_relation(catalog: &Catalog, name: &QualifiedName) -> Self {
        let bare: &str = &name.name.text;
        let mut message = format!("no earlier migration creates `{}`", name.display());
        let names = catalog.relations.iter().filter(|(key, relation)| {
            relation.index.is_none()
                && name.schema.as_ref().is_none_or(|schema| key.schema == schema.text)
        });
        let similar = closest(bare, names.map(|(key, relation)| (&*key.name, relation.site)));
        let elsewhere = catalog.relations.keys().find(|key| &*key.name == bare);
        if let Some(key) = elsewhere {
            let _ = write!(message, ", only `{}.{}`", key.schema, key.name);
        }
        Fault::new(Code::M402, name.place(), message)
            .explain(bare, catalog.tombstone(ObjectKind::Relation, bare), similar)
            .about(Subject::Relation(name.clone()))
    }

    pub(crate) fn unknown_column(catalog: &Catalog, tables: &[Key], name: &Name) -> Self {
        let bare: &str = &name.text;
        let message = match tables {
            [table] => format!("`{}` has no column `{bare}`", table.name),
            [] => format!("there is no column `{bare}` here"),
            tables => {
                let names: Vec<_> = tables.iter().map(|key| format!("`{}`", key.name)).collect();
                format!("none of {} has a column `{bare}`", names.join(", "))
            }
        };
        let relations = || tables.iter().filter_map(|key| catalog.relations.get(key));
        let gone = relations().find_map(|relation| {
            let (_, gone) = relation.gone_columns.iter().rev().find(|(gone, _)| &**gone == bare)?;
            Some(gone.clone())
        });
        let names: Vec<_> = relations()
            .flat_map(|relation| relation.columns.iter())
            .map(|column| (&*column.name, column.site))
            .collect();
        let similar = closest(bare, names.into_iter());
        Fault::new(Code::M403, name.place, message)
            .explain(bare, gone.as_ref(), similar)
            .about(Subject::Column(tables.to_vec(), name.text.clone()))
    }

    pub(crate) fn unknown_object(
        catalog: &Catalog,
        code: Code,
        kind: ObjectKind,
        name: &Name,
        similar: Option<(&str, Option<Site>)>,
    ) -> Self {
        let message = format!("no earlier migration creates the {} `{}`", kind.noun(), name.text);
        Fault::new(code, name.place, message)
            .explain(&name.text, catalog.tombstone(kind, &name.text), similar)
            .about(Subject::Other(kind, name.text.clone()))
    }
}
