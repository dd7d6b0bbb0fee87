//! Opening, recognising and upgrading a library.

use std::path::Path;

use rusqlite::Connection;

use super::*;
use crate::migrate::{self, STEPS, backup_path};
use crate::{Error, FileVersion, Link, Question, SCHEMA_VERSION, SpaceName};

fn pragma(store: &Store, name: &str) -> String {
    store
        .connection
        .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
        .map(|value| match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => format!("{other:?}"),
        })
        .unwrap()
}

fn schema(connection: &Connection) -> Vec<String> {
    let mut select =
        connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
    select.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_new_library_is_made_with_its_folder_and_pragmas() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("org.reprise.desktop").join("library.db");
    let store = Store::open(&path).unwrap();
    assert_eq!(pragma(&store, "journal_mode"), "wal");
    assert_eq!(pragma(&store, "synchronous"), "1", "NORMAL");
    assert_eq!(pragma(&store, "foreign_keys"), "1");
    assert_eq!(pragma(&store, "user_version"), SCHEMA_VERSION.to_string());
    let id = store.library_id().unwrap();
    assert_eq!(id.len(), 32);
    drop(store);
    assert_eq!(Store::open(&path).unwrap().library_id().unwrap(), id, "a library keeps its identity");
    assert!(!backup_path(&path, 0).exists(), "a new library has nothing to back up");
}

#[test]
fn a_library_of_a_later_reprise_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let store = Store::open(&path).unwrap();
    store.connection.pragma_update(None, "user_version", 99).unwrap();
    drop(store);
    let before = std::fs::read(&path).unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, Error::Newer { found: 99, known: SCHEMA_VERSION }));
    assert!(error.to_string().contains("update Reprise"), "the user must learn what to do, got: {error}");
    assert!(matches!(Store::open_read_only(&path), Err(Error::Newer { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before, "what is refused must not be changed");
}

#[test]
fn another_programs_file_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let text = folder.path().join("letter.txt");
    std::fs::write(&text, "Dear reader, this is no database, however long it goes on. ".repeat(50)).unwrap();
    for path in [path, text] {
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(Store::open(&path), Err(Error::NotALibrary { .. })));
        assert!(matches!(Store::open_read_only(&path), Err(Error::NotALibrary { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), before, "what is refused must not be changed");
    }
}

#[test]
fn a_place_that_cannot_be_opened_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = Store::open(folder.path()).unwrap_err();
    assert!(matches!(&error, Error::Unopenable { path, .. } if path == folder.path()), "got {error:?}");
    assert!(matches!(Store::open_read_only(&folder.path().join("absent.db")), Err(Error::Unopenable { .. })));
}

#[test]
fn a_reader_sees_what_is_committed_and_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut writer = Store::open(&path).unwrap();
    let mut reader = Store::open_read_only(&path).unwrap();
    let root = writer.add_folder(Path::new("/music"), NOW_S).unwrap();
    analyse(&mut writer, root, Path::new("/music/a.flac"), 1);
    assert_eq!(reader.tracks().unwrap().len(), 1, "a reader follows the writer");
    assert!(matches!(reader.add_folder(Path::new("/more"), NOW_S), Err(Error::ReadOnly)));
}

#[test]
fn the_first_schema_opens_upgrades_and_keeps_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    drop(of_schema(1, &path));

    let store = Store::open(&path).unwrap();
    assert_eq!(pragma(&store, "user_version"), SCHEMA_VERSION.to_string());
    assert_eq!(schema(&store.connection), schema(&Store::in_memory().unwrap().connection));
    let tracks = store.tracks().unwrap();
    assert_eq!(tracks.len(), 3);
    assert_eq!(tracks[0].tags.title.as_deref(), Some("Greensleeves"));
    assert_eq!(store.search("green").unwrap().unwrap(), [tracks[0].id], "words of old rows are found");
    assert_eq!(tracks[0].tags.work_mbids.len(), 2);
    assert_eq!(tracks[1].missing_since_s, Some(NOW_S + 60));
    assert_eq!(tracks[2].refused.as_deref(), Some("silence"));
    assert_eq!(store.features(&payload(1), "crema", "1").unwrap().unwrap(), frames(1));
    assert!(store.decisions().unwrap()[0].is_yes);
    assert_eq!(store.alignments(1).unwrap().len(), 1);
    assert_eq!(store.cohort_statistics(1).unwrap()[0].n_bundled, 100);
    assert_eq!(store.problems().unwrap()[0].file, Some(FileVersion { size_bytes: 7, mtime_ns: 8 }));
    assert_eq!(store.folders().unwrap().len(), 1);
    assert_eq!(store.links_derived_by().unwrap(), None, "links are still to be derived");
    assert!(backup_path(&path, 1).exists());
}

/// Makes a library from the dump of a schema.
fn of_schema(version: u32, path: &Path) -> Connection {
    let dumps = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/databases");
    let dump = std::fs::read_to_string(dumps.join(format!("v{version}.sql"))).unwrap();
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(&dump).unwrap();
    assert_eq!(migrate::version(&connection).unwrap(), version);
    connection
}

#[test]
fn libraries_of_later_schemas_open_upgrade_and_keep_what_was_analysed_and_related() {
    for version in [3, 5] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        drop(of_schema(version, &path));

        let store = Store::open(&path).unwrap();
        assert_eq!(pragma(&store, "user_version"), SCHEMA_VERSION.to_string());
        assert_eq!(
            schema(&store.connection),
            schema(&Store::in_memory().unwrap().connection),
            "from {version}"
        );
        assert_eq!(store.search("green").unwrap().unwrap(), [store.tracks().unwrap()[0].id]);
        let recordings = store.recordings().unwrap();
        let (a, b) = (recordings[0].id, recordings[1].id);
        assert_eq!(recordings[0].sung_share, None, "who sings is asked anew");
        assert_eq!(store.features(&payload(1), "crema", "1").unwrap().unwrap(), frames(1));
        assert_eq!(store.alignments(1).unwrap()[0].voice, None, "scores of another melody are not kept");
        assert_eq!(store.cohort_statistics(1).unwrap()[0].voice, None);
        let known = |view| store.cohort_scores(view, 1, "pieces", a).unwrap();
        assert_eq!(known("harmony"), Some(vec![1.5, 2.5]));
        assert_eq!(known("voice"), None);
        assert_eq!(store.links().unwrap(), [Link::new(a, b, 14.5)]);
        assert!(store.links_derived_by().unwrap().is_some());
        assert!(store.provisional_matches().unwrap().is_empty());
        let by = SpaceName { view: "harmony", model: "asimt-1", features: "crema-1 chroma-1" };
        assert_eq!(store.embeddings(a, by).unwrap().is_some(), version >= 4);
        assert!(store.shared_audio().unwrap().is_empty(), "what it makes of a pair is judged anew");
        assert_eq!(store.owes_comparisons("chromaprint-2").unwrap(), version >= 5);
        assert!(backup_path(&path, version).exists());
    }
}

#[test]
fn a_library_from_before_rivals_counted_keeps_its_voices_and_stands_by_its_scores() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    drop(of_schema(8, &path));

    let store = Store::open(&path).unwrap();
    assert_eq!(schema(&store.connection), schema(&Store::in_memory().unwrap().connection));
    let recordings = store.recordings().unwrap();
    let (a, b) = (recordings[0].id, recordings[1].id);
    assert_eq!(recordings[0].sung_share, Some(0.5));
    assert_eq!(store.alignments(1).unwrap()[0].voice.unwrap().score, 4.5);
    assert_eq!(store.cohort_statistics(1).unwrap()[0].voice.unwrap().sung_share, 0.5);
    assert_eq!(store.links().unwrap(), [Link::new(a, b, 14.5)]);
    assert_eq!(store.links_from(14.0).unwrap().len(), 1, "until links are derived anew");
    assert_eq!((store.provisional_matches().unwrap().len(), store.passages().unwrap().len()), (1, 1));
    assert!(backup_path(&path, 8).exists());
}

#[test]
fn a_library_with_a_table_for_every_view_and_every_kind_of_decision_keeps_them_all_in_one_each() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    drop(of_schema(10, &path));

    let store = Store::open(&path).unwrap();
    assert_eq!(schema(&store.connection), schema(&Store::in_memory().unwrap().connection));
    let said: Vec<_> =
        store.decisions().unwrap().into_iter().map(|one| (one.question, one.is_yes, one.at_s)).collect();
    let pair = |other| Question::pair("one song", payload(1), payload(other)).unwrap();
    assert_eq!(
        said,
        [
            (Question::single("live", payload(1)), true, NOW_S),
            (pair(2), true, NOW_S),
            (pair(3), false, NOW_S + 2),
            (Question::single("remix", payload(2)), false, NOW_S + 1),
        ]
    );
    let recordings = store.recordings().unwrap();
    let (a, b) = (recordings[0].id, recordings[1].id);
    let harmony = SpaceName { view: "harmony", model: "asimt-1", features: "crema-1 chroma-1" };
    let voice = SpaceName { view: "voice", model: "asimt-voice-1", features: "melody-2" };
    let of_harmony = store.embeddings(a, harmony).unwrap().unwrap();
    assert_eq!((of_harmony.keys, of_harmony.local), (vec![0, 7], vec![-127, 127, 0, 1]));
    assert_eq!(of_harmony.codewords, [1, 65_535, 3, 4]);
    assert_eq!(store.embeddings(b, voice).unwrap().unwrap().codewords, [5]);
    assert_eq!((store.embeddings(a, voice).unwrap(), store.embeddings(b, harmony).unwrap()), (None, None));
    assert_eq!(store.cohort_scores("harmony", 1, "pieces", a).unwrap(), Some(vec![1.5, 2.5]));
    assert_eq!(store.cohort_scores("voice", 1, "tunes", a).unwrap(), Some(vec![1.25, 2.25]));
    assert_eq!(store.cohort_statistics(1).unwrap()[0].voice.unwrap().n, 40);
    assert_eq!(store.links().unwrap(), [Link { standing: 13.25, ..Link::new(a, b, 14.5) }]);
    assert!(store.links_derived_by().unwrap().is_some(), "nothing is derived anew");
    assert_eq!(store.provisional_matches().unwrap()[0].score, 9.5);
    assert_eq!((store.passages().unwrap()[0].container, store.passages().unwrap()[0].score), (b, 13.5));
    assert_eq!(store.sections(b, "sections-1").unwrap().unwrap().cohort_statistics, [[1.0, 0.5]]);
    assert_eq!(store.shared_audio().unwrap()[0].sameness, "edit");
    assert!(backup_path(&path, 10).exists());
}

#[test]
fn a_library_from_before_the_voice_pass_keeps_its_scores_and_owes_every_voice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut connection = of_schema(1, &path);
    migrate::run(&mut connection, Some(&path), &STEPS[..2]).unwrap();
    connection.execute_batch("INSERT INTO links VALUES (1, 2, 14.5)").unwrap();
    drop(connection);

    let store = Store::open(&path).unwrap();
    assert_eq!(schema(&store.connection), schema(&Store::in_memory().unwrap().connection));
    assert_eq!(store.alignments(1).unwrap()[0].voice, None);
    assert_eq!(store.cohort_statistics(1).unwrap()[0].voice, None);
    assert_eq!(store.links().unwrap().len(), 1);
    assert!(store.recordings().unwrap().iter().all(|recording| recording.sung_share.is_none()));
    assert_eq!(
        store.owed("melody", "melody-1").unwrap().len(),
        1,
        "of three, one is missing and one is silent"
    );
    assert!(backup_path(&path, 2).exists());
}

#[test]
fn a_library_from_before_fingerprints_owes_one_of_every_present_recording() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut connection = of_schema(1, &path);
    migrate::run(&mut connection, Some(&path), &STEPS[..4]).unwrap();
    drop(connection);

    let store = Store::open(&path).unwrap();
    assert_eq!(schema(&store.connection), schema(&Store::in_memory().unwrap().connection));
    let owed = store.owed_fingerprints("chromaprint-2").unwrap();
    assert_eq!(owed.len(), 1, "of three, one is missing and one is silent");
    assert!(store.shared_audio().unwrap().is_empty());
    assert!(backup_path(&path, 4).exists());
}

#[test]
fn a_library_from_before_the_vectors_of_voices_keeps_those_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let dump = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/databases/v1.sql");
    let mut connection = Connection::open(&path).unwrap();
    connection.execute_batch(&std::fs::read_to_string(dump).unwrap()).unwrap();
    let before = 6;
    migrate::run(&mut connection, Some(&path), &STEPS[..before]).unwrap();
    connection
        .execute_batch("INSERT INTO vectors VALUES (1, 'asimt-1', 'crema-1', x'00', x'0100', x'7f')")
        .unwrap();
    drop(connection);

    let store = Store::open(&path).unwrap();
    assert_eq!(schema(&store.connection), schema(&Store::in_memory().unwrap().connection));
    let made_by = |view| SpaceName { view, model: "asimt-1", features: "crema-1" };
    assert_eq!(store.with_embeddings(made_by("harmony")).unwrap().len(), 1, "none is made stale");
    assert!(store.with_embeddings(made_by("voice")).unwrap().is_empty());
    assert!(backup_path(&path, before as u32).exists());
}

const FIRST: &str =
    "CREATE TABLE songs (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO songs (name) VALUES ('a');";
const SECOND: &str = "ALTER TABLE songs ADD COLUMN key TEXT; UPDATE songs SET key = 'C';";

#[test]
fn steps_run_in_order_once_and_after_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut connection = Connection::open(&path).unwrap();
    migrate::run(&mut connection, Some(&path), &[&[FIRST]]).unwrap();
    assert!(!backup_path(&path, 0).exists(), "a new library has nothing to back up");
    for _ in 0..2 {
        migrate::run(&mut connection, Some(&path), &[&[FIRST], &[SECOND]]).unwrap();
        assert_eq!(migrate::version(&connection).unwrap(), 2);
    }
    let songs: Vec<String> = {
        let mut select = connection.prepare("SELECT name || key FROM songs").unwrap();
        select.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(songs, ["aC"], "each step runs once");
    let backup = Connection::open(backup_path(&path, 1)).unwrap();
    assert_eq!(migrate::version(&backup).unwrap(), 1, "the backup holds the schema before the upgrade");
    let count: i64 = backup.query_row("SELECT count(*) FROM songs", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1, "the backup holds the rows");
}

#[test]
fn a_step_that_fails_leaves_the_library_as_it_was() {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate::run(&mut connection, None, &[&[FIRST]]).unwrap();
    let broken: [&[&str]; 3] = [&[FIRST], &[SECOND], &["INSERT INTO nowhere VALUES (1)"]];
    assert!(migrate::run(&mut connection, None, &broken).is_err());
    assert_eq!(migrate::version(&connection).unwrap(), 1, "an upgrade happens whole or not at all");
    assert_eq!(schema(&connection).len(), 1);
    assert!(!schema(&connection)[0].contains("key"), "no step of a failed upgrade may stay");
}

#[test]
fn a_step_that_orphans_rows_is_refused() {
    let mut connection = Connection::open_in_memory().unwrap();
    let linked = "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p (id));
                  INSERT INTO p VALUES (1); INSERT INTO c VALUES (1);";
    migrate::run(&mut connection, None, &[&[linked]]).unwrap();
    let outcome = migrate::run(&mut connection, None, &[&[linked], &["DELETE FROM p"]]);
    assert!(matches!(outcome, Err(Error::Damaged(_))));
    assert_eq!(migrate::version(&connection).unwrap(), 1);
}

#[test]
fn an_upgrade_whose_backup_fails_does_not_happen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut connection = Connection::open(&path).unwrap();
    migrate::run(&mut connection, Some(&path), &[&[FIRST]]).unwrap();
    std::fs::create_dir(backup_path(&path, 1)).unwrap();
    let outcome = migrate::run(&mut connection, Some(&path), &[&[FIRST], &[SECOND]]);
    assert!(matches!(outcome, Err(Error::Backup { .. })), "got {outcome:?}");
    assert_eq!(migrate::version(&connection).unwrap(), 1, "no upgrade without a backup");
}

#[test]
fn two_programs_may_make_one_library_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let makers: Vec<_> = (0..6)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || Store::open(&path).and_then(|store| store.library_id()))
        })
        .collect();
    let ids: Vec<String> = makers.into_iter().map(|maker| maker.join().unwrap().unwrap()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "a library has one identity, got {ids:?}");
    assert_eq!(STEPS.len(), SCHEMA_VERSION as usize);
}
