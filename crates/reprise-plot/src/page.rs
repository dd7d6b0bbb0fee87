//! A page of SVG, written element by element.

use std::fmt::{Display, Write};

use crate::layout::Panel;
use crate::words::escaped;

/// The horizontal position of text relative to its point.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// The appearance of text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub size: f64,
    pub colour: &'static str,
    pub bold: bool,
    pub anchor: Anchor,
}

pub(crate) struct Page(String);

impl Page {
    /// An empty page; screen readers read out `title`.
    pub fn new(width: f64, height: f64, paper: &str, title: &str) -> Self {
        let mut page = Self(String::new());
        let (width, height) = (Rounded(width), Rounded(height));
        page.put(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"sans-serif\">"
        ));
        page.put(format_args!("<title>{}</title>", escaped(title)));
        page.put(format_args!("<rect width=\"100%\" height=\"100%\" fill=\"{paper}\"/>"));
        page
    }

    /// Adds an element as written, for elements that have no method here.
    pub fn put(&mut self, element: impl Display) {
        writeln!(self.0, "{element}").expect("a String takes every write");
    }

    pub fn rectangle(&mut self, panel: Panel, attributes: &str) {
        self.put(format_args!("<rect {} {attributes}/>", place(panel)));
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), attributes: &str) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(Rounded);
        self.put(format_args!("<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {attributes}/>"));
    }

    /// A line of straight segments from point to point.
    pub fn path(&mut self, points: &[(f64, f64)], attributes: &str) {
        let point = |(x, y): &(f64, f64)| format!("{},{}", Rounded(*x), Rounded(*y));
        let points: Vec<String> = points.iter().map(point).collect();
        self.put(format_args!("<polyline points=\"{}\" fill=\"none\" {attributes}/>", points.join(" ")));
    }

    /// An image whose cells keep sharp edges at any size.
    pub fn image(&mut self, panel: Panel, address: &str) {
        self.put(format_args!(
            "<image {} preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" href=\"{address}\"/>",
            place(panel)
        ));
    }

    /// Text on its baseline at `(x, y)`.
    pub fn text(&mut self, (x, y): (f64, f64), style: Style, text: &str) {
        self.words(format_args!("x=\"{}\" y=\"{}\"", Rounded(x), Rounded(y)), style, text);
    }

    /// Text that runs upwards.
    pub fn text_upwards(&mut self, (x, y): (f64, f64), style: Style, text: &str) {
        let (x, y) = (Rounded(x), Rounded(y));
        self.words(format_args!("transform=\"translate({x} {y}) rotate(-90)\""), style, text);
    }

    fn words(&mut self, place: impl Display, style: Style, text: &str) {
        let anchor = match style.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if style.bold { " font-weight=\"bold\"" } else { "" };
        let (size, colour) = (style.size, style.colour);
        self.put(format_args!(
            "<text {place} font-size=\"{size}\" fill=\"{colour}\"{anchor}{weight}>{}</text>",
            escaped(text)
        ));
    }

    pub fn finish(mut self) -> String {
        self.0.push_str("</svg>\n");
        self.0
    }
}

fn place(panel: Panel) -> impl Display {
    let [x, y, width, height] = [panel.x, panel.y, panel.width, panel.height].map(Rounded);
    format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"")
}

/// A coordinate rounded to a hundredth, which is indistinguishable on screen and in print.
#[derive(Clone, Copy)]
pub(crate) struct Rounded(pub f64);

impl Display for Rounded {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", (self.0 * 100.0).round() / 100.0)
    }
}
