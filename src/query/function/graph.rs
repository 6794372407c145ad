//! Functions on what a graph is made of: entities, statements, paths and sources.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use compact_str::CompactString;

use crate::model::Date;
use crate::model::EntityId;
use crate::model::KindId;
use crate::model::ObjectRef;
use crate::model::Path;
use crate::model::RelationId;
use crate::model::SourceId;
use crate::model::StatementId;
use crate::model::Value;
use crate::query::function::Does;
use crate::query::function::Function;
use crate::query::function::Param;
use crate::query::function::ParamType;
use crate::query::function::ResultType;
use crate::query::function::Scalar;
use crate::query::function::Scope;
use crate::query::function::scalar::count;
use crate::query::value::type_word;

const ENTITY: Param = Param::required("entity", ParamType::Entity);
const STATEMENT: Param = Param::required("statement", ParamType::Statement);
const ELEMENT: Param = Param::required("x", ParamType::Element);
const PATH: Param = Param::required("path", ParamType::Path);

/// Names and kinds, ends and relations, steps, properties, sources.
pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "id",
        params: &[ELEMENT],
        result: ResultType::Value,
        doc: "The id of an entity, which stays; of a statement the id that its file gives it, else \
              a number that means nothing once the data has changed.",
        examples: &["match (a in EKS) return id(a)"],
        does: Does::Value(
            Scalar::new(|scope, given| {
                let snapshot = scope.snapshot;
                Ok(match &given[0] {
                    Value::Statement(id) => match snapshot.statement_slug(*id) {
                        Some(slug) => given_id(slug, snapshot.edge_ids_are_integers()),
                        None => count(id.index()),
                    },
                    other => {
                        let slug = snapshot.slug(entity(other));
                        given_id(slug, snapshot.node_ids_are_integers())
                    }
                })
            })
            .also(&["elementid"]),
        ),
    },
    Function {
        name: "name",
        params: &[Param::required("x", ParamType::Any)],
        result: ResultType::Text,
        doc: "The name of an entity, as of the date of the query; or the title of a source.",
        examples: &["match (a in EKS) return name(a)"],
        does: Does::Value(Scalar::new(|scope, given| match &given[0] {
            Value::Entity(entity) => Ok(text(scope.filter.name(scope.snapshot, *entity))),
            Value::Source(source) => Ok(text(&scope.snapshot.source(*source).title)),
            other => {
                let met = type_word(other);
                Err(format!("`name` wants an entity or a source, not {met}"))
            }
        })),
    },
    Function {
        name: "names",
        params: &[ENTITY],
        result: ResultType::List,
        doc: "The names of an entity in the order of the data, the one that is shown first; \
              aliases too. As of a date, those borne then.",
        examples: &["match (a in EKS) return names(a)"],
        does: Does::Value(Scalar::new(|scope, given| {
            let names = scope.snapshot.names(entity(&given[0])).filter(|name| {
                let day = scope.filter.as_of;
                day.is_none_or(|day| !name.period.certainly_excludes(day))
            });
            Ok(Value::List(names.map(|name| text(name.text)).collect()))
        })),
    },
    Function {
        name: "kind",
        params: &[ENTITY],
        result: ResultType::Text,
        doc: "The kind of an entity.",
        examples: &["match (a in EKS) return kind(a)"],
        does: Does::Value(Scalar::new(|scope, given| {
            let snapshot = scope.snapshot;
            let first = snapshot.kinds(entity(&given[0])).first();
            let name = |kind: &KindId| text(&snapshot.schema.kinds[kind.index()].name);
            Ok(first.map_or(Value::Null, name))
        })),
    },
    Function {
        name: "labels",
        params: &[ENTITY],
        result: ResultType::List,
        doc: "The kinds of an entity and those above them, the narrowest first.",
        examples: &["match (a in EKS) return labels(a)"],
        does: Does::Value(Scalar::new(|scope, given| {
            let kinds = &scope.snapshot.schema.kinds;
            let mut labels: Vec<Value> = Vec::new();
            for kind in scope.snapshot.kinds(entity(&given[0])) {
                let above = std::iter::successors(Some(&kinds[kind.index()]), |kind| {
                    kind.parent.map(|parent| &kinds[parent.index()])
                });
                for label in above.take(kinds.len()).map(|kind| text(&kind.name)) {
                    if !labels.contains(&label) {
                        labels.push(label);
                    }
                }
            }
            Ok(Value::List(labels.into()))
        })),
    },
    Function {
        name: "relation",
        params: &[STATEMENT],
        result: ResultType::Text,
        doc: "The relation of a statement, in its stored direction.",
        examples: &["match (a in EKS)-[e]->(b) return relation(e), b limit 3"],
        does: Does::Value(
            Scalar::new(|scope, given| {
                let relation = scope.snapshot.relation(statement(&given[0]));
                Ok(text(
                    &scope.snapshot.schema.relations[relation.index()].name,
                ))
            })
            .also(&["type"]),
        ),
    },
    Function {
        name: "start",
        params: &[STATEMENT],
        result: ResultType::Entity,
        doc: "The entity that a statement is about, where its arrow starts.",
        examples: &["match (a in Flatcar)<-[e]-(b) return start(e) limit 3"],
        does: Does::Value(
            Scalar::new(|scope, given| {
                Ok(Value::Entity(scope.snapshot.subject(statement(&given[0]))))
            })
            .also(&["startnode"]),
        ),
    },
    Function {
        name: "end",
        params: &[STATEMENT],
        result: ResultType::Value,
        doc: "The entity or value at the tip of a statement's arrow; null if none is known.",
        examples: &["match (a in EKS)-[e]->(b) return end(e) limit 3"],
        does: Does::Value(
            Scalar::new(|scope, given| {
                Ok(match scope.snapshot.object(statement(&given[0])) {
                    ObjectRef::Entity(entity) => Value::Entity(entity),
                    ObjectRef::Value(value) => value.clone(),
                    ObjectRef::Nothing => Value::Null,
                })
            })
            .also(&["endnode"]),
        ),
    },
    Function {
        name: "nodes",
        params: &[PATH],
        result: ResultType::List,
        doc: "The entities of a path, from start to end.",
        examples: &["match p = (a in Flatcar)<--(b) return nodes(p) limit 2"],
        does: Does::Value(Scalar::new(|_, given| {
            let entities = path(&given[0]).entities.iter().copied();
            Ok(Value::List(entities.map(Value::Entity).collect()))
        })),
    },
    Function {
        name: "edges",
        params: &[PATH],
        result: ResultType::List,
        doc: "The statements of a path, from start to end.",
        examples: &["match p = (a in Flatcar)<--(b) return edges(p) limit 2"],
        does: Does::Value(
            Scalar::new(|_, given| {
                let statements = path(&given[0]).statements.iter().copied();
                Ok(Value::List(statements.map(Value::Statement).collect()))
            })
            .also(&["relationships"]),
        ),
    },
    Function {
        name: "length",
        params: &[Param::required("path", ParamType::Any)],
        result: ResultType::Integer,
        doc: "How many steps a path has.",
        examples: &["match p = (a in Flatcar)<--(b) return length(p) limit 1"],
        does: Does::Value(Scalar::new(|_, given| match &given[0] {
            Value::Path(path) => Ok(count(path.statements.len())),
            other => {
                let met = type_word(other);
                let hint = match other {
                    Value::Text(_) | Value::List(_) => "; it has a `size`",
                    _ => "",
                };
                Err(format!("`length` wants a path, not {met}{hint}"))
            }
        })),
    },
    Function {
        name: "properties",
        params: &[Param::required("x", ParamType::Any)],
        result: ResultType::Map,
        doc: "The name and the properties of an entity, a list where there are several values; or \
              the qualifiers of a statement.",
        examples: &["match (a in EKS) return properties(a)"],
        does: Does::Value(Scalar::new(|scope, given| match &given[0] {
            Value::Map(entries) => Ok(Value::Map(entries.clone())),
            Value::Entity(_) | Value::Statement(_) => Ok(Value::Map(properties(scope, &given[0]))),
            other => {
                let met = type_word(other);
                Err(format!(
                    "`properties` wants an entity, a statement or a map, not {met}"
                ))
            }
        })),
    },
    Function {
        name: "sources",
        params: &[ELEMENT],
        result: ResultType::List,
        doc: "The sources that a statement rests on, or that name an entity; each once, by id.",
        examples: &["match (a in EKS)-[e]->(b) return sources(e) limit 2"],
        does: Does::Value(Scalar::new(|scope, given| {
            let citations = match &given[0] {
                Value::Statement(statement) => scope.snapshot.citations(*statement),
                other => scope.snapshot.entity_citations(entity(other)),
            };
            let cited: BTreeSet<SourceId> =
                citations.iter().map(|citation| citation.source).collect();
            Ok(Value::List(cited.into_iter().map(Value::Source).collect()))
        })),
    },
];

/// The properties of an entity or a statement, by name; none of what is null.
pub(super) fn properties(scope: &Scope<'_>, element: &Value) -> BTreeMap<CompactString, Value> {
    match element {
        Value::Statement(statement) if scope.snapshot.schema.is_open => {
            let own = scope.snapshot.statement_properties(*statement);
            own.cloned().unwrap_or_default()
        }
        Value::Statement(statement) => qualifiers(scope, *statement),
        other => properties_of(scope, entity(other)),
    }
}

/// Its name, and what the statements say that count here.
fn properties_of(scope: &Scope<'_>, entity: EntityId) -> BTreeMap<CompactString, Value> {
    let snapshot = scope.snapshot;
    let mut found: BTreeMap<RelationId, Vec<Value>> = BTreeMap::new();
    for statement in snapshot.outgoing(entity) {
        if let ObjectRef::Value(value) = snapshot.object(statement)
            && scope.admits(statement)
        {
            let values = found.entry(snapshot.relation(statement)).or_default();
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
    }
    let entry = |(relation, mut values): (RelationId, Vec<Value>)| {
        let name = &snapshot.schema.relations[relation.index()].name;
        let value = match values.len() {
            1 => values.swap_remove(0),
            _ => Value::List(values.into()),
        };
        (name.into(), value)
    };
    let name = text(scope.filter.name(snapshot, entity));
    let name = (!snapshot.schema.is_open).then(|| ("name".into(), name));
    name.into_iter()
        .chain(found.into_iter().map(entry))
        .collect()
}

fn qualifiers(scope: &Scope<'_>, statement: StatementId) -> BTreeMap<CompactString, Value> {
    let qualifiers = scope.snapshot.qualifiers(statement);
    let date = |date: &Option<Date>| date.clone().map(Value::Date);
    let words = |words: &Option<String>| words.clone().map(Value::Text);
    [
        ("since", date(&qualifiers.since)),
        ("until", date(&qualifiers.until)),
        ("observed", date(&qualifiers.observed)),
        ("certainty", Some(text(qualifiers.certainty.word()))),
        ("polarity", Some(text(qualifiers.polarity.word()))),
        ("condition", words(&qualifiers.condition)),
        ("role", words(&qualifiers.role)),
        ("note", words(&qualifiers.note)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.into(), value?)))
    .collect()
}

/// An id as the data gave it.
fn given_id(slug: &str, is_integer: bool) -> Value {
    let integer = is_integer.then(|| slug.parse().ok()).flatten();
    integer.map_or_else(|| text(slug), Value::Integer)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn entity(value: &Value) -> EntityId {
    match value {
        Value::Entity(entity) => *entity,
        other => unreachable!("`call` checked that {other:?} is an entity"),
    }
}

fn statement(value: &Value) -> StatementId {
    match value {
        Value::Statement(statement) => *statement,
        other => unreachable!("`call` checked that {other:?} is a statement"),
    }
}

fn path(value: &Value) -> &Path {
    match value {
        Value::Path(path) => path,
        other => unreachable!("`call` checked that {other:?} is a path"),
    }
}
