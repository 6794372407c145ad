//! Where in a text something stands: byte spans, and the lines and columns they lie on.

use std::ops::Range;

/// A half-open range of bytes in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of a byte range; ends past 4 GiB are clamped (no text kin reads is that long).
    pub fn new(range: Range<usize>) -> Span {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span {
            start: clamp(range.start),
            end: clamp(range.end),
        }
    }

    /// The span from the start of `self` to the end of `other`.
    pub fn to(self, other: Span) -> Span {
        Span {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The bytes as a range, cut to `text` and moved out to character bounds.
    pub fn range_in(self, text: &str) -> Range<usize> {
        let mut start = (self.start as usize).min(text.len());
        let mut end = (self.end as usize).clamp(start, text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        start..end
    }
}

/// The line starts of one text, so that many places in it are found by binary search.
#[derive(Clone, Debug)]
pub struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// Finds all line starts of `text` in one pass.
    pub fn of(text: &str) -> Lines {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Lines {
            starts: std::iter::once(0)
                .chain(breaks.map(|(at, _)| at + 1))
                .collect(),
        }
    }

    /// The line (from 1) and the column (from 1, in characters) of a byte offset in `text`.
    pub fn place(&self, text: &str, offset: usize) -> (usize, usize) {
        let offset = Span::new(offset..offset).range_in(text).start;
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        (line, text[start..offset].chars().count() + 1)
    }

    /// The bytes of line `line` (from 1) in `text`, without its line break.
    pub fn line<'a>(&self, text: &'a str, line: usize) -> &'a str {
        let start = self.starts[line - 1];
        let end = self.starts.get(line).map_or(text.len(), |next| next - 1);
        text[start..end].trim_end_matches('\r')
    }

    /// The byte offset at which line `line` (from 1) starts.
    pub fn start(&self, line: usize) -> usize {
        self.starts[line - 1]
    }
}
