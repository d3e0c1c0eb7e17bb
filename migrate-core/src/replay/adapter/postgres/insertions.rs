//! A text with something put into it, and where: places in it are told of the text as it was written.

/// A text that is copied piece by piece, with insertions between the pieces.
pub(super) struct Insertions<'t> {
    from: &'t str,
    /// How much of it was copied, or left out.
    done: usize,
    text: String,
    offsets: Vec<usize>,
}

impl<'t> Insertions<'t> {
    pub(super) fn into(from: &'t str) -> Self {
        Insertions { from, done: 0, text: String::new(), offsets: Vec::new() }
    }

    /// Copies what stands before `until`.
    pub(super) fn copy(&mut self, until: usize) {
        self.text.push_str(&self.from[self.done..until]);
        self.done = until;
    }

    /// Writes `instead` where the original goes on to `until` in as many bytes.
    pub(super) fn replace(&mut self, until: usize, instead: &str) {
        debug_assert_eq!(until - self.done, instead.len());
        self.text.push_str(instead);
        self.done = until;
    }

    pub(super) fn insert(&mut self, mark: char) {
        self.offsets.push(self.text.len());
        self.text.push(mark);
    }

    /// The whole text, and the offsets of the insertions in it; nothing where there are none.
    pub(super) fn end(self) -> Option<(String, Vec<usize>)> {
        if self.offsets.is_empty() { None } else { Some(self.end_as_it_is()) }
    }

    /// The whole text, and the offsets of the insertions in it, if any.
    pub(super) fn end_as_it_is(mut self) -> (String, Vec<usize>) {
        self.copy(self.from.len());
        (self.text, self.offsets)
    }
}
