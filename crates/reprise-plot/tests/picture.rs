//! The content of a picture, read back from the SVG with an XML parser.

#![allow(clippy::unwrap_used)] // a test that unwraps fails with the place and the reason

use reprise_plot::{Likeness, PairPlot, Span, TrackPlot, png, svg};
use roxmltree::{Document, Node};

const FRAME_RATE_HZ: f64 = 10.766;
const STEP_S: f64 = 1.1146;

fn track(name: &str, duration_s: f64) -> TrackPlot {
    let n_frames = (duration_s * FRAME_RATE_HZ) as usize;
    let frame = |t: usize| std::array::from_fn(|p| if (t / 20 + p).is_multiple_of(5) { 0.9 } else { 0.1 });
    let chroma = (0..n_frames).map(frame).collect();
    TrackPlot { name: name.into(), duration_s, frame_rate_hz: FRAME_RATE_HZ, chroma, melody: None }
}

fn pair(a: TrackPlot, b: TrackPlot) -> PairPlot {
    let windows = |track: &TrackPlot| ((track.duration_s / STEP_S) as usize).saturating_sub(5).min(2043);
    let (n_a, n_b) = (windows(&a), windows(&b));
    let values = (0..n_a * n_b).map(|cell| if cell / n_b == cell % n_b { 1.0 } else { 0.0 }).collect();
    PairPlot {
        a,
        b,
        key_shift: 0,
        relation: "Same song, score 17.7".into(),
        reason: "whole song, same key".into(),
        spans: Vec::new(),
        likeness: Likeness { of: "harmony", values, n_a, n_b, step_s: STEP_S, start_s: 2.5 * STEP_S },
    }
}

fn number(node: Node, name: &str) -> f64 {
    node.attribute(name).unwrap_or_else(|| panic!("{name} of {node:?}")).parse().unwrap()
}

fn texts(document: &Document) -> Vec<String> {
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

/// The frame of the similarity matrix, which is the frame with the largest area.
fn matrix(document: &Document) -> (f64, f64, f64, f64) {
    let frames = document
        .descendants()
        .filter(|node| node.has_tag_name("rect") && node.attribute("fill") == Some("none"));
    let size = |node: &Node| number(*node, "width") * number(*node, "height");
    let matrix = frames.max_by(|a, b| size(a).total_cmp(&size(b))).unwrap();
    (number(matrix, "x"), number(matrix, "y"), number(matrix, "width"), number(matrix, "height"))
}

#[test]
fn names_with_signs_of_xml_are_shown_as_they_are() {
    let name = "R&B <\"live\"> 'n' more";
    let picture = svg(&pair(track(name, 60.0), track("b\u{1b}\u{0}\n&amp;", 50.0)));
    let document = Document::parse(&picture).unwrap();
    let texts = texts(&document);
    assert!(texts.iter().any(|text| text == name), "{texts:?}");
    assert!(texts.iter().any(|text| text == "b &amp;"), "{texts:?}");
    assert!(texts.iter().any(|text| text == "Same song, score 17.7: whole song, same key"), "{texts:?}");
}

#[test]
fn passages_lie_at_their_seconds() {
    let mut plot = pair(track("a", 200.0), track("b", 160.0));
    let span = Span { a_start_s: 20.0, a_end_s: 120.0, b_start_s: 40.0, b_end_s: 140.0 };
    plot.spans = vec![span];
    let picture = svg(&plot);
    let document = Document::parse(&picture).unwrap();
    let (x, y, width, height) = matrix(&document);
    let line = document.descendants().find(|node| node.has_tag_name("polyline")).unwrap();
    let coordinates = line.attribute("points").unwrap().split([' ', ',']).map(|text| text.parse().unwrap());
    let [x1, y1, xa, ya, xb, yb, x2, y2] = coordinates.collect::<Vec<f64>>()[..] else { panic!("{line:?}") };
    let near =
        |found: f64, expected: f64| assert!((found - expected).abs() < 0.02, "{found}, not {expected}");
    // The axis ends with the last frame, less than one frame after the end of the sound.
    near(x1, x + width * 20.0 / 200.0);
    near(x2, x + width * 120.0 / 200.0);
    near(y1, y + height - height * 40.0 / 160.0);
    near(y2, y + height - height * 140.0 / 160.0);
    // In between it passes through the middles of the first and the last window, which extend three blocks in each
    // direction.
    near(xa - x1, width * 3.0 * STEP_S / 200.0);
    near(x2 - xb, width * 3.0 * STEP_S / 200.0);
    near(y1 - ya, height * 3.0 * STEP_S / 160.0);
    near(yb - y2, height * 3.0 * STEP_S / 160.0);
}

#[test]
fn the_matrix_stands_where_its_windows_have_their_middles() {
    let plot = pair(track("a", 100.0), track("b", 80.0));
    let picture = svg(&plot);
    let document = Document::parse(&picture).unwrap();
    let (x, y, width, height) = matrix(&document);
    let image = document.descendants().find(|node| node.has_tag_name("image")).unwrap();
    let near =
        |found: f64, expected: f64| assert!((found - expected).abs() < 0.05, "{found}, not {expected}");
    near(number(image, "x"), x + width * 2.5 * STEP_S / 100.0);
    near(number(image, "width"), width * plot.likeness.n_a as f64 * STEP_S / 100.0);
    near(number(image, "y") + number(image, "height"), y + height - height * 2.5 * STEP_S / 80.0);
}

#[test]
fn a_melody_gets_strips_and_a_place_in_the_legend() {
    let mut plot = pair(track("a", 100.0), track("b", 80.0));
    let images = |picture: &str| picture.matches("<image ").count();
    let without = svg(&plot);
    plot.a.melody = Some(plot.a.chroma.clone());
    let with_one = svg(&plot);
    plot.b.melody = Some(plot.b.chroma.clone());
    let with_both = svg(&plot);
    assert_eq!([&without, &with_one, &with_both].map(|picture| images(picture)), [3, 4, 5]);
    assert_eq!([&without, &with_one].map(|picture| picture.contains("sung melody")), [false, true]);
    plot.likeness.of = "tune";
    let by_tune = svg(&plot);
    assert!(with_both.contains(">likeness of harmony<") && by_tune.contains(">likeness of tune<"));
}

#[test]
fn the_key_that_b_is_drawn_in_is_said() {
    for (key_shift, said) in
        [(1, &["b", "drawn 1 semitone lower"][..]), (-5, &["b", "drawn 5 semitones higher"]), (0, &["b"])]
    {
        let picture = svg(&PairPlot { key_shift, ..pair(track("a", 60.0), track("b", 60.0)) });
        let document = Document::parse(&picture).unwrap();
        let upwards = document.descendants().filter(|node| node.attribute("transform").is_some());
        let upwards: Vec<&str> = upwards.filter_map(|node| node.text()).collect();
        assert_eq!(upwards, said);
    }
}

#[test]
fn seconds_are_labelled_from_a_jingle_to_a_night() {
    for (duration_s, first, last) in [(20.0, "0:02", "0:20"), (3.0 * 3600.0, "30:00", "180:00")] {
        let picture = svg(&pair(track("a", duration_s), track("b", duration_s)));
        let document = Document::parse(&picture).unwrap();
        let labels: Vec<String> = texts(&document).into_iter().filter(|text| text.contains(':')).collect();
        for label in ["0:00", first, last] {
            assert_eq!(labels.iter().filter(|l| *l == label).count(), 2, "{label} on both axes: {labels:?}");
        }
        assert!(labels.len() < 26, "{labels:?}");
    }
}

#[test]
fn nothing_lies_outside_the_page() {
    let mut plot = pair(track(&"A very long name ".repeat(20), 30.0), track(&"長い名前".repeat(50), 3000.0));
    plot.spans = vec![Span { a_start_s: -5.0, a_end_s: 900.0, b_start_s: 0.0, b_end_s: 1e9 }];
    let picture = svg(&plot);
    let document = Document::parse(&picture).unwrap();
    let root = document.root_element();
    let (width, height) = (number(root, "width"), number(root, "height"));
    for node in
        document.descendants().filter(|node| ["rect", "image"].contains(&node.tag_name().name())).skip(1)
    {
        assert!(number(node, "x") >= 0.0 && number(node, "x") + number(node, "width") <= width, "{node:?}");
        assert!(number(node, "y") >= 0.0 && number(node, "y") + number(node, "height") <= height, "{node:?}");
    }
}

#[test]
fn empty_short_and_broken_tracks_are_drawn_all_the_same() {
    let empty = TrackPlot::default();
    let mut broken = track("broken", 10.0);
    broken.duration_s = f64::NAN;
    broken.chroma[3] = [f32::NAN; 12];
    for other in [empty.clone(), track("short", 0.05), track("second", 1.0), broken, track("song", 90.0)] {
        for plot in [pair(empty.clone(), other.clone()), pair(other, empty.clone())] {
            let picture = svg(&plot);
            Document::parse(&picture).unwrap();
            assert!(!picture.contains("NaN") && !picture.contains("inf"), "{picture}");
            png(&picture, 200).unwrap();
        }
    }
}

#[test]
fn a_png_is_as_wide_as_asked_and_holds_the_passage_in_its_colour() {
    let mut plot = pair(track("a", 100.0), track("b", 100.0));
    plot.spans = vec![Span { a_start_s: 0.0, a_end_s: 100.0, b_start_s: 0.0, b_end_s: 100.0 }];
    let picture = svg(&plot);
    let root = Document::parse(&picture).unwrap();
    let shape = number(root.root_element(), "height") / number(root.root_element(), "width");
    for asked in [700, 1000] {
        let painted = png(&picture, asked).unwrap();
        let mut reader = ::png::Decoder::new(std::io::Cursor::new(painted.bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(info.width, asked);
        assert!((f64::from(info.height) - f64::from(asked) * shape).abs() <= 1.0);
        let bytes = info.color_type.samples();
        let is_match = |pixel: &&[u8]| pixel[..3] == [0xd2, 0x3c, 0x17];
        assert!(pixels.chunks_exact(bytes).filter(is_match).count() > asked as usize / 3);
    }
    assert!(png(&picture, 0).is_err());
    assert!(png("<svg", 100).is_err());
}

#[test]
fn a_picture_of_two_long_tracks_is_small() {
    let picture = svg(&pair(track("a", 1200.0), track("b", 1200.0)));
    assert!(picture.len() < 1_000_000, "{} bytes", picture.len());
}
