//! A set of entities that grows: small ones cost what is in them, large ones a bit an entity.

use fixedbitset::FixedBitSet;

use crate::model::EntityId;

/// Which entities a walk has met.
///
/// Begins as a table of the entities in it, so that a short walk through a large graph clears no
/// bitmap, and becomes a bitmap when it has grown.
#[derive(Debug)]
pub(super) enum Marks {
    /// Open addressing with linear probing: a place holds an entity's number plus 1, or 0. At most
    /// half of the places are taken.
    Few {
        table: Vec<u32>,
        count: usize,
        /// How many entities there are in all.
        entities: usize,
    },
    /// One bit an entity.
    Many(FixedBitSet),
}

/// Tables begin with so many places, a power of two.
const PLACES: usize = 64;

/// A bitmap is made when one entity in so many is in the table: by then the walk has cost more than
/// the bitmap does.
const SPARSENESS: usize = 2048;

impl Marks {
    /// An empty set for so many entities.
    pub(super) fn new(entities: usize) -> Marks {
        if entities <= PLACES * PLACES {
            return Marks::Many(FixedBitSet::with_capacity(entities));
        }
        Marks::Few {
            table: vec![0; PLACES],
            count: 0,
            entities,
        }
    }

    /// Puts an entity in; true if it is new.
    #[inline]
    pub(super) fn insert(&mut self, entity: EntityId) -> bool {
        match self {
            Marks::Many(bits) => !bits.put(entity.index()),
            Marks::Few { table, count, .. } => {
                let place = place(table, entity);
                let is_new = table[place] == 0;
                if is_new {
                    table[place] = entity.0 + 1;
                    *count += 1;
                    if *count * 2 > table.len() {
                        self.grow();
                    }
                }
                is_new
            }
        }
    }

    /// Whether an entity is in it.
    #[inline]
    pub(super) fn contains(&self, entity: EntityId) -> bool {
        match self {
            Marks::Many(bits) => bits.contains(entity.index()),
            Marks::Few { table, .. } => table[place(table, entity)] != 0,
        }
    }

    #[cold]
    fn grow(&mut self) {
        let Marks::Few {
            table,
            count,
            entities,
        } = self
        else {
            return;
        };
        let members = table.iter().filter(|taken| **taken != 0);
        if *count > *entities / SPARSENESS + PLACES {
            let mut bits = FixedBitSet::with_capacity(*entities);
            members.for_each(|taken| bits.insert(*taken as usize - 1));
            *self = Marks::Many(bits);
            return;
        }
        let mut larger = vec![0; table.len() * 4];
        for taken in members {
            let place = place(&larger, EntityId(*taken - 1));
            larger[place] = *taken;
        }
        *table = larger;
    }
}

/// Where an entity lies in a table, or would lie: Fibonacci hashing, which spreads numbers that
/// follow each other (Knuth, The Art of Computer Programming 3, section 6.4).
#[inline]
fn place(table: &[u32], entity: EntityId) -> usize {
    let mask = table.len() - 1;
    let hash = entity.0.wrapping_mul(0x9e37_79b1);
    let mut place = (hash >> (32 - table.len().trailing_zeros())) as usize;
    while table[place] != 0 && table[place] != entity.0 + 1 {
        place = (place + 1) & mask;
    }
    place
}

#[cfg(test)]
mod tests {
    use super::Marks;
    use crate::model::EntityId;

    #[test]
    fn a_set_stays_the_same_while_it_grows() {
        let mut marks = Marks::new(1_000_000);
        let mut seen = std::collections::BTreeSet::new();
        let mut number: u32 = 7;
        for _ in 0..20_000 {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let entity = EntityId(number % 30_000 * 33);
            assert_eq!(marks.contains(entity), seen.contains(&entity));
            assert_eq!(marks.insert(entity), seen.insert(entity));
            assert!(marks.contains(entity));
        }
        assert!(matches!(marks, Marks::Many(_)));
    }
}
