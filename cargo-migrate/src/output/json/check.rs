//! `check`, `check --explain` and `check --policy`.

use std::collections::BTreeMap;

use migrate_core::check::Replayed;
use migrate_core::diagnostics::Finding;
use migrate_core::policy::{Policy, Situation};
use migrate_core::replay::{Counts, Grade, GradedDowngrade};
use serde::Serialize;

/// What `check` found.
#[derive(Debug, Serialize)]
pub(crate) struct Checked {
    pub(crate) set: String,
    pub(crate) database: &'static str,
    pub(crate) migrations: usize,
    pub(crate) repeatables: usize,
    pub(crate) findings: Vec<Finding>,
    /// What the replay made of the statements; `null` where it could not run.
    pub(crate) statements: Option<Statements>,
    /// What the downgrades bring back; `null` where the replay could not run.
    pub(crate) downgrades: Option<Downgrades>,
}

/// Statements by verdict.
#[derive(Debug, Serialize)]
pub(crate) struct Statements {
    pub(crate) total: usize,
    pub(crate) proved: usize,
    pub(crate) refuted: usize,
    pub(crate) opaque: usize,
    /// Opaque statements by what they are.
    pub(crate) opaque_kinds: BTreeMap<String, usize>,
}

impl Statements {
    pub(crate) fn new(replayed: &Replayed) -> Self {
        let Counts { total, proved, refuted, opaque } = replayed.counts;
        Statements { total, proved, refuted, opaque, opaque_kinds: replayed.opaque.clone() }
    }
}

/// Downgrades by how much of a database they bring back.
#[derive(Debug, Serialize)]
pub(crate) struct Downgrades {
    pub(crate) total: usize,
    pub(crate) lossless: usize,
    pub(crate) schema_only: usize,
    pub(crate) irreversible: usize,
    pub(crate) migrations: Vec<Graded>,
}

/// A migration and what its downgrade brings back.
#[derive(Debug, Serialize)]
pub(crate) struct Graded {
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) grade: &'static str,
}

impl Downgrades {
    pub(crate) fn new(replayed: &Replayed) -> Self {
        let of = |downgrade: &GradedDowngrade| Graded {
            version: downgrade.version.clone(),
            name: downgrade.name.clone(),
            grade: downgrade.grade.name(),
        };
        Downgrades {
            total: replayed.downgrades.len(),
            lossless: replayed.downgrades_of(Grade::Lossless),
            schema_only: replayed.downgrades_of(Grade::SchemaOnly),
            irreversible: replayed.downgrades_of(Grade::Irreversible),
            migrations: replayed.downgrades.iter().map(of).collect(),
        }
    }
}

/// The page of a code.
#[derive(Debug, Serialize)]
pub(crate) struct PageObject {
    pub(crate) code: &'static str,
    pub(crate) slug: &'static str,
    pub(crate) page: &'static str,
}

/// The policy table.
#[derive(Debug, Serialize)]
pub(crate) struct PolicyTable {
    pub(crate) policy: Vec<PolicyLine>,
}

/// A line of the policy table.
#[derive(Debug, Serialize)]
pub(crate) struct PolicyLine {
    pub(crate) situation: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) decision: &'static str,
    pub(crate) default: &'static str,
    pub(crate) choices: Vec<&'static str>,
    pub(crate) code: Option<&'static str>,
}

impl PolicyTable {
    pub(crate) fn new(policy: &Policy) -> Self {
        let line = |situation: Situation| PolicyLine {
            situation: situation.key(),
            meaning: situation.meaning(),
            decision: policy.decide(situation).name(),
            default: situation.default_decision().name(),
            choices: situation.choices().iter().map(|choice| choice.name()).collect(),
            code: situation.code().map(migrate_core::diagnostics::Code::id),
        };
        PolicyTable { policy: Situation::ALL.into_iter().map(line).collect() }
    }
}
