//! Paints SVG as PNG. Text is set in the fonts of the system: titles come in every script, and no font has them all.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

/// Typefaces that are drawn well at this size, the first that the system has. Systems name a sans of their own, but not
/// every system.
const SANS: [&str; 6] = ["Inter", "Noto Sans", "Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"];

/// A painted picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Png {
    /// The file.
    pub bytes: Vec<u8>,
    /// False on a system without any font: all text is missing.
    pub has_text: bool,
}

/// Why a picture could not be painted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was given is no SVG.
    #[error("is not a picture that can be painted: {0}")]
    Svg(#[from] resvg::usvg::Error),
    /// No pixels, or more than memory holds.
    #[error("a picture {0} pixels wide cannot be painted")]
    Size(u32),
    /// Encoding failed.
    #[error("the picture could not be encoded: {0}")]
    Encoding(String),
}

/// Paints `svg`, as [`crate::svg`] gives it, `width` pixels wide.
pub fn png(svg: &str, width: u32) -> Result<Png, Error> {
    let fonts = fonts();
    let has_text = !fonts.is_empty();
    let tree = Tree::from_str(svg, &Options { fontdb: Arc::new(fonts), ..Options::default() })?;
    let scale = width as f32 / tree.size().width();
    let height = (tree.size().height() * scale).round() as u32;
    let mut pixels = Pixmap::new(width, height).ok_or(Error::Size(width))?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    let bytes = pixels.encode_png().map_err(|error| Error::Encoding(error.to_string()))?;
    Ok(Png { bytes, has_text })
}

fn fonts() -> fontdb::Database {
    let mut fonts = fontdb::Database::new();
    fonts.load_system_fonts();
    let has = |name: &&&str| {
        let query = fontdb::Query { families: &[fontdb::Family::Name(name)], ..fontdb::Query::default() };
        fonts.query(&query).is_some()
    };
    if let Some(name) = SANS.iter().find(has) {
        fonts.set_sans_serif_family(*name);
    }
    fonts
}
