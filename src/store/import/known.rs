//! What texts have become, so that those which come again and again are not read again.

use crate::store::import::intern::Interner;

/// How many texts are remembered, and the longest of them.
const TEXTS_MAX: usize = 1 << 16;
const LENGTH_MAX: usize = 1 << 8;

/// What the first texts of a column have become. It forgets them where few came again.
#[derive(Default)]
pub(super) struct Known<T> {
    texts: Interner,
    found: Vec<T>,
    /// How many were looked for and found.
    repeated: usize,
    is_given_up: bool,
}

impl<T: Copy + Default> Known<T> {
    /// What a text has become, if it is remembered.
    pub(super) fn get(&mut self, text: &[u8]) -> Option<T> {
        if self.is_given_up || text.len() > LENGTH_MAX {
            return None;
        }
        let number = self.texts.find(text)?;
        self.repeated += 1;
        Some(self.found[number as usize])
    }

    /// Remembers what a text that is not remembered has become, if there is room.
    pub(super) fn put(&mut self, text: &[u8], found: T) {
        let is_full = self.found.len() == TEXTS_MAX;
        if is_full && self.repeated < TEXTS_MAX {
            *self = Known {
                is_given_up: true,
                ..Known::default()
            };
        }
        if !is_full && !self.is_given_up && text.len() <= LENGTH_MAX {
            self.texts.number(text);
            self.found.push(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_again_is_known() {
        let mut known = Known::default();
        assert_eq!(known.get(b"a"), None);
        known.put(b"a", 1);
        known.put(b"", 2);
        known.put(&[b'x'; LENGTH_MAX + 1], 3);
        assert_eq!(known.get(b"a"), Some(1));
        assert_eq!(known.get(b""), Some(2));
        assert_eq!(known.get(&[b'x'; LENGTH_MAX + 1]), None);
    }

    #[test]
    fn it_gives_up_where_few_come_again() {
        for looks in [TEXTS_MAX - 1, TEXTS_MAX] {
            let mut known = Known::default();
            for number in 0..TEXTS_MAX {
                assert_eq!(known.get(number.to_string().as_bytes()), None);
                known.put(number.to_string().as_bytes(), number);
            }
            for _ in 0..looks {
                assert_eq!(known.get(b"7"), Some(7));
            }
            for _ in 0..2 {
                known.put(b"more", 0);
                assert_eq!(known.get(b"more"), None);
            }
            assert_eq!(known.get(b"7"), (looks == TEXTS_MAX).then_some(7));
        }
    }
}
