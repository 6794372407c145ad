//! Stable sorts as those of slices, of which all types share one.
//!
//! Each type and order that a slice's own sort is asked for is nine more kilobytes of program. They
//! are well spent where the data say how many are sorted, and these here do for everything else.

use std::cmp::Ordering;

/// As many items are put in order one by one, without memory for their places.
const FEW: usize = 16;

/// As [`slice::sort`].
pub(crate) fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// As [`slice::sort_by_key`].
pub(crate) fn sort_by_key<T, K: Ord>(items: &mut [T], mut key: impl FnMut(&T) -> K) {
    sort_by(items, |one, other| key(one).cmp(&key(other)));
}

/// As [`slice::sort_by_cached_key`].
pub(crate) fn sort_by_cached_key<T, K: Ord>(items: &mut [T], key: impl FnMut(&T) -> K) {
    let keys: Vec<K> = items.iter().map(key).collect();
    let order = order(keys.len(), &mut |one, other| keys[one].cmp(&keys[other]));
    arrange(items, order);
}

/// As [`slice::sort_by`].
pub(crate) fn sort_by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    if items.len() > FEW {
        let order = order(items.len(), &mut |one, other| {
            compare(&items[one], &items[other])
        });
        return arrange(items, order);
    }
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && compare(&items[at - 1], &items[at]).is_gt() {
            items.swap(at - 1, at);
            at -= 1;
        }
    }
}

/// The places of items in the order that a comparison of two places has.
fn order(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|one, other| compare(*one, *other));
    order
}

/// Moves to each place what was at the place that the order has there, circle by circle.
fn arrange<T>(items: &mut [T], mut order: Vec<usize>) {
    for start in 0..items.len() {
        let mut at = start;
        loop {
            let from = std::mem::replace(&mut order[at], at);
            if from == start {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_in_the_order_of_the_standard_sorts() {
        for count in (0..40).chain([100, 1000]) {
            for below in [1, 3, 1 << 20] {
                let scrambled = |at: usize| (at * at * 7919 + 13) % below;
                let items: Vec<_> = (0..count).map(|at| (scrambled(at), at)).collect();
                let mut wanted = items.clone();
                wanted.sort_by_key(|item| std::cmp::Reverse(item.0));
                let mut by_key = items.clone();
                sort_by_key(&mut by_key, |item| std::cmp::Reverse(item.0));
                assert_eq!(by_key, wanted);
                let mut by_cached_key = items.clone();
                sort_by_cached_key(&mut by_cached_key, |item| std::cmp::Reverse(item.0));
                assert_eq!(by_cached_key, wanted);
                let mut whole = items.clone();
                sort(&mut whole);
                wanted.sort();
                assert_eq!(whole, wanted);
            }
        }
    }
}
