//! Pictures as SVG, with no program installed: from a page to the text of a file.
//!
//! A picture follows its reader's light or dark page, says its colours' meaning in words as well,
//! has tooltips and links to sources, and is text that stays text. The same page gives the same
//! bytes. SVG: <https://www.w3.org/TR/SVG2/>.

mod arrow;
mod element;
mod sheet;
mod style;
mod text;
mod timeline;

use crate::render::Page;
use crate::render::picture::Layout;
use crate::render::picture::Picture;

/// The picture that the page's look asks for.
pub(super) fn render(page: &Page<'_>) -> String {
    let picture = Picture::of(page);
    if page.look.layout == Layout::Timeline {
        return timeline::render(&picture);
    }
    let body = sheet::Body {
        element: element::Element::new("g"),
        width: 0.0,
        height: 0.0,
    };
    sheet::document(&picture, body, &arrow::legend(&picture))
}
