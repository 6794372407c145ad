//! Elements of SVG, which escape everything that is put into them.
//!
//! There is no way to put markup in but as an element: names are `'static`, and every value and
//! every text is escaped on its way. SVG: <https://www.w3.org/TR/SVG2/>.

use crate::render::xml;

/// One element with its attributes and what is in it.
#[derive(Clone, Debug)]
pub(in crate::render) struct Element {
    name: &'static str,
    attributes: String,
    content: String,
}

impl Element {
    /// An empty element.
    pub(in crate::render) fn new(name: &'static str) -> Element {
        Element {
            name,
            attributes: String::new(),
            content: String::new(),
        }
    }

    /// With an attribute, its value escaped.
    pub(in crate::render) fn with(mut self, name: &'static str, value: &str) -> Element {
        self.attributes += " ";
        self.attributes += name;
        self.attributes += "=\"";
        self.attributes.push_str(&xml::shown(value));
        self.attributes.push('"');
        self
    }

    /// With an attribute that is a length in pixels, to a tenth.
    pub(in crate::render) fn at(self, name: &'static str, value: f64) -> Element {
        self.with(name, &number(value))
    }

    /// With an element at the end of what is in it.
    pub(in crate::render) fn child(mut self, child: Element) -> Element {
        self.push(child);
        self
    }

    /// Puts an element at the end of what is in it.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an element stands in one place"
    )]
    pub(in crate::render) fn push(&mut self, child: Element) {
        child.write(&mut self.content);
    }

    /// With text at the end of what is in it, escaped.
    pub(in crate::render) fn text(mut self, text: &str) -> Element {
        self.content.push_str(&xml::shown(text));
        self
    }

    /// With text whose line feeds are kept: for style sheets.
    pub(super) fn text_lines(mut self, text: &str) -> Element {
        for line in text.lines() {
            self.content.push_str(&xml::shown(line));
            self.content.push('\n');
        }
        self
    }

    /// With lines that are shown when it is pointed at, before all else; none if there are none.
    pub(in crate::render) fn titled(mut self, lines: &[String]) -> Element {
        if lines.is_empty() {
            return self;
        }
        let mut title = Element::new("title");
        for (place, line) in lines.iter().enumerate() {
            if place > 0 {
                title.content.push('\n');
            }
            title.content.push_str(&xml::shown(line));
        }
        let mut content = String::new();
        title.write(&mut content);
        self.content.insert_str(0, &content);
        self
    }

    /// The element as a link to `address`; as it is where there is none, or none that is safe.
    pub(in crate::render) fn linked(self, address: Option<&str>) -> Element {
        match address.filter(|address| is_safe(address)) {
            None => self,
            Some(address) => Element::new("a")
                .with("href", address)
                .with("target", "_blank")
                .with("rel", "noopener noreferrer")
                .child(self),
        }
    }

    /// The element as a file of its own.
    pub(in crate::render) fn into_document(self) -> String {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.write(&mut text);
        text
    }

    /// Appends the element, and a line feed, to `text`.
    fn write(&self, text: &mut String) {
        *text += "<";
        *text += self.name;
        *text += &self.attributes;
        if self.content.is_empty() {
            *text += "/>\n";
            return;
        }
        *text += ">";
        // White space inside text counts; between elements it does not.
        if self.content.ends_with(">\n") {
            text.push('\n');
        }
        *text += &self.content;
        *text += "</";
        *text += self.name;
        *text += ">\n";
    }
}

/// Whether it is a place to send people: a page, or somebody's letter box.
fn is_safe(address: &str) -> bool {
    ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| address.starts_with(scheme))
}

/// A length as SVG writes it: at most one digit behind the point, and no `-0`.
pub(in crate::render) fn number(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, tenth) = (tenths.abs() / 10, tenths.abs() % 10);
    match tenth {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{tenth}"),
    }
}
