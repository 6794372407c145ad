//! What can be typed next: candidates by the role of the word at the cursor.

use std::collections::BTreeSet;

use rustyline::completion::Pair;

use crate::diagnostic::LIMITS;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::model::Direction;
use crate::model::Snapshot;
use crate::model::stable;
use crate::query::PATTERNS;
use crate::query::Wanted;
use crate::query::explain;
use crate::query::field;
use crate::query::function;
use crate::query::function::Function;
use crate::query::function::ResultType;
use crate::query::scan;
use crate::query::scan::Piece;
use crate::shell::command;
use crate::shell::command::COMMANDS;
use crate::shell::command::Takes;
use crate::shell::console;
use crate::shell::drawing::DrawOption;
use crate::shell::drawing::OPTIONS;
use crate::shell::help;
use crate::shell::repl::position;
use crate::shell::repl::position::Role;
use crate::shell::repl::words::Words;
use crate::shell::schema;

/// The most candidates that are offered at once; of more, none, because a part of them would
/// complete a word to what only that part has in common.
const CANDIDATES_MAX: usize = 500;

/// Collects candidates that go on with what was typed.
struct Offer<'a> {
    /// What was typed of the word, folded.
    typed: String,
    /// Whether it began with a quote.
    is_quoted: bool,
    found: Vec<(String, String)>,
    snapshot: &'a Snapshot,
}

impl Offer<'_> {
    /// Offers a word of kin's own, with what it means.
    fn word(&mut self, word: &str, means: &str) {
        if suggest::folded(word).starts_with(&self.typed) {
            self.found
                .push((word.to_owned(), format!("{word}  {means}")));
        }
    }

    /// Offers a name from the data, quoted where it must be.
    fn name(&mut self, name: &str, means: &str) {
        let has_hostile = name.chars().any(escape::is_hostile);
        if has_hostile || !suggest::folded(name).starts_with(&self.typed) {
            return;
        }
        let written = scan::written(name);
        let written = match self.is_quoted && !written.starts_with('"') {
            true => format!("\"{written}\""),
            false => written,
        };
        let shown = format!("{written}  {}", escape::clipped(means, 60));
        self.found.push((written, shown));
    }

    fn entities(&mut self) {
        let snapshot = self.snapshot;
        for (name, entity) in snapshot.all_names().skip(snapshot.entity_count()) {
            let shown = snapshot.name(entity);
            let kind = snapshot.kind_name(entity);
            match shown == name {
                true => self.name(name, kind),
                false => self.name(name, &format!("{kind}, {shown}")),
            }
        }
    }

    fn ids(&mut self) {
        let snapshot = self.snapshot;
        for entity in snapshot.entities() {
            self.name(snapshot.slug(entity), snapshot.name(entity));
        }
    }

    fn kinds(&mut self) {
        let kinds = self.snapshot.schema.kinds.iter();
        for kind in kinds.filter(|kind| !kind.name.is_empty()) {
            self.word(&kind.name, &escape::clipped(&kind.doc, 60));
        }
    }

    fn relations(&mut self, with_properties: bool) {
        for relation in &self.snapshot.schema.relations {
            if relation.is_property() && !with_properties {
                continue;
            }
            let doc = escape::clipped(&relation.doc, 60);
            self.word(&relation.name, &doc);
            if let Some(inverse) = &relation.inverse {
                self.word(inverse, &format!("against {}", relation.name));
            }
        }
    }

    /// Offers the relations and properties that the entity of that name has; false if it is none.
    fn relations_of(&mut self, base: &str) -> bool {
        let name = match base.starts_with(['"', '\'']) && base.len() > 1 {
            true => scan::unquote(base),
            false => base.to_owned(),
        };
        let snapshot = self.snapshot;
        let Some((_, found)) = snapshot.find(&name) else {
            return false;
        };
        let [entity] = found[..] else { return false };
        let out = snapshot.outgoing(entity).map(|id| (id, Direction::Forward));
        let into = snapshot.incoming(entity);
        let into = into.map(|id| (id, Direction::Backward));
        let words: BTreeSet<&str> = out
            .chain(into)
            .map(|(id, direction)| snapshot.schema.word(snapshot.relation(id), direction))
            .collect();
        for word in words {
            self.word(word, "");
        }
        true
    }

    fn sources(&mut self) {
        for source in self.snapshot.sources.iter() {
            self.name(&source.id, &source.title);
        }
    }

    /// Offers functions with their signatures; without tables where a set is wanted.
    fn functions(&mut self, functions: impl Iterator<Item = &'static Function>, wants_set: bool) {
        let wanted = |row: &&Function| !wants_set || !matches!(row.result, ResultType::Table(_));
        for row in functions.filter(wanted) {
            if suggest::folded(row.name).starts_with(&self.typed) && !self.is_quoted {
                let shown = format!("{}  {}", row.signature(), row.result.word());
                self.found.push((format!("{}(", row.name), shown));
            }
        }
    }

    /// Offers the argument of a command; some take only a first word from a list.
    fn argument(&mut self, takes: Takes, words: &Words, is_first: bool) {
        match takes {
            Takes::Nothing => {}
            Takes::Topic => help::topics()
                .into_iter()
                .for_each(|topic| self.word(topic, "")),
            Takes::SchemaPart => {
                let parts = schema::PARTS.iter();
                parts.for_each(|part| self.word(part.name, part.doc));
            }
            Takes::Format => console::formats().for_each(|row| self.word(row.name, row.doc)),
            Takes::Switch => ["on", "off"].iter().for_each(|word| self.word(word, "")),
            Takes::Setting => {
                let limits = LIMITS.iter();
                limits.for_each(|limit| self.word(limit.name, limit.doc));
            }
            Takes::Explain => {
                let stages = explain::STAGES.iter();
                stages.for_each(|(stage, doc)| self.word(stage, doc));
            }
            Takes::Parameter if is_first => {
                let names = words.parameters.iter();
                names.for_each(|name| self.word(name, "a parameter"));
            }
            Takes::Parameter => self.entities(),
            // Words of options were offered before; the rest is a query.
            Takes::Drawing => {}
            Takes::Definition => {
                let known = words.definitions.iter();
                known.for_each(|known| self.word(&known.name, &known.signature));
            }
        }
    }

    /// Offers what goes on behind the last word of `:draw` if that is an option, or its value
    /// that is one of some words; false if it belongs to the query.
    fn drawing(&mut self, rest: &str) -> bool {
        let mut words = rest.rsplit(' ');
        let (last, before) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        if last.starts_with('-') {
            self.typed = suggest::folded(last.trim_start_matches('-'));
            for option in OPTIONS {
                self.word(option.name, option.doc);
            }
            for (written, _) in &mut self.found {
                written.insert_str(0, "--");
            }
            return true;
        }
        let is_meant = |option: &&DrawOption| {
            let short = option.short.map(|letter| format!("-{letter}"));
            !option.value.is_empty()
                && (before.strip_prefix("--") == Some(option.name)
                    || short.is_some_and(|short| short == before))
        };
        let Some(option) = OPTIONS.iter().find(is_meant) else {
            return false;
        };
        (option.words)().iter().for_each(|word| self.word(word, ""));
        option.name != "highlight"
    }

    /// Offers what stands in an expression.
    fn members(&mut self) {
        self.relations(true);
        for row in field::FIELDS {
            self.word(row.name, &format!("{}: {}", row.of, row.doc));
        }
        if !self.typed.is_empty() {
            self.functions(function::value_functions(), false);
        }
    }

    /// Offers what `let` has defined.
    fn definitions(&mut self, words: &Words) {
        for known in &words.definitions {
            if suggest::folded(&known.name).starts_with(&self.typed) && !self.is_quoted {
                let bracket = if known.is_function { "(" } else { "" };
                let shown = format!("{}  defined with let", known.signature);
                self.found.push((format!("{}{bracket}", known.name), shown));
            }
        }
    }

    fn role(&mut self, role: Role, words: &Words, is_inside: bool) {
        match role {
            Role::Given => words
                .parameters
                .iter()
                .for_each(|name| self.word(name, "a parameter")),
            Role::Name => {
                self.definitions(words);
                self.functions(function::set_functions(), is_inside);
                for row in PATTERNS.iter().filter(|_| !self.typed.is_empty()) {
                    if suggest::folded(row.name).starts_with(&self.typed) && !self.is_quoted {
                        let shown = format!("{}:  {}", row.name, row.doc);
                        self.found.push((format!("{}:", row.name), shown));
                    }
                }
                if !self.typed.is_empty() || self.is_quoted {
                    self.entities();
                }
            }
            Role::Context => {
                self.word("as of", "a date: the graph as it was then");
                self.word("according to", "sources: only what these say");
                self.word("during", "two dates: what held at some time between them");
                self.word(
                    "including doubtful",
                    "also plans, opinions, what is denied or unknown",
                );
            }
            Role::Stage => {
                for stage in position::STAGES {
                    self.word(stage, "a stage");
                }
                self.functions(function::set_functions(), false);
            }
            Role::Member => self.members(),
            Role::Kind => self.kinds(),
            Role::Relation => self.relations(true),
            Role::Via => {
                self.word("any", "every relation");
                for group in &self.snapshot.schema.groups {
                    self.word(&group.name, &escape::clipped(&group.doc, 60));
                }
                self.relations(false);
            }
            Role::Wanted(Wanted::Kind) => self.kinds(),
            Role::Wanted(Wanted::Id) => self.ids(),
            Role::Wanted(Wanted::Name | Wanted::Glob) => self.entities(),
            Role::Wanted(Wanted::Source) | Role::Source => self.sources(),
            Role::Boolean => {
                self.word("true", "");
                self.word("false", "");
            }
            _ => {}
        }
    }
}

/// The candidates for the word that ends at the end of `text`, and where that word starts.
pub(super) fn complete(text: &str, words: &Words) -> (usize, Vec<Pair>) {
    if let Some(line) = text.trim_start().strip_prefix(':') {
        return complete_command(text, line, words);
    }
    let last = scan::pieces(text).last();
    let (start, typed, is_quoted) = match last {
        Some((Piece::Word, span)) if span.end as usize == text.len() => {
            (span.start as usize, &text[span.range_in(text)], false)
        }
        Some((Piece::Unclosed, span)) => {
            (span.start as usize, &text[span.start as usize + 1..], true)
        }
        Some((Piece::Comment, _)) => return (text.len(), Vec::new()),
        _ => (text.len(), "", false),
    };
    let mut offer = Offer {
        typed: suggest::folded(typed),
        is_quoted,
        found: Vec::new(),
        snapshot: &words.snapshot,
    };
    // The word may still be empty: a letter in its place shows what it would be for.
    let probe = if is_quoted {
        format!("{text}x\"")
    } else {
        format!("{text}x")
    };
    let role = position::roles(&probe)
        .last()
        .map_or(Role::Name, |(_, role)| *role);
    let call = position::open_call(text);
    match (role, position::step_base(&text[..start])) {
        (Role::Relation, Some(base)) if offer.relations_of(base) => {}
        (Role::Relation, None) => {
            offer.relations(true);
            offer.word(field::STATUS, "how it stands");
        }
        _ => offer.role(role, words, call.is_some()),
    }
    let is_parameter = position::begins_argument(text, start);
    if let (true, Some((function, _))) = (is_parameter, call) {
        for param in function
            .params
            .iter()
            .filter(|param| param.default.is_some())
        {
            if suggest::folded(param.name).starts_with(&offer.typed) && !is_quoted {
                let shown = format!("{}=  {}", param.name, param.is.word());
                offer.found.push((format!("{}=", param.name), shown));
            }
        }
    }
    (start, pairs(offer.found))
}

/// The candidates by name, whether quoted or not; none if there are too many to be of use.
fn pairs(mut found: Vec<(String, String)>) -> Vec<Pair> {
    stable::sort_by(&mut found, |a, b| {
        let key = |pair: &(String, String)| pair.0.trim_start_matches('"').to_lowercase();
        key(a).cmp(&key(b)).then_with(|| a.cmp(b))
    });
    found.dedup_by(|a, b| a.0 == b.0);
    if found.len() > CANDIDATES_MAX {
        found.clear();
    }
    found
        .into_iter()
        .map(|(replacement, display)| Pair {
            display,
            replacement,
        })
        .collect()
}

fn complete_command(text: &str, line: &str, words: &Words) -> (usize, Vec<Pair>) {
    let start = text.rfind([' ', ':']).map_or(0, |at| at + 1);
    let typed = suggest::folded(&text[start..]);
    let mut offer = Offer {
        typed,
        is_quoted: false,
        found: Vec::new(),
        snapshot: &words.snapshot,
    };
    let Some((name, rest)) = line.split_once(' ') else {
        for row in COMMANDS {
            offer.word(row.name, row.doc);
        }
        let mut found = pairs(offer.found);
        for pair in &mut found {
            let takes = command::find(&pair.replacement).map(|row| row.takes);
            if takes.is_some_and(|takes| takes != Takes::Nothing) {
                pair.replacement.push(' ');
            }
        }
        return (start, found);
    };
    let takes = command::find(name).map_or(Takes::Nothing, |row| row.takes);
    let query = match takes {
        Takes::Explain => rest.split_once(' ').map(|(_, query)| query),
        Takes::Definition => rest.split_once('=').map(|(_, query)| query),
        Takes::Drawing if !offer.drawing(rest) => Some(rest),
        _ => None,
    };
    if let Some(query) = query {
        let (start, found) = complete(query, words);
        return (text.len() - query.len() + start, found);
    }
    offer.argument(takes, words, !rest.contains(' '));
    (start, pairs(offer.found))
}
