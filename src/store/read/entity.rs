//! Tables of entities and sources, as records.

use toml::de::DeTable;
use toml::de::DeValue;

use crate::diagnostic::code;
use crate::store::read::fields::Fields;
use crate::store::read::fields::Node;
use crate::store::read::fields::Reader;
use crate::store::report::quoted;
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
const STATEMENT_KEYS: [&str; 11] = [
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
];

/// The keys of a name.
const NAME_KEYS: [&str; 5] = ["text", "lang", "since", "until", "shared"];

/// The keys of a source.
const SOURCE_KEYS: [&str; 5] = ["title", "author", "date", "language", "address"];

/// The source `id`; none if it is to be left out.
pub(super) fn read_source(
    reader: &mut Reader<'_>,
    id: Written<String>,
    table: &DeTable<'_>,
) -> Option<WrittenSource> {
    let mut fields = Fields::open(reader, table, id.place, &SOURCE_KEYS);
    let title = fields.required_text("title");
    let author = fields.text("author");
    let date = fields.text("date");
    let language = fields.text("language");
    let address = fields.text("address");
    let title = title?.value;
    if fields.is_bad {
        return None;
    }
    Some(WrittenSource {
        id,
        title,
        author: author.map(|author| author.value),
        date,
        language: language.map(|language| language.value),
        address,
    })
}

/// The entity `id`; none if it is to be left out.
pub(super) fn read_entity(
    reader: &mut Reader<'_>,
    id: Written<String>,
    table: &DeTable<'_>,
) -> Option<WrittenEntity> {
    let mut names = Vec::new();
    let mut aliases = Vec::new();
    let mut kind = None;
    let mut sources = Vec::new();
    let mut statements = Vec::new();
    let mut has_lost_statements = false;
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
                let is_whole = read_statements(reader, &key, node, &mut statements);
                has_lost_statements |= !is_whole;
            }
        }
    }
    for key in ["name", "kind"] {
        if !table.contains_key(key) {
            let message = format!("{} has no {}", quoted(&id.value), quoted(key));
            let hint = format!("add `{key} = \"…\"`");
            reader
                .report
                .error(&code::MISSING_KEY, id.place, message, hint);
        }
    }
    if names.is_empty() {
        return None;
    }
    names.extend(aliases);
    Some(WrittenEntity {
        id,
        names,
        kind: kind?,
        sources,
        statements,
        has_lost_statements,
    })
}

/// Appends the names in `node`: a text, a table, or a list of these.
fn read_names(
    reader: &mut Reader<'_>,
    node: &Node<'_>,
    is_alias: bool,
    names: &mut Vec<WrittenName>,
) {
    let key = if is_alias { "alias" } else { "name" };
    let list = match node.get_ref() {
        DeValue::Array(list) => list.as_ref(),
        _ => std::slice::from_ref(node),
    };
    for node in list {
        let name = match node.get_ref() {
            DeValue::String(_) => reader.text(key, node).map(plain_name),
            DeValue::Table(table) => {
                let place = reader.place(node);
                read_name(reader, table, place)
            }
            _ => {
                reader.wrong_type(key, node, "a text, or a table with `text`");
                None
            }
        };
        names.extend(name.map(|name| WrittenName { is_alias, ..name }));
    }
    if !is_alias && list.is_empty() {
        let place = reader.place(node);
        let hint = "write the name in quotes".to_owned();
        reader
            .report
            .error(&code::MISSING_KEY, place, "`name` has no name in it", hint);
    }
}

fn plain_name(text: Written<String>) -> WrittenName {
    WrittenName {
        text,
        language: None,
        since: None,
        until: None,
        is_alias: false,
        is_shared: false,
    }
}

fn read_name(reader: &mut Reader<'_>, table: &DeTable<'_>, place: Place) -> Option<WrittenName> {
    let mut fields = Fields::open(reader, table, place, &NAME_KEYS);
    let text = fields.required_text("text");
    let name = WrittenName {
        language: fields.text("lang").map(|language| language.value),
        since: fields.text("since"),
        until: fields.text("until"),
        is_shared: fields.boolean("shared"),
        ..plain_name(text?)
    };
    (!fields.is_bad).then_some(name)
}

/// Appends the statements in `node`: one or a list of them. False if any had to be left out.
fn read_statements(
    reader: &mut Reader<'_>,
    key: &Written<String>,
    node: &Node<'_>,
    statements: &mut Vec<WrittenStatement>,
) -> bool {
    let list = match node.get_ref() {
        DeValue::Array(list) => list.as_ref(),
        _ => std::slice::from_ref(node),
    };
    let before = statements.len();
    for node in list {
        statements.extend(read_statement(reader, key, node));
    }
    statements.len() - before == list.len()
}

fn read_statement(
    reader: &mut Reader<'_>,
    key: &Written<String>,
    node: &Node<'_>,
) -> Option<WrittenStatement> {
    let place = reader.place(node);
    let key = key.clone();
    let table = match node.get_ref() {
        DeValue::Table(table) => table,
        DeValue::Array(_) | DeValue::Datetime(_) => {
            reader.wrong_type(
                &key.value,
                node,
                "a text, a value, or a table with `to` or `value`",
            );
            return None;
        }
        _ => {
            let object = WrittenObject::Short(reader.literal(&key.value, node)?);
            return Some(plain_statement(key, place, object));
        }
    };
    // A table of its own header has only that as its span; an inline table begins after the key.
    let place = if place.span.start < key.place.span.start {
        key.place
    } else {
        place
    };
    let mut fields = Fields::open(reader, table, place, &STATEMENT_KEYS);
    let (to, value) = (fields.text("to"), fields.literal("value"));
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
        ..plain_statement(key, place, WrittenObject::Missing)
    };
    if fields.is_bad {
        return None;
    }
    let object = match (to, value) {
        (Some(_), Some(value)) => {
            let message = "a statement has `to` or `value`, and not both";
            let hint = "take one of them out".to_owned();
            reader
                .report
                .error(&code::WRONG_TYPE, value.place, message, hint);
            return None;
        }
        (Some(to), None) => WrittenObject::Entity(to),
        (None, Some(value)) => WrittenObject::Value(value),
        (None, None) => WrittenObject::Missing,
    };
    Some(WrittenStatement {
        object,
        ..statement
    })
}

fn plain_statement(key: Written<String>, place: Place, object: WrittenObject) -> WrittenStatement {
    WrittenStatement {
        key,
        place,
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
    }
}
