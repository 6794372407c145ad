//! Files that statements write: `QUERY > file.csv`. What may be written where, and as what.
//!
//! A script is a stranger's file. So it writes below the current folder only, unless the command
//! line says otherwise, and never through a symbolic link.

use std::collections::BTreeSet;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Error;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::diagnostic::escape;
use crate::query::PlannedQuery;
use crate::query::Purpose;
use crate::query::ast::Drawing;
use crate::query::ast::Name;
use crate::query::ast::Target;
use crate::render;
use crate::render::FORMATS;
use crate::render::Format;
use crate::render::Page;
use crate::shell::asked;
use crate::shell::console;
use crate::shell::console::Screen;
use crate::shell::drawing::Wishes;
use crate::shell::picture;
use crate::shell::save;
use crate::shell::save::Writers;
use crate::shell::session::Reply;
use crate::shell::session::Session;

/// Where files may be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Nowhere.
    #[default]
    Nowhere,
    /// Below this folder.
    Below(PathBuf),
    /// Anywhere; a relative path begins at this folder.
    Anywhere(PathBuf),
}

/// The files that statements may write, and those that they have written.
#[derive(Clone, Debug, Default)]
pub struct Files {
    reach: Reach,
    written: BTreeSet<PathBuf>,
}

/// Why a file is not written, and what to do.
struct Refusal {
    message: String,
    hint: Option<String>,
}

impl Refusal {
    fn new(message: impl Into<String>, hint: impl Into<Option<String>>) -> Refusal {
        Refusal {
            message: message.into(),
            hint: hint.into(),
        }
    }
}

impl Files {
    /// Files within reach, none of them written yet.
    pub fn within(reach: Reach) -> Files {
        Files {
            reach,
            written: BTreeSet::new(),
        }
    }

    /// Forgets what was written: a new run begins.
    pub(super) fn begin(&mut self) {
        self.written.clear();
    }

    /// Notes a file that is written by other means, so that no statement writes it too.
    pub(super) fn reserve(&mut self, file: &Path) {
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if let (Ok(folder), Some(name)) = (folder.canonicalize(), file.file_name()) {
            self.written.insert(folder.join(name));
        }
    }

    /// Checks the files that the answers of a text are to go into, before anything of it runs.
    ///
    /// Errors: a diagnostic for every file that may not be written.
    pub(super) fn check(&self, queries: &[PlannedQuery]) -> Result<(), Error> {
        let mut findings = Vec::new();
        let mut soon = BTreeSet::new();
        for query in queries {
            if let Purpose::Answer(Some(target)) = &query.purpose
                && let Some(name) = file_of(target)
            {
                findings.extend(self.check_file(name, &mut soon));
            }
        }
        all_well(findings)
    }

    fn check_file(&self, name: &Name, soon: &mut BTreeSet<PathBuf>) -> Option<Diagnostic> {
        match self.place(&name.text) {
            Err(refusal) => Some(finding(name, refusal)),
            Ok((place, _)) => match soon.insert(place) {
                true => None,
                false => Some(finding(name, twice(&name.text))),
            },
        }
    }

    /// Writes an answer into a file, and tells so.
    ///
    /// Errors: the place has become one that may not be written; the disk says no; a picture of an
    /// answer without entities.
    pub(super) fn write(
        &mut self,
        name: &Name,
        reply: &Reply,
        session: &Session,
        wishes: Option<&Wishes>,
    ) -> Result<String, Error> {
        let (place, format) = self
            .place(&name.text)
            .map_err(|refusal| Error::from(finding(name, refusal)))?;
        let rows = console::counted(reply.answer.table.rows.len(), "row", "rows");
        let file = escape::visible(&name.text);
        let told = match (format.is_picture, wishes) {
            (false, None) => {
                let page = Page::new(&reply.answer, session.snapshot(), &reply.query);
                save::replace(&place, (format.render)(&page).as_bytes(), Writers::Any)?;
                format!("note: wrote {rows} into `{file}`\n")
            }
            (_, wishes) => {
                let mut wishes = wishes.cloned().unwrap_or_default();
                wishes.file = Some(place.clone());
                let drawn = picture::drawn(session, reply, &wishes, Screen::default(), false)?;
                picture::put(&place, &drawn.bytes)?;
                let notes = drawn.notes.iter().map(|note| format!("note: {note}\n"));
                format!("note: drew {rows} into `{file}`\n") + &notes.collect::<String>()
            }
        };
        self.written.insert(place);
        Ok(told)
    }

    /// Where a file really is, and the format that its ending means.
    fn place(&self, written: &str) -> Result<(PathBuf, &'static Format), Refusal> {
        let format = by_ending(written)?;
        let path = Path::new(written);
        let place = match &self.reach {
            Reach::Nowhere => {
                let hint = "`kin` and `kin run` write files".to_owned();
                return Err(Refusal::new("no file can be written from here", hint));
            }
            Reach::Below(folder) => below(folder, path)?,
            Reach::Anywhere(folder) => anywhere(folder, path)?,
        };
        match std::fs::symlink_metadata(&place) {
            Ok(there) if there.is_symlink() => return Err(through_link(written)),
            Ok(there) if !there.is_file() => {
                let message = format!("{} is no regular file", quoted(written));
                return Err(Refusal::new(message, "choose another name".to_owned()));
            }
            _ => {}
        }
        if self.written.contains(&place) {
            return Err(twice(written));
        }
        Ok((place, format))
    }
}

/// Checks that every format and every ending of a file's name in a text is one.
///
/// Errors: a diagnostic for each that is none.
pub(super) fn check_formats(queries: &[PlannedQuery]) -> Result<(), Error> {
    let findings = queries.iter().filter_map(|query| match &query.purpose {
        Purpose::Answer(Some(Target::Format(name))) => check_format(name),
        Purpose::Answer(Some(Target::File(name))) => {
            let refusal = by_ending(&name.text).err()?;
            Some(finding(name, refusal))
        }
        Purpose::Answer(Some(Target::Drawing(drawing))) => check_drawing(drawing),
        _ => None,
    });
    all_well(findings.collect())
}

/// The file that an answer goes into.
fn file_of(target: &Target) -> Option<&Name> {
    match target {
        Target::File(name) => Some(name),
        Target::Drawing(drawing) => drawing.file.as_ref(),
        Target::Format(_) => None,
    }
}

fn check_drawing(drawing: &Drawing) -> Option<Diagnostic> {
    let (place, error) = asked::wishes(drawing).err()?;
    let (message, hint) = match error {
        Error::Usage(message, hint) => (message, hint),
        other => (other.to_string(), None),
    };
    Some(Diagnostic::error(&code::BAD_TARGET, place, message).hint(hint))
}

fn all_well(findings: Vec<Diagnostic>) -> Result<(), Error> {
    match findings.is_empty() {
        true => Ok(()),
        false => Err(findings.into()),
    }
}

/// The format in which an answer is shown.
pub(super) fn format(target: Option<&Target>) -> Option<&'static Format> {
    match target {
        Some(Target::Format(name)) => console::format(&name.text).ok(),
        _ => None,
    }
}

fn check_format(name: &Name) -> Option<Diagnostic> {
    // `as of` without a date reads as a format called `of`.
    if name.text.eq_ignore_ascii_case("of") {
        let end = name.span.end as usize;
        let finding =
            Diagnostic::error(&code::BAD_DATE, Span::new(end..end), "`as of` wants a date");
        return Some(finding.hint("write it as 2021, 2021-05 or 2021-05-31".to_owned()));
    }
    let error = console::format(&name.text).err()?;
    let (message, hint) = match error {
        Error::Usage(message, hint) => (message, hint),
        other => (other.to_string(), None),
    };
    let hint = match render::find(&name.text) {
        Some(format) => Some(format!("write a file: `QUERY > picture.{}`", format.name)),
        None => hint,
    };
    Some(finding(name, Refusal::new(message, hint)))
}

fn finding(name: &Name, refusal: Refusal) -> Diagnostic {
    Diagnostic::error(&code::BAD_TARGET, name.span, refusal.message).hint(refusal.hint)
}

fn quoted(path: &str) -> String {
    format!("`{}`", escape::clipped(path, 100))
}

fn twice(written: &str) -> Refusal {
    let message = format!("{} is written twice", quoted(written));
    Refusal::new(message, "choose another name for one of them".to_owned())
}

fn through_link(written: &str) -> Refusal {
    let message = format!("{} leads through a symbolic link", quoted(written));
    Refusal::new(message, "name the place itself".to_owned())
}

/// The format that the ending of a file's name means.
fn by_ending(written: &str) -> Result<&'static Format, Refusal> {
    let ending = Path::new(written).extension();
    let ending = ending.and_then(|ending| ending.to_str()).unwrap_or("");
    if let Some(format) = render::by_extension(ending) {
        return Ok(format);
    }
    let message = match ending {
        "" => format!("{} has no ending that tells a format", quoted(written)),
        ending => format!(
            "no format has the ending `.{}`",
            escape::clipped(ending, 20)
        ),
    };
    let endings = FORMATS.iter().flat_map(|format| format.extensions);
    let mut known = BTreeSet::new();
    let endings = endings.filter(|ending| known.insert(**ending));
    let endings: Vec<String> = endings.map(|ending| format!(".{ending}")).collect();
    let hint = format!("the endings are {}", endings.join(", "));
    Err(Refusal::new(message, hint))
}

/// Follows a path from a folder step by step: it must end below it, and no step may be a link.
fn below(folder: &Path, path: &Path) -> Result<PathBuf, Refusal> {
    let written = path.to_string_lossy();
    let outside = || {
        let message = format!("{} is not below the current folder", quoted(&written));
        let hint = "start kin with `--allow-outside` if it is meant to be written there";
        Refusal::new(message, hint.to_owned())
    };
    let root = folder.canonicalize().map_err(|_| outside())?;
    // A path from the root of the file system may lead back here.
    let path = match path.is_absolute() {
        false => path,
        true => path
            .strip_prefix(folder)
            .or_else(|_| path.strip_prefix(&root))
            .map_err(|_| outside())?,
    };
    let mut place = root.clone();
    for component in path.components() {
        match component {
            Component::Normal(name) => place.push(name),
            Component::ParentDir => {
                place.pop();
            }
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return Err(outside()),
        }
        // What lies outside is not even looked at.
        if !place.starts_with(&root) {
            return Err(outside());
        }
        if place.is_symlink() {
            return Err(through_link(&written));
        }
    }
    folder_of(&place, &written)?;
    Ok(place)
}

/// Where a path leads to, with the links on the way to it followed.
fn anywhere(folder: &Path, path: &Path) -> Result<PathBuf, Refusal> {
    let written = path.to_string_lossy();
    let place = folder.join(path);
    let parent = folder_of(&place, &written)?;
    let name = place.file_name().unwrap_or_default();
    Ok(parent.join(name))
}

/// The folder in which a file is, if it is there.
fn folder_of(place: &Path, written: &str) -> Result<PathBuf, Refusal> {
    let parent = place.parent().unwrap_or(Path::new(""));
    let parent = parent.canonicalize().ok().filter(|parent| parent.is_dir());
    parent.ok_or_else(|| {
        let message = format!("there is no folder for {}", quoted(written));
        Refusal::new(message, "make it first".to_owned())
    })
}
