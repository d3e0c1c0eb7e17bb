//! From the text of a file to what is run.

use super::directives::{DirectiveText, ParsedDirectives};
use super::findings;
use super::header::{Header, Side};
use super::sections::{Scan, Section, scan, sections};
use super::{transactions, waive};
use crate::database::Database;
use crate::diagnostics::Diagnostic;
use crate::set::{Downgrade, Half, Script};
use crate::source::{FileId, SourceMap, Span};
use crate::sql::{Unterminated, has_statement, split};

/// Whether a text has a line that looks like a section header, at whatever level.
pub fn has_section(text: &str) -> bool {
    text.lines().any(|line| {
        let header = Header::of(line.trim());
        matches!(header, Some(Header::Section(_) | Header::Irreversible(_)))
    })
}

/// Parses a versioned migration of the native layout.
///
/// A half that is missing or misnamed is still given the best bytes that can be told, so that
/// later checks have something to look at.
pub fn parse(file: FileId, sources: &SourceMap, database: Database) -> (Script, Vec<Diagnostic>) {
    let text = sources.text(file);
    let scan = scan(text, database);
    let sections = sections(text, &scan.markers);
    let parser = Parser { file, sources, database, text };
    let first_header = sections.first().map(|section| section.marker.comment.start);

    let mut directives = parser.directives(&scan, first_header.unwrap_or(text.len()));
    let mut findings = std::mem::take(&mut directives.findings);
    findings.extend(parser.unterminated(scan.unterminated));
    findings.extend(parser.outside(&scan, &sections));

    let upgrade = parser.upgrade(&scan, &sections, &mut findings);
    let downgrade = parser.downgrade(&scan, &sections, &mut findings);
    if scan.concerns_transactions && !directives.directives.no_transaction {
        let halves = [Some(&upgrade), half_of(&downgrade)];
        findings.extend(halves.into_iter().flatten().flat_map(|half| parser.transaction(half)));
    }
    waive(&mut findings, &directives.waivers);
    (Script { upgrade, downgrade, directives: directives.directives }, findings)
}

/// Parses a repeatable migration: one body, which may have directives before it.
pub fn parse_repeatable(
    file: FileId,
    sources: &SourceMap,
    database: Database,
) -> (Script, Vec<Diagnostic>) {
    let text = sources.text(file);
    let scan = scan(text, database);
    let parser = Parser { file, sources, database, text };
    let mut directives = parser.directives(&scan, scan.first_statement.unwrap_or(text.len()));
    let mut findings = std::mem::take(&mut directives.findings);
    findings.extend(parser.unterminated(scan.unterminated));
    let section = scan
        .markers
        .iter()
        .find(|marker| matches!(marker.header, Header::Section(_) | Header::Irreversible(_)));
    if let Some(section) = section {
        let header = parser.span(section.comment.clone());
        findings.push(findings::section_in_repeatable(header, sources));
    }
    if scan.unterminated.is_none() && !has_statement(text, database) {
        findings.push(findings::empty_file(file, sources));
    }
    let upgrade = Half::Sql(parser.span(0..text.len()));
    if scan.concerns_transactions && !directives.directives.no_transaction {
        findings.extend(parser.transaction(&upgrade));
    }
    waive(&mut findings, &directives.waivers);
    let script =
        Script { upgrade, downgrade: Downgrade::Absent, directives: directives.directives };
    (script, findings)
}

fn half_of(downgrade: &Downgrade) -> Option<&Half> {
    match downgrade {
        Downgrade::Half(half) => Some(half),
        Downgrade::Irreversible(_) | Downgrade::Absent => None,
    }
}

struct Parser<'a> {
    file: FileId,
    sources: &'a SourceMap,
    database: Database,
    text: &'a str,
}

impl Parser<'_> {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    /// Reads the directive lines that begin before `end`; those after it come too late.
    fn directives(&self, scan: &Scan, end: usize) -> ParsedDirectives {
        let mut directives = ParsedDirectives::default();
        for marker in &scan.markers {
            let Header::Directives(range) = &marker.header else { continue };
            let comment = marker.comment.clone();
            if comment.start > end {
                directives.findings.push(findings::late_directives(self.span(comment)));
                continue;
            }
            let start = comment.start + range.start;
            let text = &self.text[start..comment.start + range.end];
            directives.read(DirectiveText { text, file: self.file, start, whole: None });
        }
        directives
    }

    fn unterminated(&self, unterminated: Option<(Unterminated, usize)>) -> Option<Diagnostic> {
        let (kind, start) = unterminated?;
        Some(transactions::unterminated(kind, start, self.file, self.sources))
    }

    /// Finds statements before the first section.
    ///
    /// Where there is no `upgrade` they are most likely it, and its missing header is reported.
    fn outside(&self, scan: &Scan, sections: &[Section]) -> Option<Diagnostic> {
        let start = scan.first_statement?;
        let first = sections.first()?;
        let header = first.marker.comment.clone();
        if start > header.start || !sections.iter().any(|section| section.side == Side::Upgrade) {
            return None;
        }
        let end = start + self.text[start..header.start].trim_end().len();
        Some(findings::outside(self.file, start..end, self.span(header)))
    }

    fn upgrade(&self, scan: &Scan, sections: &[Section], findings: &mut Vec<Diagnostic>) -> Half {
        let Some(section) = self.section(Side::Upgrade, scan, sections, findings) else {
            let end = sections.first().map_or(self.text.len(), |it| it.marker.comment.start);
            return Half::Sql(self.span(0..end));
        };
        self.require_statement(section, findings);
        Half::Sql(self.span(section.body.clone()))
    }

    fn downgrade(
        &self,
        scan: &Scan,
        sections: &[Section],
        findings: &mut Vec<Diagnostic>,
    ) -> Downgrade {
        let Some(section) = self.section(Side::Downgrade, scan, sections, findings) else {
            return Downgrade::Absent;
        };
        let Header::Irreversible(reason) = &section.marker.header else {
            self.require_statement(section, findings);
            return Downgrade::Half(Half::Sql(self.span(section.body.clone())));
        };
        let header = self.span(section.marker.comment.clone());
        let reason = &self.text[header.start + reason.start..header.start + reason.end];
        if reason.is_empty() {
            findings.push(findings::irreversible_without_reason(header));
        }
        let body = split(&self.text[section.body.clone()], self.database);
        if let (Some(first), Some(last)) = (body.statements.first(), body.statements.last()) {
            let start = section.body.start;
            let body = self.span(start + first.start..start + last.end);
            findings.push(findings::irreversible_with_body(header, body));
        }
        Downgrade::Irreversible(reason.to_owned())
    }

    /// The first section of a half, with what is wrong with its header.
    fn section<'s>(
        &self,
        side: Side,
        scan: &Scan,
        sections: &'s [Section],
        findings: &mut Vec<Diagnostic>,
    ) -> Option<&'s Section> {
        let mut of_side = sections.iter().filter(|section| section.side == side);
        let Some(first) = of_side.next() else {
            // The header may lie in what was not closed, which is reported already.
            if scan.unterminated.is_none() {
                let first = sections.first().map(|it| self.span(it.marker.comment.clone()));
                findings.push(match side {
                    Side::Upgrade => {
                        let start = scan.first_statement;
                        findings::missing_upgrade(self.file, self.sources, start)
                    }
                    Side::Downgrade => findings::missing_downgrade(self.file, self.sources, first),
                });
            }
            return None;
        };
        let header = self.span(first.marker.comment.clone());
        if let Header::Misnamed(side) = first.marker.header {
            findings.push(findings::misnamed(side, header, self.sources));
        }
        for second in of_side {
            let second = self.span(second.marker.comment.clone());
            findings.push(findings::duplicate(side, header, second));
        }
        Some(first)
    }

    fn require_statement(&self, section: &Section, findings: &mut Vec<Diagnostic>) {
        if !has_statement(&self.text[section.body.clone()], self.database) {
            let header = self.span(section.marker.comment.clone());
            findings.push(findings::empty(section.side, header));
        }
    }

    /// Finds what does not get along with the transaction that a half is.
    fn transaction(&self, half: &Half) -> Vec<Diagnostic> {
        let Half::Sql(span) = half else { return Vec::new() };
        // What commits by itself runs in no transaction.
        if !self.database.has_transactional_ddl() {
            return Vec::new();
        }
        let split = split(self.sources.slice(span), self.database);
        let mut findings =
            transactions::refused_in_transaction(*span, self.sources, &split, self.database);
        findings.extend(transactions::transaction_control(
            *span,
            self.sources,
            &split,
            self.database,
        ));
        findings
    }
}
