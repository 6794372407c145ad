//! The small graph on which rendering is shown, built by hand, and answers about it.

use kingraph::model::Certainty;
use kingraph::model::Citation;
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
use kingraph::model::Path;
use kingraph::model::Polarity;
use kingraph::model::Range;
use kingraph::model::Relation;
use kingraph::model::RelationId;
use kingraph::model::Schema;
use kingraph::model::Snapshot;
use kingraph::model::Source;
use kingraph::model::SourceId;
use kingraph::model::StatementId;
use kingraph::model::StatementRecord;
use kingraph::model::Type;
use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::query::Answer;
use kingraph::query::Column;
use kingraph::query::ColumnType;
use kingraph::query::Table;

pub const FORKED_AS: RelationId = RelationId(0);
pub const BASIS_OF: RelationId = RelationId(1);
pub const NODE_OS: RelationId = RelationId(2);
pub const HOMEPAGE: RelationId = RelationId(3);
pub const CNI: RelationId = RelationId(4);

pub fn schema() -> Schema {
    let kind = |name: &str| Kind {
        name: name.to_owned(),
        doc: "A kind.".to_owned(),
        label: Label::default(),
        parent: None,
    };
    let group = |name: &str| Group {
        name: name.to_owned(),
        doc: "A group.".to_owned(),
    };
    let relation = |name: &str, inverse: Option<&str>, groups: &[u32], range: Range| Relation {
        name: name.to_owned(),
        inverse: inverse.map(str::to_owned),
        doc: "A relation.".to_owned(),
        label: Label::default(),
        inverse_label: Label::default(),
        domain: Vec::new(),
        range,
        groups: groups.iter().map(|group| GroupId(*group)).collect(),
        is_symmetric: false,
        is_transitive: false,
        is_acyclic: false,
        is_functional: false,
        status: None,
        is_birth: false,
    };
    let any = || Range::Entities(Vec::new());
    Schema {
        kinds: vec![
            kind("container_host_os"),
            kind("managed_service"),
            kind("cni_plugin"),
        ],
        relations: vec![
            relation("forked_as", Some("forked_from"), &[1], any()),
            relation("basis_of", Some("based_on"), &[1], any()),
            relation("default_node_os", Some("default_node_os_of"), &[0], any()),
            relation("homepage", None, &[], Range::Values(Type::Url)),
            relation("cni", Some("cni_of"), &[0], any()),
        ],
        groups: vec![group("component"), group("lineage")],
        is_open: false,
    }
}

fn sources() -> Vec<Source> {
    let source = |id: &str, author: Option<&str>, address: Option<&str>| Source {
        id: id.to_owned(),
        title: format!("Article {id}"),
        author: author.map(str::to_owned),
        date: Some(date("2021-05-12")),
        language: Some("ja".to_owned()),
        address: address.map(str::to_owned),
    };
    vec![
        source(
            "rks-15",
            Some("A. Author"),
            Some("https://example.org/15?a=1&b=2"),
        ),
        source("rks-17", None, Some("javascript:alert(1)")),
    ]
}

pub fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

pub fn name(text: &str) -> NameRecord {
    NameRecord {
        text: text.to_owned(),
        language: None,
        since: None,
        until: None,
        is_alias: false,
        is_shared: false,
    }
}

pub fn entity(id: &str, label: &str, kind: u32) -> EntityRecord {
    EntityRecord {
        id: id.to_owned(),
        names: vec![name(label)],
        kinds: vec![KindId(kind)],
        sources: vec![cite(1, "22")],
        values: Vec::new(),
    }
}

pub fn cite(source: u32, at: &str) -> Citation {
    Citation {
        source: SourceId(source),
        at: at.into(),
    }
}

pub fn statement(relation: RelationId, object: Object) -> StatementRecord {
    StatementRecord {
        sources: vec![cite(1, "26")],
        ..StatementRecord::new(relation, object)
    }
}

/// CoreOS, two forks of it (one of them hedged), and a service with its node OS.
pub fn lineage() -> Snapshot {
    let mut graph = Graph::new(schema(), sources());
    let mut add = |id: &str, label: &str, kind| graph.add_entity(entity(id, label, kind)).unwrap();
    let coreos = add("coreos", "CoreOS Container Linux", 0);
    let flatcar = add("flatcar", "Flatcar Container Linux", 0);
    let rhcos = add("rhcos", "Red Hat Enterprise Linux CoreOS", 0);
    let eks = add("eks", "Amazon EKS", 1);
    let amazon = add("amazon-linux-2", "Amazon Linux 2", 0);
    let centos = add("centos", "CentOS", 0);
    let rks = add("rks", "楽天 Kubernetes サービス", 1);
    let cni = add("vpc-cni", "Amazon VPC CNI", 2);
    let mut fork = statement(FORKED_AS, Object::Entity(flatcar));
    fork.since = Some(date("2018-03"));
    fork.sources.push(cite(0, ""));
    assert!(graph.add_statement(coreos, fork));
    let mut guess = statement(BASIS_OF, Object::Entity(rhcos));
    guess.certainty = Certainty::Hedged;
    guess.since = Some(date("~2019"));
    guess.until = Some(date("2020-05-26"));
    guess.sources = vec![cite(0, "7")];
    assert!(graph.add_statement(coreos, guess));
    assert!(graph.add_statement(centos, statement(BASIS_OF, Object::Entity(amazon))));
    assert!(graph.add_statement(eks, statement(NODE_OS, Object::Entity(amazon))));
    assert!(graph.add_statement(eks, statement(CNI, Object::Entity(cni))));
    let mut denied = statement(NODE_OS, Object::Entity(flatcar));
    denied.polarity = Polarity::Negative;
    denied.condition = Some("Kubernetes 1.18 or later".to_owned());
    assert!(graph.add_statement(rks, denied));
    let mut unknown = statement(CNI, Object::Nothing);
    unknown.polarity = Polarity::Unknown;
    assert!(graph.add_statement(rks, unknown));
    let address = Value::Text("https://example.org/rks".to_owned());
    assert!(graph.add_statement(rks, statement(HOMEPAGE, Object::Value(address))));
    freeze(&graph)
}

/// B, of which it is said with every reservation that it forked from A.
pub fn reserved() -> Snapshot {
    let mut graph = Graph::new(schema(), sources());
    let [a, b] = ["A", "B"].map(|label| {
        let record = entity(&label.to_lowercase(), label, 0);
        graph.add_entity(record).unwrap()
    });
    let mut fork = statement(FORKED_AS, Object::Entity(b));
    fork.certainty = Certainty::Hedged;
    fork.since = Some(date("2018-03"));
    fork.role = Some("the heir".to_owned());
    fork.condition = Some("on a day that never came and that nobody had wished for".to_owned());
    fork.sources = vec![cite(0, "")];
    assert!(graph.add_statement(a, fork));
    freeze(&graph)
}

/// The answer of a set: members with their evidence, by slug and by the subjects' slugs.
pub fn set(snapshot: &Snapshot, members: &[(&str, &[StatementId])]) -> Answer {
    let row = |(slug, evidence): &(&str, &[StatementId])| {
        let evidence = evidence.iter().map(|id| Value::Statement(*id)).collect();
        vec![Value::Entity(id(snapshot, slug)), Value::List(evidence)]
    };
    answer(
        &[("entity", ColumnType::Entity), ("via", ColumnType::Via)],
        members.iter().map(row).collect(),
    )
}

pub fn answer(columns: &[(&str, ColumnType)], rows: Vec<Vec<Value>>) -> Answer {
    let columns = columns
        .iter()
        .map(|(name, cells)| Column::new(name, *cells))
        .collect();
    Answer {
        table: Table { columns, rows },
        ..Answer::default()
    }
}

pub fn id(snapshot: &Snapshot, slug: &str) -> EntityId {
    snapshot.find_id(slug).unwrap()
}

/// The statements about `slug`, by relation and object.
pub fn about(snapshot: &Snapshot, slug: &str) -> Vec<StatementId> {
    snapshot.outgoing(id(snapshot, slug)).collect()
}

pub fn successors(snapshot: &Snapshot) -> Answer {
    let forks = about(snapshot, "coreos");
    set(
        snapshot,
        &[
            ("flatcar", &forks[..1]),
            ("rhcos", &forks[1..]),
            ("centos", &[]),
        ],
    )
}

pub fn path(snapshot: &Snapshot) -> Answer {
    let path = Path {
        entities: ["eks", "amazon-linux-2", "centos"]
            .map(|slug| id(snapshot, slug))
            .to_vec(),
        statements: vec![about(snapshot, "eks")[0], about(snapshot, "centos")[0]],
    };
    answer(&[("path", ColumnType::Path)], vec![vec![Value::Path(path)]])
}

pub fn facts(snapshot: &Snapshot) -> Answer {
    let statements = about(snapshot, "rks")
        .into_iter()
        .chain(about(snapshot, "coreos"));
    answer(
        &[("statement", ColumnType::Statement)],
        statements.map(|id| vec![Value::Statement(id)]).collect(),
    )
}
