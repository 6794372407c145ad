//! Pictures as SVG, with no program installed: from a page to the text of a file.
//!
//! A picture follows its reader's light or dark page, says its colours' meaning in words as well,
//! has tooltips and links to sources, and is text that stays text. The same page gives the same
//! bytes. SVG: <https://www.w3.org/TR/SVG2/>.

mod arrow;
mod element;
mod layers;
mod sheet;
mod style;
mod text;
pub(super) mod timeline;

use crate::render::MARK;
use crate::render::Page;
use crate::render::picture::Layout;
use crate::render::picture::Picture;
use crate::render::picture::Tints;

#[cfg(feature = "png")]
pub(crate) use style::families;

/// The picture that the page's look asks for.
pub(super) fn render(page: &Page<'_>) -> String {
    let picture = Picture::of(page);
    format!("{}<!-- {MARK} -->\n", of(&picture))
}

/// The file of a picture.
pub(super) fn of(picture: &Picture<'_>) -> String {
    let tints = Tints::of(picture);
    let mut legend = sheet::tints(&tints);
    legend.extend(arrow::legend(picture));
    let body = match picture.page.look.layout {
        _ if picture.boxes.is_empty() => sheet::nothing(picture),
        Layout::Timeline => {
            let (body, signs) = timeline::body(picture, &tints);
            legend.extend(signs);
            body
        }
        Layout::Layers | Layout::Tree => layers::body(picture, &tints),
    };
    sheet::document(picture, body, &legend)
}
