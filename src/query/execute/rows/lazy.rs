//! A value for each entity, where it may be that few are ever asked for.
//!
//! Room for all of them is zeroed once asking for few has cost as much, so that it never costs
//! more than twice what the better of both would: renting skis and buying them (Karlin, Manasse,
//! Rudolph and Sleator, "Competitive snoopy caching", Algorithmica 3, 1988).

use std::collections::HashMap;

/// So many bytes are zeroed while one entity is found in a hash table.
const BYTES_A_LOOK: usize = 1 << 10;

/// The values; each is the default until it is changed.
#[derive(Default)]
pub(super) struct Lazy<T> {
    entities: usize,
    /// One an entity, or none yet.
    all: Vec<T>,
    few: HashMap<u32, T>,
    /// How often something was looked for among the few.
    looks: usize,
}

impl<T: Copy + Default> Lazy<T> {
    /// A value for each of so many entities.
    pub(super) fn new(entities: usize) -> Lazy<T> {
        Lazy {
            entities,
            all: Vec::new(),
            few: HashMap::new(),
            looks: 0,
        }
    }

    /// How many entities there are.
    pub(super) fn len(&self) -> usize {
        self.entities
    }

    /// The value of an entity, to be read or changed.
    #[inline]
    pub(super) fn entry(&mut self, entity: u32) -> &mut T {
        let place = entity as usize;
        if place < self.all.len() {
            return &mut self.all[place];
        }
        self.look(entity)
    }

    #[cold]
    fn look(&mut self, entity: u32) -> &mut T {
        self.looks += 1;
        if self.looks * BYTES_A_LOOK >= self.entities * size_of::<T>() {
            return &mut self.all()[entity as usize];
        }
        self.few.entry(entity).or_default()
    }

    /// The value of an entity.
    #[inline]
    pub(super) fn get(&self, entity: u32) -> T {
        match self.all.get(entity as usize) {
            Some(value) => *value,
            None => self.few.get(&entity).copied().unwrap_or_default(),
        }
    }

    /// The values of all entities, by number, if there is room for them.
    pub(super) fn made(&self) -> &[T] {
        &self.all
    }

    /// The values of all entities, by number.
    pub(super) fn all(&mut self) -> &mut [T] {
        if self.all.is_empty() {
            self.all = vec![T::default(); self.entities];
            for (entity, value) in self.few.drain() {
                self.all[entity as usize] = value;
            }
        }
        &mut self.all
    }
}

#[cfg(test)]
mod tests {
    use super::Lazy;

    #[test]
    fn few_values_become_all() {
        for entities in [1, 100, 5_000, 1 << 20] {
            let mut values: Lazy<u32> = Lazy::new(entities);
            let entity = |step: usize| (step * 7_919 % entities) as u32;
            for step in 0..3_000 {
                *values.entry(entity(step)) += 1;
            }
            // Four bytes of each are zeroed after as many looks.
            assert_eq!(values.all.is_empty(), entities == 1 << 20, "{entities}");
            let sum =
                |values: &Lazy<u32>| -> u32 { (0..entities as u32).map(|at| values.get(at)).sum() };
            assert_eq!(sum(&values), 3_000);
            assert_eq!(values.get(entity(1)), *values.entry(entity(1)));
            assert_eq!(values.all().len(), entities);
            assert_eq!(sum(&values), 3_000);
            assert_eq!(values.all().iter().sum::<u32>(), 3_000);
            assert!(values.few.is_empty());
        }
    }
}
