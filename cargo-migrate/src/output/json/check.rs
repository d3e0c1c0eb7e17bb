//! `check` and `check --policy`.

use migrate_core::diagnostics::Finding;
use migrate_core::policy::{Policy, Situation};
use serde::Serialize;

/// What `check` found.
#[derive(Debug, Serialize)]
pub(crate) struct Checked {
    pub(crate) set: String,
    pub(crate) database: &'static str,
    pub(crate) migrations: usize,
    pub(crate) repeatables: usize,
    pub(crate) findings: Vec<Finding>,
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
