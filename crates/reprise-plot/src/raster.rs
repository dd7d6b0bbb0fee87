//! Converts SVG to PNG. Text is drawn in the fonts of the system, because titles occur in every script and no single
//! font contains all of them.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

/// Typefaces that look good at this size; the first one that the system has is used. Most systems name their own
/// sans-serif typeface, but not all.
const SANS: [&str; 6] = ["Inter", "Noto Sans", "Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"];

/// A picture as a PNG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Png {
    /// The file.
    pub bytes: Vec<u8>,
    /// False on a system without fonts, where all text is missing.
    pub has_text: bool,
}

/// The reason why a picture could not be converted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input is not valid SVG.
    #[error("is not a picture that can be painted: {0}")]
    Svg(#[from] resvg::usvg::Error),
    /// The picture has no pixels, or more than fit in memory.
    #[error("a picture {0} pixels wide cannot be painted")]
    Size(u32),
    /// Encoding failed.
    #[error("the picture could not be encoded: {0}")]
    Encoding(String),
}

/// Converts `svg`, as returned by [`crate::svg`], to a picture `width` pixels wide.
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
