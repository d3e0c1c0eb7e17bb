//! A part of a shared map, and which objects it speaks of.

use std::sync::{Arc, OnceLock};

use super::Id;

/// Neighbours in a map that are shared or copied together.
#[derive(Debug)]
pub(super) struct Chunk<K, V> {
    pub(super) entries: Vec<(K, V)>,
    /// Found out when it is first asked for. What went since may still be in it.
    mentioned: OnceLock<Mentioned>,
}

impl<K, V> Chunk<K, V> {
    pub(super) fn new(entries: Vec<(K, V)>) -> Arc<Self> {
        Arc::new(Chunk { entries, mentioned: OnceLock::new() })
    }

    /// The entries, to be changed.
    pub(super) fn entries_mut(chunk: &mut Arc<Self>) -> &mut Vec<(K, V)>
    where
        K: Clone,
        V: Clone,
    {
        let chunk = Arc::make_mut(chunk);
        chunk.mentioned.take();
        &mut chunk.entries
    }

    /// The entries, of which some are taken out and none is changed.
    pub(super) fn entries_to_thin(chunk: &mut Arc<Self>) -> &mut Vec<(K, V)>
    where
        K: Clone,
        V: Clone,
    {
        &mut Arc::make_mut(chunk).entries
    }
}

impl<K, V: Mentions> Chunk<K, V> {
    /// Whether an entry may speak of one of the objects.
    pub(super) fn may_speak_of(&self, objects: &[Id]) -> bool {
        // Most were asked before, and a closure is slow in code that is built without optimisation.
        let mentioned = match self.mentioned.get() {
            Some(mentioned) => mentioned,
            None => self.mentioned.get_or_init(|| Mentioned::in_entries(&self.entries)),
        };
        for object in objects {
            if mentioned.may_have(*object) {
                return true;
            }
        }
        false
    }
}

impl<K: Clone, V: Clone> Clone for Chunk<K, V> {
    fn clone(&self) -> Self {
        Chunk { entries: self.entries.clone(), mentioned: self.mentioned.clone() }
    }
}

/// A value that speaks of objects by their identities.
pub(crate) trait Mentions {
    /// Tells all that it speaks of.
    fn tell_mentioned(&self, tell: &mut dyn FnMut(Id));
}

/// Objects that entries speak of, and few more: those between the first and the last whose numbers
/// are alike.
///
/// A set that says it exactly takes longer to make, after each change, than it saves.
#[derive(Debug, Clone)]
struct Mentioned {
    first: Id,
    last: Id,
    alike: [u64; 8],
}

impl Mentioned {
    fn in_entries<K, V: Mentions>(entries: &[(K, V)]) -> Self {
        let mut mentioned = Mentioned { first: Id(u32::MAX), last: Id(0), alike: [0; 8] };
        for (_, value) in entries {
            value.tell_mentioned(&mut |object| mentioned.add(object));
        }
        mentioned
    }

    fn add(&mut self, object: Id) {
        self.first = self.first.min(object);
        self.last = self.last.max(object);
        let (word, bit) = Mentioned::place(object);
        self.alike[word] |= bit;
    }

    fn may_have(&self, object: Id) -> bool {
        if object.0 < self.first.0 || object.0 > self.last.0 {
            return false;
        }
        let (word, bit) = Mentioned::place(object);
        self.alike[word] & bit != 0
    }

    /// Objects are numbered as they come, and neighbours speak of neighbours.
    fn place(object: Id) -> (usize, u64) {
        let number = object.0 as usize;
        (number / 64 % 8, 1 << (number % 64))
    }
}
