//! Whatever text is asked: it is answered, or refused with a place and harmless words, and no
//! more. Names that kin writes read back as those names.

use std::sync::LazyLock;

use kingraph::diagnostic::Limits;
use kingraph::diagnostic::escape;
use kingraph::query::Rewrite;
use kingraph::query::ast::SetKind;
use kingraph::query::ast::Source;
use kingraph::query::ast::Statement;
use kingraph::query::function;
use kingraph::query::parse::parse;
use kingraph::query::scan::written;
use kingraph::render;
use kingraph::shell::Session;
use kingraph::shell::console::Console;
use kingraph::shell::console::Screen;
use proptest::prelude::ProptestConfig;
use proptest::prelude::Strategy;
use proptest::prelude::any;
use proptest::prelude::prop_assert;
use proptest::prelude::prop_assert_eq;
use proptest::prelude::prop_oneof;
use proptest::proptest;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

/// As many cases as run in a moment, the same ones every time.
fn cases() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_210_512),
        ..ProptestConfig::with_cases(CASES)
    }
}

const CASES: u32 = 512;

/// The bundled graph, read once.
static SESSION: LazyLock<Session> = LazyLock::new(Session::bundled);

fn console() -> Console {
    let format = render::find("table").expect("the table of formats has `table`");
    Console::new(SESSION.clone(), format, Screen::default())
}

/// What queries are made of, and what people of other languages write.
const TOKENS: [&str; 64] = [
    "CoreOS",
    "k3s",
    "EKS",
    "\"node.js\"",
    "'a'",
    "\"",
    "'",
    "\\",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "|",
    "&",
    " - ",
    "-",
    "--",
    "->",
    "||",
    "&&",
    "|>",
    ".",
    "..",
    "...",
    ",",
    ";",
    ":",
    "::",
    "=",
    "==",
    "#",
    "//",
    "\n",
    "\t",
    " ",
    "\u{3000}",
    "let ",
    "as ",
    "of ",
    "according ",
    "to ",
    "match ",
    "where ",
    "via=",
    "depth=",
    "directed=",
    "any",
    "lineage",
    "2021-05",
    "2021",
    "0",
    "99999999999",
    "kind:",
    "glob:",
    "descendants",
    "paths(",
    "at(",
    "（",
    "｜",
    "\u{202e}",
    "\u{1b}[31m",
    "名前",
];

/// Texts of every kind: random characters, random tokens, and sound queries that were damaged.
fn text() -> impl Strategy<Value = String> {
    let examples: Vec<&str> = function::functions()
        .flat_map(|row| row.examples)
        .copied()
        .collect();
    let tokens = || proptest::collection::vec(proptest::sample::select(&TOKENS[..]), 0..24);
    let damage = (any::<Index>(), 0usize..4, tokens());
    let damages = proptest::collection::vec(damage, 1..4);
    prop_oneof![
        1 => any::<String>(),
        3 => tokens().prop_map(|tokens| tokens.concat()),
        3 => (proptest::sample::select(examples), damages).prop_map(|(example, damages)| {
            let mut text = example.to_owned();
            for (index, cut, tokens) in damages {
                damage_at(&mut text, index, cut, &tokens[..tokens.len().min(2)].concat());
            }
            text
        }),
    ]
}

fn damage_at(text: &mut String, index: Index, cut: usize, insert: &str) {
    let mut at = index.index(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let end = text[at..]
        .char_indices()
        .nth(cut)
        .map_or(text.len(), |(end, _)| at + end);
    text.replace_range(at..end, insert);
}

/// Remarks are short, and command no terminal.
fn check_remarks(console: &mut Console, line: &str) {
    let outcome = console.line(line);
    let hostile = outcome
        .remarks
        .chars()
        .find(|found| *found != '\n' && escape::is_hostile(*found));
    assert_eq!(hostile, None, "{line:?}: {}", outcome.remarks);
    assert!(
        outcome.remarks.len() <= 64 * 1024,
        "{line:?}: {} bytes",
        outcome.remarks.len()
    );
    assert!(
        !outcome.failed || outcome.remarks.contains("error"),
        "{line:?} fails without a word"
    );
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_written_name_reads_back_as_that_name(name in prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9_ \\-\"'\\\\\n\r\t.:|&#/あé]{0,8}",
        proptest::sample::select(&TOKENS[..]).prop_map(str::to_owned),
        "(let|as|of|on|match|where|return|during|according|optional|compare)(-[a-z0-9]{1,2})?",
    ]) {
        let script = parse(&written(&name), &Limits::default());
        let script = script.map_err(|error| format!("{name:?}: {error:?}")).expect("it reads");
        let [Statement::Query(ask, None)] = script.statements.as_slice() else {
            panic!("{name:?} reads as {script:?}")
        };
        let Source::Set(set) = &ask.source else {
            panic!("{name:?} reads as {ask:?}")
        };
        match &set.kind {
            SetKind::Name(read) => prop_assert_eq!(&read.text, &name),
            other => panic!("{name:?} reads as {other:?}"),
        }
        prop_assert!(ask.contexts.is_empty());
    }

    #[test]
    fn no_text_makes_preparing_panic(text in text()) {
        let session = &*SESSION;
        let prepared = [Rewrite::On, Rewrite::Off].map(|rewrite| {
            let mut session = session.clone();
            session.rewrite = rewrite;
            session.plan(&text).is_ok()
        });
        prop_assert_eq!(prepared[0], prepared[1]);
    }

    #[test]
    fn a_refusal_lies_in_the_text(text in text()) {
        let session = &*SESSION;
        if let Err(kingraph::Error::Query(findings)) = session.plan(&text) {
            prop_assert!(!findings.is_empty());
            for label in findings.iter().flat_map(|finding| &finding.labels) {
                let (start, end) = (label.span.start as usize, label.span.end as usize);
                prop_assert!(start <= end && end <= text.len(), "{:?} in {:?}", label, text);
                prop_assert!(text.is_char_boundary(start) && text.is_char_boundary(end));
            }
        }
    }

    #[test]
    fn no_line_makes_the_console_panic_or_print_controls(text in text()) {
        let mut console = console();
        for (limit, value) in [("steps", 20_000), ("rows", 500), ("paths", 50)] {
            prop_assert!(console.session.limits.set(limit, value));
        }
        for stage in ["", ":explain ast ", ":explain query ", ":explain plan ", ":"] {
            check_remarks(&mut console, &format!("{stage}{text}"));
        }
    }

    /// What is shown of a tree of a query commands no terminal either.
    #[test]
    fn explaining_shows_names_harmlessly(name in any::<String>()) {
        let mut console = console();
        let outcome = console.line(&format!(":explain ast {}", written(&name)));
        let hostile = outcome.output.chars().find(|found| *found != '\n' && escape::is_hostile(*found));
        prop_assert_eq!(hostile, None, "{:?}", outcome.output);
    }
}
