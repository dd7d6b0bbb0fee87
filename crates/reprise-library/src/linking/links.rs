//! Keeps the links consistent with the alignments and cohort statistics that they are derived from. Links are the pairs
//! that may be one song. Versions, counts and songs are read from links and from nothing else.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use reprise_store::{Link, RecordingId, Store};

use crate::database::{Changed, Database};
use crate::error::Error;
use crate::recordings::ALIGNER;
use crate::relations::competition::{self, Ties, settle, ties_of_all};
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::thresholds::LINKED;

/// The parameters of links; links derived with other parameters are stale.
fn rule() -> String {
    let competition = competition::rule();
    format!("aligner {ALIGNER}, what is sung added, words, linked from {LINKED}, {competition}")
}

/// Derives the links again if they were never derived, were derived with other parameters, or the last time was
/// interrupted.
pub(crate) fn complete_links(database: &Database) -> Result<(), Error> {
    if links_are_complete(database)? { Ok(()) } else { derive_links(database) }
}

pub(crate) fn links_are_complete(database: &Database) -> Result<bool, Error> {
    Ok(database.store().links_derived_by()?.as_deref() == Some(&rule()))
}

/// Updates the links of some recordings.
pub(crate) fn renew_links(database: &Database, of: &HashSet<RecordingId>) -> Result<(), Error> {
    let normalisation = ScoreNormalisation::of(database)?;
    // Here each alignment is read once for each of its recordings, which costs more than reading all of them in order.
    if of.len() * 2 > normalisation.len() {
        return derive_links(database);
    }
    let reader = database.reader()?;
    let mut links = BTreeMap::new();
    for recording in of {
        let alignments = reader.alignments_of(*recording, ALIGNER)?;
        links.extend(alignments.iter().filter_map(|pair| normalisation.link(pair)).map(|l| ((l.a, l.b), l)));
    }
    let links = settled(&reader, of, links.into_values().collect())?;
    let of: Vec<RecordingId> = of.iter().copied().collect();
    database.change(Changed::Relations, |store| store.renew_links(&rule(), &of, &links))
}

pub(crate) fn derive_links(database: &Database) -> Result<(), Error> {
    let normalisation = ScoreNormalisation::of(database)?;
    let mut links = Vec::new();
    database.reader()?.each_alignment(ALIGNER, |pair| links.extend(normalisation.link(&pair)))?;
    let ties = ties_of_all(&links);
    settle(&mut links, &ties);
    database.change(Changed::Relations, |store| store.replace_links(&rule(), &links))
}

/// The new links of some recordings, and the old and new links of their neighbours: the standing of a link depends on
/// the other links of both recordings.
fn settled(reader: &Store, of: &HashSet<RecordingId>, new: Vec<Link>) -> Result<Vec<Link>, Error> {
    let mut touched: HashSet<RecordingId> = new.iter().flat_map(|link| [link.a, link.b]).collect();
    for recording in of {
        touched.extend(reader.links_of(*recording)?.iter().flat_map(|link| [link.a, link.b]));
    }
    let mut new_of: HashMap<RecordingId, Vec<Link>> = HashMap::new();
    for link in &new {
        new_of.entry(link.a).or_default().push(*link);
        new_of.entry(link.b).or_default().push(*link);
    }
    // The links that a recording will have.
    let links_of = |id: RecordingId| -> Result<Vec<Link>, Error> {
        let mut links = if of.contains(&id) { Vec::new() } else { reader.links_of(id)? };
        links.retain(|link| !of.contains(&link.a) && !of.contains(&link.b));
        links.extend(new_of.get(&id).into_iter().flatten());
        Ok(links)
    };
    let ties_of = |id: RecordingId, links: &[Link]| {
        Ties::new(links.iter().map(|link| (id.other_of(link.a, link.b), link.score)))
    };
    let (mut links, mut ties) = (BTreeMap::new(), HashMap::new());
    for id in touched {
        let own = links_of(id)?;
        ties.insert(id, ties_of(id, &own));
        links.extend(own.into_iter().map(|link| ((link.a, link.b), link)));
    }
    let mut links: Vec<Link> = links.into_values().collect();
    for id in links.iter().flat_map(|link| [link.a, link.b]) {
        if let Entry::Vacant(place) = ties.entry(id) {
            place.insert(ties_of(id, &links_of(id)?));
        }
    }
    settle(&mut links, &ties);
    Ok(links)
}
