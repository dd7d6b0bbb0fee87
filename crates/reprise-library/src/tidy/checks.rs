//! Checks the files of a plan again, at the moment at which it is carried out: what has changed since it was made is left
//! alone.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use reprise_analysis::{decode_worker, draw};
use reprise_audio::payload_hash;
use reprise_audio::worker::Worker;
use reprise_quarantine::Step;
use reprise_store::{PayloadHash, Question};

use crate::database::Database;
use crate::error::Error;
use crate::progress::{Event, Progress};
use crate::relations::evidence::ONE_SONG;
use crate::scan::walk::{Found, describe};
use crate::threads::{Effort, on_each};
use crate::tidy::plan::Plan;
use crate::tidy::remembered::keep_rules;

/// Why a file of a protected folder is left alone.
const PROTECTED: &str = "is in a folder that is protected";

/// Files that were checked, and what they looked like at that moment.
#[derive(Default)]
pub(super) struct Checks {
    /// The audio that the library knows of each file.
    expected: HashMap<PathBuf, PayloadHash>,
    /// Why files must not go whatever they contain.
    objections: HashMap<PathBuf, String>,
    checked: Mutex<HashMap<PathBuf, Found>>,
}

impl Checks {
    /// Checks for the files of a plan that go. A file whose audio the library knows as another by now is not expected.
    pub fn of_plan(database: &Database, plan: &Plan) -> Result<Self, Error> {
        let mut checks =
            Self::of(database, plan.going().flat_map(|(gone, keeper)| [gone.path(), keeper.path()]))?;
        for planned in plan.going().flat_map(|(gone, keeper)| [gone, keeper]) {
            if checks.expected.get(planned.path()).is_some_and(|known| Some(*known) != planned.file.hash()) {
                checks.expected.remove(planned.path());
            }
        }
        checks.objections = objections(database, plan)?;
        Ok(checks)
    }

    /// Checks for these files.
    fn of<'a>(database: &Database, files: impl Iterator<Item = &'a Path>) -> Result<Self, Error> {
        let reader = database.reader()?;
        let mut expected = HashMap::new();
        for file in files {
            if let Some(payload) = reader.track_at(file)?.and_then(|track| track.payload) {
                expected.insert(file.to_path_buf(), payload);
            }
        }
        Ok(Self { expected, ..Self::default() })
    }

    /// Checks all files of a plan on all cores. Returns the files that must not go, and why.
    pub fn all(&self, plan: &Plan, progress: &Progress) -> Result<Vec<(PathBuf, String)>, Error> {
        let (worker, threads) = (decode_worker()?, Effort::default().threads);
        let keepers: BTreeSet<&Path> = plan.going().map(|(_, keeper)| keeper.path()).collect();
        let going: Vec<_> = plan.going().collect();
        let total = keepers.len() + going.len();
        let done = AtomicUsize::new(0);
        let tick = || {
            let done = 1 + done.fetch_add(1, Ordering::Relaxed);
            progress.report(Event::CheckingCopies { done, total });
        };
        let keepers: Vec<&Path> = keepers.into_iter().collect();
        let bad = on_each(
            threads,
            &keepers,
            progress,
            || Ok(()),
            |keeper, ()| {
                tick();
                Ok(self.decodes(&worker, keeper).err().map(|why| (keeper.to_path_buf(), why)))
            },
        )?;
        let bad: HashMap<PathBuf, String> = bad.into_iter().flatten().collect();
        let left = on_each(
            threads,
            &going,
            progress,
            || Ok(()),
            |(gone, keeper), ()| {
                tick();
                let checked = match (self.objections.get(gone.path()), bad.get(keeper.path())) {
                    (Some(why), _) => Err(why.clone()),
                    (None, Some(why)) => {
                        Err(format!("the file that is kept, {}, {why}", keeper.path().display()))
                    }
                    (None, None) => self.is_as_planned(gone.path(), gone.file.size_bytes, gone.file.mtime_ns),
                };
                Ok(checked.err().map(|why| (gone.path().to_path_buf(), why)))
            },
        )?;
        if progress.stopped() {
            return Err(Error::Stopped);
        }
        let mut left: Vec<_> = left.into_iter().flatten().collect();
        left.sort();
        Ok(left)
    }

    /// Whether the file that stays can be decoded to its end and contains the audio that the library knows.
    fn decodes(&self, worker: &Worker, keeper: &Path) -> Result<(), String> {
        let found = describe(keeper).map_err(|error| format!("cannot be read: {error}"))?;
        let (decoded, _) = draw(worker, keeper).map_err(|error| format!("cannot be decoded: {error}"))?;
        self.note(keeper, found, PayloadHash(decoded.payload_hash))
    }

    /// Whether the file that goes is the one that was planned, and contains the audio that the library knows.
    fn is_as_planned(&self, file: &Path, size_bytes: u64, mtime_ns: i64) -> Result<(), String> {
        let found = describe(file).map_err(|error| format!("cannot be read: {error}"))?;
        if (found.size_bytes, found.mtime_ns) != (size_bytes, mtime_ns) {
            return Err("has changed since the plan was made".into());
        }
        let payload = payload_hash(file).map_err(|error| format!("cannot be read: {error}"))?;
        self.note(file, found, PayloadHash(payload))
    }

    /// Notes what a file looks like, if its audio is what the library knows.
    fn note(&self, file: &Path, found: Found, payload: PayloadHash) -> Result<(), String> {
        match self.expected.get(file) {
            Some(expected) if *expected == payload => {}
            Some(_) => return Err("contains other audio than when it was scanned".into()),
            None => return Err("is not in the library any more, or with other audio than was planned".into()),
        }
        self.checked().insert(file.into(), found);
        Ok(())
    }

    /// Whether both files of a move look as they did when they were checked, a moment ago.
    pub fn still(&self, step: &Step) -> Result<(), String> {
        let Step::Move { file, keeper, .. } = step else { return Ok(()) };
        for path in [file, keeper] {
            let now =
                describe(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
            if self.checked().get(path) != Some(&now) {
                return Err(format!("{} has changed since it was checked", path.display()));
            }
        }
        Ok(())
    }

    /// Checks both files of a move at this moment.
    pub fn now(&self, database: &Database, step: &Step) -> Result<(), String> {
        let Step::Move { file, expected, .. } = step else { return Ok(()) };
        let rules = keep_rules(database).map_err(|error| error.to_string())?;
        let real = file.canonicalize().ok();
        if rules.protects([Some(file), real.as_ref()].into_iter().flatten().map(PathBuf::as_path)) {
            return Err(format!("{} {PROTECTED}", file.display()));
        }
        self.keeper(database, step)?;
        let own = Self::of(database, [file.as_path()].into_iter()).map_err(|error| error.to_string())?;
        own.is_as_planned(file, expected.size_bytes, expected.mtime_ns)
            .map_err(|why| format!("{} {why}", file.display()))
    }

    /// Checks that the keeper of a move contains the audio for which the file goes or has gone, unless it was checked and
    /// looks the same.
    pub fn keeper(&self, database: &Database, step: &Step) -> Result<(), String> {
        let Step::Move { keeper, keeper_content, .. } = step else { return Ok(()) };
        let is_known = describe(keeper).is_ok_and(|now| self.checked().get(keeper) == Some(&now));
        if is_known {
            return Ok(());
        }
        let wrong = |error: &dyn std::error::Error| error.to_string();
        let mut own = Self::of(database, [keeper.as_path()].into_iter()).map_err(|error| wrong(&error))?;
        if let Some(then) = PayloadHash::parse(keeper_content) {
            own.expected.retain(|_, known| *known == then);
        }
        let worker = decode_worker().map_err(|error| wrong(&error))?;
        own.decodes(&worker, keeper).map_err(|why| format!("{} {why}", keeper.display()))?;
        let found = own.checked().remove(keeper);
        self.checked().extend(found.map(|found| (keeper.clone(), found)));
        Ok(())
    }

    fn checked(&self) -> MutexGuard<'_, HashMap<PathBuf, Found>> {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The files of a plan that must not go, because the user has protected their folder or called the pair two songs since
/// the plan was made; each with the reason, a clause that follows its name.
fn objections(database: &Database, plan: &Plan) -> Result<HashMap<PathBuf, String>, Error> {
    let (reader, rules) = (database.reader()?, keep_rules(database)?);
    let mut objections = HashMap::new();
    for (gone, keeper) in plan.going() {
        let (one, other) = (gone.file.hash(), keeper.file.hash());
        let pair = one.zip(other).and_then(|(one, other)| Question::pair(ONE_SONG, one, other));
        let is_another = match &pair {
            Some(pair) => reader.decision(pair)?.is_some_and(|decision| !decision.is_yes),
            None => false,
        };
        let why = match () {
            () if is_another => "is another song than the file that is kept, as you said",
            () if rules.protects(gone.file.paths()) => PROTECTED,
            () => continue,
        };
        objections.insert(gone.path().to_path_buf(), why.to_owned());
    }
    Ok(objections)
}
