//! The journal of a run: a file to which lines are appended.
//!
//! A line is JSON, a tab, 16 hexadecimal digits of the BLAKE3 hash of the JSON, and a line feed. A process that is
//! killed, or a drive that loses power, can tear only lines that were not yet synced, and those are the last ones. So a
//! reader takes all lines up to the first that does not fit its hash, and ignores the rest. Nothing is lost by that: a
//! line about a step only saves the look at where its file is.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::Disk;
use crate::error::Error;
use crate::layout;
use crate::plan::Plan;
use crate::record::{History, Record};

/// The hexadecimal digits of the hash at the end of a line.
const HASH_DIGITS: usize = 16;

/// A journal that is open for appending.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// Lines that are not in the file yet.
    pending: Vec<u8>,
}

/// What a journal says.
pub(crate) struct Read {
    pub plan: Plan,
    pub history: History,
    /// The length of its whole lines in bytes.
    whole_bytes: u64,
}

impl Journal {
    /// Writes the plan, and the bytes that its steps write, given in order. The journal gets its name when both are on
    /// the drive, so that every journal has a plan.
    pub fn create(disk: &Disk, folder: &Path, plan: &Plan, bytes: &[&[u8]]) -> Result<Self, Error> {
        let bytes_path = layout::new_bytes(folder, &plan.run);
        if !bytes.is_empty() {
            disk.write_new(&bytes_path, &bytes.concat(), None).map_err(Error::io("written", &bytes_path))?;
        }
        let path = layout::journal(folder, &plan.run);
        let unfinished = layout::unfinished(&path);
        let line = line(&Record::Plan(plan.clone())).map_err(Error::io("written", &path))?;
        disk.remove_leftover(&unfinished).map_err(Error::io("removed", &unfinished))?;
        disk.write_new(&unfinished, &line, None).map_err(Error::io("written", &unfinished))?;
        disk.rename_new(&unfinished, &path).map_err(Error::io("written", &path))?;
        disk.sync_folder(folder).map_err(Error::io("synced", folder))?;
        let file = File::options().append(true).open(&path).map_err(Error::io("opened", &path))?;
        Ok(Self { path, file, pending: Vec::new() })
    }

    /// Opens a journal for appending, and cuts off what is torn at its end.
    pub fn open(path: &Path) -> Result<(Self, Plan, History), Error> {
        let read = read(path)?;
        let file = File::options().append(true).open(path).map_err(Error::io("opened", path))?;
        let cut = file.set_len(read.whole_bytes).and_then(|()| file.sync_all());
        cut.map_err(Error::io("written", path))?;
        Ok((Self { path: path.into(), file, pending: Vec::new() }, read.plan, read.history))
    }

    /// Keeps a line until the next [`Journal::commit`].
    pub fn note(&mut self, record: &Record) -> Result<(), Error> {
        self.pending.extend(line(record).map_err(Error::io("written", &self.path))?);
        Ok(())
    }

    /// Appends all lines that were noted, and waits until they are on the drive.
    pub fn commit(&mut self, disk: &Disk) -> Result<(), Error> {
        let lines = std::mem::take(&mut self.pending);
        disk.append(&self.path, &mut self.file, &lines).map_err(Error::io("written", &self.path))
    }
}

/// Reads a journal without changing it.
pub(crate) fn read(path: &Path) -> Result<Read, Error> {
    let bytes = fs::read(path).map_err(Error::io("read", path))?;
    let mut records = whole_lines(&bytes);
    let Some((Record::Plan(plan), mut whole_bytes)) = records.next() else {
        return Err(Error::DamagedJournal(path.into()));
    };
    let mut history = History::new(plan.steps.len());
    for (record, end) in records {
        history.add(&record);
        whole_bytes = end;
    }
    Ok(Read { plan, history, whole_bytes })
}

fn line(record: &Record) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(record)?;
    let hash = blake3::hash(&line).to_hex();
    line.push(b'\t');
    line.extend(&hash.as_bytes()[..HASH_DIGITS]);
    line.push(b'\n');
    Ok(line)
}

/// The records of all lines before the first bad one, each with the offset of its end.
fn whole_lines(bytes: &[u8]) -> impl Iterator<Item = (Record, u64)> {
    let mut end = 0;
    bytes.split_inclusive(|byte| *byte == b'\n').map_while(move |line| {
        end += line.len() as u64;
        let line = line.strip_suffix(b"\n")?;
        let (json, hash) = line.split_at_checked(line.len().checked_sub(HASH_DIGITS + 1)?)?;
        let is_whole = hash[0] == b'\t' && blake3::hash(json).to_hex().as_bytes()[..HASH_DIGITS] == hash[1..];
        is_whole.then(|| serde_json::from_slice(json).ok()).flatten().map(|record| (record, end))
    })
}
