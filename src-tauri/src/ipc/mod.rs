//! The boundary between shell and interface: commands, events and their types.
//!
//! `ui/src/lib/ipc/bindings.ts` is generated from here. After a change run
//! `REPRISE_WRITE_BINDINGS=1 cargo test -p reprise-app bindings`; without that the same test says that it is stale.

pub mod commands;
pub mod dto;
pub mod error;
pub mod events;

use tauri_specta::{Builder, Commands, ErrorHandlingMode, collect_commands, collect_events};

use commands::{clean_up, folders, library, models, playback, review, scan, versions, words};

/// All commands and events, for the window and for the bindings.
pub fn border() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        .error_handling(ErrorHandlingMode::Throw)
        // Each type crosses the boundary in one direction only.
        .disable_serde_phases()
        .commands(commands())
        .events(collect_events![
            events::ScanChanged,
            events::CleanUpWentOn,
            events::LibraryChanged,
            events::PlaybackChanged,
            events::FoldersDragged,
        ])
}

fn commands() -> Commands<tauri::Wry> {
    collect_commands![
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
        words::search_words,
        words::words_beside,
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
        clean_up::clean_up_settings,
        clean_up::set_clean_up_settings,
        clean_up::exact_path,
        clean_up::choose_path,
        clean_up::make_plan,
        clean_up::plan_groups,
        clean_up::keep_file,
        clean_up::let_file_stay,
        clean_up::leave_group,
        clean_up::undo_plan_edit,
        clean_up::playlists_after,
        clean_up::choose_plan_to_save,
        clean_up::save_plan,
        clean_up::choose_plan_to_open,
        clean_up::open_plan,
        clean_up::check_plan,
        clean_up::run_plan,
        clean_up::clean_ups,
        clean_up::finish_clean_up,
        clean_up::undo_clean_up,
        clean_up::quarantined,
        clean_up::empty_quarantine,
        clean_up::stop_clean_up,
        review::review,
        review::personal_calibration,
        review::use_personal_calibration,
        review::find_decisions,
        review::withdraw_decision,
        review::restore_decision,
        playback::play,
        playback::hold,
        playback::seek,
        playback::set_volume,
    ]
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
