//! A picture folded: the entities of a kind as one box, and one arrow for all statements that lead
//! from a box to another, which says how many there are. Denials have an arrow of their own.

use std::collections::BTreeMap;

use crate::model::Date;
use crate::render::palette;

use super::Arrow;
use super::LINE_MAX;
use super::Node;
use super::Picture;
use super::clipped;

/// So many names of a box's entities are shown when it is pointed at.
const NAMED_MAX: usize = 8;

/// The picture with one box a kind, in the order of the schema.
///
/// A kind none of whose entities is in the picture has no box. Arrows between entities of one kind
/// lead from its box to itself. Sources are those of the picture that is folded.
pub(super) fn by_kind<'a>(picture: &Picture<'a>) -> Picture<'a> {
    let kinds: Vec<Vec<usize>> = picture.by_kind().map(|(_, members)| members).collect();
    let mut places = vec![0; picture.boxes.len()];
    for (place, members) in kinds.iter().enumerate() {
        members.iter().for_each(|member| places[*member] = place);
    }
    let boxes = kinds.iter().map(|members| node(picture, members));
    let mut groups: BTreeMap<_, Vec<&Arrow<'a>>> = BTreeMap::new();
    for arrow in &picture.arrows {
        let ends = (places[arrow.from], places[arrow.to]);
        let is_denied = arrow.manner.head != super::plain().head;
        let group = groups.entry((arrow.is_implied(), ends, is_denied));
        group.or_default().push(arrow);
    }
    let boxes: Vec<Node> = boxes.collect();
    let arrows = groups.into_iter();
    let arrows = arrows.map(|((_, ends, _), arrows)| bundle(picture, &boxes, ends, &arrows));
    Picture {
        page: picture.page,
        words: picture.words,
        title: picture.title.clone(),
        arrows: arrows.collect(),
        boxes,
        sources: picture.sources.clone(),
    }
}

fn node(picture: &Picture<'_>, members: &[usize]) -> Node {
    let first = &picture.boxes[members[0]];
    let count = (picture.words.entities)(members.len());
    let names = members.iter().take(NAMED_MAX);
    let names: Vec<&str> = names
        .map(|place| picture.boxes[*place].name.as_str())
        .collect();
    let more = if members.len() > NAMED_MAX {
        ", …"
    } else {
        ""
    };
    let named = clipped(&format!("{}{more}", names.join(", ")), LINE_MAX);
    Node {
        id: picture.page.snapshot.kind_name(first.entity()).to_owned(),
        members: members
            .iter()
            .map(|place| picture.boxes[*place].entity())
            .collect(),
        name: first.kind.clone(),
        year: members
            .iter()
            .filter_map(|place| picture.boxes[*place].year)
            .min(),
        tooltip: vec![format!("{}: {count}", first.kind), named],
        kind: count,
        address: None,
    }
}

/// Arrows between the same boxes as one: of their group if they are of one; as sure as the surest.
fn bundle<'a>(
    picture: &Picture<'a>,
    boxes: &[Node],
    (from, to): (usize, usize),
    arrows: &[&Arrow<'a>],
) -> Arrow<'a> {
    let first = arrows[0];
    let count = match first.is_implied() {
        true => (picture.words.ways)(arrows.len()),
        false => (picture.words.statements)(arrows.len()),
    };
    let mut relations: BTreeMap<&str, usize> = BTreeMap::new();
    for word in arrows.iter().filter_map(|arrow| arrow.label.first()) {
        *relations.entry(word).or_default() += 1;
    }
    let mut tooltip = vec![format!(
        "{} → {}: {count}",
        boxes[from].name, boxes[to].name
    )];
    let said = relations
        .iter()
        .map(|(word, count)| format!("{word} {count}"));
    let said = clipped(&said.collect::<Vec<_>>().join(", "), LINE_MAX);
    tooltip.extend(Some(said).filter(|said| !said.is_empty()));
    let mut label = Vec::new();
    if relations.len() == 1 {
        label.extend(relations.keys().map(|word| (*word).to_owned()));
    }
    label.push(count);
    let since: Option<Vec<&Date>> = arrows.iter().map(|arrow| arrow.since.as_ref()).collect();
    let until: Option<Vec<&Date>> = arrows.iter().map(|arrow| arrow.until.as_ref()).collect();
    let earliest = since.and_then(|dates| dates.into_iter().min_by_key(|date| date.first()));
    let latest = until.and_then(|dates| dates.into_iter().max_by_key(|date| date.last()));
    Arrow {
        statements: arrows
            .iter()
            .flat_map(|arrow| arrow.statements.iter().copied())
            .collect(),
        from,
        to,
        hue: match arrows.iter().all(|arrow| arrow.hue == first.hue) {
            true => first.hue,
            false => palette::several(),
        },
        manner: arrows
            .iter()
            .map(|arrow| arrow.manner)
            .min()
            .expect("there is an arrow"),
        label,
        tooltip,
        address: None,
        since: earliest.cloned(),
        until: latest.cloned(),
    }
}
