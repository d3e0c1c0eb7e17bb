//! What a run does in each situation: the one table, printed by `check --policy`.

use std::str::FromStr;

use crate::diagnostics::Code;

/// A way in which a set and a history can differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Situation {
    /// In the set, not in the history, newer than all applied.
    Pending,
    /// In the set, not in the history, older than an applied migration of the set.
    OutOfOrder,
    /// In the set, not in the history, older than an applied one that the set does not know:
    /// a newer program has been here without it.
    Hole,
    /// In the history, not in the set, older than the set's newest.
    MissingFile,
    /// In the history, not in the set, newer than the set's newest: a rolling deploy.
    UnknownNewer,
    /// Changed since it was applied, in comments or white space only.
    Reformatted,
    /// Changed since it was applied.
    Edited,
    /// A row that this tool did not write, or a gap where a row was.
    BrokenHistory,
    /// Applied in part by a run that failed or was killed.
    Partial,
}

/// What is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// The pending migration is applied, or the difference is passed over.
    Apply,
    /// As `Apply`, with a warning in the report.
    Warn,
    /// The run stops before it changes anything.
    Refuse,
}

impl Situation {
    /// Every situation, in the order in which the table is printed.
    pub const ALL: [Situation; 9] = [
        Situation::Pending,
        Situation::OutOfOrder,
        Situation::Hole,
        Situation::MissingFile,
        Situation::UnknownNewer,
        Situation::Reformatted,
        Situation::Edited,
        Situation::BrokenHistory,
        Situation::Partial,
    ];

    /// Returns the key used in settings and in the lock file.
    pub fn key(self) -> &'static str {
        match self {
            Situation::Pending => "pending",
            Situation::OutOfOrder => "out-of-order",
            Situation::Hole => "hole",
            Situation::MissingFile => "missing-file",
            Situation::UnknownNewer => "unknown-newer",
            Situation::Reformatted => "reformatted",
            Situation::Edited => "edited",
            Situation::BrokenHistory => "broken-history",
            Situation::Partial => "partial",
        }
    }

    /// Returns one line that describes the situation.
    pub fn meaning(self) -> &'static str {
        match self {
            Situation::Pending => "in the set, not applied, newer than all applied ones",
            Situation::OutOfOrder => "in the set, not applied, older than an applied one",
            Situation::Hole => "not applied, while a newer set's migration is",
            Situation::MissingFile => "applied, the set has no such file",
            Situation::UnknownNewer => "applied by a newer set (a rolling deploy)",
            Situation::Reformatted => "changed since it was applied: comments, white space",
            Situation::Edited => "changed since it was applied",
            Situation::BrokenHistory => "a history row inserted, edited or deleted by hand",
            Situation::Partial => "applied in part by a run that stopped half way",
        }
    }

    /// Returns what is done unless a setting says otherwise.
    pub fn default_decision(self) -> Decision {
        match self {
            Situation::Pending | Situation::Partial => Decision::Apply,
            Situation::UnknownNewer | Situation::Reformatted => Decision::Warn,
            Situation::OutOfOrder
            | Situation::Hole
            | Situation::MissingFile
            | Situation::Edited
            | Situation::BrokenHistory => Decision::Refuse,
        }
    }

    /// Returns the decisions that a setting may choose.
    ///
    /// A broken history cannot be waved through: what follows would rest on rows that
    /// nobody can vouch for.
    pub fn choices(self) -> &'static [Decision] {
        match self {
            Situation::Pending | Situation::Partial => &[Decision::Apply, Decision::Refuse],
            Situation::BrokenHistory => &[Decision::Refuse],
            _ => &[Decision::Apply, Decision::Warn, Decision::Refuse],
        }
    }

    /// Returns the code under which the situation is reported.
    pub fn code(self) -> Option<Code> {
        match self {
            Situation::Pending => None,
            Situation::OutOfOrder => Some(Code::M504),
            Situation::Hole => Some(Code::M505),
            Situation::MissingFile => Some(Code::M503),
            Situation::UnknownNewer => Some(Code::M506),
            Situation::Reformatted => Some(Code::M502),
            Situation::Edited => Some(Code::M501),
            Situation::BrokenHistory => Some(Code::M507),
            Situation::Partial => Some(Code::M510),
        }
    }
}

impl Decision {
    /// Returns the word used in settings and in the lock file.
    pub fn name(self) -> &'static str {
        match self {
            Decision::Apply => "apply",
            Decision::Warn => "warn",
            Decision::Refuse => "refuse",
        }
    }
}

/// A word that is no situation or decision, or a decision that the situation does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// No situation has this key.
    #[error("`{0}` is no situation of the policy table; see `cargo migrate check --policy`")]
    UnknownSituation(String),
    /// No decision has this name.
    #[error("`{0}` is no decision; known are `apply`, `warn` and `refuse`")]
    UnknownDecision(String),
    /// The situation does not allow the decision.
    #[error("`{situation}` cannot be set to `{decision}`")]
    NotAllowed {
        /// Key of the situation.
        situation: &'static str,
        /// Name of the decision.
        decision: &'static str,
    },
}

impl FromStr for Situation {
    type Err = PolicyError;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        let found = Situation::ALL.into_iter().find(|situation| situation.key() == key);
        found.ok_or_else(|| PolicyError::UnknownSituation(key.to_owned()))
    }
}

impl FromStr for Decision {
    type Err = PolicyError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "apply" => Ok(Decision::Apply),
            "warn" => Ok(Decision::Warn),
            "refuse" => Ok(Decision::Refuse),
            _ => Err(PolicyError::UnknownDecision(name.to_owned())),
        }
    }
}

/// The policy table with a set's own decisions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    overrides: Vec<(Situation, Decision)>,
}

impl Policy {
    /// Returns what is done in a situation.
    pub fn decide(&self, situation: Situation) -> Decision {
        self.overrides
            .iter()
            .find(|(overridden, _)| *overridden == situation)
            .map_or_else(|| situation.default_decision(), |(_, decision)| *decision)
    }

    /// Sets what is done in a situation.
    ///
    /// # Errors
    /// [`PolicyError::NotAllowed`] when the situation does not allow the decision.
    pub fn set(&mut self, situation: Situation, decision: Decision) -> Result<(), PolicyError> {
        if !situation.choices().contains(&decision) {
            let (situation, decision) = (situation.key(), decision.name());
            return Err(PolicyError::NotAllowed { situation, decision });
        }
        self.overrides.retain(|(overridden, _)| *overridden != situation);
        if decision != situation.default_decision() {
            let place = self.overrides.partition_point(|(other, _)| *other < situation);
            self.overrides.insert(place, (situation, decision));
        }
        Ok(())
    }

    /// Returns the decisions that differ from the defaults, in the table's order.
    pub fn overrides(&self) -> &[(Situation, Decision)] {
        &self.overrides
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_override_defaults() {
        let mut policy = Policy::default();
        assert_eq!(policy.decide(Situation::OutOfOrder), Decision::Refuse);
        policy.set(Situation::OutOfOrder, Decision::Apply).unwrap();
        assert_eq!(policy.decide(Situation::OutOfOrder), Decision::Apply);
        policy.set(Situation::OutOfOrder, Decision::Refuse).unwrap();
        assert_eq!(policy, Policy::default());
    }

    #[test]
    fn a_broken_history_is_always_refused() {
        let mut policy = Policy::default();
        assert!(policy.set(Situation::BrokenHistory, Decision::Warn).is_err());
    }

    #[test]
    fn every_default_is_a_choice() {
        for situation in Situation::ALL {
            assert!(situation.choices().contains(&situation.default_decision()));
            assert_eq!(situation.key().parse(), Ok(situation));
        }
    }
}
