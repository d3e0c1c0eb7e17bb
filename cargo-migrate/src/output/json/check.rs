//! `check` and `check --policy`.

use std::collections::BTreeMap;

use migrate_core::check::Replayed;
use migrate_core::diagnostics::Finding;
use migrate_core::policy::{Policy, Situation};
use migrate_core::replay::Counts;
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
