//! From faults to findings, each fault once.

use std::sync::Arc;

use super::Engine;

use crate::diagnostics::{Code, Diagnostic, Place as DiagnosticPlace};
use crate::replay::catalog::{Column, Key, Pattern, Relation};
use crate::replay::model::{ObjectKind, Place};
use crate::replay::resolve::{Fault, Subject};
use crate::source::Span;

/// Findings of one file, after which it is not what it should be at all: another server's SQL, say.
const MOST_FINDINGS: usize = 200;

/// Faults of code that may not run, after which no more are kept.
pub(super) const MOST_UNHEARD: usize = 16;

impl Engine {
    /// Takes a fault: a finding where the code certainly runs, a failure where it is caught.
    pub(super) fn fault(&mut self, mut fault: Fault) {
        if fault.place == Place::default() {
            // A part that has no name: the statement is pointed at.
            fault.place = self.said_place();
        }
        if self.catalog.unknown.everything || (self.guessing > 0 && is_of_shape(fault.code)) {
            self.doubts += 1;
            return;
        }
        self.assume(&fault.subject);
        if self.suppressed > 0 {
            self.failures += 1;
            if self.unheard.len() < MOST_UNHEARD {
                self.unheard.push(fault);
            }
            return;
        }
        let Some(file) = self.file else { return };
        self.refuted_now = true;
        if !self.reported.insert((file, fault.place.start, fault.place.end)) {
            return;
        }
        let here = self.findings.iter().rev().take(MOST_FINDINGS);
        if here.filter(|finding| finding.span().is_some_and(|span| span.file == file)).count()
            == MOST_FINDINGS
        {
            return;
        }
        let span = Span::new(file, fault.place.range());
        let mut finding = Diagnostic::new(fault.code, DiagnosticPlace::Text(span), fault.message);
        if let Some((site, text)) = fault.site {
            finding = finding.also(Span::new(site.file, site.place.range()), text);
        }
        if let Some(help) = fault.help {
            finding = finding.help(help);
        }
        self.findings.push(finding);
    }

    /// Assumes that what was missing is there, so that later uses are silent.
    fn assume(&mut self, subject: &Subject) {
        match subject {
            Subject::Nothing => {}
            Subject::Relation(name) => {
                let schema = match &name.schema {
                    Some(schema) => schema.text.clone(),
                    None => self.catalog.creation_schema(),
                };
                let id = self.catalog.id();
                let mut relation = Relation::new(id, ObjectKind::Relation, None);
                relation.is_certain = false;
                relation.is_open = true;
                self.catalog
                    .relations_mut()
                    .insert(Key::of(&schema, &name.name), Arc::new(relation));
            }
            Subject::Column(tables, name) => {
                for table in tables {
                    let id = self.catalog.id();
                    if let Some(relation) = self.catalog.relation_mut(table) {
                        let column = Column::new(id, name.clone(), None);
                        relation.columns.push(Column { is_certain: false, ..column });
                    }
                }
            }
            Subject::Other(kind, name) => {
                self.catalog.unknown_mut().appeared.insert(Pattern::new(*kind, name));
            }
        }
    }
}

/// Whether a fault lies in how many values there are and of which kind, and not in a name: a word
/// that stands for what is known only at run time may stand for several, or for another kind.
fn is_of_shape(code: Code) -> bool {
    matches!(code, Code::M411 | Code::M412 | Code::M415 | Code::M416 | Code::M422)
}
