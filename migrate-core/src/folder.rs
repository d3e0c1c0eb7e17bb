//! A migrations folder as it was read: names and contents, judged by nobody yet.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::source::SourceText;

/// The lock file's name inside the migrations folder.
pub const LOCK_FILE: &str = "migrate.lock";

/// A file with what is there before the first migration, as plain SQL.
pub const SURROUNDINGS_FILE: &str = "surroundings.sql";

/// The sub-folder of repeatable migrations.
pub const REPEATABLE_FOLDER: &str = "repeatable";

/// Why pipes, sockets and devices are not read.
pub(crate) const SPECIAL_FILE: &str = "it is a pipe, a socket or a device";

/// Bytes that are read at once; more than most migrations have.
const BUFFER: usize = 64 * 1024;

/// What a migrations folder holds, two levels deep, in the order of paths.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// How the folder is called in messages.
    pub root: String,
    /// Its files and sub-folders; a folder comes before what it holds.
    pub entries: Vec<Entry>,
    /// The lock file's text, where there is one.
    pub lock: Option<SourceText>,
}

/// A file or sub-folder.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Path below the root, with `/` between parts; a name that is not UTF-8 is shown lossily.
    pub path: Cow<'static, str>,
    /// What was found there.
    pub content: Content,
}

/// What was found at a path.
#[derive(Debug, Clone)]
pub enum Content {
    /// A file with text.
    Text(SourceText),
    /// A file that is not UTF-8; the offset of the first wrong byte.
    NotUtf8 {
        /// Bytes before it that are UTF-8.
        valid_up_to: usize,
    },
    /// A file or folder that could not be read, and why.
    Unreadable(String),
    /// A sub-folder.
    Folder,
    /// A name that is not UTF-8.
    NameNotUtf8,
}

impl Folder {
    /// Reads the folder at `path`; `root` is how messages call it.
    ///
    /// Hidden files (`.gitkeep`, `.DS_Store`, an editor's swap file) are left out, as version
    /// control and editors put them there and no tool reads them.
    ///
    /// # Errors
    /// When the folder itself cannot be listed. What is wrong inside becomes entries.
    pub fn read(path: &Path, root: impl Into<String>) -> io::Result<Self> {
        let mut folder = Folder { root: root.into(), ..Folder::default() };
        folder.read_level(path, "", &mut Vec::with_capacity(BUFFER))?;
        Ok(folder)
    }

    fn read_level(&mut self, path: &Path, prefix: &str, buffer: &mut Vec<u8>) -> io::Result<()> {
        let mut names = fs::read_dir(path)?
            .map(|entry| entry.map(|entry| (entry.file_name(), entry)))
            .collect::<io::Result<Vec<_>>>()?;
        names.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, entry) in names {
            let Some(text) = name.to_str() else {
                let shown = format!("{prefix}{}", name.to_string_lossy());
                self.push(shown, Content::NameNotUtf8);
                continue;
            };
            if text.starts_with('.') {
                continue;
            }
            let shown = format!("{prefix}{text}");
            // The listing knows the type already, but of a link: a link to a file counts as that file.
            let kind = match entry.file_type() {
                Ok(kind) if !kind.is_symlink() => Some(kind),
                _ => fs::metadata(entry.path()).ok().map(|data| data.file_type()),
            };
            if kind.is_some_and(|kind| kind.is_dir()) {
                self.push(shown.clone(), Content::Folder);
                if prefix.is_empty()
                    && let Err(error) = self.read_level(&entry.path(), &format!("{shown}/"), buffer)
                {
                    self.push(shown, Content::Unreadable(error.to_string()));
                }
            } else if kind.is_some_and(|kind| !kind.is_file()) {
                // Some of them never end, and some never begin.
                self.push(shown, Content::Unreadable(SPECIAL_FILE.to_owned()));
            } else {
                let content = read_file(&entry.path(), buffer);
                match content {
                    Content::Text(text) if shown == LOCK_FILE => self.lock = Some(text),
                    content => self.push(shown, content),
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, path: String, content: Content) {
        self.entries.push(Entry { path: Cow::Owned(path), content });
    }
}

/// Reads a file through a buffer that serves for all of them: a folder has thousands of small
/// ones, and asking each for its size first costs as much as reading it.
fn read_file(path: &Path, buffer: &mut Vec<u8>) -> Content {
    buffer.clear();
    let read = File::open(path).and_then(|file| file.take(u64::MAX).read_to_end(buffer));
    match read {
        Ok(_) => match std::str::from_utf8(buffer) {
            Ok(text) => Content::Text(SourceText::new(text.to_owned())),
            Err(error) => Content::NotUtf8 { valid_up_to: error.valid_up_to() },
        },
        Err(error) => Content::Unreadable(error.to_string()),
    }
}
