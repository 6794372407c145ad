//! Whole numbers that bytes begin with.

use crate::store::import::split::ONES;

/// The number at the start of `bytes`, and where it ends: at most ten digits, without zeros before
/// it.
#[inline]
pub(super) fn whole_number(bytes: &[u8]) -> Option<(u64, usize)> {
    let (mut number, mut length) = bytes.first_chunk().map_or((0, 0), up_to_eight);
    if length == bytes.len().min(size_of::<u64>()) || length == 0 {
        for byte in bytes.iter().take(11).skip(length) {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            number = number * 10 + u64::from(digit);
            length += 1;
        }
    }
    let is_number = (1..=10).contains(&length) && (length == 1 || bytes[0] != b'0');
    is_number.then_some((number, length))
}

/// The same for up to seven digits, with bytes behind them.
#[inline]
pub(super) fn short_number(bytes: &[u8]) -> Option<(u64, usize)> {
    let (number, length) = up_to_eight(bytes.first_chunk()?);
    let is_number = (1..8).contains(&length) && (length == 1 || bytes[0] != b'0');
    is_number.then_some((number, length))
}

/// The digits that eight bytes begin with as a number, and how many these are: found together and
/// added in pairs, in pairs of pairs, and those in one.
#[inline]
fn up_to_eight(bytes: &[u8; 8]) -> (u64, usize) {
    let digits = u64::from_le_bytes(*bytes) ^ (ONES * u64::from(b'0'));
    // Behind the first byte that is no digit it does not matter what is found.
    let others = (digits.wrapping_add(ONES * 0x76) | digits) & (ONES << 7);
    let length = (others.trailing_zeros() / 8) as usize;
    if length == 0 {
        return (0, 0);
    }
    let ones = digits << (64 - 8 * length);
    let pairs = (ones.wrapping_mul(10 << 8 | 1) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_ffff_0000_ffff;
    (fours.wrapping_mul(10_000 << 32 | 1) >> 32, length)
}

#[cfg(test)]
mod tests {
    use super::short_number;
    use super::whole_number;

    #[test]
    fn whole_numbers_are_read_from_the_start() {
        for number in [
            0,
            7,
            10,
            123,
            9_999_999,
            12_345_678,
            123_456_789,
            9_999_999_999_u64,
        ] {
            let text = number.to_string();
            for behind in [
                "", ",", "\n", ",1", "/", ":", "x9999999", "\u{80}23", "é", " 1234567",
            ] {
                let bytes = format!("{text}{behind}").into_bytes();
                let wanted = Some((number, text.len()));
                assert_eq!(whole_number(&bytes), wanted, "{bytes:?}");
                let wanted = wanted.filter(|_| text.len() < 8 && bytes.len() >= 8);
                assert_eq!(short_number(&bytes), wanted, "{bytes:?}");
            }
        }
        for none in [
            "",
            "x",
            "-1",
            "00",
            "01,2345678",
            "12345678901",
            "x12345678",
            "/12345678",
        ] {
            assert_eq!(whole_number(none.as_bytes()), None, "{none}");
            assert_eq!(short_number(none.as_bytes()), None, "{none}");
        }
    }
}
