//! Sums of floats that are exact until they are rounded, once, at the end.
//!
//! So a sum does not depend on the order of its rows. The method is that of Shewchuk's partials:
//! J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
//! Predicates", 1997, <https://doi.org/10.1007/PL00009321>, as in CPython's `math.fsum`.

/// A sum of any number of floats.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    small: Partials,
    /// Numbers so large that their sum could overflow on the way, divided by [`SCALE`].
    large: Partials,
    /// The sum of infinities and NaNs, whose order makes no difference either.
    special: f64,
}

/// What large numbers are divided by: 2^200, a power of two, so that nothing is rounded.
const SCALE: f64 = f64::from_bits((1023 + 200) << 52);

/// Where large numbers begin: 2^900.
const LARGE: f64 = f64::from_bits((1023 + 900) << 52);

impl Sum {
    pub(super) fn add(&mut self, number: f64) {
        if !number.is_finite() {
            self.special += number;
        } else if number.abs() >= LARGE {
            self.large.add(number / SCALE);
        } else {
            self.small.add(number);
        }
    }

    /// Adds a whole number in pieces that floats hold exactly.
    pub(super) fn add_integer(&mut self, number: i128) {
        const PIECE: i128 = 1 << 52;
        let mut rest = number;
        let mut unit = 1.0;
        while rest != 0 {
            self.small.add((rest % PIECE) as f64 * unit);
            rest /= PIECE;
            unit *= PIECE as f64;
        }
    }

    /// The sum, rounded, divided by `count`; a sum that overflows may have a quotient that does
    /// not.
    pub(super) fn divided(&self, count: f64) -> f64 {
        if self.special != 0.0 {
            return self.special;
        }
        let small = self.small.rounded();
        let mut large = self.large.clone();
        if large.rounded() == 0.0 {
            return small / count;
        }
        large.add(small / SCALE);
        large.rounded() / count * SCALE
    }
}

impl FromIterator<f64> for Sum {
    fn from_iter<I: IntoIterator<Item = f64>>(numbers: I) -> Sum {
        let mut sum = Sum::default();
        numbers.into_iter().for_each(|number| sum.add(number));
        sum
    }
}

/// Numbers without a common bit, smallest first, whose sum is exactly that of what was added.
#[derive(Clone, Debug, Default)]
struct Partials(Vec<f64>);

impl Partials {
    fn add(&mut self, number: f64) {
        let mut sum = number;
        let mut kept = 0;
        for index in 0..self.0.len() {
            let (rounded, lost) = two_sum(sum, self.0[index]);
            if lost != 0.0 {
                self.0[kept] = lost;
                kept += 1;
            }
            sum = rounded;
        }
        self.0.truncate(kept);
        self.0.push(sum);
    }

    /// The float nearest to the sum; of two, the even one.
    fn rounded(&self) -> f64 {
        let mut partials = self.0.iter().rev().copied();
        let mut sum = partials.next().unwrap_or(0.0);
        let mut lost = 0.0;
        for partial in partials.by_ref() {
            (sum, lost) = two_sum(sum, partial);
            if lost != 0.0 {
                break;
            }
        }
        // Exactly half a unit was lost: the next partial says to which side the sum lies.
        let next = partials.next().unwrap_or(0.0);
        if (lost < 0.0 && next < 0.0) || (lost > 0.0 && next > 0.0) {
            let twice = lost * 2.0;
            let farther = sum + twice;
            if farther - sum == twice {
                return farther;
            }
        }
        sum
    }
}

/// The rounded sum of two numbers, and what rounding lost.
fn two_sum(left: f64, right: f64) -> (f64, f64) {
    let (large, small) = if left.abs() < right.abs() {
        (right, left)
    } else {
        (left, right)
    };
    let sum = large + small;
    (sum, small - (sum - large))
}
