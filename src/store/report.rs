//! The findings of one load: collected with their places, counted, sorted, and shown as text.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Lines;
use crate::diagnostic::Severity;
use crate::diagnostic::Span;
use crate::diagnostic::caret;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::model::Graph;
use crate::model::stable;
use crate::store::DataFile;
use crate::store::FINDINGS_MAX;
use crate::store::Loaded;
use crate::store::written::Place;

/// The most findings of one code that are shown as text.
const SHOWN_MAX: usize = 50;

/// The most bytes of findings as text.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// The most unknown words of one report for which the nearest known ones are looked up.
const SUGGESTIONS_MAX: usize = 20;

/// The findings so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    names: Vec<Arc<str>>,
    findings: Vec<Diagnostic>,
    totals: BTreeMap<&'static str, usize>,
    errors: usize,
    suggestions: usize,
    /// How many findings the data accept.
    pub(crate) accepted: usize,
    /// How many statements rest on memory alone, if sources are demanded.
    pub(crate) remembered: usize,
    /// Texts of files that are none of those read.
    texts: BTreeMap<Arc<str>, String>,
}

impl Report {
    /// Makes the files known, in the order in which places count them.
    pub(crate) fn add_files(&mut self, files: &[DataFile]) {
        self.names = files.iter().map(|file| Arc::clone(&file.name)).collect();
    }

    /// Keeps the text of a file that is not read any further, for its carets.
    pub(crate) fn add_text(&mut self, name: Arc<str>, text: String) {
        self.texts.insert(name, text);
    }

    /// The name of the file of a place.
    pub(crate) fn name(&self, place: Place) -> &str {
        &self.names[place.file as usize]
    }

    /// Something at `place` that is left out.
    pub(crate) fn error(
        &mut self,
        code: &'static Code,
        place: Place,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        let file = Arc::clone(&self.names[place.file as usize]);
        self.push(
            Diagnostic::error(code, place.span, message)
                .hint(hint)
                .within(&file),
        );
    }

    /// Something at `place` that is kept.
    pub(crate) fn warning(
        &mut self,
        code: &'static Code,
        place: Place,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        let file = Arc::clone(&self.names[place.file as usize]);
        self.push(
            Diagnostic::warning(code, place.span, message)
                .hint(hint)
                .within(&file),
        );
    }

    /// Something about a whole file or folder that is left out.
    pub(crate) fn file_error(
        &mut self,
        code: &'static Code,
        name: &str,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        let mut finding = Diagnostic::error(code, Span::default(), message).hint(hint);
        finding.labels.clear();
        self.push(finding.within(&Arc::from(name)));
    }

    /// Adds a finding, or only counts it if there are many like it.
    pub(crate) fn push(&mut self, finding: Diagnostic) {
        let total = self.totals.entry(finding.code.id).or_default();
        *total += 1;
        self.errors += usize::from(finding.severity == Severity::Error);
        if *total <= FINDINGS_MAX {
            self.findings.push(finding);
        }
    }

    /// A hint with the known words nearest to `word`; none once many were given.
    pub(crate) fn suggest<'a>(
        &mut self,
        word: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Option<String> {
        if self.suggestions == SUGGESTIONS_MAX {
            return None;
        }
        self.suggestions += 1;
        suggest::did_you_mean(&suggest::nearest(word, candidates))
    }

    /// Everything together, sorted; keeps the texts that findings point into.
    pub(crate) fn finish(mut self, graph: Graph, files: Vec<DataFile>) -> Loaded {
        stable::sort_by(&mut self.findings, |a, b| sort_key(a).cmp(&sort_key(b)));
        let wanted: BTreeSet<&str> = self
            .findings
            .iter()
            .filter_map(|finding| finding.file.as_deref())
            .collect();
        let texts = files
            .into_iter()
            .filter(|file| wanted.contains(&*file.name))
            .map(|file| (file.name, file.text))
            .chain(self.texts)
            .collect();
        Loaded {
            graph,
            findings: self.findings,
            texts,
            totals: self.totals,
            errors: self.errors,
            accepted: self.accepted,
            remembered: self.remembered,
        }
    }
}

fn sort_key(finding: &Diagnostic) -> impl Ord + '_ {
    let span = finding.labels.first().map(|label| label.span);
    (
        finding.file.as_deref(),
        span,
        finding.code.id,
        finding.message.as_str(),
    )
}

/// `text` between backticks, clipped and harmless.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", escape::clipped(text, 60))
}

/// See [`Loaded::render`].
pub(crate) fn render(loaded: &Loaded) -> String {
    let mut text = String::new();
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    let mut lines: BTreeMap<&str, Lines> = BTreeMap::new();
    for finding in &loaded.findings {
        let of_code = shown.entry(finding.code.id).or_default();
        if *of_code == SHOWN_MAX || text.len() > TEXT_BYTES_MAX - 4 * 1024 {
            continue;
        }
        *of_code += 1;
        let source = finding.file.as_ref().and_then(|file| {
            let source = loaded.texts.get(file)?;
            let lines = lines.entry(file).or_insert_with(|| Lines::of(source));
            Some((source.as_str(), &*lines))
        });
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&caret::render_with(finding, source));
    }
    for (code, total) in &loaded.totals {
        let rest = total - shown.get(code).unwrap_or(&0);
        if rest > 0 {
            text.push_str(&format!("\n… and {rest} more of {code}\n"));
        }
    }
    text
}
