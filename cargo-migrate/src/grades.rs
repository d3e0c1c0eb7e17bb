//! What the downgrades of planned migrations would bring back.

use std::collections::BTreeMap;

use migrate_core::check;
use migrate_core::replay::Grade;
use migrate_core::settings::Rules;
use migrate_runtime::PlannedMigration;

use crate::open_set::OpenSet;

/// The grades of downgrades, by version; empty where the set cannot be replayed.
#[derive(Debug, Default)]
pub(crate) struct Grades(BTreeMap<String, Grade>);

impl Grades {
    /// Replays the set, if anything is planned.
    pub(crate) fn for_plan(open: &OpenSet, planned: &[PlannedMigration]) -> Self {
        if planned.is_empty() {
            return Grades::default();
        }
        let replayed = check::check_with(&open.loaded, &[], &Rules::default()).replay;
        let graded = replayed.map(|replay| replay.downgrades).unwrap_or_default();
        Grades(graded.into_iter().map(|it| (it.version, it.grade)).collect())
    }

    /// Returns the grade of a migration's downgrade.
    pub(crate) fn of(&self, planned: &PlannedMigration) -> Option<Grade> {
        self.0.get(&planned.version).copied()
    }
}

/// Returns what is to be known before a migration with such a downgrade is applied.
pub(crate) fn warning(grade: Grade) -> Option<&'static str> {
    match grade {
        Grade::Lossless => None,
        Grade::SchemaOnly => Some("its downgrade brings back the schema, not the data"),
        Grade::Irreversible => Some("it cannot be undone"),
    }
}
