//! Draws a complete picture.

use crate::axis::clock;
use crate::colour::{CHROMA, INK, LIKENESS, LINE, MATCH, MELODY, PAPER, Ramp, SOFT_INK};
use crate::heat::HeatMap;
use crate::layout::{GAP, Layout, MARGIN, Panel, STRIP};
use crate::page::{Anchor, Page, Rounded, Style};
use crate::pair::{PairPlot, Span};
use crate::words::{semitones, shortened};

/// The rows of the pitch classes without an accidental; twelve names would not be legible.
const NATURALS: [(usize, &str); 7] = [(0, "C"), (2, "D"), (4, "E"), (5, "F"), (7, "G"), (9, "A"), (11, "B")];

/// The largest number of cells per unit of the page. A picture 2,000 pixels wide shows each of them.
const CELLS_A_UNIT: f64 = 2.0;

const NAME: Style = Style { size: 19.0, colour: INK, bold: true, anchor: Anchor::Start };
const FACT: Style = Style { size: 13.5, colour: SOFT_INK, bold: false, anchor: Anchor::Start };
const AXIS: Style = Style { size: 12.0, colour: INK, bold: false, anchor: Anchor::Middle };
const TICK: Style = Style { size: 10.5, colour: SOFT_INK, bold: false, anchor: Anchor::Middle };
const PITCH: Style = Style { size: 8.5, colour: SOFT_INK, bold: false, anchor: Anchor::Middle };

/// The picture as SVG: the heat maps of both tracks along the axes, their similarity matrix between them, and the
/// matching passages over the matrix.
pub fn svg(plot: &PairPlot) -> String {
    let layout = Layout::of(plot);
    let title = format!("{} and {}: {}", plot.a.name, plot.b.name, plot.relation);
    let mut page = Page::new(layout.width, layout.height, PAPER, &title);
    heading(&mut page, &layout, plot);
    likeness(&mut page, &layout, plot);
    strips_of_a(&mut page, &layout, plot);
    strips_of_b(&mut page, &layout, plot);
    for span in &plot.spans {
        passage(&mut page, &layout, span, plot.likeness.half_window_s());
    }
    legend(&mut page, &layout, plot);
    page.finish()
}

fn heading(page: &mut Page, layout: &Layout, plot: &PairPlot) {
    let room = layout.width - 2.0 * MARGIN;
    for (line, name) in [&plot.a.name, &plot.b.name].into_iter().enumerate() {
        let y = MARGIN + 17.0 + 25.0 * line as f64;
        page.text((MARGIN, y), NAME, &shortened(name, NAME.size, room));
    }
    let facts = shortened(&format!("{}: {}", plot.relation, plot.reason), FACT.size, room);
    page.text((MARGIN, MARGIN + 67.0), FACT, &facts);
}

fn likeness(page: &mut Page, layout: &Layout, plot: &PairPlot) {
    let of = &plot.likeness;
    let cells = HeatMap::of_likeness(of, most_cells(layout.matrix.width.max(layout.matrix.height)));
    let reach = |n: usize| of.start_s + n as f64 * of.step_s;
    let (x, y) = (layout.x(of.start_s), layout.y(reach(of.n_b)));
    let panel = Panel { x, y, width: layout.x(reach(of.n_a)) - x, height: layout.y(of.start_s) - y };
    image(page, panel, &cells, &LIKENESS);
    let grid = "stroke=\"#000000\" stroke-opacity=\"0.08\"";
    for second in layout.a_axis.ticks().skip(1).map(|second| layout.x(f64::from(second))) {
        page.line((second, layout.matrix.y), (second, layout.matrix.bottom()), grid);
    }
    for second in layout.b_axis.ticks().skip(1).map(|second| layout.y(f64::from(second))) {
        page.line((layout.matrix.x, second), (layout.matrix.right(), second), grid);
    }
    frame(page, layout.matrix);
}

fn strips_of_a(page: &mut Page, layout: &Layout, plot: &PairPlot) {
    let (track, strips) = (&plot.a, layout.a);
    let maps = [
        (Some(strips.chroma), Some(&track.chroma), &CHROMA),
        (strips.melody, track.melody.as_ref(), &MELODY),
    ];
    for (panel, frames, ramp) in maps {
        let (Some(panel), Some(frames)) = (panel, frames) else { continue };
        let width = layout.x(frames.len() as f64 / track.frame_rate_hz) - panel.x;
        image(page, Panel { width, ..panel }, &HeatMap::lying(frames, 0, most_cells(panel.width)), ramp);
        frame(page, panel);
        for (row, name) in NATURALS {
            let y = panel.bottom() - (row as f64 + 0.5) * STRIP / 12.0 + 3.0;
            page.text((panel.x - 5.0, y), Style { anchor: Anchor::End, ..PITCH }, name);
        }
    }
    let bottom = strips.outer().bottom();
    for second in layout.a_axis.ticks() {
        let x = layout.x(f64::from(second));
        page.line((x, bottom), (x, bottom + 4.0), &stroke(LINE));
        page.text((x, bottom + 16.0), TICK, &clock(second));
    }
    let name = shortened(&track.name, AXIS.size, layout.matrix.width);
    page.text((layout.matrix.x + layout.matrix.width / 2.0, bottom + 38.0), AXIS, &name);
}

fn strips_of_b(page: &mut Page, layout: &Layout, plot: &PairPlot) {
    let (track, strips, shift) = (&plot.b, layout.b, -plot.key_shift);
    let maps = [
        (Some(strips.chroma), Some(&track.chroma), &CHROMA),
        (strips.melody, track.melody.as_ref(), &MELODY),
    ];
    for (panel, frames, ramp) in maps {
        let (Some(panel), Some(frames)) = (panel, frames) else { continue };
        let y = layout.y(frames.len() as f64 / track.frame_rate_hz);
        let filled = Panel { y, height: panel.bottom() - y, ..panel };
        image(page, filled, &HeatMap::standing(frames, shift, most_cells(panel.height)), ramp);
        frame(page, panel);
        for (column, name) in NATURALS {
            let x = panel.x + (column as f64 + 0.5) * STRIP / 12.0;
            page.text((x, panel.bottom() + 10.0), PITCH, name);
        }
    }
    let left = strips.outer().x;
    for second in layout.b_axis.ticks() {
        let y = layout.y(f64::from(second));
        page.line((left - 4.0, y), (left, y), &stroke(LINE));
        page.text((left - 8.0, y + 3.5), Style { anchor: Anchor::End, ..TICK }, &clock(second));
    }
    let middle = layout.matrix.y + layout.matrix.height / 2.0;
    page.text_upwards(
        (MARGIN + 10.0, middle),
        AXIS,
        &shortened(&track.name, AXIS.size, layout.matrix.height),
    );
    if shift != 0 {
        let way = if shift > 0 { "higher" } else { "lower" };
        let moved = format!("drawn {} {way}", semitones(shift.unsigned_abs()));
        page.text_upwards((MARGIN + 26.0, middle), TICK, &moved);
    }
}

/// Draws a matching passage: a line through the matrix, and a bar along each axis. The matrix compares windows second
/// for second, so the line has its own slope only between the middles of the first and the last window.
fn passage(page: &mut Page, layout: &Layout, span: &Span, half_window_s: f64) {
    let (left, right) = (layout.x(span.a_start_s), layout.x(span.a_end_s));
    let (bottom, top) = (layout.y(span.b_start_s), layout.y(span.b_end_s));
    let inner = |start_s: f64, end_s: f64| {
        let half_s = half_window_s.min((end_s - start_s) / 2.0);
        (start_s + half_s, end_s - half_s)
    };
    let (a_inner, b_inner) = (inner(span.a_start_s, span.a_end_s), inner(span.b_start_s, span.b_end_s));
    let line = [
        (left, bottom),
        (layout.x(a_inner.0), layout.y(b_inner.0)),
        (layout.x(a_inner.1), layout.y(b_inner.1)),
        (right, top),
    ];
    for (colour, width) in [(PAPER, 6.0), (MATCH, 3.0)] {
        let look = format!("{} stroke-width=\"{width}\" stroke-linecap=\"round\"", stroke(colour));
        page.path(&line, &look);
    }
    let bar = format!("rx=\"1.5\" fill=\"{MATCH}\"");
    let thickness = 4.0;
    let (x, y) =
        (layout.matrix.x - (GAP + thickness) / 2.0, layout.matrix.bottom() + (GAP - thickness) / 2.0);
    page.rectangle(Panel { x: left, y, width: right - left, height: thickness }, &bar);
    page.rectangle(Panel { x, y: top, width: thickness, height: bottom - top }, &bar);
}

fn legend(page: &mut Page, layout: &Layout, plot: &PairPlot) {
    let y = layout.height - MARGIN - 4.0;
    let has_melody = plot.a.melody.is_some() || plot.b.melody.is_some();
    let mut ramps = vec![("chroma", &CHROMA)];
    ramps.extend(has_melody.then_some(("sung melody", &MELODY)));
    let likeness = format!("likeness of {}", plot.likeness.of);
    ramps.push((&likeness, &LIKENESS));
    let style = Style { anchor: Anchor::Start, ..TICK };
    let mut x = MARGIN;
    let swatch = 64.0;
    for (name, ramp) in ramps {
        let id = name.replace(' ', "-");
        gradient(page, &id, ramp);
        let panel = Panel { x, y: y - 9.0, width: swatch, height: 10.0 };
        page.rectangle(panel, &format!("fill=\"url(#{id})\" {} stroke-width=\"0.75\"", stroke(LINE)));
        page.text((x + swatch + 8.0, y), style, name);
        x += swatch + 36.0 + name.len() as f64 * 5.6;
    }
    if !plot.spans.is_empty() {
        let look = format!("{} stroke-width=\"3\" stroke-linecap=\"round\"", stroke(MATCH));
        page.line((x, y - 4.0), (x + 28.0, y - 4.0), &look);
        page.text((x + 36.0, y), style, "matching passage");
    }
}

fn gradient(page: &mut Page, id: &str, ramp: &Ramp) {
    let last = (ramp.len() - 1) as f64;
    let stop = |(index, [r, g, b]): (usize, &[u8; 3])| {
        format!("<stop offset=\"{}\" stop-color=\"#{r:02x}{g:02x}{b:02x}\"/>", Rounded(index as f64 / last))
    };
    let stops: String = ramp.iter().enumerate().map(stop).collect();
    page.put(format_args!("<linearGradient id=\"{id}\">{stops}</linearGradient>"));
}

fn image(page: &mut Page, panel: Panel, map: &HeatMap, ramp: &Ramp) {
    if let Some(address) = map.data_uri(ramp) {
        page.image(panel, &address);
    }
}

fn frame(page: &mut Page, panel: Panel) {
    page.rectangle(panel, &format!("fill=\"none\" {}", stroke(LINE)));
}

fn stroke(colour: &str) -> String {
    format!("stroke=\"{colour}\"")
}

fn most_cells(length: f64) -> usize {
    (length * CELLS_A_UNIT) as usize
}
