//! Whatever a file holds, reading it ends with findings inside the file, and never a panic.

use migrate_core::database::Database;
use migrate_core::diagnostics::{Diagnostic, Place};
use migrate_core::name::MigrationName;
use migrate_core::source::{SourceFile, SourceMap, SourceText};
use migrate_core::{rust_file, script};
use proptest::prelude::*;

/// Pieces that mean something to a reader, and some that mean nothing to any.
fn pieces(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => proptest::sample::select(pieces).prop_map(str::to_owned),
        1 => "\\PC{0,3}",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

const SQL: &[&str] = &[
    "-- upgrade\n",
    "-- downgrade\n",
    "-- downgrade: irreversible,",
    "-- down\n",
    "-- migrate:",
    " lock_timeout=",
    "2s",
    " allow(",
    "M217",
    ") ",
    "é",
    "SELECT 1",
    ";",
    "BEGIN",
    "COMMIT",
    " ATOMIC ",
    "END",
    "'",
    "\"",
    "$$",
    "/*",
    "*/",
    "\n",
    "\r\n",
    " ",
];

const RUST: &[&str] = &[
    "pub ",
    "async ",
    "unsafe ",
    "fn ",
    "upgrade",
    "downgrade",
    "up",
    "(db: &mut Db)",
    "()",
    " -> Result<()>",
    " -> impl Future<Output = ()>",
    " {}",
    " { Ok(()) }",
    "pub const MIGRATE: &str = ",
    "pub const IRREVERSIBLE: &str = ",
    "\"\"",
    "\"retries=\\\"é\"",
    "r#\"only=,\"#",
    ";",
    "\n",
    "// é\n",
    "{",
    "#!",
];

fn file(text: String) -> (SourceMap, migrate_core::source::FileId) {
    let mut sources = SourceMap::default();
    let file = sources.add(SourceFile { path: "004_x.sql".into(), text: SourceText::new(text) });
    (sources, file)
}

/// Every span can be cut out of the text: it ends inside it, and between characters.
fn can_be_shown(findings: &[Diagnostic], sources: &SourceMap) {
    for finding in findings {
        let patches = finding.help.iter().filter_map(|help| help.patch.as_ref());
        let spans = finding.labels.iter().map(|label| label.span);
        for span in spans.chain(patches.map(|patch| patch.span)) {
            let _ = sources.slice(&span);
        }
        if let Place::Text(span) = &finding.place {
            let _ = sources.slice(span);
        }
    }
}

proptest! {
    #[test]
    fn sql(text in pieces(SQL)) {
        let (sources, file) = file(text);
        for database in Database::ALL {
            can_be_shown(&script::parse(file, &sources, database).1, &sources);
            can_be_shown(&script::parse_repeatable(file, &sources, database).1, &sources);
        }
    }

    #[test]
    fn rust(text in pieces(RUST)) {
        let (sources, file) = file(text);
        can_be_shown(&rust_file::parse(file, &sources).1, &sources);
    }

    #[test]
    fn names(name in "[0-9]{0,16}[-_aA.é ]{0,3}[a-zA-Z0-9_é]{0,8}(\\.sql|\\.rs|\\.SQL|)") {
        if let Err(error) = MigrationName::parse(&name) {
            prop_assert!(name.get(error.range).is_some());
        }
    }
}
