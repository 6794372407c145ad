//! Pages: whatever a name holds, it is text or data in them, and they ask nothing of anywhere.

use serde_json::Value as Json;

use kingraph::model::Snapshot;
use kingraph::model::Value;
use kingraph::query::Answer;
use kingraph::query::ColumnType;
use kingraph::render::Layout;
use kingraph::render::Page;
use kingraph::render::find;

use crate::graph;
use crate::hostile;

fn rendered(snapshot: &Snapshot, answer: &Answer, query: &str, layout: Layout) -> String {
    let mut page = Page::new(answer, snapshot, query);
    page.look.layout = layout;
    (find("html").unwrap().render)(&page)
}

fn statements(snapshot: &Snapshot) -> Answer {
    let rows = snapshot.statements().map(|id| vec![Value::Statement(id)]);
    graph::answer(&[("statement", ColumnType::Statement)], rows.collect())
}

/// The data of a page.
fn data(html: &str) -> Json {
    let (_, rest) = html.split_once("id=\"kin-data\">").unwrap();
    let (data, _) = rest.split_once("</script>").unwrap();
    assert!(!data.contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
    serde_json::from_str(data).unwrap()
}

#[test]
fn a_page_has_its_names_facts_and_sources_as_data() {
    let snapshot = graph::lineage();
    let html = rendered(
        &snapshot,
        &graph::successors(&snapshot),
        "query",
        Layout::Layers,
    );
    let data = data(&html);
    let entities = data["entities"].as_array().unwrap();
    let flatcar = entities
        .iter()
        .find(|entity| entity["id"] == "flatcar")
        .unwrap();
    assert_eq!(flatcar["name"], "Flatcar Container Linux");
    let facts = flatcar["facts"].as_array().unwrap();
    assert!(
        facts
            .iter()
            .any(|fact| fact["period"].as_str().unwrap().contains("2018-03"))
    );
    assert!(html.contains("https://example.org/15?a=1"));
    assert!(!html.contains("javascript:"));
    assert_eq!(data["arrows"].as_array().unwrap().len(), 2);
}

#[test]
fn a_page_asks_nothing_of_anywhere() {
    let snapshot = graph::lineage();
    for layout in [Layout::Layers, Layout::Timeline] {
        let html = rendered(&snapshot, &graph::facts(&snapshot), "query", layout);
        assert!(html.contains("default-src 'none'; script-src 'sha256-"));
        for word in [
            " src=",
            "<link",
            "<iframe",
            "@import",
            "url(",
            "fetch(",
            "innerHTML",
            "eval(",
        ] {
            assert!(!html.contains(word), "{word}");
        }
        assert_eq!(
            html,
            rendered(&snapshot, &graph::facts(&snapshot), "query", layout)
        );
    }
}

#[test]
fn hostile_names_are_text_and_data() {
    for label in hostile::LABELS {
        let snapshot = hostile::named(label);
        for layout in [Layout::Layers, Layout::Timeline] {
            let html = rendered(&snapshot, &statements(&snapshot), label, layout);
            assert_eq!(html.matches("<script").count(), 2, "{label:?}");
            assert_eq!(html.matches("</script").count(), 2, "{label:?}");
            assert!(!html.contains("<!--") && !html.contains("<b>"), "{label:?}");
            assert_eq!(
                html.matches("<h").count(),
                3,
                "html, head and header: {label:?}"
            );
            assert_eq!(data(&html)["entities"].as_array().unwrap().len(), 2);
        }
    }
}

#[test]
fn a_page_of_a_long_name_is_short() {
    let snapshot = hostile::named(&"字 ".repeat(1 << 16));
    for layout in [Layout::Layers, Layout::Timeline] {
        let html = rendered(&snapshot, &statements(&snapshot), "query", layout);
        assert!(html.len() < 96 * 1024, "{}", html.len());
    }
}
