//! Small cover pictures at `art://localhost/TRACK`: read from the file, scaled down once, kept in the cache folder.

use std::fs;
use std::io::{Cursor, Write};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use image::{ImageFormat, ImageReader, Limits};
use reprise_audio::Error;
use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

use crate::ipc::dto::track_id;
use crate::shell::Shell;

/// The side of a picture: 64 CSS pixels at more than twice the resolution.
const SIDE_PX: u32 = 160;

/// Covers do not need more, but a small file can claim a picture of gigabytes.
const MOST_SIDE_PX: u32 = 12_000;
const MOST_BYTES: u64 = 256 << 20;

/// One picture at a time is scaled down: a list that scrolls fast requests hundreds, each large in memory.
static AT_WORK: Mutex<()> = Mutex::new(());

/// Answers the request for one picture on a thread that may block; 404 if there is none.
pub fn answer<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let shell = context.app_handle().try_state::<Arc<Shell>>().map(|shell| shell.inner().clone());
    let number = request.uri().path().trim_start_matches('/').parse().ok();
    tauri::async_runtime::spawn_blocking(move || {
        let picture = shell.zip(number).and_then(|(shell, number)| picture(&shell, number));
        responder.respond(response(picture));
    });
}

fn response(picture: Option<Vec<u8>>) -> Response<Vec<u8>> {
    let (status, kept, body) = match picture {
        Some(body) => (StatusCode::OK, "max-age=60", body), // the id of a removed track can be reused
        // A drive that is absent may be back soon.
        None => (StatusCode::NOT_FOUND, "no-store", Vec::new()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("image/jpeg"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static(kept));
    response
}

/// The picture of a track as JPEG.
fn picture(shell: &Shell, number: u32) -> Option<Vec<u8>> {
    let path = shell.library.to_read().ok()?.track_path(track_id(number)).ok()??;
    let cached = cache_place(&path)?;
    if let Ok(bytes) = fs::read(&cached) {
        return (!bytes.is_empty()).then_some(bytes);
    }
    let small = match cover(&path) {
        Err(Error::Unreadable { .. }) => return None, // it may be readable later
        small => small.unwrap_or_default(),
    };
    // An empty file records that there is no cover. If the cache cannot be written, this is slow but not wrong.
    let _ = keep(&cached, small.as_deref().unwrap_or_default());
    small
}

/// Writes a file completely or not at all: another request may read it meanwhile, and half a picture would stay.
fn keep(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = place.parent().unwrap_or(place);
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(place).map(drop).map_err(std::io::Error::from)
}

/// The name depends on the file and its modification time, so that a changed file is read again.
fn cache_place(path: &Path) -> Option<PathBuf> {
    let changed = fs::metadata(path).ok()?.modified().ok()?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(path.as_os_str().as_encoded_bytes()).update(format!("{changed:?}").as_bytes());
    let name = hasher.finalize().to_hex();
    Some(dirs::cache_dir()?.join(reprise_library::APPLICATION_ID).join("covers").join(name.as_str()))
}

/// The picture in a file, scaled down.
fn cover(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    let Some(picture) = reprise_audio::read_cover_art(path)? else { return Ok(None) };
    let _at_work = AT_WORK.lock().unwrap_or_else(PoisonError::into_inner);
    // Pictures come from anywhere: a decoder that panics must affect only one picture.
    Ok(catch_unwind(|| smaller(&picture.bytes)).unwrap_or_default())
}

fn smaller(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE_PX);
    limits.max_image_height = Some(MOST_SIDE_PX);
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    let small = reader.decode().ok()?.thumbnail(SIDE_PX, SIDE_PX).into_rgb8();
    let mut jpeg = Vec::new();
    small.write_to(&mut Cursor::new(&mut jpeg), ImageFormat::Jpeg).ok()?;
    Some(jpeg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_picture_becomes_small_and_keeps_its_shape() {
        let mut png = Vec::new();
        let picture = image::RgbaImage::from_pixel(800, 400, image::Rgba([200, 40, 20, 255]));
        picture.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
        let small = image::load_from_memory(&smaller(&png).unwrap()).unwrap();
        assert_eq!((small.width(), small.height()), (160, 80));
    }

    #[test]
    fn what_is_no_picture_gives_none() {
        assert_eq!(smaller(b"not a picture"), None);
        assert_eq!(smaller(&[]), None);
    }

    #[test]
    fn a_kept_picture_replaces_an_older_one_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("covers").join("one");
        keep(&place, b"an older and longer one").unwrap();
        keep(&place, b"new").unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"new");
        assert_eq!(fs::read_dir(place.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_cannot_be_read_now_is_not_taken_for_one_without_a_picture() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(cover(&folder.path().join("away.flac")), Err(Error::Unreadable { .. })));
    }

    #[test]
    fn no_picture_is_not_found_rather_than_an_empty_one() {
        assert_eq!(response(None).status(), StatusCode::NOT_FOUND);
    }
}
