//! What several tests share: graphs made by hand, and queries asked of them.

#![expect(
    unreachable_pub,
    reason = "shared by test crates that have no public interface"
)]

use kingraph::model::Date;
use kingraph::model::EntityId;
use kingraph::model::EntityRecord;
use kingraph::model::Graph;
use kingraph::model::Group;
use kingraph::model::GroupId;
use kingraph::model::Kind;
use kingraph::model::KindId;
use kingraph::model::Label;
use kingraph::model::NameRecord;
use kingraph::model::Object;
use kingraph::model::Range;
use kingraph::model::Relation;
use kingraph::model::RelationId;
use kingraph::model::Schema;
use kingraph::model::StatementRecord;
use kingraph::model::Value;
use kingraph::query::Answer;
use kingraph::query::Rewrite;
use kingraph::shell::Origin;
use kingraph::shell::Session;

/// Subject, relation, object, since, until.
pub type Arrow = (usize, String, usize, Option<String>, Option<String>);

/// A graph of named things and typed arrows, all of whose relations are of the group `lineage`.
#[derive(Clone, Debug, Default)]
pub struct Sketch {
    /// Names; the id of the n-th is `n<n>`.
    pub names: Vec<String>,
    /// What leads from one to another; ends are places in `names`.
    pub arrows: Vec<Arrow>,
}

impl Sketch {
    /// A session on the graph.
    pub fn session(&self) -> Session {
        Session::on(kingraph::model::freeze(&self.graph()), Origin::Bundled)
    }

    /// The graph.
    pub fn graph(&self) -> Graph {
        let mut words: Vec<&str> = self.arrows.iter().map(|arrow| arrow.1.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        let mut graph = Graph::new(schema(&words), Vec::new());
        for (index, name) in self.names.iter().enumerate() {
            let added = graph.add_entity(entity(&format!("n{index}"), name));
            assert_eq!(added, Some(EntityId::from_index(index)));
        }
        for (subject, word, object, since, until) in &self.arrows {
            let relation = words
                .binary_search(&word.as_str())
                .expect("the word is known");
            let date = |text: &Option<String>| {
                text.as_ref()
                    .map(|text| Date::parse(text).expect("dates are sound"))
            };
            let statement = StatementRecord {
                since: date(since),
                until: date(until),
                ..statement(
                    RelationId::from_index(relation),
                    EntityId::from_index(*object),
                )
            };
            assert!(graph.add_statement(EntityId::from_index(*subject), statement));
        }
        graph
    }
}

/// A plain statement.
pub fn statement(relation: RelationId, object: EntityId) -> StatementRecord {
    StatementRecord::new(relation, Object::Entity(object))
}

/// An entity of the one kind.
pub fn entity(id: &str, name: &str) -> EntityRecord {
    let name = NameRecord {
        text: name.to_owned(),
        language: None,
        since: None,
        until: None,
        is_alias: false,
        is_shared: false,
    };
    EntityRecord {
        id: id.to_owned(),
        names: vec![name],
        kinds: vec![KindId(0)],
        sources: Vec::new(),
        values: Vec::new(),
    }
}

/// A schema with the kind `thing`, the group `lineage`, and these relations in it.
pub fn schema(words: &[&str]) -> Schema {
    let relation = |word: &&str| Relation {
        name: (*word).to_owned(),
        inverse: Some(format!("{word}_inverse")),
        doc: "A relation.".to_owned(),
        label: Label::default(),
        inverse_label: Label::default(),
        domain: Vec::new(),
        range: Range::Entities(Vec::new()),
        groups: vec![GroupId(0)],
        is_symmetric: false,
        is_transitive: false,
        is_acyclic: false,
        is_functional: false,
        status: None,
        is_birth: false,
    };
    let kind = Kind {
        name: "thing".to_owned(),
        doc: "A thing.".to_owned(),
        label: Label::default(),
        parent: None,
    };
    Schema {
        kinds: vec![kind],
        relations: words.iter().map(relation).collect(),
        groups: vec![Group {
            name: "lineage".to_owned(),
            doc: "Lineage.".to_owned(),
        }],
        is_open: false,
    }
}

/// The answer to one query; panics with the error.
pub fn ask(session: &mut Session, query: &str) -> Answer {
    let mut plain = session.clone();
    plain.rewrite = Rewrite::Off;
    let mut replies = match (session.query(query), plain.query(query)) {
        (Ok(replies), Ok(plain)) => {
            assert_eq!(replies, plain, "{query} with and without the passes");
            replies
        }
        (error, other) => panic!("{query}: {error:?}, {other:?}"),
    };
    assert_eq!(replies.len(), 1, "{query}");
    replies.remove(0).answer
}

/// The names in the first column of an answer, in its order.
pub fn names(session: &Session, answer: &Answer) -> Vec<String> {
    let name = |row: &Vec<Value>| match &row[0] {
        Value::Entity(entity) => session.snapshot().name(*entity).to_owned(),
        other => panic!("{other:?} is no entity"),
    };
    answer.table.rows.iter().map(name).collect()
}

/// The names along each path of an answer, in its order.
pub fn paths(session: &Session, answer: &Answer) -> Vec<Vec<String>> {
    let path = |row: &Vec<Value>| match &row[0] {
        Value::Path(path) => {
            let names = path
                .entities
                .iter()
                .map(|entity| session.snapshot().name(*entity));
            names.map(str::to_owned).collect()
        }
        other => panic!("{other:?} is no path"),
    };
    answer.table.rows.iter().map(path).collect()
}
