//! Pages in a real browser: a headless Chromium is asked over its pipe for developers' tools.
//!
//! Where there is no Chromium, the tests say so and pass. The protocol:
//! <https://chromedevtools.github.io/devtools-protocol/>.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "a test says that it asked no browser")]

use std::fs::File;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use serde_json::Value as Json;
use serde_json::json;

use kingraph::render::Fold;
use kingraph::render::Layout;
use kingraph::render::Look;
use kingraph::render::Page;
use kingraph::render::find;
use kingraph::shell::Session;

/// A headless browser with one page.
struct Browser {
    child: Child,
    input: File,
    output: BufReader<File>,
    /// The page's session; empty before there is one.
    session: String,
    asked: u64,
    /// Whatever the page did meanwhile.
    events: Vec<Json>,
    folder: tempfile::TempDir,
}

impl Browser {
    /// A browser, if one is installed.
    fn start() -> Option<Browser> {
        let programs = ["chromium", "chromium-browser", "google-chrome"];
        let is_there = |program: &&&str| {
            let version = Command::new(program).arg("--version").output();
            version.is_ok_and(|version| version.status.success())
        };
        let Some(program) = programs.iter().find(is_there) else {
            eprintln!("no Chromium is installed: no page was opened");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let pipe = |name: &str| folder.path().join(name);
        for name in ["in", "out"] {
            let made = Command::new("mkfifo").arg(pipe(name)).status().unwrap();
            assert!(made.success());
        }
        let child = Command::new("sh")
            .arg("-c")
            .arg(
                "exec \"$0\" --headless=new --no-sandbox --disable-gpu --no-first-run \
                 --disable-dev-shm-usage --window-size=1200,800 --user-data-dir=\"$3\" \
                 --remote-debugging-pipe about:blank 3<\"$1\" 4>\"$2\"",
            )
            .arg(program)
            .args([pipe("in"), pipe("out"), pipe("profile")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = File::options().write(true).open(pipe("in")).unwrap();
        let output = BufReader::new(File::open(pipe("out")).unwrap());
        let mut browser = Browser {
            child,
            input,
            output,
            session: String::new(),
            asked: 0,
            events: Vec::new(),
            folder,
        };
        let target = browser.ask("Target.createTarget", json!({"url": "about:blank"}));
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.ask("Target.attachToTarget", target);
        browser.session = attached["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// The next message of the browser.
    fn next(&mut self) -> Json {
        let mut bytes = Vec::new();
        self.output.read_until(0, &mut bytes).unwrap();
        assert_eq!(bytes.pop(), Some(0), "the browser is there");
        serde_json::from_slice(&bytes).unwrap()
    }

    /// The result of a method.
    fn ask(&mut self, method: &str, params: impl Into<Json>) -> Json {
        self.asked += 1;
        let mut message = json!({"id": self.asked, "method": method, "params": params.into()});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        self.input.write_all(&bytes).unwrap();
        loop {
            let answer = self.next();
            if answer["id"] == self.asked {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    /// Opens a page, and waits until it is there.
    fn open(&mut self, html: &str, fragment: &str) {
        let file = self.folder.path().join("page.html");
        std::fs::write(&file, html).unwrap();
        self.navigate("about:blank");
        self.events.clear();
        self.navigate(&format!("file://{}{fragment}", file.display()));
    }

    /// Goes to another page, and waits until all of it is there.
    fn navigate(&mut self, url: &str) {
        let known = self.events.len();
        self.ask("Page.navigate", json!({"url": url}));
        let is_loaded = |event: &Json| event["method"] == "Page.loadEventFired";
        while !self.events[known..].iter().any(is_loaded) {
            let event = self.next();
            self.events.push(event);
        }
    }

    /// The value of an expression in the page.
    fn eval(&mut self, expression: &str) -> Json {
        let params = json!({"expression": expression, "returnByValue": true});
        let answer = self.ask("Runtime.evaluate", params);
        let thrown = &answer["exceptionDetails"];
        assert!(thrown.is_null(), "{expression}: {thrown}");
        answer["result"]["value"].clone()
    }

    fn text(&mut self, expression: &str) -> String {
        let value = self.eval(expression);
        value
            .as_str()
            .unwrap_or_else(|| panic!("{expression}: {value}"))
            .to_owned()
    }

    /// Clicks into the middle of the first element that a selector finds.
    fn click(&mut self, selector: &str) {
        let place = self.eval(&format!(
            "(() => {{ const box = document.querySelector({selector:?}).getBoundingClientRect();\
             return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({
                "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1,
            });
            self.ask("Input.dispatchMouseEvent", params);
        }
    }

    fn key(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            self.ask(
                "Input.dispatchKeyEvent",
                json!({"type": kind, "key": key, "code": key}),
            );
        }
    }

    fn insert(&mut self, text: &str) {
        self.ask("Input.insertText", json!({"text": text}));
    }

    /// A picture of the page as a file, for eyes: `KIN_SHOTS` names the folder.
    fn shot(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("KIN_SHOTS").map(PathBuf::from) else {
            return;
        };
        let shot = self.ask("Page.captureScreenshot", json!({"format": "png"}));
        let path = folder.join(format!("{name}.base64"));
        std::fs::write(path, shot["data"].as_str().unwrap()).unwrap();
    }

    /// Fails if the page complained, or asked for anything but itself.
    fn settle(&mut self) {
        self.eval("0");
        for event in &self.events {
            let method = event["method"].as_str().unwrap_or("");
            let complains = [
                "Runtime.exceptionThrown",
                "Log.entryAdded",
                "Runtime.consoleAPICalled",
            ];
            assert!(!complains.contains(&method), "{event}");
            if method == "Network.requestWillBeSent" {
                let url = event["params"]["request"]["url"].as_str().unwrap();
                let path = url.split('#').next().unwrap();
                assert!(Path::new(path).ends_with("page.html"), "{url}");
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn page(query: &str, layout: Layout) -> String {
    drawn(&mut Session::bundled(), query, layout)
}

fn drawn(session: &mut Session, query: &str, layout: Layout) -> String {
    let replies = session.query(query).unwrap();
    let look = Look {
        layout,
        ..Look::default()
    };
    let page = Page {
        look,
        ..Page::new(&replies[0].answer, session.snapshot(), query)
    };
    (find("html").unwrap().render)(&page)
}

/// The names of the boxes that are neither dimmed nor gone.
const LIT: &str = "[...document.querySelectorAll('g.entity')]\
    .filter((box) => !box.classList.contains('kin-dim') && !box.classList.contains('kin-gone'))\
    .map((box) => box.getAttribute('aria-label').split(',')[0]).sort().join('; ')";
const COUNTS: &str = "document.getElementById('kin-counts').textContent";
const PANEL: &str = "document.getElementById('kin-panel').textContent";

#[test]
fn search_click_sliders_and_fragment_work() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    for (layout, name) in [(Layout::Layers, "layers"), (Layout::Timeline, "timeline")] {
        browser.open(&page("lineage(CoreOS)", layout), "");
        let all = browser.text(LIT);
        assert!(
            all.contains("Flatcar Container Linux") && all.contains("Container Linux"),
            "{all:?}"
        );
        assert!(browser.text(COUNTS).contains("statements"));
        browser.shot(&format!("{name}-all"));

        browser.key("/");
        browser.insert("flatcar");
        let hit = "document.querySelector('#kin-hits li[aria-selected=true]').textContent";
        assert!(browser.text(hit).contains("Flatcar"));
        browser.shot(&format!("{name}-search"));
        browser.key("Enter");
        let lit = browser.text(LIT);
        assert!(lit.contains("Flatcar") && lit.len() < all.len(), "{lit}");
        assert!(!lit.contains("Fedora CoreOS"), "{lit}");
        assert!(browser.text(PANEL).contains("Flatcar Container Linux"));
        assert!(browser.text("location.hash").contains("e=flatcar"));
        browser.shot(&format!("{name}-chosen"));

        browser.key("Escape");
        browser.eval("document.activeElement.blur()");
        browser.key("Escape");
        assert_eq!(browser.text(LIT), all);
        assert_eq!(browser.text("location.hash"), "");

        let coreos = "document.querySelector('g.entity[aria-label^=\"Container Linux,\"]')";
        let place = browser.text(&format!("{coreos}.getAttribute('data-box')"));
        browser.click(&format!("g.entity[data-box=\"{place}\"] text"));
        assert!(browser.text("location.hash").contains("e=coreos"));
        let links = "document.querySelectorAll('#kin-panel a[href^=http]').length > 0";
        assert_eq!(browser.eval(links), true);

        let slide = |id: &str, value: &str| {
            format!(
                "(() => {{ const slider = document.getElementById('kin-{id}');\
                 slider.value = {value}; slider.dispatchEvent(new Event('input')); }})()"
            )
        };
        browser.eval(&slide("depth", "1"));
        assert!(browser.text("location.hash").contains("steps=1"));
        browser.eval(&slide("time", "slider.min"));
        assert!(browser.text("location.hash").contains("on="));
        assert!(
            browser
                .text("document.getElementById('kin-time-now').textContent")
                .len()
                == 10
        );
        browser.settle();
    }
}

#[test]
fn a_fragment_brings_back_what_was_seen() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let html = page("lineage(CoreOS)", Layout::Timeline);
    browser.open(&html, "#e=flatcar&steps=1&on=2019-01-01");
    assert!(browser.text(PANEL).contains("Flatcar"));
    let now = "document.getElementById('kin-time-now').textContent";
    assert_eq!(browser.text(now), "2019-01-01");
    assert_eq!(
        browser.text("document.getElementById('kin-depth-now').textContent"),
        "1"
    );
    browser.eval("location.hash = '#e=coreos'");
    browser.eval("new Promise((done) => setTimeout(done, 50))");
    browser.open(&html, "#e=__proto__&steps=x&on=never");
    assert_eq!(
        browser.eval("document.getElementById('kin-panel').hidden"),
        true
    );
    browser.settle();
}

#[test]
fn keys_and_wheel_move_the_picture() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    browser.open(&page("lineage(CoreOS)", Layout::Layers), "");
    let view = "document.querySelector('#kin-stage svg').getAttribute('viewBox')";
    let width = |text: String| text.split(' ').nth(2).unwrap().parse::<f64>().unwrap();
    let before = browser.text(view);
    browser.key("+");
    let nearer = browser.text(view);
    assert!(width(nearer.clone()) < width(before.clone()));
    browser.key("ArrowRight");
    assert_ne!(browser.text(view), nearer);
    browser.key("0");
    assert_eq!(browser.text(view), before);
    browser.ask(
        "Input.dispatchMouseEvent",
        json!({"type": "mouseWheel", "x": 300, "y": 300, "deltaX": 0, "deltaY": 240}),
    );
    browser.eval("new Promise((done) => requestAnimationFrame(() => done(1)))");
    browser.settle();
}

#[test]
fn hostile_names_are_text_in_a_page() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let names = [
        "</script><script>window.evil = 1</script>",
        "<img src=x onerror='window.evil = 1'>",
        "<!--<script>",
        "]]> & &amp; \\\" '",
        "\\u202e reversed \\n \\u2028",
        "__proto__",
    ];
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "schema.toml",
        "[groups.lineage]\ndoc = \"From older to newer.\"\n[kinds.program]\ndoc = \"A program.\"\n\
         [relations.forked_as]\ndoc = \"A fork.\"\ninverse = \"forked_from\"\n\
         groups = [\"lineage\"]\n",
    );
    write(
        "sources.toml",
        "[wiki]\ntitle = \"</script><b>\"\naddress = \"https://example.org/?a=1&b=</script>\"\n",
    );
    let entity = |(place, name): (usize, &&str)| {
        let next = (place + 1) % names.len();
        format!(
            "[n{place}]\nname = \"{name}\"\nkind = \"program\"\nsource = \"wiki\"\n\
             forked_as = {{ to = \"n{next}\", since = \"201{place}\", note = \"{name}\", \
             source = \"wiki\" }}\n"
        )
    };
    let text: String = names.iter().enumerate().map(entity).collect();
    write("programs.toml", &text);
    let (mut session, loaded) = Session::open(folder.path()).unwrap();
    assert_eq!(loaded.errors, 0);
    for layout in [Layout::Layers, Layout::Timeline] {
        browser.open(&drawn(&mut session, "lineage(id:n0)", layout), "#e=n1");
        assert!(browser.text(PANEL).contains("<img src=x"));
        assert_eq!(browser.eval("window.evil === undefined"), true);
        assert_eq!(browser.eval("document.scripts.length"), 2);
        assert_eq!(browser.eval("document.images.length"), 0);
        assert_eq!(
            browser.eval("document.querySelectorAll('g.entity').length"),
            names.len()
        );
        browser.key("/");
        browser.insert("<img");
        browser.key("Enter");
        browser.shot("hostile");
        browser.settle();
    }
}

/// What kin itself says on a page is in the page's language; a folded page finds who is in a box.
#[test]
fn a_folded_page_in_japanese_can_be_used() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let mut session = Session::bundled();
    let query = "lineage(CoreOS)";
    let replies = session.query(query).unwrap();
    let page = Page {
        look: Look {
            fold: Fold::Kind,
            lang: Some("ja"),
            ..Look::default()
        },
        ..Page::new(&replies[0].answer, session.snapshot(), query)
    };
    browser.open(&(find("html").unwrap().render)(&page), "");
    assert_eq!(browser.text(COUNTS), "2 項目中 2 項目、3 件の記述中 3 件");
    assert_eq!(
        browser.text("document.getElementById('kin-fit').textContent"),
        "全体"
    );
    browser.key("/");
    browser.insert("red hat coreos");
    browser.key("Enter");
    let panel = browser.text(PANEL);
    assert!(panel.contains("コンテナホストOS"), "{panel}");
    assert!(panel.contains("8 項目") && panel.contains("Red Hat CoreOS"));
    browser.settle();
}

/// The slider is `as of`: on each day the page shows the entities and as many statements as a picture
/// of the query as of that day.
#[test]
fn the_slider_shows_what_the_query_gives_as_of_the_day() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let mut session = Session::bundled();
    for query in ["lineage(CoreOS)", "successors(RHEL)", "neighbors(k3s)"] {
        let html = drawn(&mut session, query, Layout::Layers);
        for day in ["2014-01-01", "2017-06-01", "2019-01-01", "2024-06-30"] {
            let as_of = session.query(&format!("{query} as of {day}")).unwrap();
            let page = Page::new(&as_of[0].answer, session.snapshot(), query);
            let wanted: Json =
                serde_json::from_str(&(find("cytoscape").unwrap().render)(&page)).unwrap();
            let ids = |of: &str, key: &str| {
                let all = wanted["elements"][of].as_array().unwrap().iter();
                let mut all: Vec<String> = all
                    .map(|one| one["data"][key].as_str().unwrap().to_owned())
                    .collect();
                all.sort();
                all.join("; ")
            };
            browser.open(&html, &format!("#on={day}"));
            let now = browser.text("document.getElementById('kin-time-now').textContent");
            if now != day {
                continue;
            }
            let shown = browser.text(
                "(() => { const data = JSON.parse(document.getElementById('kin-data').textContent);\
                 return [...document.querySelectorAll('g.entity:not(.kin-gone)')]\
                 .map((box) => data.entities[box.getAttribute('data-box')].id).sort().join('; ');\
                 })()",
            );
            assert_eq!(shown, ids("nodes", "id"), "{query} as of {day}");
            let arrows = browser.text(
                "(() => { const data = JSON.parse(document.getElementById('kin-data').textContent);\
                 return [...document.querySelectorAll('g.arrow:not(.kin-gone)')]\
                 .map((line) => data.entities[line.getAttribute('data-from')].id + ' '\
                 + data.entities[line.getAttribute('data-to')].id).sort().join('; '); })()",
            );
            let all = wanted["elements"]["edges"].as_array().unwrap().iter();
            let mut edges: Vec<String> = all
                .map(|edge| {
                    let end = |key: &str| edge["data"][key].as_str().unwrap().to_owned();
                    format!("{} {}", end("source"), end("target"))
                })
                .collect();
            edges.sort();
            assert_eq!(arrows, edges.join("; "), "{query} as of {day}");
        }
        browser.settle();
    }
}

/// What is told of an entity is what holds on the day of the slider.
#[test]
fn the_panel_lists_what_holds_on_the_day() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let html = page("lineage(CoreOS)", Layout::Layers);
    browser.open(&html, "#e=flatcar&on=2014-01-01");
    assert!(!browser.text(PANEL).contains("2018-03-06)"));
    browser.open(&html, "#e=flatcar&on=2019-01-01");
    assert!(browser.text(PANEL).contains("2018-03-06"));
    browser.settle();
}
