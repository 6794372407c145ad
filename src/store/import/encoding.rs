//! Encodings of files: UTF-8 as it is, and encodings of one byte a letter made UTF-8.

use std::io::Read;

use serde::Deserialize;

/// How the letters of a file are written as bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) enum Encoding {
    /// UTF-8, with a byte order mark or without.
    #[default]
    #[serde(rename = "utf-8", alias = "utf8", alias = "utf-8-bom")]
    Utf8,
    /// ISO 8859-1.
    #[serde(rename = "latin-1", alias = "iso-8859-1")]
    Latin1,
    /// Windows-1252, as browsers read it. <https://encoding.spec.whatwg.org/#windows-1252>
    #[serde(rename = "windows-1252", alias = "cp1252")]
    Windows1252,
}

/// What Windows has from 0x80 to 0x9f.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The bytes of a file as UTF-8, without a byte order mark. UTF-8 is not checked.
pub(super) struct Decoded<R> {
    input: R,
    encoding: Encoding,
    /// What was read and not yet given.
    ready: Vec<u8>,
    given: usize,
    is_begun: bool,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(input: R, encoding: Encoding) -> Decoded<R> {
        Decoded {
            input,
            encoding,
            ready: Vec::new(),
            given: 0,
            is_begun: false,
        }
    }

    /// Reads the first bytes, and takes a byte order mark off.
    fn begin(&mut self) -> std::io::Result<()> {
        self.is_begun = true;
        let mut first = Vec::new();
        self.input.by_ref().take(3).read_to_end(&mut first)?;
        if first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]) {
            let message = "is UTF-16, which kin does not read; make it UTF-8: \
                           iconv -f UTF-16 -t UTF-8";
            return Err(std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                message,
            ));
        }
        if self.encoding == Encoding::Utf8 && first == [0xef, 0xbb, 0xbf] {
            first.clear();
        }
        self.put(&first);
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let letter = match (self.encoding, byte) {
                (Encoding::Utf8, _) | (_, 0..=0x7f) => {
                    self.ready.push(*byte);
                    continue;
                }
                (Encoding::Windows1252, 0x80..=0x9f) => WINDOWS[usize::from(byte - 0x80)],
                _ => char::from(*byte),
            };
            let mut buffer = [0; 4];
            let letter = letter.encode_utf8(&mut buffer);
            self.ready.extend_from_slice(letter.as_bytes());
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if !self.is_begun {
            self.begin()?;
        }
        if self.given == self.ready.len() {
            if self.encoding == Encoding::Utf8 {
                return self.input.read(buffer);
            }
            self.ready.clear();
            self.given = 0;
            let mut raw = [0; 1 << 14];
            let count = self.input.read(&mut raw)?;
            self.put(&raw[..count]);
        }
        let count = (&self.ready[self.given..]).read(buffer)?;
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::Decoded;
    use super::Encoding;

    fn read(bytes: &[u8], encoding: Encoding) -> String {
        let mut text = String::new();
        Decoded::new(bytes, encoding)
            .read_to_string(&mut text)
            .unwrap();
        text
    }

    #[test]
    fn letters_are_those_that_are_meant() {
        assert_eq!(read(b"\xef\xbb\xbfid", Encoding::Utf8), "id");
        assert_eq!(read(b"\xe4", Encoding::Latin1), "ä");
        assert_eq!(read(b"\x80\xe4x", Encoding::Windows1252), "€äx");
        assert!(
            Decoded::new(&b"\xff\xfei\0"[..], Encoding::Utf8)
                .read(&mut [0; 9])
                .is_err()
        );
    }
}
