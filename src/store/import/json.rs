//! A line of JSON to fields: an object, whose keys are columns.

use std::collections::HashMap;

use serde::de::DeserializeSeed;
use serde::de::Error as _;
use serde::de::MapAccess;
use serde::de::Visitor;
use serde_json::value::RawValue;

/// Stands between the members of a list.
pub(super) const MEMBER: char = '\u{1f}';

/// How a field was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    /// As text.
    #[default]
    Text,
    /// As a number or as `true` or `false`.
    Plain,
    /// As a list; its members are put together with [`MEMBER`].
    List,
    /// As an object; the field is its JSON.
    Object,
}

/// The keys that have occurred, and the fields of the line.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) keys: Vec<String>,
    places: HashMap<String, usize>,
    /// Of each key: where its field lies in the text, and how it was written.
    fields: Vec<Option<(usize, usize, Form)>>,
    text: Vec<u8>,
}

impl Line {
    /// Reads a line; the error says what is wrong.
    pub(super) fn read(&mut self, line: &[u8]) -> Result<(), String> {
        self.fields.clear();
        self.fields.resize(self.keys.len(), None);
        self.text.clear();
        let mut reader = serde_json::Deserializer::from_slice(line);
        let read = LineSeed(self).deserialize(&mut reader);
        read.and_then(|()| reader.end()).map_err(|error| {
            let text = error.to_string();
            match text.rsplit_once(" at line ") {
                Some((message, _)) if error.column() > 0 => {
                    format!("{message}, at column {}", error.column())
                }
                Some((message, _)) => message.to_owned(),
                None => text,
            }
        })
    }

    /// The field of a key; empty if there is none.
    pub(super) fn field(&self, index: usize) -> (&[u8], Form) {
        match self.fields.get(index) {
            Some(Some((start, end, form))) => (&self.text[*start..*end], *form),
            _ => (&[], Form::Text),
        }
    }

    /// The place of a key, whether it has occurred or not.
    pub(super) fn place(&mut self, key: &str) -> usize {
        if let Some(index) = self.places.get(key) {
            return *index;
        }
        let index = self.keys.len();
        self.keys.push(key.to_owned());
        self.places.insert(key.to_owned(), index);
        self.fields.push(None);
        index
    }

    fn put(&mut self, key: &str, value: &RawValue) -> Result<(), String> {
        let index = self.place(key);
        if self.fields[index].is_some() {
            let key = crate::diagnostic::escape::clipped(key, 60);
            return Err(format!("the key `{key}` is there twice"));
        }
        let start = self.text.len();
        let form = match value.get().as_bytes().first() {
            Some(b'[') => {
                let members: Vec<&RawValue> = from(value)?;
                for (place, member) in members.into_iter().enumerate() {
                    if place > 0 {
                        self.text.push(MEMBER as u8);
                    }
                    let start = self.text.len();
                    self.put_scalar(member)?;
                    if self.text[start..].contains(&(MEMBER as u8)) {
                        return Err("a text in a list has the control character U+001F".to_owned());
                    }
                }
                Form::List
            }
            _ => self.put_scalar(value)?,
        };
        self.fields[index] = Some((start, self.text.len(), form));
        Ok(())
    }

    fn put_scalar(&mut self, value: &RawValue) -> Result<Form, String> {
        match value.get().as_bytes().first() {
            Some(b'"') => {
                let text: String = from(value)?;
                self.text.extend_from_slice(text.as_bytes());
                Ok(Form::Text)
            }
            Some(b'n') => Ok(Form::Text),
            Some(b'{') => {
                self.text.extend_from_slice(value.get().as_bytes());
                Ok(Form::Object)
            }
            _ => {
                self.text.extend_from_slice(value.get().as_bytes());
                Ok(Form::Plain)
            }
        }
    }
}

fn from<'a, T: serde::Deserialize<'a>>(value: &'a RawValue) -> Result<T, String> {
    serde_json::from_str(value.get()).map_err(|error| error.to_string())
}

struct LineSeed<'a>(&'a mut Line);

impl<'de> DeserializeSeed<'de> for LineSeed<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for LineSeed<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let value: &RawValue = map.next_value()?;
            self.0.put(&key, value).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}
