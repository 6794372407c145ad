//! Typed access to one TOML table: every getter reports what it cannot use.

use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;

use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::model::Label;
use crate::model::stable;
use crate::store::report::Report;
use crate::store::report::quoted;
use crate::store::written::Literal;
use crate::store::written::Place;
use crate::store::written::Written;

/// The most characters of a text.
const TEXT_CHARACTERS_MAX: usize = 10_000;

/// The value of a key in a file, or a part of one.
pub(super) type Node<'a> = Spanned<DeValue<'a>>;

/// One file being read.
pub(super) struct Reader<'r> {
    pub(super) file: u32,
    pub(super) report: &'r mut Report,
}

impl Reader<'_> {
    /// The place of something in this file.
    pub(super) fn place<T>(&self, spanned: &Spanned<T>) -> Place {
        let span = Span::new(spanned.span());
        Place {
            file: self.file,
            span,
        }
    }

    /// Reports that `node` is not what was `wanted` ("a text").
    pub(super) fn wrong_type(&mut self, key: &str, node: &Node<'_>, wanted: &str) {
        let met = match node.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a TOML date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("{} is {met}, and should be {wanted}", quoted(key));
        let is_unquoted = wanted.starts_with("a text")
            && matches!(
                node.get_ref(),
                DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_)
            );
        let hint = is_unquoted.then(|| "put it in quotes".to_owned());
        let place = self.place(node);
        self.report.error(&code::WRONG_TYPE, place, message, hint);
    }

    /// The text of `node`.
    pub(super) fn text(&mut self, key: &str, node: &Node<'_>) -> Option<Written<String>> {
        let Some(text) = node.get_ref().as_str() else {
            self.wrong_type(key, node, "a text");
            return None;
        };
        let place = self.place(node);
        if !self.is_fit(key, text, place) {
            return None;
        }
        let value = text.to_owned();
        Some(Written { value, place })
    }

    /// The texts of `node`: one, or a list of them. False if any was no text.
    pub(super) fn texts(&mut self, key: &str, node: &Node<'_>) -> (Vec<Written<String>>, bool) {
        let Some(list) = node.get_ref().as_array() else {
            let text = match node.get_ref() {
                DeValue::String(_) => self.text(key, node),
                _ => {
                    self.wrong_type(key, node, "a text or a list of texts");
                    None
                }
            };
            let is_good = text.is_some();
            return (text.into_iter().collect(), is_good);
        };
        let texts: Vec<_> = list
            .iter()
            .filter_map(|node| self.text(key, node))
            .collect();
        let is_good = texts.len() == list.len();
        (texts, is_good)
    }

    /// The plain value of `node`.
    pub(super) fn literal(&mut self, key: &str, node: &Node<'_>) -> Option<Written<Literal>> {
        let place = self.place(node);
        let value = match node.get_ref() {
            DeValue::String(_) => Literal::Text(self.text(key, node)?.value),
            DeValue::Boolean(boolean) => Literal::Boolean(*boolean),
            DeValue::Integer(integer) => {
                match i64::from_str_radix(integer.as_str(), integer.radix()) {
                    Ok(integer) => Literal::Integer(integer),
                    Err(_) => return self.bad_number(place),
                }
            }
            DeValue::Float(float) => match float.as_str().parse::<f64>() {
                Ok(float) if float.is_finite() => Literal::Float(float),
                _ => return self.bad_number(place),
            },
            _ => {
                self.wrong_type(key, node, "a text, a number or a boolean");
                return None;
            }
        };
        Some(Written { value, place })
    }

    fn bad_number<T>(&mut self, place: Place) -> Option<T> {
        let message = "the number is not finite, or beyond 64 bits";
        self.report.error(&code::BAD_VALUE, place, message, None);
        None
    }

    /// Whether a text can be kept; says so if it is long (left out) or hostile (kept).
    fn is_fit(&mut self, key: &str, text: &str, place: Place) -> bool {
        if text.chars().nth(TEXT_CHARACTERS_MAX).is_some() {
            let message = format!(
                "{} is longer than {TEXT_CHARACTERS_MAX} characters",
                quoted(key)
            );
            self.report.error(&code::TOO_LARGE, place, message, None);
            return false;
        }
        let is_break = |character| matches!(character, '\n' | '\r' | '\t');
        let hostile = text
            .chars()
            .find(|character| escape::is_hostile(*character) && !is_break(*character));
        if let Some(hostile) = hostile {
            let message = format!(
                "{} has the invisible or control character `{}`",
                quoted(key),
                hostile.escape_default()
            );
            let hint = "write it without that character".to_owned();
            self.report
                .warning(&code::HOSTILE_NAME, place, message, hint);
        }
        true
    }
}

/// One table being read; `is_bad` once something was met that makes it useless.
pub(super) struct Fields<'a, 'r, 'f> {
    table: &'a DeTable<'a>,
    place: Place,
    reader: &'f mut Reader<'r>,
    /// The keys that were reported as unknown.
    unknown: Vec<&'a str>,
    /// Whether something was reported for which the table is to be left out.
    pub(super) is_bad: bool,
}

impl<'a, 'r, 'f> Fields<'a, 'r, 'f> {
    /// Opens a table that may have `keys`, and reports all others.
    pub(super) fn open(
        reader: &'f mut Reader<'r>,
        table: &'a DeTable<'a>,
        place: Place,
        keys: &[&str],
    ) -> Fields<'a, 'r, 'f> {
        let mut unknown = Vec::new();
        for (key, _) in table {
            let word: &str = key.get_ref();
            if !keys.contains(&word) {
                let near = reader.report.suggest(word, keys.iter().copied());
                let all = || format!("the keys here are `{}`", keys.join("`, `"));
                let message = format!("{} is no key that kin knows here", quoted(word));
                let place = reader.place(key);
                let hint = near.unwrap_or_else(all);
                reader
                    .report
                    .error(&code::UNKNOWN_KEY, place, message, hint);
                unknown.push(word);
            }
        }
        Fields {
            table,
            place,
            reader,
            is_bad: !unknown.is_empty(),
            unknown,
        }
    }

    /// Whether one of `keys` is there, be it usable or not.
    pub(super) fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.table.contains_key(*key))
    }

    /// Whether an unknown key may be meant as one of `keys`: it is like one, or like none of `all`.
    pub(super) fn may_mean(&self, keys: &[&str], all: &[&str]) -> bool {
        self.unknown.iter().any(|word| {
            let near = suggest::nearest(word, all.iter().copied());
            near.is_empty() || near.iter().any(|known| keys.contains(known))
        })
    }

    /// Whether a key is neither there nor reported: an unknown key that is like it is its typo.
    fn is_missing(&self, key: &str) -> bool {
        let is_typo = |word: &&str| !suggest::nearest(word, [key]).is_empty();
        !self.table.contains_key(key) && !self.unknown.iter().any(is_typo)
    }

    /// The text under `key`.
    pub(super) fn text(&mut self, key: &str) -> Option<Written<String>> {
        let node = self.table.get(key)?;
        let text = self.reader.text(key, node);
        self.is_bad |= text.is_none();
        text
    }

    /// The text under `key`, which must be there.
    pub(super) fn required_text(&mut self, key: &str) -> Option<Written<String>> {
        if self.is_missing(key) {
            let message = format!("{} is missing", quoted(key));
            let hint = format!("add `{key} = \"…\"`");
            self.reader
                .report
                .error(&code::MISSING_KEY, self.place, message, hint);
            self.is_bad = true;
        }
        self.text(key)
    }

    /// The sentence under `doc`; warns if there is none.
    pub(super) fn doc(&mut self) -> String {
        if self.is_missing("doc") {
            let hint = "add `doc = \"…\"`: one sentence that says what it means".to_owned();
            let message = "`doc` is missing";
            self.reader
                .report
                .warning(&code::MISSING_KEY, self.place, message, hint);
        }
        self.text("doc").map_or_else(String::new, |doc| doc.value)
    }

    /// The texts under `key`; none if it is not there.
    pub(super) fn texts(&mut self, key: &str) -> Vec<Written<String>> {
        let Some(node) = self.table.get(key) else {
            return Vec::new();
        };
        let (texts, is_good) = self.reader.texts(key, node);
        self.is_bad |= !is_good;
        texts
    }

    /// The plain value under `key`.
    pub(super) fn literal(&mut self, key: &str) -> Option<Written<Literal>> {
        let node = self.table.get(key)?;
        let literal = self.reader.literal(key, node);
        self.is_bad |= literal.is_none();
        literal
    }

    /// Whether `key` is set; not unless it is there.
    pub(super) fn boolean(&mut self, key: &str) -> bool {
        let Some(node) = self.table.get(key) else {
            return false;
        };
        match node.get_ref().as_bool() {
            Some(boolean) => boolean,
            None => {
                self.reader.wrong_type(key, node, "`true` or `false`");
                self.is_bad = true;
                false
            }
        }
    }

    /// The texts by language under `key`, English first, then in code point order.
    pub(super) fn label(&mut self, key: &str) -> Label {
        let Some(node) = self.table.get(key) else {
            return Label::default();
        };
        let Some(table) = node.get_ref().as_table() else {
            self.reader
                .wrong_type(key, node, "a table of texts by language");
            self.is_bad = true;
            return Label::default();
        };
        let mut texts = Vec::new();
        for (language, node) in table {
            match self.reader.text(key, node) {
                Some(text) => {
                    texts.push((language.get_ref().as_ref().into(), text.value.into()));
                }
                None => self.is_bad = true,
            }
        }
        stable::sort_by(&mut texts, |a, b| {
            (a.0 != "en", &a.0).cmp(&(b.0 != "en", &b.0))
        });
        Label(texts)
    }
}
