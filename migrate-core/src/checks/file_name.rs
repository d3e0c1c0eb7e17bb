//! M101, M102, M103, M105 and M107: a file of the native layout with a name of another form.

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::name::{NameFault, ParseNameError};

/// Describes why the file at `path` has no good name.
///
/// `reads` says which files the layout reads.
pub fn finding(path: &str, error: &ParseNameError, reads: &str) -> Diagnostic {
    if error.fault == NameFault::OtherExtension {
        return stray(path, reads);
    }
    let file_name_start = path.rfind('/').map_or(0, |slash| slash + 1);
    let place = Place::Name {
        path: path.to_owned(),
        start: file_name_start + error.range.start,
        end: file_name_start + error.range.end,
    };
    let version = &path[file_name_start..];
    let version = &version[..version.bytes().take_while(u8::is_ascii_digit).count()];
    let (code, message, label, advice) = match &error.fault {
        NameFault::OtherExtension | NameFault::NoName => (
            Code::M101,
            format!("the file name `{path}` has no name in it"),
            "a name in snake_case belongs before the extension".to_owned(),
            "say in the name what the migration does, such as `add_email`",
        ),
        NameFault::NoSeparator => (
            Code::M101,
            format!("the version of `{path}` is not followed by `_`"),
            "`_` belongs here".to_owned(),
            "write `<version>_<name>`",
        ),
        NameFault::Character(c) => (
            Code::M101,
            format!("the file name `{path}` has the character `{}`", c.escape_debug()),
            "only `a` to `z`, `0` to `9` and `_` stand in names".to_owned(),
            "write the name in snake_case",
        ),
        NameFault::DigitCount(digits) => (
            Code::M101,
            format!("version `{version}` has {digits} digits; a timestamp has 14: YYYYMMDDHHMMSS"),
            format!("{digits} digits"),
            "write year, month, day, hour, minute and second in UTC, or a sequence number",
        ),
        NameFault::UpperCase => (
            Code::M102,
            format!("the file name `{path}` has upper-case letters"),
            "upper case".to_owned(),
            "write the name in lower case",
        ),
        NameFault::NoVersion => (
            Code::M103,
            format!("the file name `{path}` has no version"),
            "a version belongs here".to_owned(),
            "put a timestamp (`20250130114438_`) or a sequence number (`004_`) before the name; \
             `cargo migrate new` does it",
        ),
        NameFault::ImpossibleDate(part) => (
            Code::M105,
            format!("version `{version}` is not a date: there is no such {part}"),
            format!("the {part}"),
            "write year, month, day, hour, minute and second in UTC",
        ),
    };
    let help = match &error.suggestion {
        Some(name) => format!("rename the file to `{}{name}`", &path[..file_name_start]),
        None => advice.to_owned(),
    };
    Diagnostic::new(code, place, message).label(label).help(help)
}

/// Describes a file that no migration is read from.
pub fn stray(path: &str, reads: &str) -> Diagnostic {
    Diagnostic::new(
        Code::M107,
        Place::File(path.to_owned()),
        format!("the file `{path}` is no migration"),
    )
    .note(reads)
    .help("move it out of the folder, or give it the name of a migration")
}

/// Describes a sub-folder that nothing is read from.
pub fn stray_folder(path: &str, reads: &str) -> Diagnostic {
    Diagnostic::new(
        Code::M108,
        Place::File(path.to_owned()),
        format!("nothing is read from the folder `{path}`"),
    )
    .note(reads)
    .help("move its migrations into the migrations folder, or the folder out of it")
}
