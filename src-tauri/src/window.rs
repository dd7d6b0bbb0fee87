//! Sets up the window: a single instance, the commands and events, pictures, and an end that loses nothing.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use tauri::{AppHandle, DragDropEvent, Manager, RunEvent, Window, WindowEvent};
use tauri_specta::Event;

use crate::art;
use crate::ipc::{self, events::FoldersDragged};
use crate::shell::Shell;

/// Opens the window and returns when it is closed. `arguments` are folders to add.
pub fn open(arguments: &[OsString]) -> ExitCode {
    let border = ipc::border();
    let commands = border.invoke_handler();
    let asked_for = named_folders(arguments.iter().map(|argument| argument.to_string_lossy().into_owned()));
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| second_start(app, arguments)))
        .plugin(tauri_plugin_dialog::init())
        .register_asynchronous_uri_scheme_protocol("art", art::answer)
        .invoke_handler(commands)
        .on_window_event(on_window_event)
        .setup(move |app| {
            border.mount_events(app);
            let shell = Arc::new(Shell::open(app.handle())?);
            app.manage(shell.clone());
            shell.begin(app.handle(), asked_for);
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|app, event| {
                if let RunEvent::Exit = event
                    && let Some(shell) = app.try_state::<Arc<Shell>>()
                {
                    // This comes first, so that a window opened while this one ends is not redirected here.
                    tauri_plugin_single_instance::destroy(app);
                    shell.end();
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("Reprise could not open its window: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A second start of the program ends here: its folders are added, and the window comes to the front.
fn second_start(app: &AppHandle, arguments: Vec<String>) {
    if let Some(window) = app.get_webview_window("main") {
        // A window manager may refuse, but the window is open nevertheless.
        let _ = window.unminimize().and_then(|()| window.set_focus());
    }
    let folders = named_folders(arguments.into_iter().skip(1));
    if let (Some(shell), false) = (app.try_state::<Arc<Shell>>(), folders.is_empty()) {
        // If the library cannot be written to, the window shows why.
        let _ = shell.add_folders(&folders);
    }
}

/// The arguments that are folders; others are left out.
fn named_folders(arguments: impl Iterator<Item = String>) -> Vec<PathBuf> {
    arguments.filter_map(|argument| reprise_library::named_folder(&argument).ok()).collect()
}

fn on_window_event(window: &Window, event: &WindowEvent) {
    let WindowEvent::DragDrop(event) = event else { return };
    let (is_over, paths) = match event {
        DragDropEvent::Enter { .. } => (true, [].as_slice()),
        DragDropEvent::Drop { paths, .. } => (false, paths.as_slice()),
        DragDropEvent::Leave => (false, [].as_slice()),
        _ => return,
    };
    let dropped = paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    // Fails only while the window closes.
    let _ = FoldersDragged { is_over, dropped }.emit(window.app_handle());
}
