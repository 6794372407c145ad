//! Timelines, measured: what the SVG says of lanes, bars, days, curves and names.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use roxmltree::Document;
use roxmltree::Node;

use kingraph::render::Colour;
use kingraph::render::Layout;
use kingraph::render::Look;
use kingraph::render::Page;
use kingraph::render::find;
use kingraph::shell::Session;

/// A session on a graph of these entities, in a schema with a fork, a merger and dates.
fn session(entities: &str) -> Session {
    let folder = tempfile::tempdir().unwrap();
    let schema = r#"
        [groups.lineage]
        doc = "From older to newer."
        [kinds.program]
        doc = "A program."
        [relations.forked_as]
        doc = "A fork."
        inverse = "forked_from"
        groups = ["lineage"]
        [relations.merged_into]
        doc = "A merger."
        inverse = "merged_from"
        groups = ["lineage"]
        status = "ended"
        [properties.born_on]
        doc = "First release."
        type = "date"
        birth = true
        [properties.closed_on]
        doc = "The end."
        type = "date"
        status = "ended"
        [properties.alive_on]
        doc = "Work on it was seen."
        type = "date"
        status = "active"
        [properties.seen_on]
        doc = "Seen."
        type = "date"
    "#;
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("schema.toml", schema);
    write("sources.toml", "[wiki]\ntitle = \"Wiki\"\n");
    write("programs.toml", entities);
    let (session, loaded) = Session::open(folder.path()).unwrap();
    assert_eq!(loaded.errors, 0);
    session
}

fn drawn(session: &mut Session, query: &str, look: Look<'_>) -> String {
    let replies = session.query(query).unwrap();
    let page = Page {
        look: Look {
            layout: Layout::Timeline,
            ..look
        },
        ..Page::new(&replies[0].answer, session.snapshot(), query)
    };
    (find("svg").unwrap().render)(&page)
}

const PROGRAMS: &str = r#"
    [old]
    name = [ { text = "Old", until = "2012" }, { text = "Older", since = "2012" } ]
    kind = "program"
    source = "wiki"
    born_on = { value = "2010-01-01", source = "wiki" }
    closed_on = { value = "2018-01-01", source = "wiki" }
    merged_into = { to = "fork", since = "2018-01-01", source = "wiki" }

    [fork]
    name = ["Fork", { text = "Early", since = "2014-01", until = "2014-02/.." }]
    kind = "program"
    source = "wiki"
    born_on = { value = "2014-01-01", source = "wiki" }
    seen_on = { value = "2020-01-01", source = "wiki" }
    forked_from = { to = "old", since = "2014-01-01", source = "wiki" }

    [vague]
    name = "Vague"
    kind = "program"
    source = "wiki"
    forked_from = { to = "fork", source = "wiki" }
"#;

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

fn text(node: Node<'_, '_>) -> String {
    let texts = node.descendants().filter(|inner| inner.is_text());
    texts.filter_map(|inner| inner.text()).collect()
}

/// A bar's name and the group of its elements, by lane from above.
fn lanes<'a>(document: &'a Document<'_>) -> Vec<(String, Node<'a, 'a>)> {
    let nodes = document.descendants();
    let groups = nodes.filter(|node| node.attribute("class") == Some("entity"));
    groups
        .map(|group| {
            let name = |node: &Node<'_, '_>| node.attribute("class") == Some("name");
            (text(group.descendants().find(name).unwrap()), group)
        })
        .collect()
}

/// The thick part of a bar: where it begins and ends.
fn thick(group: Node<'_, '_>) -> Option<(f64, f64)> {
    let mut parts = group.descendants().filter(|node| {
        let is_ink = node
            .attribute("class")
            .is_some_and(|class| class.starts_with('f'));
        node.has_tag_name("rect") && is_ink && node.attribute("opacity").is_none()
    });
    let bar = parts.find(|node| number(*node, "height") == 8.0)?;
    Some((number(bar, "x"), number(bar, "x") + number(bar, "width")))
}

/// Where the first of January of a year lies, by the first and the last one that are named.
fn year(document: &Document<'_>, year: f64) -> f64 {
    let grid = document
        .descendants()
        .find(|node| node.attribute("class") == Some("grid"));
    let texts = grid.into_iter().flat_map(|grid| grid.children());
    let named = texts.filter(|node| node.has_tag_name("text"));
    let known: BTreeMap<i64, f64> = named
        .map(|node| (text(node).parse().unwrap(), number(node, "x")))
        .collect();
    let ((a, from), (b, to)) = (
        known.first_key_value().unwrap(),
        known.last_key_value().unwrap(),
    );
    from + (to - from) * (year - *a as f64) / (b - a) as f64
}

#[test]
fn bars_begin_and_end_at_their_days() {
    let svg = drawn(&mut session(PROGRAMS), "lineage(id:fork)", Look::default());
    let document = Document::parse(&svg).unwrap();
    let at = |of: f64| year(&document, of);
    let lanes = lanes(&document);
    let names: Vec<&str> = lanes.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Old", "Early → Fork", "Vague"]);
    let near = |a: f64, b: f64| (a - b).abs() < 2.0;
    let old = thick(lanes[0].1).unwrap();
    assert!(
        near(old.0, at(2010.0)) && near(old.1, at(2018.0)),
        "{old:?}"
    );
    let fork = thick(lanes[1].1).unwrap();
    assert!(
        near(fork.0, at(2014.0)) && near(fork.1, at(2020.0)),
        "{fork:?}"
    );
    assert_eq!(thick(lanes[2].1), None, "what has no date has no bar");
    assert!(svg.contains("no date known") && svg.contains("no end known"));
}

#[test]
fn curves_leave_and_arrive_at_their_days() {
    let svg = drawn(&mut session(PROGRAMS), "lineage(id:fork)", Look::default());
    let document = Document::parse(&svg).unwrap();
    let at = |of: f64| year(&document, of);
    let arrows: Vec<Node<'_, '_>> = document
        .descendants()
        .filter(|node| node.attribute("class") == Some("arrow"))
        .collect();
    assert_eq!(arrows.len(), 3);
    let dated = [("forked_as", 2014), ("merged_into", 2018)];
    for (relation, year) in dated {
        let arrow = arrows.iter().find(|arrow| {
            let text = text(**arrow);
            text.contains(relation) && text.contains(&year.to_string())
        });
        let arrow = arrow.unwrap();
        let line = arrow
            .descendants()
            .find(|node| node.has_tag_name("path"))
            .unwrap();
        let path = line.attribute("d").unwrap();
        let start: f64 = path[1..].split([' ', 'C']).next().unwrap().parse().unwrap();
        assert!(
            (start - at(f64::from(year))).abs() < 2.0,
            "{relation} {path}"
        );
    }
}

#[test]
fn a_renaming_is_a_dot_with_the_new_name() {
    let svg = drawn(&mut session(PROGRAMS), "lineage(id:fork)", Look::default());
    let document = Document::parse(&svg).unwrap();
    let fork = text(lanes(&document)[1].1);
    assert!(
        fork.contains("Early → Fork"),
        "the name of the first month: {fork}"
    );
    let old = lanes(&document)[0].1;
    let dot = old
        .descendants()
        .find(|node| node.has_tag_name("circle"))
        .unwrap();
    assert!(text(dot).contains("Older from 2012"));
    let at = |of: f64| year(&document, of);
    let (x, year) = (number(dot, "cx"), at(2012.0));
    assert!(x > year && x < at(2013.0), "the middle of the year");
    let names = old
        .descendants()
        .filter(|node| node.attribute("class") == Some("name"));
    assert_eq!(names.map(text).collect::<Vec<_>>(), ["Old", "Older"]);
}

#[test]
fn lineages_of_the_bundled_graph_fit_their_sheets() {
    let mut session = Session::bundled();
    for query in [
        "lineage(CoreOS)",
        "lineage(RHEL)",
        "successors(EKS)",
        "lineage(Kubernetes)",
    ] {
        let svg = drawn(&mut session, query, Look::default());
        assert_eq!(svg, drawn(&mut session, query, Look::default()));
        let document = Document::parse(&svg).unwrap();
        let root = document.root_element();
        let (width, height) = (number(root, "width"), number(root, "height"));
        let mut before = 0.0;
        for (name, group) in lanes(&document) {
            let label = group
                .descendants()
                .find(|node| node.attribute("class") == Some("name"));
            let y = number(label.unwrap(), "y");
            assert!(
                y >= before + 30.0 || before == 0.0,
                "{query}: {name} has its own lane"
            );
            assert!(
                y < height && number(label.unwrap(), "x") < width,
                "{query}: {name}"
            );
            before = y;
        }
        let arrows = document.descendants();
        let arrows = arrows.filter(|node| node.attribute("class") == Some("arrow"));
        assert!(arrows.count() > 0, "{query}");
    }
}

#[test]
fn nothing_and_undated_things_have_a_picture() {
    let mut session = session(
        "[a]\nname = \"A\"\nkind = \"program\"\nsource = \"wiki\"\n\
         forked_as = { to = \"a2\", source = \"wiki\" }\n\
         [a2]\nname = \"楽天 <b>\"\nkind = \"program\"\nsource = \"wiki\"\n",
    );
    let svg = drawn(&mut session, "id:a - id:a", Look::default());
    assert!(svg.contains("nothing to draw"));
    Document::parse(&svg).unwrap();
    let svg = drawn(&mut session, "lineage(id:a)", Look::default());
    assert!(!svg.contains("class=\"grid\"") && svg.contains("楽天 &lt;b&gt;"));
    assert_eq!(lanes(&Document::parse(&svg).unwrap()).len(), 2);
}

/// A curve between two boxes: its points, as they are drawn. The last four are of a curve; one that
/// has more is straight before them, as far as the lane before the last.
struct Curve {
    from: usize,
    to: usize,
    points: Vec<(f64, f64)>,
}

/// The bar of a box: its lane, and from where to where it is drawn.
struct Bar {
    lane: usize,
    first: f64,
    last: f64,
}

/// The curves of a timeline, and the bar of each box by its place.
fn curves(document: &Document<'_>) -> (Vec<Curve>, BTreeMap<usize, Bar>) {
    let whole = |node: Node<'_, '_>, name: &str| node.attribute(name).unwrap().parse().unwrap();
    let mut boxes = BTreeMap::new();
    for (lane, (_, group)) in lanes(document).into_iter().enumerate() {
        let mut bar = Bar {
            lane,
            first: f64::INFINITY,
            last: 0.0,
        };
        for node in group.descendants() {
            let class = node.attribute("class").unwrap_or_default();
            let (first, last) = if node.has_tag_name("rect") && class.starts_with('f') {
                (number(node, "x"), number(node, "x") + number(node, "width"))
            } else if class.starts_with("line dotted") {
                let path = node.attribute("d").unwrap().replace(['M', 'H'], " ");
                let numbers: Vec<f64> = path
                    .split_whitespace()
                    .map(|n| n.parse().unwrap())
                    .collect();
                (numbers[0], numbers[2])
            } else {
                continue;
            };
            bar.first = bar.first.min(first);
            bar.last = bar.last.max(last);
        }
        boxes.insert(whole(group, "data-box"), bar);
    }
    let groups = document.descendants();
    let groups = groups.filter(|node| node.attribute("class") == Some("arrow"));
    let curve = |group: Node<'_, '_>| {
        let mut paths = group.descendants().filter_map(|node| node.attribute("d"));
        let path = paths.next().unwrap().replace(['M', 'L', 'C'], " ");
        let numbers: Vec<f64> = path
            .split_whitespace()
            .map(|n| n.parse().unwrap())
            .collect();
        let points = numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect();
        let (from, to) = (whole(group, "data-from"), whole(group, "data-to"));
        (from != to).then_some(Curve { from, to, points })
    };
    (groups.filter_map(curve).collect(), boxes)
}

/// How often curves cross each other, and bars that they do not join, if each box had the lane that
/// `new` says.
fn crossings(
    curves: &[Curve],
    bars: &BTreeMap<usize, Bar>,
    new: &BTreeMap<usize, usize>,
) -> (usize, usize) {
    let middle = |lane: usize| 46.0 + 40.0 * lane as f64;
    let lines: Vec<Vec<(f64, f64)>> = curves
        .iter()
        .map(|curve| {
            let (from, to) = (curve.from, curve.to);
            let old = (middle(bars[&from].lane), middle(bars[&to].lane));
            moved(curve, old, (middle(new[&from]), middle(new[&to])))
        })
        .collect();
    let mut barred = 0;
    for (curve, line) in curves.iter().zip(&lines) {
        let others = bars.iter();
        let others = others.filter(|(place, _)| ![curve.from, curve.to].contains(place));
        for (place, bar) in others {
            let y = middle(new[place]);
            let bar = [(bar.first, y), (bar.last, y)];
            barred += line.windows(2).filter(|part| cross(part, &bar)).count();
        }
    }
    let mut count = 0;
    for (place, line) in lines.iter().enumerate() {
        for other in &lines[place + 1..] {
            for one in line.windows(2) {
                count += other.windows(2).filter(|two| cross(one, two)).count();
            }
        }
    }
    (count, barred)
}

/// Points along a curve, as it would be drawn between other lanes: one that has a straight part
/// keeps its turn into the last lane, any other is as high as its ends are apart.
fn moved(curve: &Curve, old: (f64, f64), new: (f64, f64)) -> Vec<(f64, f64)> {
    let is_turned = (old.1 > old.0) != (new.1 > new.0);
    let way = if is_turned { -1.0 } else { 1.0 };
    let has_turn = curve.points.len() > 4;
    let place = |(place, (x, y)): (usize, &(f64, f64))| match (has_turn, place) {
        (true, 0) => (*x, new.0 + way * (y - old.0)),
        (true, _) => (*x, new.1 + way * (y - old.1)),
        (false, _) => (*x, new.0 + (y - old.0) / (old.1 - old.0) * (new.1 - new.0)),
    };
    let points: Vec<(f64, f64)> = curve.points.iter().enumerate().map(place).collect();
    let (straight, last) = points.split_at(points.len() - 4);
    let last: [(f64, f64); 4] = last.try_into().unwrap();
    let bent = (0..=24).map(|step| bezier(last, f64::from(step) / 24.0));
    straight.iter().copied().chain(bent).collect()
}

fn bezier(points: [(f64, f64); 4], t: f64) -> (f64, f64) {
    let u = 1.0 - t;
    let at = |of: fn((f64, f64)) -> f64| {
        let [a, b, c, d] = points.map(of);
        u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
    };
    (at(|point| point.0), at(|point| point.1))
}

fn cross(one: &[(f64, f64)], two: &[(f64, f64)]) -> bool {
    let side = |a: (f64, f64), b: (f64, f64), c: (f64, f64)| {
        let side = (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0);
        if side.abs() < 1e-6 { 0.0 } else { side }
    };
    let apart =
        |a: &[(f64, f64)], b: &[(f64, f64)]| side(a[0], a[1], b[0]) * side(a[0], a[1], b[1]) < 0.0;
    apart(one, two) && apart(two, one)
}

/// On no lineage do curves cross each other and foreign bars more often than if lanes went by birth
/// alone; and on all of them together they cross each other less often, and bars less often.
#[test]
fn curves_cross_no_more_than_with_lanes_by_birth() {
    let mut session = Session::bundled();
    let snapshot = session.snapshot().clone();
    let mut seen = std::collections::BTreeSet::new();
    let (mut wrong, mut all) = (Vec::new(), [0; 4]);
    for entity in snapshot.entities() {
        let query = format!("lineage(id:\"{}\")", snapshot.slug(entity));
        let reply = session.query(&query).unwrap().remove(0);
        let members: Vec<_> = reply.answer.subgraph(&snapshot).entities().collect();
        if members.len() < 4 || !seen.insert(members) {
            continue;
        }
        let svg = drawn(&mut session, &query, Look::default());
        let (curves, bars) = curves(&Document::parse(&svg).unwrap());
        let ours = bars.iter().map(|(place, bar)| (*place, bar.lane)).collect();
        let mut births: Vec<(&usize, &Bar)> = bars.iter().collect();
        births.sort_by(|one, two| one.1.first.total_cmp(&two.1.first).then(one.0.cmp(two.0)));
        let births = births.into_iter().enumerate();
        let births = births.map(|(lane, (place, _))| (*place, lane)).collect();
        let (ours, theirs) = (
            crossings(&curves, &bars, &ours),
            crossings(&curves, &bars, &births),
        );
        let counts = [ours.0, ours.1, theirs.0, theirs.1];
        (0..4).for_each(|place| all[place] += counts[place]);
        let told = format!("{query}: curves and bars {ours:?}, by birth {theirs:?}");
        println!("{told}");
        if ours.0 + ours.1 > theirs.0 + theirs.1 {
            wrong.push(told);
        }
    }
    println!("{} lineages: {all:?}", seen.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all[0] < all[2] && all[1] < all[3], "{all:?}");
}

/// The names of a document's bars, and whether each has the sign of an end.
fn ended(document: &Document<'_>) -> BTreeMap<String, bool> {
    let is_stop =
        |node: &Node<'_, '_>| node.has_tag_name("rect") && node.attribute("height") == Some("16");
    let lanes = lanes(document).into_iter();
    lanes
        .map(|(name, group)| (name, group.descendants().any(|node| is_stop(&node))))
        .collect()
}

#[test]
fn the_schema_says_what_ends_and_what_only_lives() {
    let svg = drawn(
        &mut Session::bundled(),
        "\"Flatcar Container Linux for AKS\" | \"Flatcar Container Linux\"",
        Look::default(),
    );
    let ended = ended(&Document::parse(&svg).unwrap());
    assert_eq!(ended.len(), 2);
    for (name, is_ended) in ended {
        assert_eq!(is_ended, name.contains("AKS"), "{name}");
    }

    let mut session = session(
        "[young]\nname = \"Young\"\nkind = \"program\"\nsource = \"wiki\"\n\
         born_on = { value = \"2010-01-01\", source = \"wiki\" }\n\
         [old]\nname = \"Old\"\nkind = \"program\"\nsource = \"wiki\"\n\
         alive_on = { value = \"2020-01-01\", source = \"wiki\" }\n",
    );
    let svg = drawn(&mut session, "all()", Look::default());
    let document = Document::parse(&svg).unwrap();
    let lanes = lanes(&document);
    let (_, old) = lanes.iter().find(|(name, _)| name == "Old").unwrap();
    let dotted = old.descendants().find(|node| {
        let class = node.attribute("class");
        class.is_some_and(|class| class.starts_with("line dotted"))
    });
    assert!(dotted.is_some(), "a sign of life is no beginning");
    let thick = thick(*old).unwrap();
    assert!((thick.0 - year(&document, 2020.0)).abs() < 3.0, "{thick:?}");
}

#[test]
fn a_context_closes_the_axis_and_leaves_out_what_came_later() {
    let mut session = session(PROGRAMS);
    let svg = drawn(
        &mut session,
        "lineage(id:fork) as of 2015-01-01",
        Look::default(),
    );
    let document = Document::parse(&svg).unwrap();
    let ticks: Vec<i32> = document
        .descendants()
        .find(|node| node.attribute("class") == Some("grid"))
        .unwrap()
        .children()
        .filter(|node| node.has_tag_name("text"))
        .map(|node| text(node)[..4].parse().unwrap())
        .collect();
    assert!(ticks.iter().max() <= Some(&2015), "{ticks:?}");
    assert!(
        !svg.contains("2018") && !svg.contains("2020"),
        "what is dated later"
    );
    assert!(!ended(&document).values().any(|is_ended| *is_ended));

    let svg = drawn(&mut session, "all() as of 2011-06-01", Look::default());
    let document = Document::parse(&svg).unwrap();
    let names: Vec<String> = lanes(&document).into_iter().map(|(name, _)| name).collect();
    assert!(names.contains(&"Old".to_owned()), "{names:?}");
    assert!(!svg.contains("Older"), "the name came later");

    let svg = drawn(&mut session, "all() during 2015..2017", Look::default());
    let document = Document::parse(&svg).unwrap();
    assert!(
        svg.contains("Older") && !svg.contains(">Old<"),
        "the name of those years"
    );
    assert!(!ended(&document).values().any(|is_ended| *is_ended));
    let old = lanes(&document)
        .into_iter()
        .find(|(name, _)| name == "Older")
        .unwrap();
    let bar = thick(old.1).unwrap();
    assert!(bar.0 < 40.0, "it was there before: {bar:?}");
}

/// The area of a name or of the head of an arrow: left, right, top, bottom.
fn areas(document: &Document<'_>, is_wanted: fn(Node<'_, '_>) -> bool) -> Vec<[f64; 4]> {
    let nodes = document.descendants().filter(|node| is_wanted(*node));
    nodes
        .map(|node| match node.attribute("d") {
            Some(path) => {
                let numbers = path.replace(['M', 'L', 'Z'], " ");
                let numbers: Vec<f64> = numbers
                    .split_whitespace()
                    .map(|n| n.parse().unwrap())
                    .collect();
                let ends = |place: usize| {
                    let all = numbers.iter().skip(place).step_by(2);
                    all.fold((f64::INFINITY, 0.0_f64), |(a, b), n| (a.min(*n), b.max(*n)))
                };
                let ((left, right), (top, bottom)) = (ends(0), ends(1));
                [left, right, top, bottom]
            }
            None => {
                let (x, y) = (number(node, "x"), number(node, "y"));
                [x, x + number(node, "width"), y, y + number(node, "height")]
            }
        })
        .collect()
}

#[test]
fn no_head_lies_under_a_name() {
    let mut session = Session::bundled();
    for query in [
        "lineage(CoreOS)",
        "lineage(RHEL)",
        "lineage(Kubernetes)",
        "successors(EKS)",
    ] {
        let svg = drawn(&mut session, query, Look::default());
        let document = Document::parse(&svg).unwrap();
        let heads = areas(&document, |node| {
            let is_head = node
                .attribute("class")
                .is_some_and(|is| is.starts_with("head "));
            is_head
                && node
                    .ancestors()
                    .any(|node| node.attribute("class") == Some("timeline"))
        });
        let names = areas(&document, |node| {
            let is_ground = node.has_tag_name("rect") && node.attribute("class") == Some("page");
            let is_high = || number(node, "height") > 10.0;
            let is_said = |node: &Node<'_, '_>| {
                matches!(
                    node.attribute("class"),
                    Some("said" | "entity" | "entity faint")
                )
            };
            is_ground && node.ancestors().any(|node| is_said(&node)) && is_high()
        });
        assert!(!heads.is_empty() && names.len() > 5, "{query}");
        for head in &heads {
            let covers = |name: &&[f64; 4]| {
                name[0] < head[1] && head[0] < name[1] && name[2] < head[3] && head[2] < name[3]
            };
            let over = names.iter().find(covers);
            assert!(over.is_none(), "{query}: head {head:?} under {over:?}");
        }
    }
}

#[test]
fn the_legend_explains_what_is_drawn_and_lanes_say_what_colours_mean() {
    let mut session = Session::bundled();
    let svg = drawn(&mut session, "lineage(CoreOS)", Look::default());
    for word in [
        "a colour for each family",
        "something happened on that day",
        "renamed",
    ] {
        assert!(svg.contains(word), "{word}");
    }
    for (colour, word) in [
        (Colour::Status, "unknown"),
        (Colour::Kind, "container_host_os"),
        (Colour::Group, "lineage"),
    ] {
        let look = Look {
            colour,
            ..Look::default()
        };
        let svg = drawn(&mut session, "lineage(CoreOS)", look);
        assert!(!svg.contains("a colour for each family"));
        let document = Document::parse(&svg).unwrap();
        let said = lanes(&document).into_iter().filter(|(_, group)| {
            let mut quiet = group.descendants();
            quiet.any(|node| node.attribute("class") == Some("quiet") && text(node).contains(word))
        });
        assert!(said.count() > 0, "{colour:?}");
    }
}
