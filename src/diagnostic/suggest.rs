//! "Did you mean": the known words nearest to an unknown one.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

/// The most words that one answer holds.
const NEAREST_MAX: usize = 4;

/// The greatest number of single-character edits between two words called near.
const EDITS_MAX: usize = 2;

/// `text` as look-up compares it: NFKC, lower case, and space, `-` and `_` as one.
///
/// Kana are compared without regard to width (NFKC sees to that), not to script.
pub fn folded(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .map(|character| {
            if matches!(character, ' ' | '_' | '\u{3000}') {
                '-'
            } else {
                character
            }
        })
        .collect()
}

/// The candidates nearest to `word`, best first, at most four; equal ones in code point order.
/// Of candidates that fold to the same text, the first.
///
/// Near is: equal when folded, or at most two edits away (one, for words of four letters or less),
/// or one begins with the other. Only words of near length are compared letter by letter.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = folded(word);
    let length = wanted.chars().count();
    let edits_max = if length <= 4 { 1 } else { EDITS_MAX };
    let mut found: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let known = folded(candidate);
            distance(&wanted, length, &known, edits_max).map(|edits| (edits, candidate))
        })
        .collect();
    found.sort_unstable();
    let mut known = BTreeSet::new();
    found.retain(|(_, candidate)| known.insert(folded(candidate)));
    found
        .into_iter()
        .take(NEAREST_MAX)
        .map(|(_, candidate)| candidate)
        .collect()
}

/// The distance of two folded words, or none if they are not near.
fn distance(wanted: &str, length: usize, known: &str, edits_max: usize) -> Option<usize> {
    let known_length = known.chars().count();
    if wanted == known {
        return Some(0);
    }
    if length.abs_diff(known_length) <= edits_max {
        let edits = strsim::osa_distance(wanted, known);
        if edits <= edits_max && edits < length.max(known_length) {
            return Some(edits * 2);
        }
    }
    let is_prefix = length >= 3 && known.starts_with(wanted);
    let is_extension = known_length >= 4 && wanted.starts_with(known);
    (is_prefix || is_extension).then_some(3)
}

/// A hint that offers the nearest words, or none if there are none.
pub fn did_you_mean(nearest: &[&str]) -> Option<String> {
    let quoted: Vec<String> = nearest
        .iter()
        .map(|word| format!("`{}`", super::escape::clipped(word, 60)))
        .collect();
    match quoted.split_last() {
        None => None,
        Some((only, [])) => Some(format!("did you mean {only}?")),
        Some((last, rest)) => Some(format!("did you mean {} or {last}?", rest.join(", "))),
    }
}
