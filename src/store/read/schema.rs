//! Tables of `schema.toml`, as records.

use toml::de::DeTable;

use crate::diagnostic::code;
use crate::store::read::fields::Fields;
use crate::store::read::fields::Node;
use crate::store::read::fields::Reader;
use crate::store::report::quoted;
use crate::store::written::Records;
use crate::store::written::Written;
use crate::store::written::WrittenGroup;
use crate::store::written::WrittenKind;
use crate::store::written::WrittenRelation;

/// The sections of the schema.
const SECTIONS: [&str; 4] = ["groups", "kinds", "relations", "properties"];

/// The keys of a relation.
const RELATION_KEYS: [&str; 12] = [
    "doc",
    "inverse",
    "label",
    "inverse_label",
    "from",
    "to",
    "groups",
    "symmetric",
    "transitive",
    "acyclic",
    "functional",
    "status",
];

/// The keys of a property.
const PROPERTY_KEYS: [&str; 8] = [
    "doc",
    "label",
    "type",
    "on",
    "groups",
    "functional",
    "status",
    "birth",
];

/// Adds what a schema file declares; of a section or row that is broken, what remains.
pub(super) fn read_schema(reader: &mut Reader<'_>, root: &DeTable<'_>, records: &mut Records) {
    for (key, node) in root {
        let section: &str = key.get_ref();
        let place = reader.place(key);
        if !SECTIONS.contains(&section) {
            let message = format!("{} is no section of a schema", quoted(section));
            let all = || format!("the sections are `{}`", SECTIONS.join("`, `"));
            let hint = reader.report.suggest(section, SECTIONS).unwrap_or_else(all);
            reader
                .report
                .error(&code::UNKNOWN_KEY, place, message, hint);
            leave_out(node, records);
            continue;
        }
        let Some(table) = node.get_ref().as_table() else {
            reader.wrong_type(section, node, "a table of tables");
            continue;
        };
        for (key, node) in table {
            let place = reader.place(key);
            let value = key.get_ref().clone().into_owned();
            let name = Written { value, place };
            match node.get_ref().as_table() {
                Some(table) => read_row(reader, section, name, table, records),
                None => {
                    reader.wrong_type(&name.value, node, "a table");
                    records.left_out_words.insert(name.value);
                }
            }
        }
    }
}

/// Marks the words that the rows of an unknown section would declare.
fn leave_out(section: &Node<'_>, records: &mut Records) {
    for (word, row) in section.get_ref().as_table().into_iter().flatten() {
        let table = row.get_ref().as_table();
        let inverse = table.and_then(|table| table.get("inverse")?.get_ref().as_str());
        let words = [Some(word.get_ref().as_ref()), inverse];
        let words = words.into_iter().flatten().map(str::to_owned);
        records.left_out_words.extend(words);
    }
}

fn read_row(
    reader: &mut Reader<'_>,
    section: &str,
    name: Written<String>,
    table: &DeTable<'_>,
    records: &mut Records,
) {
    match section {
        "groups" => {
            let mut fields = Fields::open(reader, table, name.place, &["doc"]);
            let doc = fields.doc();
            records.groups.push(WrittenGroup { name, doc });
        }
        "kinds" => {
            let keys = ["doc", "label", "parent"];
            let mut fields = Fields::open(reader, table, name.place, &keys);
            let (doc, label, parent) = (fields.doc(), fields.label("label"), fields.text("parent"));
            records.kinds.push(WrittenKind {
                name,
                doc,
                label,
                parent,
            });
        }
        "relations" => {
            let relation = read_relation(reader, name, table);
            records.relations.push(relation);
        }
        _ => {
            let property = read_property(reader, name, table);
            records.relations.push(property);
        }
    }
}

fn read_relation(
    reader: &mut Reader<'_>,
    name: Written<String>,
    table: &DeTable<'_>,
) -> WrittenRelation {
    let mut fields = Fields::open(reader, table, name.place, &RELATION_KEYS);
    WrittenRelation {
        name,
        doc: fields.doc(),
        label: fields.label("label"),
        inverse: fields.text("inverse"),
        inverse_label: fields.label("inverse_label"),
        from: fields.texts("from"),
        to: fields.texts("to"),
        value_type: None,
        is_broken: false,
        groups: fields.texts("groups"),
        is_symmetric: fields.boolean("symmetric"),
        is_transitive: fields.boolean("transitive"),
        is_acyclic: fields.boolean("acyclic"),
        is_functional: fields.boolean("functional"),
        status: fields.text("status"),
        is_birth: false,
    }
}

/// A property; broken without its type.
fn read_property(
    reader: &mut Reader<'_>,
    name: Written<String>,
    table: &DeTable<'_>,
) -> WrittenRelation {
    let mut fields = Fields::open(reader, table, name.place, &PROPERTY_KEYS);
    let value_type = fields.required_text("type");
    WrittenRelation {
        name,
        doc: fields.doc(),
        label: fields.label("label"),
        inverse: None,
        inverse_label: crate::model::Label::default(),
        from: fields.texts("on"),
        to: Vec::new(),
        is_broken: value_type.is_none(),
        value_type,
        groups: fields.texts("groups"),
        is_symmetric: false,
        is_transitive: false,
        is_acyclic: false,
        is_functional: fields.boolean("functional"),
        status: fields.text("status"),
        is_birth: fields.boolean("birth"),
    }
}
