//! The text of a property graph to records: JSON by serde, in which a key may stand only once.
//!
//! The file is read twice: as a whole, in which each node and edge is only a piece of text, and
//! piece by piece. So every finding has its place, and a broken node does not hide the next.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::ops::Range;

use compact_str::CompactString;
use serde::Deserialize;
use serde::Deserializer;
use serde::de::DeserializeSeed;
use serde::de::Error;
use serde::de::IgnoredAny;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde_json::value::RawValue;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::diagnostic::escape;
use crate::model::Map;
use crate::model::Value;
use crate::store::property_graph::Edge;
use crate::store::property_graph::Findings;
use crate::store::property_graph::Id;
use crate::store::property_graph::Node;
use crate::store::property_graph::Records;
use crate::store::report::quoted;

/// The digits of the longest integers of 64 bits.
const DIGITS_MAX: usize = 19;

/// Why a record is left out.
type Refusal = (&'static Code, String);

/// The records of a text; none if it is not JSON of the form that is read.
pub(super) fn read(text: &str, findings: &mut Findings<'_>) -> Option<Records> {
    let mut reader = Reader {
        text,
        findings,
        records: Records::default(),
        places: 0,
        ignored: BTreeMap::new(),
    };
    let mut json = serde_json::Deserializer::from_str(text);
    let result = Whole(&mut reader).deserialize(&mut json);
    let result = result.and_then(|()| json.end());
    if let Err(error) = result {
        let finding = at(&error, text, 0);
        reader.findings.push(finding);
        return None;
    }
    reader.report_ignored();
    Some(reader.records)
}

/// One reading of a text.
struct Reader<'a, 'b> {
    text: &'a str,
    findings: &'a mut Findings<'b>,
    records: Records,
    /// How many edges there were, also of those that are left out.
    places: usize,
    /// Keys that mean nothing, by what has them, with the first place and how often.
    ignored: BTreeMap<(&'static str, CompactString), (Span, usize)>,
}

impl Reader<'_, '_> {
    /// Reads one element of a list.
    fn record(&mut self, list: List, piece: &str) {
        let start = piece.as_ptr() as usize - self.text.as_ptr() as usize;
        if let Some(digits) = large_integer(piece) {
            let message = format!(
                "the integer {} has more than 64 bits",
                &piece[digits.clone()]
            );
            let message = escape::clipped(&message, 100).into_owned();
            let span = Span::new(start + digits.start..start + digits.end);
            let hint = "write it as a string, or with a fraction".to_owned();
            let finding = Diagnostic::error(&code::BAD_VALUE, span, message).hint(hint);
            self.findings.push(finding);
            return self.skip(list);
        }
        let span = Span::new(start..start + 1);
        let result = match serde_json::from_str(piece) {
            Ok(Json(Value::Map(map))) => match list {
                List::Nodes => self.node(map, span),
                List::Edges => self.edge(map, span),
            },
            Ok(Json(other)) => {
                let message = format!("{} is {}, not an object", list.one(), type_word(&other));
                Err((&code::WRONG_TYPE, message))
            }
            Err(error) => {
                let finding = at(&error, piece, start);
                self.findings.push(finding);
                return self.skip(list);
            }
        };
        if let Err((code, message)) = result {
            self.findings.push(Diagnostic::error(code, span, message));
            self.skip(list);
        }
    }

    /// Counts an edge that is left out.
    fn skip(&mut self, list: List) {
        self.places += usize::from(list == List::Edges);
    }

    fn node(&mut self, mut map: Map, span: Span) -> Result<(), Refusal> {
        let what = List::Nodes.one();
        let id = take(&mut map, &["id"])?.ok_or_else(|| missing(what, "id"))?;
        let node = Node {
            span,
            id: as_id(id, "the id of a node")?,
            labels: as_labels(take(&mut map, &["labels"])?)?,
            properties: as_properties(take(&mut map, &["props", "properties"])?)?,
        };
        self.records.nodes.push(node);
        self.ignore(what, map, span);
        Ok(())
    }

    fn edge(&mut self, mut map: Map, span: Span) -> Result<(), Refusal> {
        let what = List::Edges.one();
        let mut end = |names: &[&str]| {
            let id = take(&mut map, names)?.ok_or_else(|| missing(what, names[0]))?;
            as_id(id, &format!("`{}`", names[0]))
        };
        let source = end(&["src", "from", "start"])?;
        let target = end(&["dst", "to", "end"])?;
        let id = take(&mut map, &["id"])?.map(|id| as_id(id, "the id of an edge"));
        let word = match take(&mut map, &["type"])? {
            Some(Value::Text(word)) => word,
            Some(other) => return Err(wrong("`type`", &other, "a string")),
            None => return Err(missing(what, "type")),
        };
        let edge = Edge {
            span,
            place: self.places,
            id: id.transpose()?,
            source,
            target,
            word,
            properties: as_properties(take(&mut map, &["props", "properties"])?)?,
        };
        self.records.edges.push(edge);
        self.places += 1;
        self.ignore(what, map, span);
        Ok(())
    }

    fn ignore(&mut self, what: &'static str, rest: Map, span: Span) {
        for (key, _) in rest {
            let entry = self.ignored.entry((what, key)).or_insert((span, 0));
            entry.1 += 1;
        }
    }

    /// A warning for every key that means nothing.
    fn report_ignored(&mut self) {
        for ((what, key), (span, count)) in std::mem::take(&mut self.ignored) {
            let key = quoted(&key);
            let often = match count {
                1 => String::new(),
                count => format!(", here and in {} more", count - 1),
            };
            let message = format!("{what} has the key {key}, which is ignored{often}");
            let hint = match what {
                THE_FILE => "the keys are `nodes` and `edges`",
                _ => "whatever else is to be known goes into `props`",
            };
            let finding = Diagnostic::warning(&code::UNKNOWN_KEY, span, message);
            self.findings.push(finding.hint(hint.to_owned()));
        }
    }
}

/// What has the keys of the outermost object.
const THE_FILE: &str = "the file";

/// The two lists of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Nodes,
    Edges,
}

impl List {
    /// An element of it, in words.
    fn one(self) -> &'static str {
        match self {
            List::Nodes => "a node",
            List::Edges => "an edge",
        }
    }
}

/// The outermost object.
struct Whole<'r, 'a, 'b>(&'r mut Reader<'a, 'b>);

impl<'de> DeserializeSeed<'de> for Whole<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object with `nodes` and `edges`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        let mut seen: BTreeSet<CompactString> = BTreeSet::new();
        while let Some(key) = access.next_key::<CompactString>()? {
            let list = match key.as_str() {
                "nodes" => Some(List::Nodes),
                "edges" => Some(List::Edges),
                _ => None,
            };
            if !seen.insert(key.clone()) {
                return Err(twice(&key));
            }
            let Some(list) = list else {
                access.next_value::<IgnoredAny>()?;
                self.0
                    .ignore(THE_FILE, Map::from([(key, Value::Null)]), Span::default());
                continue;
            };
            access.next_value_seed(Elements {
                reader: self.0,
                list,
            })?;
        }
        if !seen.contains("nodes") && !seen.contains("edges") {
            return Err(A::Error::custom("there is neither `nodes` nor `edges`"));
        }
        Ok(())
    }
}

/// One of the lists.
struct Elements<'r, 'a, 'b> {
    reader: &'r mut Reader<'a, 'b>,
    list: List,
}

impl<'de> DeserializeSeed<'de> for Elements<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self.list {
            List::Nodes => "a list of nodes",
            List::Edges => "a list of edges",
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        while let Some(piece) = access.next_element::<&'de RawValue>()? {
            self.reader.record(self.list, piece.get());
        }
        Ok(())
    }
}

/// Any value of JSON, in which no object has a key twice.
struct Json(Value);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(JsonVisitor).map(Json)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Boolean(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        let number = i64::try_from(number);
        let number = number.map_err(|_| E::custom("the integer has more than 64 bits"))?;
        Ok(Value::Integer(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Float(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Json(value)) = access.next_element()? {
            values.push(value);
        }
        Ok(Value::List(values.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(key) = access.next_key::<CompactString>()? {
            if values.contains_key(&key) {
                return Err(twice(&key));
            }
            let Json(value) = access.next_value()?;
            values.insert(key, value);
        }
        Ok(Value::Map(values))
    }
}

fn twice<E: Error>(key: &str) -> E {
    E::custom(format!(
        "the key {} stands twice in one object",
        quoted(key)
    ))
}

/// What serde says of `piece`, which begins at `start`.
fn at(error: &serde_json::Error, piece: &str, start: usize) -> Diagnostic {
    let message = error.to_string();
    let end = message.rfind(" at line ").unwrap_or(message.len());
    let lines_before = error.line().saturating_sub(1);
    let mut breaks = piece
        .match_indices('\n')
        .skip(lines_before.saturating_sub(1));
    let line = match lines_before {
        0 => 0,
        _ => breaks.next().map_or(0, |(at, _)| at + 1),
    };
    let mut place = (line + error.column().saturating_sub(1)).min(piece.len());
    while !piece.is_char_boundary(place) {
        place -= 1;
    }
    let width = piece[place..].chars().next().map_or(0, char::len_utf8);
    let span = Span::new(start + place..start + place + width);
    Diagnostic::error(&code::BAD_JSON, span, escape::clipped(&message[..end], 200))
}

/// Where the first integer of a piece of sound JSON stands that has more than 64 bits.
fn large_integer(piece: &str) -> Option<Range<usize>> {
    let bytes = piece.as_bytes();
    let mut place = 0;
    while let Some(byte) = bytes.get(place) {
        let start = place;
        match byte {
            b'"' => place = after_string(bytes, place),
            b'-' | b'0'..=b'9' => {
                let is_of_number =
                    |byte: &&u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                place += bytes[place..].iter().take_while(is_of_number).count();
                let number = &piece[start..place];
                let is_long = number.len() >= DIGITS_MAX && !number.contains(['.', 'e', 'E']);
                if is_long && number.parse::<i64>().is_err() {
                    return Some(start..place);
                }
            }
            _ => place += 1,
        }
    }
    None
}

/// The place behind the string that begins at `place`.
fn after_string(bytes: &[u8], mut place: usize) -> usize {
    place += 1;
    while let Some(byte) = bytes.get(place) {
        place += match byte {
            b'"' => return place + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    place
}

/// Takes the value out of a record that stands under one of `names`; null is as good as none.
fn take(map: &mut Map, names: &[&str]) -> Result<Option<Value>, Refusal> {
    let mut found: Option<(&str, Value)> = None;
    for name in names {
        match (map.remove(*name), &found) {
            (Some(_), Some((other, _))) => {
                let message = format!("`{other}` and `{name}` are the same: one is enough");
                return Err((&code::WRONG_TYPE, message));
            }
            (Some(value), None) => found = Some((name, value)),
            (None, _) => {}
        }
    }
    Ok(found
        .map(|(_, value)| value)
        .filter(|value| *value != Value::Null))
}

fn as_id(value: Value, what: &str) -> Result<Id, Refusal> {
    match value {
        Value::Text(text) => Ok(Id::Text(text)),
        Value::Integer(number) => Ok(Id::Integer(number)),
        other => Err(wrong(what, &other, "a string or an integer")),
    }
}

/// Labels in the order of the file, each once.
fn as_labels(value: Option<Value>) -> Result<Vec<String>, Refusal> {
    let values = match value {
        None => return Ok(Vec::new()),
        Some(Value::List(values)) => values,
        Some(other) => return Err(wrong("`labels`", &other, "a list of strings")),
    };
    let mut seen = BTreeSet::new();
    let mut labels = Vec::new();
    for value in values {
        match value {
            Value::Text(label) if seen.insert(label.clone()) => labels.push(label),
            Value::Text(_) => {}
            other => return Err(wrong("a label", &other, "a string")),
        }
    }
    Ok(labels)
}

/// Properties without those that are null.
fn as_properties(value: Option<Value>) -> Result<Map, Refusal> {
    match value {
        None => Ok(Map::new()),
        Some(Value::Map(mut properties)) => {
            properties.retain(|_, value| *value != Value::Null);
            Ok(properties)
        }
        Some(other) => Err(wrong("`props`", &other, "an object")),
    }
}

fn missing(what: &str, key: &str) -> Refusal {
    (&code::MISSING_KEY, format!("{what} has no `{key}`"))
}

fn wrong(what: &str, value: &Value, wanted: &str) -> Refusal {
    let message = format!("{what} is {}, not {wanted}", type_word(value));
    (&code::WRONG_TYPE, message)
}

/// What a value of JSON is called.
fn type_word(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Boolean(_) => "a boolean",
        Value::Integer(_) => "an integer",
        Value::Float(_) => "a float",
        Value::List(_) => "a list",
        Value::Map(_) => "an object",
        _ => "a string",
    }
}
