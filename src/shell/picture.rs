//! Pictures of answers: what kin makes itself, what an installed Graphviz makes, and their files.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use crate::algo;
use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::diagnostic::Fault;
use crate::diagnostic::LimitId;
use crate::diagnostic::escape;
use crate::model::Along;
use crate::model::EntityId;
use crate::model::Filter;
use crate::model::LINEAGE;
use crate::model::Snapshot;
use crate::model::View;
use crate::model::stable;
use crate::query::function::set_functions;
use crate::render;
use crate::render::Fold;
use crate::render::Format;
use crate::render::Page;
use crate::shell::console::Outcome;
use crate::shell::console::Screen;
use crate::shell::drawing::Engine;
use crate::shell::drawing::Wishes;
use crate::shell::honour;
use crate::shell::mark;
use crate::shell::mark::marked;
#[cfg(feature = "png")]
use crate::shell::pixels;
use crate::shell::save;
use crate::shell::save::Writers;
use crate::shell::session::Reply;
use crate::shell::session::Session;

/// A picture that is made: its bytes, and what is to be said beside it.
#[derive(Debug)]
pub(super) struct Drawn {
    /// The file, as it is written.
    pub(super) bytes: Vec<u8>,
    /// Lines without a full stop.
    pub(super) notes: Vec<String>,
}

/// Draws an answer as it is wished, for a file or for where answers go.
///
/// Errors: there is nothing in it to draw, or too much; the format or the layout is none; what is
/// to stand out is no query of entities; Graphviz is wanted and not there, or fails.
pub(super) fn drawn(
    session: &Session,
    reply: &Reply,
    wishes: &Wishes,
    screen: Screen,
    is_terminal: bool,
) -> Result<Drawn, Error> {
    let snapshot = session.snapshot();
    let (format, layout) = wishes.settled(is_terminal)?;
    if !reply.answer.can_be_drawn() {
        let message = "the answer has no entities to draw".to_owned();
        let hint = "draw a set or a path: kin draw 'lineage(CoreOS)'".to_owned();
        return Err(Error::Usage(message, Some(hint)));
    }
    let members: Vec<EntityId> = reply.answer.subgraph(snapshot).entities().collect();
    let is_large = !format.layouts.is_empty() && !format.is_for_people;
    let limit = session.limits.get(LimitId::Boxes);
    let count = match wishes.fold() {
        Fold::None => members.len(),
        Fold::Kind => {
            let kinds = members.iter().map(|member| snapshot.kind(*member));
            kinds.collect::<BTreeSet<_>>().len()
        }
    };
    if is_large && !wishes.is_forced() && count as u64 > limit {
        let takes_depth = takes_depth(&reply.query);
        let fault = Fault::TooLarge {
            limit,
            count,
            takes_depth,
        };
        return Err(fault.into());
    }
    let highlight = match &wishes.highlight {
        None => Vec::new(),
        Some(query) => highlighted(session, query)?,
    };
    let bridges = match wishes.has_bridges() {
        true => bridges(session, &reply.answer.filter, &members)?,
        false => Vec::new(),
    };
    let page = Page {
        look: wishes.look(layout, &highlight, &bridges),
        width: screen.width.filter(|_| wishes.file.is_none()),
        color: screen.has_color && wishes.file.is_none(),
        ..Page::new(&reply.answer, snapshot, &reply.query)
    };
    let mut notes = Vec::new();
    let is_shown = |entity: &EntityId| members.contains(entity);
    if !highlight.is_empty() && !highlight.iter().any(is_shown) {
        notes.push("nothing of what is to stand out is in the picture".to_owned());
    }
    notes.extend(honour::notes(wishes, format, layout));
    notes.extend(unknown_language(snapshot, wishes.lang()));
    let bytes = bytes(&page, format, wishes.engine(), &mut notes)?;
    Ok(Drawn { bytes, notes })
}

/// Whether some function in a query takes a number of steps.
fn takes_depth(query: &str) -> bool {
    let mut functions = set_functions().filter(|function| {
        let mut params = function.params.iter();
        params.any(|param| param.name == "depth")
    });
    functions.any(|function| query.contains(&format!("{}(", function.name)))
}

/// The bytes of a page in a format.
fn bytes(
    page: &Page<'_>,
    format: &Format,
    engine: Engine,
    notes: &mut Vec<String>,
) -> Result<Vec<u8>, Error> {
    let wants_dot = engine == Engine::Dot;
    if !wants_dot && format.is_built_in {
        let text = (format.render)(page);
        notes.extend((format.remark)(&text));
        return Ok(text.into_bytes());
    }
    #[cfg(feature = "png")]
    if !wants_dot && format.name == "png" {
        let svg = (format.render)(page);
        let bytes = pixels::png(&svg, &render::families(page.look.font))?;
        return Ok(marked(bytes, "png"));
    }
    let Some(kind) = format.dot_output else {
        let message = format!("Graphviz does not make `{}`", format.name);
        let able = render::pictures().filter(|other| other.dot_output.is_some());
        let able: Vec<&str> = able.map(|other| other.name).collect();
        let hint = format!("leave out `--engine dot`, or draw {}", able.join(" or "));
        return Err(Error::Usage(message, Some(hint)));
    };
    let dot = render::find("dot").expect("the table of formats has `dot`");
    if !dot.layouts.contains(&page.look.layout) {
        let message = "Graphviz draws layers and no other layout".to_owned();
        return Err(Error::Usage(
            message,
            Some("leave out `--engine dot`".to_owned()),
        ));
    }
    let bytes = graphviz(&(dot.render)(page), kind)?;
    Ok(marked(bytes, kind))
}

/// What stands out: the entities of the answers to a query.
fn highlighted(session: &Session, query: &str) -> Result<Vec<EntityId>, Error> {
    let mut session = session.clone();
    let replies = session.query(query).map_err(|error| match error {
        Error::Query(found) => {
            let first = found.first();
            let message = first.map_or(String::new(), |found| found.message.clone());
            let message = format!("what is to stand out: {message}");
            let hint = first.and_then(|found| found.hints.first().cloned());
            let hint = hint.unwrap_or_else(|| "`highlight` takes a query".to_owned());
            Error::Usage(message, Some(hint))
        }
        other => other,
    })?;
    let snapshot = session.snapshot();
    let mut found: Vec<EntityId> = Vec::new();
    for Reply { answer, .. } in &replies {
        // The members of a set stand out, and not what they were reached from.
        match answer.is_set() {
            true => found.extend(answer.entities()),
            false => found.extend(answer.subgraph(snapshot).entities()),
        }
    }
    stable::sort(&mut found);
    found.dedup();
    Ok(found)
}

/// Ways along the lineage through what is left out; along everything where there is no lineage.
fn bridges(
    session: &Session,
    filter: &Filter,
    members: &[EntityId],
) -> Result<Vec<(EntityId, EntityId)>, Error> {
    let snapshot = session.snapshot();
    let schema = &snapshot.schema;
    let along = match schema.group(LINEAGE) {
        Some(_) => Along::group(schema, LINEAGE),
        None => Along::everything(schema),
    };
    let view = View {
        snapshot,
        filter,
        along: &along,
    };
    let mut budget = Budget::new(session.limits.clone(), session.interrupt().clone());
    Ok(algo::bridges(view, members, &mut budget)?)
}

/// What is to be said if no word of the schema is in a language.
fn unknown_language(snapshot: &Snapshot, lang: Option<&str>) -> Option<String> {
    let lang = lang?;
    let kinds = snapshot.schema.kinds.iter().map(|kind| &kind.label);
    let relations = snapshot.schema.relations.iter().map(|row| &row.label);
    let known: BTreeSet<&str> = kinds
        .chain(relations)
        .flat_map(|label| label.0.iter().map(|(known, _)| known.as_str()))
        .collect();
    if known.contains(lang) {
        return None;
    }
    let (lang, known) = (
        escape::clipped(lang, 20),
        known.into_iter().collect::<Vec<_>>(),
    );
    Some(match known.is_empty() {
        true => format!("the schema has no words in `{lang}`"),
        false => format!(
            "the schema has words in {}, not in `{lang}`",
            known.join(", ")
        ),
    })
}

/// Where a picture goes: into the file that is wished for, or to where answers go.
///
/// Errors: those of [`put`]; a picture in pixels has no file, and `way` is how one is named.
pub(super) fn send(drawn: Drawn, wishes: &Wishes, way: &str) -> Result<Outcome, Error> {
    let mut outcome = Outcome::default();
    match &wishes.file {
        Some(file) => put(file, &drawn.bytes)?,
        None => {
            outcome.output = String::from_utf8(drawn.bytes).map_err(|_| {
                let message = "a picture in pixels goes into a file".to_owned();
                Error::Usage(message, Some(format!("name it: `{way} picture.png`")))
            })?;
        }
    }
    let notes = drawn.notes.iter();
    let notes = notes.map(|note| format!("note: {}\n", escape::visible(note)));
    outcome.remarks = notes.collect();
    Ok(outcome)
}

/// Puts a picture into a file, in the place of one that kin drew.
///
/// Errors: what is there was not drawn by kin, or is no regular file; the folder is not there; the
/// disk says no. What was there is then as it was.
pub(super) fn put(file: &Path, bytes: &[u8]) -> Result<(), Error> {
    let shown = file.to_string_lossy();
    let shown = escape::clipped(&shown, 100);
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.exists()) {
        let hint = "make the folder first, or name another one";
        return Err(save::failed(file, "there is no such folder", hint));
    }
    let is_file = std::fs::symlink_metadata(file).is_ok_and(|there| there.is_file());
    if is_file && !mark::is_ours(file).map_err(|error| Error::Io(file.to_owned(), error))? {
        let message = format!("`{shown}` is there already, and kin did not draw it");
        let hint = "choose another name, or move that file away".to_owned();
        return Err(Error::Usage(message, Some(hint)));
    }
    save::replace(file, bytes, Writers::Any)
}

/// Runs `dot` on a text.
fn graphviz(text: &str, kind: &str) -> Result<Vec<u8>, Error> {
    let failed = |error: std::io::Error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            let message = format!("{} needs Graphviz's program `dot`", kind.to_uppercase());
            let hint = "install the package `graphviz`, or write a .dot file instead";
            return Error::Usage(message, Some(hint.to_owned()));
        }
        Error::Io(PathBuf::from("dot"), error)
    };
    let mut child = Command::new("dot")
        .arg(format!("-T{kind}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut input = child.stdin.take().expect("the child's input is a pipe");
    let text = text.to_owned();
    let write = move || input.write_all(text.as_bytes());
    let writer = std::thread::Builder::new().spawn(write).map_err(failed)?;
    let output = child.wait_with_output().map_err(failed)?;
    let _ = writer.join();
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let message = format!("`dot` failed: {}", escape::clipped(said.trim(), 300));
    Err(Error::Usage(
        message,
        Some("write a .dot file to look at what it was given".to_owned()),
    ))
}
