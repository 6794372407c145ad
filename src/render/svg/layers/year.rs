//! Layers by year: boxes of one year share a layer, and later years stand behind earlier ones.
//!
//! The boxes of a year count as one, and a link leads from each year to the next; what then lies
//! in which layer is found as without years. A box without a year is taken for as old as the
//! youngest that leads to it, or else as the oldest that it leads to. Links that lead back in time
//! count as turned round, so that no link can bring the years out of order.

use std::collections::BTreeMap;

use super::net::Link;
use super::pack::parts;
use super::rank;

/// The layer of each box, from 0; boxes that nothing joins to a year begin at 0 as well.
///
/// Complexity: that of [`rank::ranks`], and O(|E|) for each year.
pub(super) fn ranks(links: &[Link], years: &[Option<i32>]) -> Vec<usize> {
    let ages = ages(links, years);
    let mut groups: BTreeMap<i32, usize> = BTreeMap::new();
    for year in years.iter().flatten() {
        let next = groups.len();
        groups.entry(*year).or_insert(next);
    }
    let dated = groups.len();
    let mut count = dated;
    let group = years.iter().map(|year| match year {
        Some(year) => groups[year],
        None => {
            count += 1;
            count - 1
        }
    });
    let group: Vec<usize> = group.collect();
    let mut joined: Vec<(usize, usize)> = Vec::with_capacity(links.len() + dated);
    for link in links {
        let (from, to) = match ages[link.from] > ages[link.to] {
            true => (link.to, link.from),
            false => (link.from, link.to),
        };
        joined.push((group[from], group[to]));
    }
    let order: Vec<usize> = groups.into_values().collect();
    joined.extend(order.windows(2).map(|pair| (pair[0], pair[1])));
    let ranks = all_ranks(count, &joined);
    group.into_iter().map(|group| ranks[group]).collect()
}

/// The layers of boxes that need not hang together.
fn all_ranks(count: usize, joined: &[(usize, usize)]) -> Vec<usize> {
    let mut ranks = vec![0; count];
    for (members, inner) in parts(count, joined) {
        let place_of = |place: usize| members.binary_search(&place).unwrap_or(0);
        let pairs = inner.iter().map(|link| joined[*link]);
        let pairs: Vec<(usize, usize)> = pairs
            .map(|(from, to)| (place_of(from), place_of(to)))
            .collect();
        for (place, rank) in members.iter().zip(rank::ranks(members.len(), &pairs)) {
            ranks[*place] = rank;
        }
    }
    ranks
}

/// For how old each box is taken; the latest of all for what nothing joins to a year.
fn ages(links: &[Link], years: &[Option<i32>]) -> Vec<i32> {
    let mut ages = years.to_vec();
    let forward: Vec<(usize, usize)> = links.iter().map(|link| (link.from, link.to)).collect();
    spread(&mut ages, years, &forward, |new, old| new > old);
    let known = ages.clone();
    let backward: Vec<(usize, usize)> = links.iter().map(|link| (link.to, link.from)).collect();
    spread(&mut ages, &known, &backward, |new, old| new < old);
    ages.into_iter()
        .map(|age| age.unwrap_or(i32::MAX))
        .collect()
}

/// Hands ages on along links to boxes that are not `fixed`, each of which keeps the one that is
/// better than all others.
fn spread(
    ages: &mut [Option<i32>],
    fixed: &[Option<i32>],
    links: &[(usize, usize)],
    is_better: fn(i32, i32) -> bool,
) {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); ages.len()];
    for (from, to) in links {
        next[*from].push(*to);
    }
    let mut pending: Vec<usize> = (0..ages.len())
        .filter(|place| ages[*place].is_some())
        .collect();
    while let Some(place) = pending.pop() {
        let Some(age) = ages[place] else { continue };
        for &to in &next[place] {
            let is_new = ages[to].is_none_or(|known| is_better(age, known));
            if fixed[to].is_none() && is_new {
                ages[to] = Some(age);
                pending.push(to);
            }
        }
    }
}
