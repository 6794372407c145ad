//! Pictures into files: DOT as it is, SVG and PNG through an installed Graphviz.

use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use crate::diagnostic::Error;
use crate::diagnostic::escape;
use crate::model::Snapshot;
use crate::render;
use crate::render::Format;
use crate::render::Look;
use crate::render::Page;
use crate::shell::save;
use crate::shell::session::Reply;

/// Where a picture goes, and as what.
#[derive(Debug)]
pub(super) struct Target {
    /// The file; standard output if there is none.
    file: Option<PathBuf>,
    /// What kind of picture it is.
    format: &'static Format,
}

impl Target {
    /// The target that a file's ending names. Errors: an ending that is no picture's.
    pub(super) fn of(file: Option<&Path>) -> Result<Target, Error> {
        let Some(file) = file else {
            return Ok(Target {
                file: None,
                format: render::find("dot").expect("the table of formats has `dot`"),
            });
        };
        let ending = file
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or_default();
        let Some(format) = render::by_extension(ending).filter(|format| format.is_picture) else {
            let message = format!("`.{}` is no picture", escape::clipped(ending, 20));
            let hint = "end the file's name with .dot, .svg or .png".to_owned();
            return Err(Error::Usage(message, Some(hint)));
        };
        Ok(Target {
            file: Some(file.to_owned()),
            format,
        })
    }
}

/// The bytes of a picture of an answer.
///
/// Errors: there is nothing in it to draw; Graphviz is wanted and not there, or fails.
pub(super) fn bytes(
    reply: &Reply,
    snapshot: &Snapshot,
    format: &Format,
    look: Look<'_>,
) -> Result<Vec<u8>, Error> {
    if !reply.answer.can_be_drawn() {
        let message = "the answer has no entities to draw".to_owned();
        let hint = "draw a set or a path: kin draw 'lineage(CoreOS)'".to_owned();
        return Err(Error::Usage(message, Some(hint)));
    }
    let page = Page {
        look,
        ..Page::new(&reply.answer, snapshot, &reply.query)
    };
    let text = (format.render)(&page);
    match format.dot_output {
        None => Ok(text.into_bytes()),
        Some(kind) => graphviz(&text, kind),
    }
}

/// Draws an answer; gives what belongs on standard output.
///
/// Errors: the file cannot be written; Graphviz is wanted and not there, or fails.
pub(super) fn draw(
    reply: &Reply,
    snapshot: &Snapshot,
    target: &Target,
    look: Look<'_>,
) -> Result<String, Error> {
    let bytes = bytes(reply, snapshot, target.format, look)?;
    match &target.file {
        None => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Some(file) => save::replace(file, &bytes).map(|()| String::new()),
    }
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
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
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
