//! One HTML file to explore a picture in: the SVG, what is known as JSON, and a script of ours.
//!
//! The file asks nothing of anywhere: its policy lets it load nothing, and run the one script
//! whose digest it names (Content Security Policy, <https://www.w3.org/TR/CSP3/>). Names reach it
//! as escaped text or as JSON, in which nothing can end the element that holds it, and the script
//! puts them on the page as text. The same page gives the same bytes.

mod data;
mod digest;

use crate::render::MARK;
use crate::render::Page;
use crate::render::picture::PageWords;
use crate::render::picture::Picture;
use crate::render::picture::Theme;
use crate::render::svg;
use crate::render::xml;

const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");

/// The file: head, search and sliders, picture, what is known of what is chosen, data, script.
pub(super) fn render(page: &Page<'_>) -> String {
    let picture = Picture::of(page);
    let drawn = svg::of(&picture);
    let drawn = drawn
        .split_once("?>\n")
        .map_or(drawn.as_str(), |(_, drawn)| drawn);
    let theme = match page.look.theme {
        Theme::Auto => "light dark",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let words = &picture.words.page;
    let lang = page.look.lang.unwrap_or("en");
    let title = xml::shown(&picture.title);
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'unsafe-inline'; \
         base-uri 'none'; form-action 'none'",
        digest::sha256_base64(SCRIPT.as_bytes())
    );
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\" style=\"color-scheme: {theme}\">\n<head>\n\
         <meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"generator\" content=\"{MARK}\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{controls}\
         <main>\n<div id=\"kin-stage\" tabindex=\"0\" aria-label=\"{stage}\">\n{drawn}</div>\n\
         {panel}</main>\n\
         <script type=\"application/json\" id=\"kin-data\">{data}</script>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>\n",
        lang = xml::shown(lang),
        controls = controls(words),
        stage = words.stage,
        panel = panel(words),
        data = data::json(&picture),
    )
}

/// What stands above the picture.
fn controls(words: &PageWords) -> String {
    let PageWords {
        search,
        search_names,
        names,
        steps,
        as_of,
        smaller,
        larger,
        fit,
        clear,
        no_script,
        ..
    } = words;
    format!(
        r#"<header id="kin-bar">
<span id="kin-find"><input id="kin-search" type="search" role="combobox" autocomplete="off"
 spellcheck="false" placeholder="{search}" aria-label="{search_names}"
 aria-controls="kin-hits" aria-expanded="false" aria-autocomplete="list">
<ul id="kin-hits" role="listbox" aria-label="{names}" hidden></ul></span>
<label>{steps} <input id="kin-depth" type="range" min="1" max="1" value="1" disabled>
<output id="kin-depth-now" for="kin-depth"></output></label>
<label id="kin-when">{as_of} <input id="kin-time" type="range" min="0" max="0" value="0">
<output id="kin-time-now" for="kin-time"></output></label>
<span id="kin-zoom"><button type="button" id="kin-out" aria-label="{smaller}">−</button>
<button type="button" id="kin-in" aria-label="{larger}">+</button>
<button type="button" id="kin-fit">{fit}</button>
<button type="button" id="kin-clear">{clear}</button></span>
<span id="kin-counts" role="status" aria-live="polite"></span>
</header>
<noscript><p>{no_script}</p>
</noscript>
"#
    )
}

/// What stands beside the picture: what is known of what is chosen.
fn panel(words: &PageWords) -> String {
    let label = words.panel;
    format!("<aside id=\"kin-panel\" aria-label=\"{label}\" hidden></aside>\n")
}
