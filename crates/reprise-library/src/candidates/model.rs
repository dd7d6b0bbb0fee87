//! The models that embed the recordings of a library: those that ship, or others that the user chose. The choice is kept
//! in the library, because embeddings of two models cannot be compared.

use std::path::{Path, PathBuf};

use reprise_analysis::Tools;
use reprise_inference::{Embedder, Origin, VectorSpace, embedder_of, find_models};

use crate::candidates::space::{EmbeddingSpace, Place};
use crate::database::{Changed, Database};
use crate::error::{Error, with_sources};

/// The model of one view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// What it reads: `harmony` or `voice`.
    pub view: &'static str,
    /// Its identity and version; or why it cannot be used.
    pub id: Result<String, String>,
    /// Its folder, if it is not the one that ships.
    pub folder: Option<PathBuf>,
}

/// Where the model is that embeds the recordings of a library.
pub(crate) fn place_of_model(database: &Database, embedder: Embedder) -> Result<Place, Error> {
    Ok(match chosen(database, embedder)? {
        Some(folder) => Place { folder, origin: Origin::Chosen },
        None => Place { folder: find_models()?.join(embedder.folder()), origin: Origin::Shipped },
    })
}

/// The description of the model in use. A chosen folder that has vanished, or was changed, is an error that says what to do.
pub(crate) fn space_in_use(database: &Database, embedder: Embedder) -> Result<EmbeddingSpace, Error> {
    let place = place_of_model(database, embedder)?;
    let refused = |error: Error| match place.origin {
        Origin::Shipped => error,
        Origin::Chosen => Error::UnusableModel { folder: place.folder.clone(), reason: with_sources(&error) },
    };
    EmbeddingSpace::load(&place, embedder).map_err(refused)
}

/// Returns an error if a chosen model cannot be used any more: before a scan, not in the middle of it.
pub(crate) fn check_models(database: &Database) -> Result<(), Error> {
    Embedder::ALL.into_iter().try_for_each(|embedder| space_in_use(database, embedder).map(drop))
}

pub(crate) fn models(database: &Database) -> Result<Vec<Model>, Error> {
    let model = |embedder: Embedder| {
        let id = space_in_use(database, embedder).map(|space| space.name().model.to_owned());
        let folder = chosen(database, embedder)?;
        Ok(Model { view: embedder.word(), id: id.map_err(|error| error.to_string()), folder })
    };
    Embedder::ALL.into_iter().map(model).collect()
}

/// Uses the model in `folder` for what it reads; or, for `None`, those that ship. A folder that does not contain what its
/// manifest promises is refused. Returns whether anything changed; then the embeddings of the library are stale.
pub(crate) fn use_model(database: &Database, folder: Option<&Path>) -> Result<bool, Error> {
    let chosen: Vec<(Embedder, Option<String>)> = match folder {
        Some(folder) => vec![checked(folder).map(|(embedder, folder)| (embedder, Some(folder)))?],
        None => Embedder::ALL.map(|embedder| (embedder, None)).into(),
    };
    let mut has_changed = false;
    for (embedder, folder) in chosen {
        let key = key(embedder);
        if database.reader()?.meta(&key)? != folder {
            database.change(Changed::Embeddings, |store| match &folder {
                Some(folder) => store.set_meta(&key, folder),
                None => store.remove_meta(&key),
            })?;
            has_changed = true;
        }
    }
    // The model in the same folder may be another one by now.
    database.mark_changed(Changed::Embeddings);
    Ok(has_changed)
}

/// Opens the model in a folder once, as a scan will. Returns what it embeds, and the folder's absolute path.
pub(crate) fn checked(folder: &Path) -> Result<(Embedder, String), Error> {
    let folder = std::path::absolute(folder).map_err(Error::io(folder))?;
    let unusable = |reason: String| Error::UnusableModel { folder: folder.clone(), reason };
    let embedder = embedder_of(&folder).map_err(|error| unusable(with_sources(&error)))?;
    Tools::find()?.asimt(&folder, embedder).map_err(|error| unusable(with_sources(&error)))?;
    let place = Place { folder: folder.clone(), origin: Origin::Chosen };
    EmbeddingSpace::load(&place, embedder).map_err(|error| unusable(with_sources(&error)))?;
    let text = folder.to_str().ok_or_else(|| unusable("its path is not UTF-8".into()))?.to_owned();
    Ok((embedder, text))
}

/// Whether the model in use is the one of this identity.
pub(crate) fn is_in_use(database: &Database, embedder: Embedder, id: &str) -> Result<bool, Error> {
    let place = place_of_model(database, embedder)?;
    Ok(VectorSpace::read_id(&place.folder, place.origin)? == id)
}

fn chosen(database: &Database, embedder: Embedder) -> Result<Option<PathBuf>, Error> {
    Ok(database.reader()?.meta(&key(embedder))?.map(PathBuf::from))
}

/// The value of `meta` that names the folder.
fn key(embedder: Embedder) -> String {
    format!("model_of_{}", embedder.word())
}
