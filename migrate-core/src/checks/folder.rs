//! M109 to M113: names, files and folders that cannot be read at all.

use std::fmt::Display;

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::folder::{Content, SPECIAL_FILE};
use crate::source::SourceText;

/// Describes a name that is not UTF-8; `shown` is its lossy form.
pub fn name_not_utf8(shown: &str) -> Diagnostic {
    let message = format!("the file name `{shown}` is not UTF-8");
    Diagnostic::new(Code::M109, Place::File(shown.to_owned()), message)
        .help("rename the file; migrations are named with `a` to `z`, `0` to `9` and `_`")
}

/// Describes a file whose content is not UTF-8 from the byte at `valid_up_to` on.
pub fn content_not_utf8(path: &str, valid_up_to: usize) -> Diagnostic {
    let message = format!("`{path}` is not UTF-8: the byte at offset {valid_up_to} is wrong");
    Diagnostic::new(Code::M110, Place::File(path.to_owned()), message)
        .help("save the file in UTF-8; `iconv -f latin1 -t utf-8` converts an old one")
}

/// Describes a file or folder that cannot be read, with the reason that the system gives.
pub fn unreadable(path: &str, reason: impl Display) -> Diagnostic {
    let reason = reason.to_string();
    let message = format!("`{path}` cannot be read: {reason}");
    Diagnostic::new(Code::M111, Place::File(path.to_owned()), message).help(cure(&reason))
}

/// Returns a file's text, or the finding that it has none.
pub(crate) fn text_of(path: &str, content: Content) -> Result<SourceText, Box<Diagnostic>> {
    Err(Box::new(match content {
        Content::Text(text) => return Ok(text),
        Content::NotUtf8 { valid_up_to } => content_not_utf8(path, valid_up_to),
        Content::Unreadable(reason) => unreadable(path, reason),
        Content::NameNotUtf8 => name_not_utf8(path),
        Content::Folder => unreadable(path, "it is a folder"),
    }))
}

/// The reason is the system's text, since a folder is kept as plain data.
fn cure(reason: &str) -> &'static str {
    let says = |words: &str| reason.to_ascii_lowercase().contains(words);
    if reason == SPECIAL_FILE {
        "put a file in its place, or remove it"
    } else if says("permission") || says("access is denied") {
        "give the user who builds and runs the permission to read it"
    } else if says("no such file") || says("cannot find") {
        "it is a link that leads nowhere: restore what it leads to, or remove it"
    } else if says("folder") || says("directory") {
        "a file belongs in place of a folder, and a folder in place of a file"
    } else {
        "see what the system says: the disk, or the way to it, may be broken"
    }
}

/// Describes a folder without any migration; `root` is how messages call it.
pub fn empty_set(root: &str) -> Diagnostic {
    let message = format!("the folder `{root}` holds no migration");
    Diagnostic::new(Code::M112, Place::Root, message)
        .help("`cargo migrate new <name>` writes the first one")
}

/// Describes a migrations folder that does not exist; `root` is how messages call it.
pub fn missing_folder(root: &str) -> Diagnostic {
    let message = format!("the folder `{root}` does not exist");
    Diagnostic::new(Code::M113, Place::Root, message)
        .help("`cargo migrate init` creates it; or correct the path")
}

/// Describes a migrations folder that exists but cannot be listed.
pub fn unreadable_root(root: &str, reason: impl Display) -> Diagnostic {
    let reason = reason.to_string();
    let message = format!("the folder `{root}` cannot be read: {reason}");
    Diagnostic::new(Code::M111, Place::Root, message).help(cure(&reason))
}
