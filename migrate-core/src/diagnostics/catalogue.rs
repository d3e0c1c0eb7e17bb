//! The one list of everything that can be found.
//!
//! Codes are grouped by hundreds and never reused: M1xx file names, M2xx the two halves,
//! M3xx the lock file, M4xx the replay of SQL, M5xx applying, M6xx the rules that a set may
//! switch on. Each has a page under `codes/`.

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; stops nothing.
    Warning,
    /// Stops a build, and a run.
    Error,
}

impl Severity {
    /// Returns the word used in messages and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($id:ident $slug:literal $severity:ident $summary:literal,)+) => {
        /// What kind of thing was found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $summary] $id,)+
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Code] = &[$(Code::$id,)+];

            /// Returns the code as it is printed, such as `M106`.
            pub fn id(self) -> &'static str {
                match self { $(Code::$id => stringify!($id),)+ }
            }

            /// Returns the name, such as `duplicate-version`.
            pub fn slug(self) -> &'static str {
                match self { $(Code::$id => $slug,)+ }
            }

            /// Returns one line that says what the code means.
            pub fn summary(self) -> &'static str {
                match self { $(Code::$id => $summary,)+ }
            }

            /// Returns how much findings of this code weigh.
            pub fn severity(self) -> Severity {
                match self { $(Code::$id => Severity::$severity,)+ }
            }

            /// Whether findings of the code come from the replay, and are waived there.
            pub fn is_of_replay(self) -> bool {
                self.id().starts_with("M4") || self.is_rule()
            }

            /// Whether findings of the code say that a server refuses a statement.
            pub fn is_refutation(self) -> bool {
                (Code::M401..=Code::M412).contains(&self)
                    || matches!(self, Code::M415 | Code::M416 | Code::M421 | Code::M422)
            }

            /// Whether the code is that of a rule, which is off unless a set switches it on.
            pub fn is_rule(self) -> bool {
                self.id().starts_with("M6")
            }

            /// Returns the rule of a name, which is its slug.
            pub fn rule(name: &str) -> Option<Code> {
                Code::ALL.iter().copied().find(|code| code.is_rule() && code.slug() == name)
            }

            /// Returns the page that explains the code, in Markdown.
            pub fn page(self) -> &'static str {
                match self {
                    $(Code::$id => include_str!(concat!("../../codes/", stringify!($id), ".md")),)+
                }
            }
        }
    };
}

codes! {
    M101 "malformed-name" Error "the file name does not have the form `<version>_<name>.sql`",
    M102 "upper-case-name" Error "the file name has upper-case letters",
    M103 "missing-version" Error "the file name has no version",
    M104 "mixed-version-schemes" Error "timestamps and sequence numbers are mixed in one set",
    M105 "impossible-date" Error "the version is not a date of the calendar",
    M106 "duplicate-version" Error "two migrations have one version",
    M107 "stray-file" Error "a file in the folder is no migration",
    M108 "stray-folder" Error "a sub-folder of the migrations folder is none that is read",
    M109 "non-utf8-name" Error "a file name is not UTF-8",
    M110 "non-utf8-content" Error "a migration is not UTF-8 text",
    M111 "unreadable-file" Error "a file or the folder cannot be read",
    M112 "empty-set" Error "the migrations folder holds no migration",
    M113 "missing-folder" Error "the migrations folder does not exist",

    M201 "missing-upgrade" Error "a migration has no `upgrade`",
    M202 "missing-downgrade" Error "a migration has no `downgrade`",
    M203 "empty-half" Error "`upgrade` or `downgrade` has no statement",
    M204 "misnamed-half" Error "a half has another tool's name",
    M205 "private-half" Error "`upgrade` or `downgrade` is not `pub`",
    M206 "blocking-half" Error "`upgrade` or `downgrade` is not `async`",
    M207 "wrong-argument" Error "`upgrade` or `downgrade` does not take exactly `&mut Db`",
    M208 "wrong-return-type" Error "`upgrade` or `downgrade` does not return `Result<()>`",
    M209 "duplicate-half" Error "a migration has two `upgrade`s or two `downgrade`s",
    M210 "unknown-directive" Error "a directive is none that is known",
    M211 "invalid-directive" Error "a directive has a wrong value",
    M212 "statement-outside-half" Error "SQL stands before the first section",
    M213 "invalid-rust" Error "a Rust migration is not Rust",
    M214 "unterminated-sql" Error "a quote or comment is not closed",
    M215 "irreversible-with-body" Error "a downgrade declared irreversible has statements",
    M216 "irreversible-without-reason" Error "a downgrade is declared irreversible without a reason",
    M217 "transaction-control" Warning "a migration begins or ends transactions itself",
    M218 "nul-byte" Error "a migration has a NUL byte",
    M219 "refused-in-transaction" Error "a statement that no transaction takes stands in a migration that is one",

    M301 "missing-lock" Error "there is no lock file",
    M302 "unlisted-file" Error "the lock file does not list a migration of the folder",
    M303 "deleted-file" Error "the folder lacks a file that the lock file lists",
    M304 "edited-file" Error "a sealed file was changed",
    M305 "reformatted-file" Error "a sealed file was changed in comments or white space only",
    M306 "renamed-file" Error "a sealed file was renamed",
    M307 "broken-chain" Error "a line of the lock file does not follow from the one before",
    M308 "malformed-lock" Error "a line of the lock file cannot be read",
    M309 "merge-markers" Error "the lock file has unresolved merge markers",
    M310 "lock-out-of-order" Error "the lines of the lock file are not in the order of versions",
    M311 "newer-lock-format" Error "the lock file was written by a newer cargo migrate",
    M312 "truncated-lock" Error "the end of the lock file is missing",
    M313 "draft-in-release" Error "a release build embeds a draft",
    M314 "lock-settings-differ" Error "the head of the lock file says other settings than the package",

    M401 "invalid-sql" Error "a statement is not SQL of this server",
    M402 "unknown-table" Error "a statement names a table that no earlier migration creates",
    M403 "unknown-column" Error "a statement names a column that its table does not have",
    M404 "unknown-function" Error "a statement calls a function that no earlier migration creates",
    M405 "unknown-type" Error "a statement names a type that no earlier migration creates",
    M406 "duplicate-table" Error "a table or view is created twice",
    M407 "duplicate-column" Error "a column is added twice",
    M408 "duplicate-object" Error "an index, constraint, type or other object is created twice",
    M409 "unknown-object" Error "a statement names an index, constraint, policy or other object that does not exist",
    M410 "needed-by-others" Error "something is dropped or replaced that others need",
    M411 "wrong-number-of-values" Error "an insert has more or fewer values than columns",
    M412 "missing-unique-key" Error "a foreign key or `ON CONFLICT` names columns without a unique key",
    M413 "unneeded-waiver" Error "a migration waives a finding that is not found",
    M415 "ambiguous-column" Error "a bare name is that of a column in two tables of the query",
    M416 "incompatible-types" Error "the types of two columns, or of a column and its value, do not fit",

    M420 "missing-in-routine-body" Warning "a function's body names what is not there when the history ends",
    M421 "extension-schema" Error "an extension is created in another schema than the one it demands",
    M422 "not-allowed" Error "a statement asks for what the server does not allow there",

    M414 "incomplete-downgrade" Warning "a downgrade does not lead back to the schema before its upgrade",

    M501 "edited-after-applied" Error "an applied migration was changed afterwards",
    M502 "reformatted-after-applied" Warning "an applied migration was changed in comments or white space only",
    M503 "missing-file" Error "the database has a migration that the set lacks",
    M504 "out-of-order" Error "a pending migration is older than an applied one",
    M505 "hole" Error "a pending migration is older than one of a newer set",
    M506 "unknown-newer" Warning "the database has migrations of a newer set",
    M507 "hand-made-row" Error "a row of the history was inserted or edited by hand",
    M508 "missing-row" Error "a row of the history was deleted by hand",
    M509 "draft-changed" Error "a draft was changed after it was applied",
    M510 "half-applied" Error "a migration was applied in part",
    M511 "failed-migration" Error "a migration failed while it was run",

    M601 "tenant-rls" Error "a table with the tenant column lacks row-level security or a policy",
    M602 "policy-without-rls" Error "a table has policies, and row-level security is not enabled on it",
    M603 "not-null-without-default" Error "a column that refuses nulls is added to a table without a default",
    M604 "foreign-key-without-index" Error "no index begins with the columns of a foreign key",
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_and_slugs_are_unique() {
        let ids: HashSet<_> = Code::ALL.iter().map(|code| code.id()).collect();
        let slugs: HashSet<_> = Code::ALL.iter().map(|code| code.slug()).collect();
        assert_eq!(ids.len(), Code::ALL.len());
        assert_eq!(slugs.len(), Code::ALL.len());
    }

    #[test]
    fn every_page_opens_with_its_code_and_slug() {
        for code in Code::ALL {
            let title = format!("# {}: {}\n", code.id(), code.slug());
            assert!(code.page().starts_with(&title), "codes/{}.md: {title}", code.id());
            for section in ["## What it means", "## Why it matters", "## What to do"] {
                assert!(code.page().contains(section), "codes/{}.md: {section}", code.id());
            }
        }
    }
}
