//! Sorting by whole numbers, a digit at a time, which stops when somebody asks for it.

use crate::diagnostic::Fault;
use crate::diagnostic::Interrupt;

/// How many bits a digit has: a count for each value stays in the nearest cache.
const DIGIT: u32 = 11;

/// How many values a digit has.
const VALUES: usize = 1 << DIGIT;

/// How many digits a key has.
const DIGITS: usize = (u64::BITS).div_ceil(DIGIT) as usize;

/// With fewer items comparing them is faster than counting their digits.
const COUNTED_MIN: usize = 1 << 12;

/// How many items are moved between two looks at whether somebody asked to stop.
const LOOK_EVERY: usize = 1 << 16;

/// Sorts by a key; equal ones stay in their order. From the last digit to the first, without those
/// that are the same in all keys.
pub(super) fn sort<T: Copy>(
    items: &mut Vec<T>,
    key: impl Fn(&T) -> u64,
    interrupt: &Interrupt,
) -> Result<(), Fault> {
    interrupt.check()?;
    if items.len() < COUNTED_MIN {
        items.sort_by_key(key);
        return Ok(());
    }
    let digit = |item: &T, place: usize| (key(item) >> (place as u32 * DIGIT)) as usize % VALUES;
    let mut counts = vec![[0_u32; VALUES]; DIGITS];
    for some in items.chunks(LOOK_EVERY) {
        interrupt.check()?;
        for item in some {
            for (place, counts) in counts.iter_mut().enumerate() {
                counts[digit(item, place)] += 1;
            }
        }
    }
    let mut moved = items.clone();
    for (place, counts) in counts.iter_mut().enumerate() {
        if counts[digit(&items[0], place)] as usize == items.len() {
            continue;
        }
        let mut start = 0;
        for count in counts.iter_mut() {
            start += std::mem::replace(count, start);
        }
        for some in items.chunks(LOOK_EVERY) {
            interrupt.check()?;
            for item in some {
                let behind = &mut counts[digit(item, place)];
                moved[*behind as usize] = *item;
                *behind += 1;
            }
        }
        std::mem::swap(items, &mut moved);
    }
    Ok(())
}

/// Sorts numbers of texts by the texts' bytes. None of these has a NUL, and no two are the same.
///
/// Eight bytes at a time: those that are alike so far are sorted by the next eight.
pub(super) fn sort_texts<'a>(
    numbers: &mut [u32],
    text: impl Fn(u32) -> &'a [u8],
    interrupt: &Interrupt,
) -> Result<(), Fault> {
    let mut alike = vec![(0, numbers.len(), 0)];
    let mut keys: Vec<(u64, u32)> = Vec::new();
    while let Some((start, end, depth)) = alike.pop() {
        let numbers = &mut numbers[start..end];
        if numbers.len() < ALIKE_MIN {
            let rest = |number: u32| text(number).get(depth..).unwrap_or_default();
            numbers.sort_unstable_by(|a, b| rest(*a).cmp(rest(*b)));
            continue;
        }
        keys.clear();
        for some in numbers.chunks(LOOK_EVERY) {
            interrupt.check()?;
            keys.extend(
                some.iter()
                    .map(|number| (eight(text(*number), depth), *number)),
            );
        }
        sort(&mut keys, |(key, _)| *key, interrupt)?;
        let mut first = 0;
        for (place, (key, number)) in keys.iter().enumerate() {
            numbers[place] = *number;
            let is_last = keys.get(place + 1).is_none_or(|next| next.0 != *key);
            if is_last {
                if place > first {
                    alike.push((start + first, start + place + 1, depth + size_of::<u64>()));
                }
                first = place + 1;
            }
        }
    }
    Ok(())
}

/// Fewer texts than that are compared, and not taken apart.
const ALIKE_MIN: usize = 64;

/// The eight bytes of a text from a place on, with zeros behind its end.
#[inline]
fn eight(text: &[u8], start: usize) -> u64 {
    let rest = text.get(start..).unwrap_or_default();
    match rest.first_chunk() {
        Some(bytes) => u64::from_be_bytes(*bytes),
        None => {
            let mut bytes = [0; size_of::<u64>()];
            bytes[..rest.len()].copy_from_slice(rest);
            u64::from_be_bytes(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Interrupt;
    use crate::store::import::random;

    #[test]
    fn numbers_and_texts_are_sorted() {
        let interrupt = Interrupt::default();
        let mut random = random(1);
        for (count, shift) in [(0, 0), (1, 0), (1_000, 30), (20_000, 0), (20_000, 33)] {
            let mut items: Vec<(u64, u32)> = (0..count)
                .map(|at| (random(1 << 44) as u64 >> shift, at))
                .collect();
            let mut wanted = items.clone();
            wanted.sort();
            super::sort(&mut items, |(key, _)| *key, &interrupt).unwrap();
            assert_eq!(items, wanted);
            let text = |key: u64| match key % 3 {
                0 => format!("{key:x}"),
                1 => format!("https://example.org/{key}"),
                _ => format!("https://example.org/{}/ä", key % 512),
            };
            let mut texts: Vec<String> = items.iter().map(|(key, _)| text(*key)).collect();
            texts.push(String::new());
            texts.sort();
            texts.dedup();
            let mut numbers: Vec<u32> = (0..texts.len() as u32).collect();
            numbers.sort_by_key(|number| number.wrapping_mul(0x9e37_79b9));
            let bytes = |number: u32| texts[number as usize].as_bytes();
            super::sort_texts(&mut numbers, bytes, &interrupt).unwrap();
            assert!(numbers.into_iter().eq(0..texts.len() as u32));
        }
    }

    #[test]
    fn sorting_stops_when_asked_to() {
        let interrupt = Interrupt::default();
        interrupt.cancel();
        let mut items: Vec<u64> = (0..10_000).rev().collect();
        assert!(super::sort(&mut items, |item| *item, &interrupt).is_err());
        let texts: Vec<String> = items.iter().map(u64::to_string).collect();
        let mut numbers: Vec<u32> = (0..texts.len() as u32).collect();
        let text = |number: u32| texts[number as usize].as_bytes();
        assert!(super::sort_texts(&mut numbers, text, &interrupt).is_err());
    }
}
