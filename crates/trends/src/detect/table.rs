//! Where the terms are: side by side in a list, and found by their keys in a table of numbers. So a look-up goes through a
//! few megabytes, however much is known about each term, and making room moves numbers, not terms.

use serde::{Deserialize, Serialize};

use super::{detector::KeyMap, term::Term, terms::Key};

/// The terms that are watched.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Table {
    positions: KeyMap<u32>,
    terms: Vec<(Key, Term)>,
}

impl Table {
    pub(crate) fn len(&self) -> usize {
        self.terms.len()
    }

    pub(crate) fn get(&self, key: Key) -> Option<&Term> {
        self.at(self.position(key)?).map(|(_, term)| term)
    }

    /// Where a term is, until terms are dropped.
    pub(crate) fn position(&self, key: Key) -> Option<u32> {
        self.positions.get(&key).copied()
    }

    pub(crate) fn at(&self, position: u32) -> Option<&(Key, Term)> {
        self.terms.get(position as usize)
    }

    pub(crate) fn at_mut(&mut self, position: u32) -> Option<&mut Term> {
        self.terms.get_mut(position as usize).map(|(_, term)| term)
    }

    /// Takes in a term that is not there; says where it is.
    pub(crate) fn insert(&mut self, key: Key, term: Term) -> u32 {
        let position = self.terms.len() as u32;
        self.positions.insert(key, position);
        if self.terms.len() == self.terms.capacity() {
            // by an eighth: twice as much would stand empty for most of the time
            self.terms.reserve_exact(self.terms.len() / 8 + 16);
        }
        self.terms.push((key, term));
        position
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Term> {
        self.terms.iter_mut().map(|(_, term)| term)
    }

    /// Drops up to `number` of the terms that are worth least; of equal ones those with the smallest keys.
    pub(crate) fn drop_least(&mut self, number: usize, stays: impl Fn(&Key) -> bool) {
        let mut worths: Vec<u32> = self.terms.iter().map(|(_, term)| term.worth()).collect();
        if worths.is_empty() {
            return;
        }
        let at = number.min(worths.len() - 1);
        let least = *worths.select_nth_unstable(at).1;
        let mut going: Vec<Key> = self
            .terms
            .iter()
            .filter(|(key, term)| term.worth() <= least && !stays(key))
            .map(|(key, _)| *key)
            .collect();
        going.sort_unstable();
        for key in going.into_iter().take(number) {
            let Some(position) = self.positions.remove(&key) else { continue };
            self.terms.swap_remove(position as usize);
            if let Some((moved, _)) = self.terms.get(position as usize) {
                self.positions.insert(*moved, position);
            }
        }
    }

    /// About how much memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.positions.capacity() * (size_of::<(Key, u32)>() + 1)
            + (self.terms.capacity() - self.terms.len()) * size_of::<(Key, Term)>()
            + self.terms.iter().map(|(key, term)| size_of_val(key) + term.bytes()).sum::<usize>()
    }
}
