//! Writes a picture to a file.

use std::path::{Path, PathBuf};

use reprise_plot::PairPlot;

use crate::failure::Failure;
use crate::output;
use crate::print;

/// The width of a PNG in pixels: 17 cm at 300 dots per inch.
const PNG_WIDTH: u32 = 2000;

/// A path where a picture can be written, in the format of its extension.
pub struct Picture {
    path: PathBuf,
    form: Form,
}

enum Form {
    Svg,
    Png,
}

impl Picture {
    /// Checks the extension and the folder.
    pub fn at(path: &Path) -> Result<Self, Failure> {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let form = match extension.as_str() {
            "svg" => Form::Svg,
            "png" => Form::Png,
            _ => return Err(Failure::file(path, "a picture's name must end in .svg or .png")),
        };
        match std::fs::symlink_metadata(path) {
            Ok(found) if !found.is_file() => {
                Err(Failure::file(path, "is no regular file, so it is not overwritten"))
            }
            _ => Ok(Self { path: path.to_path_buf(), form }),
        }
    }

    /// Draws the picture and writes it.
    pub fn write(&self, plot: &PairPlot) -> Result<(), Failure> {
        let svg = reprise_plot::svg(plot);
        let bytes = match self.form {
            Form::Svg => svg.into_bytes(),
            Form::Png => {
                let png =
                    reprise_plot::png(&svg, PNG_WIDTH).map_err(|error| Failure::file(&self.path, error))?;
                if !png.has_text {
                    let reason = "has no text, as this system has no fonts; an .svg would have";
                    print::failure(&Failure::file(&self.path, reason));
                }
                png.bytes
            }
        };
        output::write(&self.path, &bytes, true)
    }
}
