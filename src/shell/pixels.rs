//! SVG as PNG, with the fonts of the system.
//!
//! A letter that no font has is an error: a picture without text would say less than it seems to.

use std::sync::Arc;
use std::sync::Mutex;

use resvg::tiny_skia::Pixmap;
use resvg::tiny_skia::Transform;
use resvg::usvg::FontResolver;
use resvg::usvg::Options;
use resvg::usvg::Tree;
use resvg::usvg::fontdb::Database;
use resvg::usvg::fontdb::FaceInfo;
use resvg::usvg::fontdb::Style;
use resvg::usvg::fontdb::Weight;

use crate::diagnostic::Error;
use crate::model::stable;

/// Pixels of the PNG for one of the SVG, if that is not too many.
const SCALE: f32 = 2.0;
/// A PNG has at most so many pixels.
const PIXELS_MAX: f32 = 80_000_000.0;
/// And is not made at all if there would be fewer of them for one of the SVG.
const SCALE_MIN: f32 = 0.25;
/// So many letters without a glyph are named.
const NAMED_MAX: usize = 8;

/// The PNG of an SVG, in letters of the first of `families` that is installed.
///
/// It has two pixels for one of the SVG, or as many as it can if the picture is large. Errors: no
/// font is installed, or none has one of the letters; the picture is too large.
pub(super) fn png(svg: &str, families: &[String]) -> Result<Vec<u8>, Error> {
    let fonts = fonts(families);
    if fonts.is_empty() {
        return Err(refusal("no font is installed", "install one, or draw SVG"));
    }
    let missing: Arc<Mutex<Vec<char>>> = Arc::default();
    let tree = tree(svg, fonts, &missing)?;
    let missing = missing.lock().expect("no thread fails while it looks");
    if !missing.is_empty() {
        let named = missing.iter().take(NAMED_MAX);
        let named: Vec<String> = named.map(|letter| format!("`{letter}`")).collect();
        let message = format!("no installed font has {}", named.join(" "));
        let hint = "install a font for that script, such as `fonts-noto-cjk`, or draw SVG";
        return Err(refusal(&message, hint));
    }
    let size = tree.size();
    let scale = SCALE.min((PIXELS_MAX / (size.width() * size.height())).sqrt());
    let pixels = |length: f32| (length * scale).ceil() as u32;
    let map = Pixmap::new(pixels(size.width()), pixels(size.height()));
    let Some(mut map) = map.filter(|_| scale >= SCALE_MIN) else {
        return Err(refusal("the picture is too large for PNG", "draw SVG"));
    };
    let transform = Transform::from_scale(scale, scale);
    resvg::render(&tree, transform, &mut map.as_mut());
    map.encode_png()
        .map_err(|error| refusal(&format!("the PNG could not be made: {error}"), "draw SVG"))
}

fn refusal(message: &str, hint: &str) -> Error {
    Error::Usage(message.to_owned(), Some(hint.to_owned()))
}

/// The fonts of the system: those of `families` first, in that order, so that a letter which one
/// lacks is looked for in the next; the rest by name.
fn fonts(families: &[String]) -> Database {
    let mut found = Database::new();
    found.load_system_fonts();
    let rank = |face: &FaceInfo| {
        let names = face.families.iter().map(|(name, _)| name);
        let ranks = names.filter_map(|name| families.iter().position(|family| family == name));
        ranks.min().unwrap_or(families.len())
    };
    let mut faces: Vec<FaceInfo> = found.faces().cloned().collect();
    // Of a family the upright face of usual weight, which stands in for all others.
    let key = |face: &FaceInfo| {
        let is_slanted = face.style != Style::Normal;
        let weight = face.weight.0.abs_diff(Weight::NORMAL.0);
        (
            rank(face),
            is_slanted,
            weight,
            face.post_script_name.clone(),
        )
    };
    stable::sort_by_cached_key(&mut faces, key);
    let first = faces.first().and_then(|face| face.families.first());
    let first = first.map(|(name, _)| name.clone()).unwrap_or_default();
    let mut fonts = Database::new();
    for face in faces {
        fonts.push_face_info(face);
    }
    fonts.set_sans_serif_family(&first);
    fonts.set_serif_family(&first);
    fonts.set_monospace_family(&first);
    fonts
}

/// The SVG with its texts as outlines; letters that no font has are put into `missing`.
fn tree(svg: &str, fonts: Database, missing: &Arc<Mutex<Vec<char>>>) -> Result<Tree, Error> {
    let find = FontResolver::default_fallback_selector();
    let found = Arc::clone(missing);
    let mut options = Options {
        fontdb: Arc::new(fonts),
        ..Options::default()
    };
    options.font_resolver.select_fallback = Box::new(move |letter, used, fonts| {
        let font = find(letter, used, fonts);
        // Joiners and selectors of variants have no shape of their own.
        let is_seen = !matches!(letter, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
        if font.is_none() && is_seen && !letter.is_whitespace() {
            let mut missing = found.lock().expect("no thread fails while it looks");
            if !missing.contains(&letter) {
                missing.push(letter);
            }
        }
        font
    });
    Tree::from_str(svg, &options)
        .map_err(|error| refusal(&format!("the SVG does not read: {error}"), "draw SVG"))
}
