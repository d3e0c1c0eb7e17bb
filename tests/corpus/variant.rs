//! A fault that is put into a history, and what a real server said to it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::history::File;

/// A history with one fault.
#[derive(Debug)]
pub(crate) struct Variant {
    id: String,
    pub(crate) corpus: String,
    pub(crate) kind: String,
    change: Change,
    /// The file that the server refuses; `None` where all of it applies.
    pub(crate) fails_at: Option<String>,
    message: String,
}

#[derive(Debug)]
enum Change {
    Delete(String),
    Swap(String, String),
    Edit(Vec<Edit>),
}

/// A range of a file, in characters, and what stands there instead.
#[derive(Debug)]
struct Edit {
    file: String,
    start: usize,
    end: usize,
    text: String,
}

/// Reads a file with a fault on each line.
pub(crate) fn read(path: &Path) -> Vec<Variant> {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let parse = |line: &str| {
        let value = serde_json::from_str(line).ok()?;
        Variant::from_json(&value)
    };
    text.lines().map(|line| parse(line).unwrap_or_else(|| panic!("no fault: {line}"))).collect()
}

impl Variant {
    fn from_json(value: &Value) -> Option<Self> {
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let change = if let Some(file) = text("delete") {
            Change::Delete(file)
        } else if let Some(files) = value["swap"].as_array() {
            Change::Swap(files.first()?.as_str()?.to_owned(), files.get(1)?.as_str()?.to_owned())
        } else {
            Change::Edit(
                value["edits"].as_array()?.iter().map(Edit::from_json).collect::<Option<_>>()?,
            )
        };
        Some(Variant {
            id: text("id")?,
            corpus: text("corpus")?,
            kind: text("kind")?,
            change,
            fails_at: text("at").filter(|_| value["result"] == "fails"),
            message: text("msg").unwrap_or_default(),
        })
    }

    /// The history's files with the fault in them.
    pub(crate) fn files(&self, files: &[File]) -> Vec<File> {
        let mut files = files.to_vec();
        match &self.change {
            Change::Delete(name) => files.retain(|file| file.name != *name),
            Change::Swap(one, other) => {
                let position = |name: &str| files.iter().position(|file| file.name == name);
                if let (Some(one), Some(other)) = (position(one), position(other)) {
                    files.swap(one, other);
                }
            }
            Change::Edit(edits) => {
                let mut edits: Vec<&Edit> = edits.iter().collect();
                // From the end, so that what is not edited yet stays where it is.
                edits.sort_by_key(|edit| std::cmp::Reverse(edit.start));
                for edit in edits {
                    if let Some(file) = files.iter_mut().find(|file| file.name == edit.file) {
                        edit.apply(&mut file.text);
                    }
                }
            }
        }
        files
    }

    pub(crate) fn describe(&self) -> String {
        format!("{} {}: {}", self.id, self.kind, self.message)
    }
}

impl Edit {
    fn from_json(value: &Value) -> Option<Self> {
        let number = |index: usize| usize::try_from(value[index].as_u64()?).ok();
        Some(Edit {
            file: value[0].as_str()?.to_owned(),
            start: number(1)?,
            end: number(2)?,
            text: value[3].as_str()?.to_owned(),
        })
    }

    fn apply(&self, text: &mut String) {
        let byte = |position: usize| {
            text.char_indices().nth(position).map_or(text.len(), |(offset, _)| offset)
        };
        let range = byte(self.start)..byte(self.end);
        text.replace_range(range, &self.text);
    }
}
