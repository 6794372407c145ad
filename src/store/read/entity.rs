//! Tables of entities and sources, as records.

use toml::de::DeTable;
use toml::de::DeValue;

use crate::diagnostic::code;
use crate::store::read::fields::Fields;
use crate::store::read::fields::Node;
use crate::store::read::fields::Reader;
use crate::store::written::Place;
use crate::store::written::Written;
use crate::store::written::WrittenEntity;
use crate::store::written::WrittenName;
use crate::store::written::WrittenObject;
use crate::store::written::WrittenSource;
use crate::store::written::WrittenStatement;

/// The keys of an entity that are no relations.
pub(crate) const ENTITY_KEYS: [&str; 4] = ["name", "alias", "kind", "source"];

/// The keys of a statement.
const STATEMENT_KEYS: [&str; 12] = [
    "to",
    "value",
    "since",
    "until",
    "observed",
    "condition",
    "role",
    "certainty",
    "polarity",
    "note",
    "source",
    "accepted",
];

/// The keys of a name.
const NAME_KEYS: [&str; 5] = ["text", "lang", "since", "until", "shared"];

/// The keys of a source.
const SOURCE_KEYS: [&str; 5] = ["title", "author", "date", "language", "address"];

/// The source `id`.
pub(super) fn read_source(
    reader: &mut Reader<'_>,
    id: Written<String>,
    table: &DeTable<'_>,
) -> WrittenSource {
    let mut fields = Fields::open(reader, table, id.place, &SOURCE_KEYS);
    let title = fields.required_text("title");
    let author = fields.text("author");
    let date = fields.text("date");
    let language = fields.text("language");
    let address = fields.text("address");
    WrittenSource {
        id,
        is_broken: fields.is_bad,
        title: title.map_or_else(String::new, |title| title.value),
        author: author.map(|author| author.value),
        date,
        language: language.map(|language| language.value),
        address,
    }
}

/// The entity `id`. Which key is a relation only `check` knows, and so what is a typo of `name`.
pub(super) fn read_entity(
    reader: &mut Reader<'_>,
    id: Written<String>,
    table: &DeTable<'_>,
) -> WrittenEntity {
    let mut names = Vec::new();
    let mut aliases = Vec::new();
    let mut kind = None;
    let mut sources = Vec::new();
    let mut statements = Vec::new();
    for (key, node) in table {
        match key.get_ref().as_ref() {
            "name" => read_names(reader, node, false, &mut names),
            "alias" => read_names(reader, node, true, &mut aliases),
            "kind" => kind = reader.text("kind", node),
            "source" => sources = reader.texts("source", node).0,
            word => {
                let place = reader.place(key);
                let value = word.to_owned();
                let key = Written { value, place };
                let list = items(node).iter();
                let read = list.map(|node| read_statement(reader, &key, node));
                let read = read.collect();
                statements.push((key, read));
            }
        }
    }
    let required = ["name", "kind"].into_iter();
    let missing = required.filter(|key| !table.contains_key(*key)).collect();
    names.extend(aliases);
    WrittenEntity {
        id,
        is_broken: false,
        names,
        kind,
        sources,
        statements,
        missing,
    }
}

/// The items of a list, or what stands there instead of one.
fn items<'n, 'a>(node: &'n Node<'a>) -> &'n [Node<'a>] {
    match node.get_ref() {
        DeValue::Array(list) => list.as_ref(),
        _ => std::slice::from_ref(node),
    }
}

/// Appends the names in `node`: a text, a table, or a list of these.
fn read_names(
    reader: &mut Reader<'_>,
    node: &Node<'_>,
    is_alias: bool,
    names: &mut Vec<WrittenName>,
) {
    let key = if is_alias { "alias" } else { "name" };
    let list = items(node);
    for node in list {
        let name = match node.get_ref() {
            DeValue::String(_) => plain_name(reader.text(key, node)),
            DeValue::Table(table) => {
                let place = reader.place(node);
                read_name(reader, table, place)
            }
            _ => {
                reader.wrong_type(key, node, "a text, or a table with `text`");
                plain_name(None)
            }
        };
        names.push(WrittenName { is_alias, ..name });
    }
    if !is_alias && list.is_empty() {
        let place = reader.place(node);
        let hint = "write the name in quotes".to_owned();
        reader
            .report
            .error(&code::MISSING_KEY, place, "`name` has no name in it", hint);
    }
}

fn plain_name(text: Option<Written<String>>) -> WrittenName {
    WrittenName {
        is_broken: text.is_none(),
        text,
        language: None,
        since: None,
        until: None,
        is_alias: false,
        is_shared: false,
    }
}

fn read_name(reader: &mut Reader<'_>, table: &DeTable<'_>, place: Place) -> WrittenName {
    let mut fields = Fields::open(reader, table, place, &NAME_KEYS);
    let text = fields.required_text("text");
    let name = WrittenName {
        language: fields.text("lang").map(|language| language.value),
        since: fields.text("since"),
        until: fields.text("until"),
        is_shared: fields.boolean("shared"),
        ..plain_name(text)
    };
    WrittenName {
        is_broken: fields.is_bad,
        ..name
    }
}

fn read_statement(
    reader: &mut Reader<'_>,
    key: &Written<String>,
    node: &Node<'_>,
) -> WrittenStatement {
    let place = reader.place(node);
    let table = match node.get_ref() {
        DeValue::Table(table) => table,
        DeValue::Array(_) | DeValue::Datetime(_) => {
            let wanted = "a text, a value, or a table with `to` or `value`";
            reader.wrong_type(&key.value, node, wanted);
            return plain_statement(place, WrittenObject::Unclear);
        }
        _ => {
            let literal = reader.literal(&key.value, node);
            let object = literal.map_or(WrittenObject::Unclear, WrittenObject::Short);
            return plain_statement(place, object);
        }
    };
    // A table of its own header has only that as its span; an inline table begins after the key.
    let place = if place.span.start < key.place.span.start {
        key.place
    } else {
        place
    };
    let mut fields = Fields::open(reader, table, place, &STATEMENT_KEYS);
    let object = read_object(&mut fields);
    let statement = WrittenStatement {
        since: fields.text("since"),
        until: fields.text("until"),
        observed: fields.text("observed"),
        condition: fields.text("condition").map(|text| text.value),
        role: fields.text("role").map(|text| text.value),
        note: fields.text("note").map(|text| text.value),
        certainty: fields.text("certainty"),
        polarity: fields.text("polarity"),
        sources: fields.texts("source"),
        accepted: fields.text("accepted"),
        ..plain_statement(place, object)
    };
    WrittenStatement {
        is_broken: fields.is_bad,
        ..statement
    }
}

fn read_object(fields: &mut Fields<'_, '_, '_>) -> WrittenObject {
    let ends = ["to", "value"];
    match (fields.text("to"), fields.literal("value")) {
        (Some(to), Some(value)) => WrittenObject::Both(to, value),
        (Some(to), None) => WrittenObject::Entity(to),
        (None, Some(value)) => WrittenObject::Value(value),
        (None, None) if fields.has_any(&ends) => WrittenObject::Unclear,
        (None, None) if fields.may_mean(&ends, &STATEMENT_KEYS) => WrittenObject::Unclear,
        (None, None) => WrittenObject::Missing,
    }
}

fn plain_statement(place: Place, object: WrittenObject) -> WrittenStatement {
    WrittenStatement {
        place,
        is_broken: false,
        object,
        since: None,
        until: None,
        observed: None,
        condition: None,
        role: None,
        note: None,
        certainty: None,
        polarity: None,
        sources: Vec::new(),
        accepted: None,
    }
}
