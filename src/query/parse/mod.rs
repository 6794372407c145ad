//! Text to `Ast`, by the grammar in `grammar/kin.pest`; the only folder that knows pest.
//!
//! Length and nesting are checked before pest sees the text: what it does with either depends on
//! the build and the thread. What pest says of a wrong text is put into words by `slip`. A call in
//! an expression is read twice: first as a piece in brackets, then as the function's row wants it,
//! because a set and an expression look alike and are not.

mod expression;
mod operand;
mod phrase;
mod rows;
mod set;
mod statement;

use pest::Parser as _;
use pest::error::ErrorVariant;
use pest::error::InputLocation;
use pest::iterators::Pair;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Error;
use crate::diagnostic::Fault;
use crate::diagnostic::LimitId;
use crate::diagnostic::Limits;
use crate::diagnostic::Lines;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::model::stable;
use crate::query::ast::Name;
use crate::query::ast::Script;
use crate::query::scan;
use crate::query::slip;

/// The generated parser, in a module of its own because the derive documents nothing.
mod generated {
    /// The parser for `grammar/kin.pest`.
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/kin.pest"]
    pub(super) struct Grammar;
}

use generated::Grammar;
use generated::Rule;

/// Reads a script.
///
/// Errors: a [`Fault`] if the text is too long or nests too deep; else one diagnostic, at the
/// farthest place that could be read.
pub fn parse(text: &str, limits: &Limits) -> Result<Script, Error> {
    let length_max = limits.get(LimitId::QueryBytes);
    if text.len() as u64 > length_max {
        return Err(Fault::Limit(LimitId::QueryBytes, length_max).into());
    }
    scan::check_brackets(text, limits)?;
    let reader = Reader {
        text,
        start: 0,
        nesting_max: limits.get(LimitId::Nesting),
    };
    let script = reader.read(Rule::script, text)?;
    let statements = inner(script, Rule::statement).map(|pair| reader.statement(pair));
    Ok(Script {
        statements: statements.collect::<Result<_, Error>>()?,
    })
}

/// Turns what pest read into the tree; knows where the piece it reads begins.
#[derive(Clone, Copy, Debug)]
struct Reader<'a> {
    /// The whole text, in which places lie.
    text: &'a str,
    /// Where the piece begins.
    start: u32,
    nesting_max: u64,
}

impl<'a> Reader<'a> {
    /// Reads a piece of the text by a rule that goes to its end.
    fn read(&self, rule: Rule, piece: &'a str) -> Result<Pair<'a, Rule>, Error> {
        let mut pairs = Grammar::parse(rule, piece).map_err(|error| {
            let wanted = wanted(&error, self.start as usize);
            slip::explain(self.text, &wanted)
        })?;
        Ok(pairs.next().expect("a rule yields one pair"))
    }

    /// A reader of the piece that stands at `span`, and the piece.
    fn within(&self, span: Span) -> (Reader<'a>, &'a str) {
        let reader = Reader {
            start: span.start,
            ..*self
        };
        (reader, &self.text[span.range_in(self.text)])
    }

    fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        let start = self.start as usize;
        Span::new(start + span.start()..start + span.end())
    }

    fn name(&self, pair: &Pair<'_, Rule>) -> Name {
        let is_quoted = pair.as_rule() == Rule::text;
        let written = pair.as_str();
        let text = match written.strip_prefix('`') {
            _ if is_quoted => scan::unquote(written),
            Some(rest) => rest[..rest.len() - 1].replace("``", "`"),
            None => written.to_owned(),
        };
        Name {
            text,
            span: self.span(pair),
            is_quoted,
        }
    }

    /// A fault for something that nests without brackets, such as `a.b.c.d …`.
    fn check_depth(&self, depth: usize, at: Span) -> Result<(), Error> {
        if depth as u64 <= self.nesting_max {
            return Ok(());
        }
        let (line, column) = Lines::of(self.text).place(self.text, at.start as usize);
        Err(Fault::TooDeep {
            limit: self.nesting_max,
            line,
            column,
        }
        .into())
    }
}

/// A finding about the form of a query.
fn syntax(span: Span, message: &str, hint: &str) -> Error {
    Diagnostic::error(&code::SYNTAX, span, message)
        .hint(hint.to_owned())
        .into()
}

/// Where pest gave up, and what it wanted there, in words.
fn wanted(error: &pest::error::Error<Rule>, start: usize) -> slip::Wanted {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let mut words: Vec<&'static str> = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => {
            let phrases = positives.iter().filter_map(|rule| phrase::phrase(*rule));
            phrases.collect()
        }
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    stable::sort(&mut words);
    words.dedup();
    slip::Wanted {
        at: at + start,
        words,
    }
}

/// The pairs inside `pair` that were read by `rule`.
fn inner<'a>(pair: Pair<'a, Rule>, rule: Rule) -> impl Iterator<Item = Pair<'a, Rule>> {
    pair.into_inner()
        .filter(move |inner| inner.as_rule() == rule)
}

/// The only pair inside `pair`.
fn only<'a>(pair: Pair<'a, Rule>) -> Pair<'a, Rule> {
    let mut pairs = pair.into_inner();
    pairs.next().expect("the rule has one part")
}

/// Whether a character can stand in a bare name (Unicode's XID_Continue).
pub(super) fn is_letter(character: char) -> bool {
    pest::unicode::XID_CONTINUE(character)
}

/// The name of every rule of the grammar, so that a test can hold that each is met.
pub fn rule_names() -> Vec<String> {
    Rule::all_rules()
        .iter()
        .map(|rule| format!("{rule:?}"))
        .collect()
}

/// The names of the rules met in reading `text`; empty if it does not read.
pub fn rules_met(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut open = vec![(Rule::script, text)];
    while let Some((rule, text)) = open.pop() {
        for pair in Grammar::parse(rule, text).into_iter().flatten() {
            names.push(format!("{:?}", pair.as_rule()));
            for pair in pair.into_inner().flatten() {
                names.push(format!("{:?}", pair.as_rule()));
                if pair.as_rule() == Rule::call {
                    names.extend(open_call(pair.as_str(), &mut open));
                }
            }
        }
    }
    stable::sort(&mut names);
    names.dedup();
    names
}

/// Puts the arguments of a call on the list of what is to be read; the rule that reads them.
fn open_call<'a>(call: &'a str, open: &mut Vec<(Rule, &'a str)>) -> Option<String> {
    let (_, rest) = call.split_once('(')?;
    let (inside, _) = rest.rsplit_once(')')?;
    let pieces = [
        (Rule::quantified, inside),
        (Rule::reduction, inside),
        (Rule::set_arguments, call),
        (Rule::value_arguments, inside),
    ];
    let reads = |(rule, piece): &&(Rule, &str)| Grammar::parse(*rule, piece).is_ok();
    let (rule, piece) = pieces.iter().find(reads)?;
    open.push((*rule, piece));
    Some(format!("{rule:?}"))
}
