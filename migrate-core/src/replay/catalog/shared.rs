//! A sorted map whose copies share what none of them has changed.
//!
//! A replay keeps the catalog before each upgrade and tries each downgrade on a copy, so with one
//! tree a history of n migrations would cost n² entries. Here a copy is one pointer, a change
//! after it copies one chunk, and two maps are compared by the chunks they do not share.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::sync::Arc;

use super::Id;
use super::chunk::{Chunk, Mentions};

/// Entries of a chunk, at most.
const FULL: usize = 32;

/// A sorted map; a copy is cheap.
#[derive(Debug)]
pub(crate) struct SharedMap<K, V> {
    /// In order, none of them empty.
    chunks: Arc<Vec<Arc<Chunk<K, V>>>>,
}

/// An entry of two maps: its key, and its value in either.
pub(crate) type Pair<'m, K, V> = (&'m K, Option<&'m V>, Option<&'m V>);

impl<K, V> Clone for SharedMap<K, V> {
    fn clone(&self) -> Self {
        SharedMap { chunks: Arc::clone(&self.chunks) }
    }
}

impl<K, V> Default for SharedMap<K, V> {
    fn default() -> Self {
        SharedMap { chunks: Arc::default() }
    }
}

impl<K, V> SharedMap<K, V> {
    pub(crate) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Whether this is a copy of the other, and neither changed since.
    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.chunks, &other.chunks)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        Entries::of(self.chunks.iter())
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

impl<K: Ord, V> SharedMap<K, V> {
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let (_, value) = self.get_key_value(key)?;
        Some(value)
    }

    pub(crate) fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        let (chunk, place) = self.find(key).ok()?;
        let (key, value) = &self.chunks[chunk].entries[place];
        Some((key, value))
    }

    pub(crate) fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// The entries that are not in chunks of both; an entry may be the same in both.
    pub(crate) fn unshared<'m>(&'m self, other: &'m Self) -> Vec<Pair<'m, K, V>> {
        let mut found = Vec::new();
        if self.is_same(other) {
            return found;
        }
        let (mut own, mut others) = (Cursor::new(self), Cursor::new(other));
        loop {
            own.skip_shared(&mut others);
            let (a, b) = (own.entry(), others.entry());
            let order = match (a, b) {
                (Some((a, _)), Some((b, _))) => a.cmp(b),
                (Some(_), None) => Ordering::Less,
                (None, _) => Ordering::Greater,
            };
            match (order, a, b) {
                (Ordering::Equal, Some((key, a)), Some((_, b))) => {
                    found.push((key, Some(a), Some(b)));
                    own.pass();
                    others.pass();
                }
                (Ordering::Less, Some((key, a)), _) => {
                    found.push((key, Some(a), None));
                    own.pass();
                }
                (_, _, Some((key, b))) => {
                    found.push((key, None, Some(b)));
                    others.pass();
                }
                _ => return found,
            }
        }
    }

    /// Chunk and place of a key, or where it would stand.
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<(usize, usize), (usize, usize)>
    where
        K: Borrow<Q>,
    {
        let chunks = self.chunks.as_slice();
        let mut after = match search(chunks, |chunk| chunk.entries[0].0.borrow().cmp(key)) {
            Ok(chunk) => return Ok((chunk, 0)),
            Err(after) => after,
        };
        if after == 0 {
            return Err((0, 0));
        }
        after -= 1;
        match search(&chunks[after].entries, |(other, _)| other.borrow().cmp(key)) {
            Ok(place) => Ok((after, place)),
            Err(place) => Err((after, place)),
        }
    }
}

/// Where an item stands, or would stand, among sorted ones.
///
/// What the standard library has is generic in the same way and twice as slow in code built
/// without optimisation.
fn search<T>(items: &[T], order: impl Fn(&T) -> Ordering) -> Result<usize, usize> {
    let (mut low, mut high) = (0, items.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        match order(&items[middle]) {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
            Ordering::Equal => return Ok(middle),
        }
    }
    Err(low)
}

impl<K: Ord + Clone, V: Clone> SharedMap<K, V> {
    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let (chunk, place) = self.find(key).ok()?;
        Some(&mut self.entries_mut(chunk)[place].1)
    }

    /// The value of a key, put there where it is missing.
    pub(crate) fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let (chunk, place) = match self.find(&key) {
            Ok(found) => found,
            Err(place) => self.insert_at(place, key, make()),
        };
        &mut self.entries_mut(chunk)[place].1
    }

    /// Returns the value that was there before.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok((chunk, place)) => {
                Some(std::mem::replace(&mut self.entries_mut(chunk)[place].1, value))
            }
            Err(place) => {
                self.insert_at(place, key, value);
                None
            }
        }
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let (chunk, place) = self.find(key).ok()?;
        let chunks = Arc::make_mut(&mut self.chunks);
        let entries = Chunk::entries_to_thin(&mut chunks[chunk]);
        let (_, value) = entries.remove(place);
        if entries.is_empty() {
            chunks.remove(chunk);
        }
        Some(value)
    }

    /// All values, to be changed.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        let chunks = Arc::make_mut(&mut self.chunks).iter_mut();
        chunks.flat_map(Chunk::entries_mut).map(|(_, value)| value)
    }

    /// Keeps the entries for which `keep` holds.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        let unwanted = |(key, value): (&K, &V)| (!keep(key, value)).then(|| key.clone());
        let unwanted: Vec<K> = self.iter().filter_map(unwanted).collect();
        for key in unwanted {
            self.remove(&key);
        }
    }

    fn entries_mut(&mut self, chunk: usize) -> &mut Vec<(K, V)> {
        Chunk::entries_mut(&mut Arc::make_mut(&mut self.chunks)[chunk])
    }

    /// Puts an entry where it is missing, and returns where that is now.
    fn insert_at(&mut self, place: (usize, usize), key: K, value: V) -> (usize, usize) {
        let chunks = Arc::make_mut(&mut self.chunks);
        let (chunk, place) = place;
        if chunks.is_empty() {
            chunks.push(Chunk::new(vec![(key, value)]));
            return (0, 0);
        }
        let entries = Chunk::entries_mut(&mut chunks[chunk]);
        if entries.len() < FULL {
            entries.insert(place, (key, value));
            return (chunk, place);
        }
        // What comes in order leaves full chunks behind; what comes between parts one in halves.
        let half = if place == FULL { FULL } else { FULL / 2 };
        let rest = entries.split_off(half);
        chunks.insert(chunk + 1, Chunk::new(rest));
        let (chunk, place) = if place < half { (chunk, place) } else { (chunk + 1, place - half) };
        Chunk::entries_mut(&mut chunks[chunk]).insert(place, (key, value));
        (chunk, place)
    }
}

impl<K, V: Mentions> SharedMap<K, V> {
    /// The entries that may speak of one of the objects: all that do, and their neighbours.
    ///
    /// Among thousands of tables a few speak of the one that is dropped, and each drop asks.
    pub(crate) fn near_mentions<'m>(
        &'m self,
        objects: &[Id],
    ) -> impl Iterator<Item = (&'m K, &'m V)> + use<'m, K, V> {
        let mut near = Vec::new();
        for chunk in self.chunks.iter() {
            if chunk.may_speak_of(objects) {
                near.push(chunk);
            }
        }
        Entries::of(near.into_iter())
    }
}

impl<K: Ord + Clone, V: Clone> FromIterator<(K, V)> for SharedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = SharedMap::default();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

/// The entries of chunks, one after the other.
///
/// What the standard library flattens with is compiled anew, at great length, for each closure that
/// walks through a map, and is slow in code that is built without optimisation.
struct Entries<'m, K, V, C> {
    chunks: C,
    /// What is left of the chunk that is begun.
    begun: std::slice::Iter<'m, (K, V)>,
}

impl<'m, K, V, C: Iterator<Item = &'m Arc<Chunk<K, V>>>> Entries<'m, K, V, C> {
    fn of(chunks: C) -> Self {
        Entries { chunks, begun: [].iter() }
    }
}

impl<'m, K, V, C: Iterator<Item = &'m Arc<Chunk<K, V>>>> Iterator for Entries<'m, K, V, C> {
    type Item = (&'m K, &'m V);

    fn next(&mut self) -> Option<(&'m K, &'m V)> {
        loop {
            if let Some((key, value)) = self.begun.next() {
                return Some((key, value));
            }
            self.begun = self.chunks.next()?.entries.iter();
        }
    }
}

/// A place in a map that is walked through.
struct Cursor<'m, K, V> {
    /// The chunks that are not begun.
    chunks: &'m [Arc<Chunk<K, V>>],
    /// What is left of the one that is begun.
    entries: &'m [(K, V)],
}

impl<'m, K, V> Cursor<'m, K, V> {
    fn new(map: &'m SharedMap<K, V>) -> Self {
        Cursor { chunks: &map.chunks, entries: &[] }
    }

    /// Moves both past the chunks at whose beginning they stand and that are one and the same.
    fn skip_shared(&mut self, other: &mut Self) {
        if !self.entries.is_empty() || !other.entries.is_empty() {
            return;
        }
        let mut shared = 0;
        while shared < self.chunks.len()
            && shared < other.chunks.len()
            && Arc::ptr_eq(&self.chunks[shared], &other.chunks[shared])
        {
            shared += 1;
        }
        self.chunks = &self.chunks[shared..];
        other.chunks = &other.chunks[shared..];
    }

    /// The next entry, which is not passed.
    fn entry(&mut self) -> Option<&'m (K, V)> {
        if self.entries.is_empty() {
            let (first, rest) = self.chunks.split_first()?;
            (self.entries, self.chunks) = (&first.entries, rest);
        }
        self.entries.first()
    }

    fn pass(&mut self) {
        self.entries = &self.entries[1..];
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn list(map: &SharedMap<u16, u8>) -> Vec<(u16, u8)> {
        map.iter().map(|(key, value)| (*key, *value)).collect()
    }

    proptest! {
        #[test]
        fn it_does_what_a_tree_does(steps in prop::collection::vec((0u16..400, 0u8..4), 0..900)) {
            let (mut map, mut tree) = (SharedMap::default(), BTreeMap::new());
            let (mut copy, mut copied) = (map.clone(), tree.clone());
            for (index, (key, step)) in steps.into_iter().enumerate() {
                let value = u8::try_from(index % 251).expect("below 251");
                match step {
                    0 => prop_assert_eq!(map.remove(&key), tree.remove(&key)),
                    1 => {
                        *map.get_or_insert_with(key, || 7) = value;
                        *tree.entry(key).or_insert(7) = value;
                    }
                    2 if index % 97 == 0 => (copy, copied) = (map.clone(), tree.clone()),
                    _ => prop_assert_eq!(map.insert(key, value), tree.insert(key, value)),
                }
                prop_assert_eq!(map.get(&key), tree.get(&key));
            }
            map.retain(|key, _| key % 7 != 0);
            tree.retain(|key, _| key % 7 != 0);
            let expected: Vec<_> = tree.iter().map(|(key, value)| (*key, *value)).collect();
            prop_assert_eq!(list(&map), expected);
            let expected: Vec<_> = copied.iter().map(|(key, value)| (*key, *value)).collect();
            prop_assert_eq!(list(&copy), expected);

            let mut differing = map.unshared(&copy);
            differing.retain(|(_, own, other)| own != other);
            let keys: std::collections::BTreeSet<_> = tree.keys().chain(copied.keys()).collect();
            let all = keys.into_iter().map(|key| (key, tree.get(key), copied.get(key)));
            let expected: Vec<_> = all.filter(|(_, own, other)| own != other).collect();
            prop_assert_eq!(differing, expected);
        }
    }

    impl Mentions for u8 {
        fn tell_mentioned(&self, tell: &mut dyn FnMut(Id)) {
            tell(Id(u32::from(*self)));
        }
    }

    #[test]
    fn what_speaks_of_an_object_is_found_after_changes_too() {
        let mut map: SharedMap<u16, u8> = (0..1000).map(|key| (key, 0)).collect();
        assert_eq!(map.near_mentions(&[Id(7)]).count(), 0);
        map.insert(500, 7);
        let copy = map.clone();
        map.insert(900, 7);
        let keys = |map: &SharedMap<u16, u8>| -> Vec<u16> {
            let near = map.near_mentions(&[Id(3), Id(7)]);
            near.filter(|(_, value)| **value == 7).map(|(key, _)| *key).collect()
        };
        assert_eq!(keys(&map), [500, 900]);
        assert_eq!(keys(&copy), [500]);
        assert!(map.near_mentions(&[Id(7)]).count() <= 2 * FULL);
    }

    #[test]
    fn a_change_after_a_copy_leaves_the_rest_shared() {
        let map: SharedMap<u16, u8> = (0..1000).map(|key| (key, 0)).collect();
        let mut copy = map.clone();
        assert!(copy.is_same(&map));
        copy.insert(500, 1);
        copy.remove(&501);
        let unshared = map.unshared(&copy);
        assert!(unshared.len() <= FULL, "{}", unshared.len());
        assert!(unshared.contains(&(&500, Some(&0), Some(&1))));
        assert!(unshared.contains(&(&501, Some(&0), None)));
    }
}
