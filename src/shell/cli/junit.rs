//! The outcome of assertions as JUnit XML, as build servers read it.
//!
//! A suite a file, a case an assertion; there is no standard but the common ground of what writes
//! it and reads it (<https://github.com/testmoapp/junitxml>). It holds no times, so that the same
//! outcome gives the same bytes.

/// What a case came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It holds.
    Passed,
    /// It does not: one line, and the rows.
    Failed(String, String),
    /// It could not be found out: one line, and all that was said.
    Broken(String, String),
}

/// One assertion, or what went wrong beside assertions.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// Its message, or its text.
    pub(super) name: String,
    /// The line on which it begins, from 1; 0 for the whole file.
    pub(super) line: usize,
    /// What it came to.
    pub(super) verdict: Verdict,
}

/// The cases of one file.
#[derive(Clone, Debug)]
pub(super) struct Suite {
    /// The file.
    pub(super) name: String,
    /// Its cases, in order.
    pub(super) cases: Vec<Case>,
}

impl Suite {
    fn count(&self, is_counted: fn(&Verdict) -> bool) -> usize {
        let cases = self.cases.iter();
        cases.filter(|case| is_counted(&case.verdict)).count()
    }

    /// The attributes that count: of all cases, of failures, of errors.
    fn counts(&self) -> [usize; 3] {
        [
            self.cases.len(),
            self.count(|verdict| matches!(verdict, Verdict::Failed(..))),
            self.count(|verdict| matches!(verdict, Verdict::Broken(..))),
        ]
    }
}

/// The whole document.
pub(super) fn document(suites: &[Suite]) -> String {
    let mut total = [0; 3];
    for suite in suites {
        for (sum, count) in total.iter_mut().zip(suite.counts()) {
            *sum += count;
        }
    }
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str(&format!("<testsuites name=\"kin\"{}>\n", counted(total)));
    for suite in suites {
        let name = escaped(&suite.name);
        let counts = counted(suite.counts());
        text.push_str(&format!("  <testsuite name=\"{name}\"{counts}>\n"));
        for case in &suite.cases {
            push_case(&mut text, case, &name);
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

fn counted([tests, failures, errors]: [usize; 3]) -> String {
    format!(" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"")
}

/// `suite` is the name of the suite, escaped.
fn push_case(text: &mut String, case: &Case, suite: &str) {
    let name = escaped(&case.name);
    let line = match case.line {
        0 => String::new(),
        line => format!(" line=\"{line}\""),
    };
    text.push_str(&format!(
        "    <testcase name=\"{name}\" classname=\"{suite}\" file=\"{suite}\"{line}"
    ));
    let (element, message, details) = match &case.verdict {
        Verdict::Passed => return text.push_str("/>\n"),
        Verdict::Failed(message, details) => ("failure", message, details),
        Verdict::Broken(message, details) => ("error", message, details),
    };
    let (message, details) = (escaped(message), escaped(details));
    text.push_str(&format!(
        ">\n      <{element} message=\"{message}\">{details}</{element}>\n    </testcase>\n"
    ));
}

/// A text for an attribute or an element. Line breaks and tabs are kept as references, because a
/// reader turns them into blanks in attributes; what XML 1.0 cannot hold becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\n' | '\r' | '\t' => safe.push_str(&format!("&#{};", u32::from(character))),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}
