//! What every layout does with a folder's entries, whatever the names mean.

use std::borrow::Cow;

use crate::checks::{file_name, folder};
use crate::diagnostics::Diagnostic;
use crate::folder::{Content, Entry, Folder};
use crate::source::{FileId, SourceFile, SourceMap};

/// The entries of a folder, sorted by what can be done with them.
#[derive(Debug, Default)]
pub(super) struct Entries {
    /// Files, wherever they lie; their content may be unreadable all the same.
    pub(super) files: Vec<Entry>,
    /// Paths of sub-folders, at any depth that was read.
    pub(super) folders: Vec<Cow<'static, str>>,
    /// Names that are not UTF-8, and folders that cannot be listed.
    pub(super) findings: Vec<Diagnostic>,
}

impl Entries {
    /// Sorts the entries of a folder.
    pub(super) fn of(folder: Folder) -> Self {
        let mut entries = Entries::default();
        for entry in folder.entries {
            match entry.content {
                Content::Folder => entries.folders.push(entry.path),
                Content::NameNotUtf8 => {
                    entries.findings.push(folder::name_not_utf8(&entry.path));
                }
                // A folder that cannot be listed comes twice: as a folder, then as this.
                Content::Unreadable(reason) if entries.folders.contains(&entry.path) => {
                    entries.folders.retain(|folder| *folder != entry.path);
                    entries.findings.push(folder::unreadable(&entry.path, reason));
                }
                _ => entries.files.push(entry),
            }
        }
        entries
    }

    /// Reports the folders that `is_read` refuses, and leaves out what lies in them, so that
    /// one stray folder is one finding.
    pub(super) fn refuse_folders(&mut self, is_read: impl Fn(&str) -> bool, reads: &str) {
        let mut strays: Vec<String> = Vec::new();
        for folder in std::mem::take(&mut self.folders) {
            if is_read(&folder) {
                self.folders.push(folder);
            } else if !strays.iter().any(|stray| lies_in(&folder, stray)) {
                self.findings.push(file_name::stray_folder(&folder, reads));
                strays.push(folder.into_owned());
            }
        }
        self.files.retain(|file| !strays.iter().any(|stray| lies_in(&file.path, stray)));
    }
}

fn lies_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Adds the file to the map, unless it has no text, which is a finding.
pub(super) fn read(
    entry: Entry,
    sources: &mut SourceMap,
    findings: &mut Vec<Diagnostic>,
) -> Option<FileId> {
    let path = entry.path;
    match folder::text_of(&path, entry.content) {
        Ok(text) => Some(sources.add(SourceFile { path, text })),
        Err(finding) => {
            findings.push(*finding);
            None
        }
    }
}
