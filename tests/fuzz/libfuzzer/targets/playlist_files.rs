#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reprise_fuzz::Target::named("playlist_files").unwrap().run(bytes));
