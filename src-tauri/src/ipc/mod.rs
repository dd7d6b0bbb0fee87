//! The boundary between shell and interface: commands, events and their types.
//!
//! `ui/src/lib/ipc/bindings.ts` is generated from here. After a change run
//! `REPRISE_WRITE_BINDINGS=1 cargo test -p reprise-app bindings`; without that the same test says that it is stale.

pub mod commands;
pub mod dto;
pub mod error;
pub mod events;

use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

use commands::{folders, library, models, playback, scan, versions};

/// All commands and events, for the window and for the bindings.
pub fn border() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        .error_handling(ErrorHandlingMode::Throw)
        // Each type crosses the boundary in one direction only.
        .disable_serde_phases()
        .commands(collect_commands![
            library::overview,
            library::track_ids,
            library::tracks,
            library::songs,
            library::song,
            library::problems,
            library::devices,
            versions::versions,
            versions::waveform,
            versions::decide,
            folders::choose_folders,
            folders::add_folders,
            folders::remove_folder,
            folders::try_demo,
            models::models,
            models::choose_model,
            models::use_model,
            scan::start_scan,
            scan::start_voices,
            scan::pause_scan,
            scan::stop_scan,
            playback::play,
            playback::pause,
            playback::resume,
            playback::seek,
            playback::set_volume,
        ])
        .events(collect_events![
            events::ScanChanged,
            events::LibraryChanged,
            events::PlaybackChanged,
            events::FoldersDragged,
        ])
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use specta_typescript::Typescript;

    #[test]
    fn bindings_are_current() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/lib/ipc/bindings.ts");
        let folder = tempfile::tempdir().unwrap();
        let generated = folder.path().join("bindings.ts");
        super::border().export(Typescript::default(), &generated).unwrap();
        let generated = std::fs::read_to_string(generated).unwrap();
        if std::env::var_os("REPRISE_WRITE_BINDINGS").is_some() {
            std::fs::write(&committed, &generated).unwrap();
        }
        let committed = std::fs::read_to_string(committed).unwrap();
        assert!(
            committed == generated,
            "bindings.ts is stale; run: REPRISE_WRITE_BINDINGS=1 cargo test -p reprise-app bindings"
        );
    }
}
