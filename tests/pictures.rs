//! Pictures in layers, measured: what the SVG says, beside what Graphviz makes of the same boxes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Command;
use std::process::Stdio;

use roxmltree::Document;
use roxmltree::Node;

use kingraph::render::Colour;
use kingraph::render::Frame;
use kingraph::render::Look;
use kingraph::render::Page;
use kingraph::render::Rank;
use kingraph::render::Theme;
use kingraph::render::Towards;
use kingraph::render::find;
use kingraph::shell::Session;

type Point = (f64, f64);

/// A rectangle: corner with the least coordinates, and the opposite one.
#[derive(Clone, Copy, Debug)]
struct Area(Point, Point);

impl Area {
    fn overlaps(self, other: Area) -> bool {
        let apart = |low: f64, high: f64, other_low: f64, other_high: f64| {
            high <= other_low + 0.2 || other_high <= low + 0.2
        };
        !apart(self.0.0, self.1.0, other.0.0, other.1.0)
            && !apart(self.0.1, self.1.1, other.0.1, other.1.1)
    }

    fn holds(self, (x, y): Point, rim: f64) -> bool {
        x > self.0.0 - rim && x < self.1.0 + rim && y > self.0.1 - rim && y < self.1.1 + rim
    }

    fn size(self) -> Point {
        (self.1.0 - self.0.0, self.1.1 - self.0.1)
    }
}

/// An arrow as it is drawn: the boxes it joins, its line as many short ones, its texts.
struct Arrow {
    from: usize,
    to: usize,
    line: Vec<Point>,
    texts: Vec<Area>,
}

struct Drawing {
    boxes: Vec<Area>,
    /// The texts of each box.
    texts: Vec<Vec<Area>>,
    arrows: Vec<Arrow>,
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name)
        .map_or(0.0, |text| text.parse().unwrap())
}

/// How far `translate(…)` of a node and those around it move it.
fn offset(node: Node<'_, '_>) -> Point {
    let (mut x, mut y) = (0.0, 0.0);
    for around in node.ancestors() {
        let Some(text) = around.attribute("transform") else {
            continue;
        };
        let inner = text.trim_start_matches("translate(").trim_end_matches(')');
        let mut parts = inner.split(' ').map(|part| part.parse::<f64>().unwrap());
        x += parts.next().unwrap();
        y += parts.next().unwrap_or(0.0);
    }
    (x, y)
}

/// How wide a text is at most in Helvetica, in sizes of the font.
fn ems(text: &str) -> f64 {
    let of = |letter: char| match letter {
        'i' | 'j' | 'l' | '\'' => 0.23,
        'f' | 't' | 'I' | ' ' | '.' | ',' | ':' | '/' | '[' | ']' => 0.28,
        'r' | '-' | '(' | ')' => 0.34,
        'm' | 'M' => 0.84,
        'w' => 0.73,
        'W' | '%' => 0.95,
        'a'..='z' | '0'..='9' | '_' | '~' | '?' | '–' | '+' => 0.59,
        'A'..='Z' | '&' => 0.78,
        _ => 1.0,
    };
    text.chars().map(of).sum()
}

fn text_area(node: Node<'_, '_>) -> Area {
    let size = match node.attribute("class").unwrap() {
        "name" => 13.0,
        _ => 10.5,
    };
    let (dx, dy) = offset(node);
    let (x, y) = (number(node, "x") + dx, number(node, "y") + dy);
    let wide = ems(node.text().unwrap_or("")) * size;
    let width = match node.attribute("textLength") {
        Some(_) => number(node, "textLength"),
        None => wide,
    };
    let x = match node.attribute("text-anchor") {
        Some("middle") => x - width / 2.0,
        _ => x,
    };
    Area((x, y - 0.72 * size), (x + width, y + 0.2 * size))
}

fn area(node: Node<'_, '_>) -> Area {
    let (dx, dy) = offset(node);
    let (x, y) = (number(node, "x") + dx, number(node, "y") + dy);
    Area(
        (x, y),
        (x + number(node, "width"), y + number(node, "height")),
    )
}

/// Points on a path of `M`, `L` and `C`, close to each other.
fn points(path: &str, (dx, dy): Point) -> Vec<Point> {
    let spaced: String = path
        .chars()
        .flat_map(|letter| match letter {
            'M' | 'L' | 'C' => vec![' ', letter, ' '],
            _ => vec![letter],
        })
        .collect();
    let mut words = spaced.split_whitespace().peekable();
    let mut line: Vec<Point> = Vec::new();
    while let Some(word) = words.next() {
        let mut point = || -> Point {
            let x: f64 = words.next().unwrap().parse().unwrap();
            let y: f64 = words.next().unwrap().parse().unwrap();
            (x + dx, y + dy)
        };
        match word {
            "M" | "L" => line.push(point()),
            "C" => {
                let from = *line.last().unwrap();
                let curve = [from, point(), point(), point()];
                line.extend(bezier(curve));
            }
            other => panic!("{other} in {path}"),
        }
    }
    line
}

fn bezier(curve: [Point; 4]) -> Vec<Point> {
    const STEPS: u32 = 24;
    let at = |step: u32, of: fn(Point) -> f64| {
        let t = f64::from(step) / f64::from(STEPS);
        let u = 1.0 - t;
        let [a, b, c, d] = curve.map(of);
        u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
    };
    (1..=STEPS)
        .map(|step| (at(step, |point| point.0), at(step, |point| point.1)))
        .collect()
}

impl Drawing {
    fn read(svg: &str) -> Drawing {
        let document = Document::parse(svg).unwrap();
        let of_class = |node: Node<'_, '_>, class: &str| {
            let classes = node.attribute("class").unwrap_or("").split(' ');
            classes.into_iter().any(|word| word == class)
        };
        let mut drawing = Drawing {
            boxes: Vec::new(),
            texts: Vec::new(),
            arrows: Vec::new(),
        };
        for node in document.descendants() {
            if of_class(node, "entity") {
                let inside = node.descendants();
                let rect = inside.clone().find(|node| node.has_tag_name("rect"));
                drawing.boxes.push(area(rect.unwrap()));
                let texts = inside.filter(|node| node.has_tag_name("text"));
                drawing.texts.push(texts.map(text_area).collect());
            }
            if of_class(node, "arrow") {
                let inside = node.descendants();
                let line = inside.clone().find(|node| of_class(*node, "line")).unwrap();
                let texts = inside.filter(|node| node.has_tag_name("text"));
                drawing.arrows.push(Arrow {
                    from: number(node, "data-from") as usize,
                    to: number(node, "data-to") as usize,
                    line: points(line.attribute("d").unwrap(), offset(line)),
                    texts: texts.map(text_area).collect(),
                });
            }
        }
        drawing
    }

    /// What may not be, in words.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (place, area) in self.boxes.iter().enumerate() {
            for (other, other_area) in self.boxes.iter().enumerate().skip(place + 1) {
                if area.overlaps(*other_area) {
                    faults.push(format!("boxes {place} and {other} overlap"));
                }
            }
            for text in &self.texts[place] {
                if !area.holds(text.0, 0.0) || !area.holds(text.1, 0.0) {
                    faults.push(format!("text {text:?} leaves box {place}: {area:?}"));
                }
            }
        }
        for (number, arrow) in self.arrows.iter().enumerate() {
            for (place, area) in self.boxes.iter().enumerate() {
                let is_own = place == arrow.from || place == arrow.to;
                if !is_own && arrow.line.iter().any(|point| area.holds(*point, 0.0)) {
                    faults.push(format!("arrow {number} goes through box {place}"));
                }
                if arrow.texts.iter().any(|text| text.overlaps(*area)) {
                    faults.push(format!("what is said at arrow {number} covers box {place}"));
                }
            }
            for (other, other_arrow) in self.arrows.iter().enumerate().skip(number + 1) {
                let texts = arrow.texts.iter();
                let mut pairs =
                    texts.flat_map(|text| other_arrow.texts.iter().map(move |o| (text, o)));
                if pairs.any(|(one, other)| one.overlaps(*other)) {
                    faults.push(format!(
                        "what is said at arrows {number} and {other} overlaps"
                    ));
                }
            }
        }
        faults
    }

    /// Boxes, lines and texts, and nothing else.
    fn size(&self) -> Point {
        let areas = self.boxes.iter().flat_map(|area| [area.0, area.1]);
        let lines = self
            .arrows
            .iter()
            .flat_map(|arrow| arrow.line.iter().copied());
        let texts = self.arrows.iter().flat_map(|arrow| arrow.texts.iter());
        let texts = texts.flat_map(|area| [area.0, area.1]);
        let all: Vec<Point> = areas.chain(lines).chain(texts).collect();
        let span = |of: fn(&Point) -> f64| {
            let (low, high) = all
                .iter()
                .map(of)
                .fold((f64::MAX, f64::MIN), |span, value| {
                    (span.0.min(value), span.1.max(value))
                });
            high - low
        };
        (span(|point| point.0), span(|point| point.1))
    }
}

/// How often lines cross, each pair of them as often as it does.
fn crossings(lines: &[&[Point]]) -> usize {
    let side = |a: Point, b: Point, c: Point| (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0);
    let cross = |a: &[Point], b: &[Point]| {
        let (one, two) = (side(a[0], a[1], b[0]), side(a[0], a[1], b[1]));
        let (three, four) = (side(b[0], b[1], a[0]), side(b[0], b[1], a[1]));
        one * two < 0.0 && three * four < 0.0
    };
    let mut count = 0;
    for (place, line) in lines.iter().enumerate() {
        for other in &lines[place + 1..] {
            for segment in line.windows(2) {
                count += other.windows(2).filter(|next| cross(segment, next)).count();
            }
        }
    }
    count
}

/// Area and crossings of what `dot` makes of the same boxes and labels; none without `dot`.
fn by_graphviz(drawing: &Drawing) -> Option<(f64, usize)> {
    let mut dot =
        String::from("digraph { rankdir=LR; node [shape=box fixedsize=true label=\"\"];\n");
    for (place, area) in drawing.boxes.iter().enumerate() {
        let (width, height) = area.size();
        let (width, height) = (width / 72.0, height / 72.0);
        writeln!(dot, "{place} [width={width} height={height}];").unwrap();
    }
    for arrow in &drawing.arrows {
        let texts = arrow.texts.iter().map(|text| text.size());
        let width = texts.map(|size| size.0).fold(0.0, f64::max);
        let height = 14.0 * arrow.texts.len() as f64;
        let table = format!(
            "<<TABLE BORDER=\"0\" CELLPADDING=\"0\" CELLSPACING=\"0\"><TR><TD FIXEDSIZE=\"TRUE\" \
             WIDTH=\"{width:.0}\" HEIGHT=\"{height:.0}\"></TD></TR></TABLE>>"
        );
        writeln!(dot, "{} -> {} [label={table}];", arrow.from, arrow.to).unwrap();
    }
    dot.push('}');
    let mut child = Command::new("dot")
        .arg("-Tplain")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(dot.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let plain = String::from_utf8(output.stdout).unwrap();
    let plain = plain.replace("\\\n", "");
    let (mut size, mut lines) = (0.0, Vec::new());
    for line in plain.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let value = |place: usize| words[place].parse::<f64>().unwrap();
        match words[0] {
            "graph" => size = value(2) * value(3) * 72.0 * 72.0,
            "edge" => {
                let count: usize = words[3].parse().unwrap();
                let points: Vec<Point> = (0..count)
                    .map(|place| (value(4 + 2 * place), value(5 + 2 * place)))
                    .collect();
                let mut curve = vec![points[0]];
                for part in points.windows(4).step_by(3) {
                    curve.extend(bezier([part[0], part[1], part[2], part[3]]));
                }
                lines.push(curve);
            }
            _ => {}
        }
    }
    let lines: Vec<&[Point]> = lines.iter().map(Vec::as_slice).collect();
    Some((size, crossings(&lines)))
}

fn drawn(session: &mut Session, query: &str, look: Look<'_>) -> String {
    let reply = session.query(query).unwrap().remove(0);
    let snapshot = session.snapshot();
    let page = Page {
        look,
        ..Page::new(&reply.answer, snapshot, query)
    };
    (find("svg").unwrap().render)(&page)
}

/// The lineages of the graph, each set of entities once, and the first that has it.
fn lineages(session: &mut Session) -> Vec<String> {
    let snapshot = session.snapshot().clone();
    let mut known: BTreeMap<BTreeSet<String>, String> = BTreeMap::new();
    for entity in snapshot.entities() {
        let query = format!("lineage(id:\"{}\")", snapshot.slug(entity));
        let reply = session.query(&query).unwrap().remove(0);
        let subgraph = reply.answer.subgraph(&snapshot);
        let members: BTreeSet<String> = subgraph
            .entities()
            .map(|id| snapshot.slug(id).to_owned())
            .collect();
        if members.len() > 3 {
            known.entry(members).or_insert(query);
        }
    }
    known.into_values().collect()
}

/// Boxes apart, texts where they belong, no line through a foreign box; and no more room or
/// crossings than 1.3 times those of `dot`, for every lineage.
#[test]
fn lineages_are_drawn_as_well_as_by_graphviz() {
    let mut session = Session::bundled();
    let mut wrong = Vec::new();
    for query in lineages(&mut session) {
        let drawing = Drawing::read(&drawn(&mut session, &query, Look::default()));
        let faults = drawing.faults();
        wrong.extend(faults.iter().map(|fault| format!("{query}: {fault}")));
        let Some((area, count)) = by_graphviz(&drawing) else {
            println!("no `dot` is installed: nothing to compare with");
            continue;
        };
        let arrows = drawing.arrows.iter();
        let lines: Vec<&[Point]> = arrows.map(|arrow| arrow.line.as_slice()).collect();
        let (size, crossed) = (drawing.size(), crossings(&lines));
        let ratio = size.0 * size.1 / area;
        println!("{query}: area {ratio:.2}, crossings {crossed} to {count}");
        if ratio > 1.3 || crossed as f64 > 1.3 * count as f64 {
            wrong.push(format!(
                "{query}: area {ratio:.2}, crossings {crossed} to {count}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_way_of_looking_keeps_things_apart() {
    let mut session = Session::bundled();
    for query in ["lineage(CoreOS)", "RKS | successors(RKS | CoreOS)"] {
        for (word, towards) in Towards::ALL {
            for (frame_word, frame) in Frame::ALL {
                let look = Look {
                    towards: *towards,
                    frame: *frame,
                    lang: Some("ja"),
                    colour: Colour::Status,
                    ..Look::default()
                };
                let faults = Drawing::read(&drawn(&mut session, query, look)).faults();
                let place = format!("{query} {word} {frame_word}");
                assert!(faults.is_empty(), "{place}: {}", faults.join("\n"));
            }
        }
    }
}

/// A session on programs with these years of birth, and forks between them.
fn born(years: &[Option<i32>], forks: &[(usize, usize)]) -> Session {
    let folder = tempfile::tempdir().unwrap();
    let schema = "
        [groups.lineage]
        doc = \"From older to newer.\"
        [kinds.program]
        doc = \"A program.\"
        [relations.forked_as]
        doc = \"A fork.\"
        inverse = \"forked_from\"
        groups = [\"lineage\"]
        [properties.released_on]
        doc = \"First release.\"
        type = \"date\"
        birth = true
    ";
    let mut programs = String::new();
    for (place, year) in years.iter().enumerate() {
        programs += &format!("[p{place}]\nname = \"P{place}\"\nkind = \"program\"\n");
        programs += "source = \"wiki\"\n";
        if let Some(year) = year {
            programs += &format!("released_on = {{ value = \"{year}\", source = \"wiki\" }}\n");
        }
        let forked = forks.iter().filter(|(from, _)| *from == place);
        let forked = forked.map(|(_, to)| format!("{{ to = \"p{to}\", source = \"wiki\" }}"));
        let forked: Vec<String> = forked.collect();
        programs += &format!("forked_as = [{}]\n", forked.join(", "));
    }
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("schema.toml", schema);
    write("sources.toml", "[wiki]\ntitle = \"Wiki\"\n");
    write("programs.toml", &programs);
    Session::open(folder.path()).unwrap().0
}

/// What each box says of its year, and where its middle lies along the arrows.
fn by_year(svg: &str, towards: Towards) -> BTreeMap<i32, Vec<f64>> {
    let document = Document::parse(svg).unwrap();
    let groups = document
        .descendants()
        .filter(|node| node.has_attribute("data-box"));
    let mut years: BTreeMap<i32, Vec<f64>> = BTreeMap::new();
    for group in groups {
        let texts = group.descendants().filter(|node| node.has_tag_name("text"));
        let mut years_said = texts.filter_map(|text| text.text()?.rsplit(' ').next()?.parse().ok());
        let border = group
            .descendants()
            .find(|node| node.has_tag_name("rect"))
            .unwrap();
        let (x, y) = (number(border, "x"), number(border, "y"));
        let middle = (
            x + number(border, "width") / 2.0,
            y + number(border, "height") / 2.0,
        );
        let along = match towards {
            Towards::Right => middle.0,
            Towards::Left => -middle.0,
            Towards::Down => middle.1,
            Towards::Up => -middle.1,
        };
        if let Some(year) = years_said.rfind(|year: &i32| (1900..2100).contains(year)) {
            years.entry(year).or_default().push(along);
        }
    }
    years
}

/// Boxes of one year share a layer, later years lie behind earlier ones, and things stay apart: in
/// what is known, and where arrows join boxes of one year or lead back in time.
#[test]
fn boxes_of_one_year_share_a_layer() {
    let years = [2010, 2010, 2012, 0, 2011, 2012, 0, 0, 2010, 0];
    let years = years.map(|year| (year > 0).then_some(year));
    let forks = [
        (0, 1),
        (1, 2),
        (2, 0),
        (0, 3),
        (3, 2),
        (2, 5),
        (5, 2),
        (4, 6),
        (6, 0),
        (2, 2),
        (1, 8),
        (0, 8),
    ];
    let mut session = born(&years, &forks);
    let mut bundled = Session::bundled();
    for (word, towards) in Towards::ALL {
        for (_, frame) in Frame::ALL {
            let look = Look {
                towards: *towards,
                frame: *frame,
                rank: Rank::Year,
                ..Look::default()
            };
            let cases = [
                drawn(&mut session, "all()", look),
                drawn(&mut bundled, "lineage(Kubernetes)", look),
                drawn(&mut bundled, "lineage(CoreOS)", look),
            ];
            for (case, svg) in cases.iter().enumerate() {
                let faults = Drawing::read(svg).faults();
                assert!(faults.is_empty(), "{case} {word}: {}", faults.join("\n"));
                let years = by_year(svg, *towards);
                assert!(years.len() > 2);
                let mut before = f64::NEG_INFINITY;
                for (year, places) in years {
                    let is_level = places.iter().all(|place| (place - places[0]).abs() < 0.2);
                    assert!(is_level, "{case} {word}: {year} at {places:?}");
                    assert!(places[0] > before, "{case} {word}: {year} is behind");
                    before = places[0];
                }
            }
        }
    }
}

/// A property graph with these names and arrows.
fn sketch(names: &[String], arrows: &[(usize, usize)]) -> Session {
    let nodes: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(place, name)| {
            let id = format!("n{place}");
            serde_json::json!({"id": id, "labels": ["Thing"], "props": {"name": name}})
        })
        .collect();
    let edges: Vec<_> = arrows
        .iter()
        .map(|(from, to)| {
            let (from, to) = (format!("n{from}"), format!("n{to}"));
            serde_json::json!({"src": from, "dst": to, "type": "LEADS_TO"})
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("graph.json");
    let json = serde_json::json!({"nodes": nodes, "edges": edges});
    std::fs::write(&file, json.to_string()).unwrap();
    Session::open(&file).unwrap().0
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|place| format!("Thing {place}")).collect()
}

#[test]
fn loops_circles_and_parallel_arrows_are_drawn() {
    let arrows = [
        (0, 1),
        (1, 0),
        (1, 2),
        (1, 2),
        (2, 2),
        (2, 2),
        (2, 0),
        (3, 3),
        (4, 5),
    ];
    for (_, towards) in Towards::ALL {
        let look = Look {
            towards: *towards,
            ..Look::default()
        };
        let drawing = Drawing::read(&drawn(&mut sketch(&numbered(7), &arrows), "all()", look));
        assert_eq!(
            (drawing.boxes.len(), drawing.arrows.len()),
            (7, arrows.len())
        );
        assert_eq!(drawing.faults(), Vec::<String>::new());
        for arrow in &drawing.arrows {
            let (first, last) = (arrow.line[0], arrow.line[arrow.line.len() - 1]);
            assert!(drawing.boxes[arrow.from].holds(first, 0.2));
            assert!(drawing.boxes[arrow.to].holds(last, 8.0));
        }
    }
}

#[test]
fn the_same_page_gives_the_same_bytes() {
    let arrows: Vec<(usize, usize)> = (1..60).map(|place| (place / 3, place)).collect();
    let draw = || {
        drawn(
            &mut sketch(&numbered(60), &arrows),
            "all()",
            Look::default(),
        )
    };
    assert_eq!(draw(), draw());
}

#[test]
fn nothing_is_drawn_as_a_sheet_with_a_title() {
    let svg = drawn(
        &mut sketch(&numbered(1), &[]),
        "glob:\"x*\"",
        Look::default(),
    );
    let drawing = Drawing::read(&svg);
    assert_eq!((drawing.boxes.len(), drawing.arrows.len()), (0, 0));
    assert!(svg.contains("glob:&quot;x*&quot;</text>"));
}

/// Whatever a name holds, the elements of the picture are the same, and all of it is text.
#[test]
fn no_name_is_markup() {
    let labels = [
        "\"",
        "'",
        "</script><script>alert(1)</script>",
        "]]>",
        "<!--",
        "&lt;&amp;&nbsp;",
        "line\nfeed\r\ttab",
        "\u{1b}[31m\u{9b}\u{7}\u{0}",
        "\u{202e}gnp.exe\u{2066}",
        "\u{feff}\u{fffe}\u{ffff}\u{e0041}",
        "}*{fill:url(http://evil)}",
        "楽天 Kubernetes サービス",
        "👩‍👩‍👧‍👦 עברית e\u{301}",
        &"long ".repeat(200_000),
        &"長".repeat(300_000),
    ];
    let arrows: Vec<(usize, usize)> = (1..labels.len()).map(|place| (place - 1, place)).collect();
    let labels = labels.map(str::to_owned);
    let shape = |names: &[String]| {
        let look = Look {
            title: Some(&names[2]),
            font: Some(&names[2]),
            ..Look::default()
        };
        let svg = drawn(&mut sketch(names, &arrows), "all()", look);
        let hostile =
            |letter: char| letter != '\n' && kingraph::diagnostic::escape::is_hostile(letter);
        assert!(!svg.contains(hostile) && svg.len() < 200_000);
        let document = Document::parse(&svg).unwrap();
        let elements = document.descendants().filter(Node::is_element);
        let drawing = Drawing::read(&svg);
        assert_eq!(drawing.boxes.len(), names.len());
        // A name of many lines has more of them, and no more of anything else.
        let other = elements.filter(|node| !node.has_tag_name("text"));
        other
            .map(|node| node.tag_name().name().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(shape(&labels), shape(&numbered(labels.len())));
}

#[test]
fn links_lead_to_sources_and_tooltips_say_more() {
    let svg = drawn(&mut Session::bundled(), "lineage(CoreOS)", Look::default());
    let document = Document::parse(&svg).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("graphics-document"));
    assert!(root.attribute("aria-label").is_some() && !svg.contains(" id=\""));
    let mut links = document.descendants().filter(|node| node.has_tag_name("a"));
    let is_web = |address: &str| address.starts_with("https://") || address.starts_with("http://");
    assert!(links.all(|link| is_web(link.attribute("href").unwrap())));
    for group in document.descendants() {
        let class = group.attribute("class").unwrap_or("");
        if ["entity", "arrow"].contains(&class) {
            let first = group.first_element_child().unwrap();
            assert!(first.has_tag_name("title") && !first.text().unwrap().is_empty());
        }
    }
}

#[test]
fn themes_are_for_light_pages_dark_ones_or_both() {
    let mut session = Session::bundled();
    let mut of = |theme| {
        let look = Look {
            theme,
            ..Look::default()
        };
        drawn(&mut session, "lineage(CoreOS)", look)
    };
    let (light, dark, auto) = (of(Theme::Light), of(Theme::Dark), of(Theme::Auto));
    let both = |svg: &str| {
        (
            svg.contains(".page{fill:#ffffff}"),
            svg.contains("{fill:#0d1117}"),
        )
    };
    assert_eq!(
        (both(&light), both(&dark), both(&auto)),
        ((true, false), (false, true), (true, true))
    );
    assert!(auto.contains("@media (prefers-color-scheme:dark){") && !dark.contains("@media"));
}

/// Not a figure; what is quadratic in arrows would not come to an end.
#[test]
fn a_long_chain_and_a_wide_star_are_drawn() {
    let chain: Vec<(usize, usize)> = (1..1500).map(|place| (place - 1, place)).collect();
    let star: Vec<(usize, usize)> = (1..1500).map(|place| (0, place)).collect();
    for arrows in [chain, star] {
        let svg = drawn(
            &mut sketch(&numbered(1500), &arrows),
            "all()",
            Look::default(),
        );
        assert_eq!(svg.matches("class=\"entity\"").count(), 1500);
    }
}

/// Frames hold their names, whichever way arrows lead.
#[test]
fn frames_are_as_wide_as_their_titles() {
    let mut session = sketch(&["a".to_owned()], &[]);
    for towards in [Towards::Right, Towards::Down] {
        let look = Look {
            towards,
            frame: Frame::Kind,
            ..Look::default()
        };
        let mut bundled = Session::bundled();
        for (session, query) in [
            (&mut session, "all()"),
            (&mut bundled, "k3s | CoreOS | EKS"),
        ] {
            let svg = drawn(session, query, look);
            let document = Document::parse(&svg).unwrap();
            let nodes = document.descendants();
            let frames = nodes.filter(|node| node.attribute("class") == Some("frame"));
            let mut count = 0;
            for frame in frames {
                let title = frame.parent().unwrap().children();
                let mut title = title.filter(|node| node.has_tag_name("text"));
                let title = title.next().unwrap();
                assert!(
                    title.attribute("textLength").is_none(),
                    "no title is squeezed"
                );
                let (text, frame) = (text_area(title), area(frame));
                assert!(text.1.0 <= frame.1.0 + 1.0, "{query} {towards:?}");
                count += 1;
            }
            assert!(count > 0);
        }
    }
}

/// No line reaches into the head of its arrow.
#[test]
fn lines_end_before_their_heads() {
    let mut session = Session::bundled();
    for towards in [Towards::Right, Towards::Down, Towards::Up] {
        let look = Look {
            towards,
            ..Look::default()
        };
        for query in lineages(&mut session) {
            let svg = drawn(&mut session, &query, look);
            let document = Document::parse(&svg).unwrap();
            let nodes = document.descendants();
            for arrow in nodes.filter(|node| node.attribute("class") == Some("arrow")) {
                let paths = |class: &str| {
                    let mut paths = arrow.descendants().filter(|node| node.has_tag_name("path"));
                    let found = paths.find(|node| {
                        let is = node.attribute("class");
                        is.is_some_and(|is| is.starts_with(class))
                    });
                    found.map(|node| {
                        points(
                            node.attribute("d").unwrap().trim_end_matches('Z'),
                            (0.0, 0.0),
                        )
                    })
                };
                let (Some(line), Some(head)) = (paths("line"), paths("head")) else {
                    continue;
                };
                let tip = head[0];
                let middle = ((head[1].0 + head[2].0) / 2.0, (head[1].1 + head[2].1) / 2.0);
                let way = ((tip.0 - middle.0) / 7.0, (tip.1 - middle.1) / 7.0);
                for (x, y) in line {
                    let aside = (x - tip.0) * way.1 - (y - tip.1) * way.0;
                    let left = (tip.0 - x) * way.0 + (tip.1 - y) * way.1;
                    let is_in_head = aside.abs() < 2.0 && left > -8.0 && left < 5.0;
                    assert!(!is_in_head, "{query} {towards:?}: {left} before the tip");
                }
            }
        }
    }
}

/// Where colours begin anew, a second sign tells kinds apart; words follow the language.
#[test]
fn colours_that_repeat_have_a_second_sign_and_words_a_language() {
    let mut session = Session::bundled();
    let look = Look {
        colour: Colour::Kind,
        lang: Some("ja"),
        ..Look::default()
    };
    let svg = drawn(&mut session, "neighbors(EKS)", look);
    let boxes = svg.matches("class=\"box t").count();
    assert!(boxes > 8 && svg.contains(" again1\""), "{boxes}");
    let svg = drawn(&mut session, "lineage(Flatcar)", look);
    assert!(
        svg.contains("後継 Flatcar") && !svg.contains("succeeded_by"),
        "tooltips"
    );
}
