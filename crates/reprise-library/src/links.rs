//! Keeps the links, which are the pairs at least possible, in step with the alignments and backgrounds that they are
//! derived from. Versions, counts and songs are read from links; nothing else may decide what is one.

use std::collections::{BTreeMap, HashSet};

use reprise_store::{Link, RecordingId};

use crate::bands;
use crate::edges::Centring;
use crate::error::Error;
use crate::library::{Changed, Library};
use crate::relate::ALIGNER;

/// What links are derived by; those derived by another rule are stale.
fn rule() -> String {
    format!("aligner {ALIGNER}, what is sung added, possible from {}", bands::POSSIBLE)
}

impl Library {
    /// Derives the links anew where that was never done, was done by another rule, or was cut short.
    pub(crate) fn complete_links(&self) -> Result<(), Error> {
        if self.links_are_complete()? { Ok(()) } else { self.derive_links() }
    }

    pub(crate) fn links_are_complete(&self) -> Result<bool, Error> {
        Ok(self.store().links_derived_by()?.as_deref() == Some(&rule()))
    }

    /// Brings the links of some recordings up to date.
    pub(crate) fn renew_links(&self, of: &HashSet<RecordingId>) -> Result<(), Error> {
        let centring = Centring::of(self)?;
        // Each alignment is read once for either end, which is dearer than reading all of them in order.
        if of.len() * 2 > centring.len() {
            return self.derive_links();
        }
        let asking = self.asking()?;
        let mut links = BTreeMap::new();
        for recording in of {
            let alignments = asking.alignments_of(*recording, ALIGNER)?;
            links.extend(alignments.iter().filter_map(|pair| centring.link(pair)).map(|l| ((l.a, l.b), l)));
        }
        let of: Vec<RecordingId> = of.iter().copied().collect();
        let links: Vec<Link> = links.into_values().collect();
        self.change(Changed::Relations, |store| store.renew_links(&rule(), &of, &links))
    }

    pub(crate) fn derive_links(&self) -> Result<(), Error> {
        let centring = Centring::of(self)?;
        let mut links = Vec::new();
        self.asking()?.each_alignment(ALIGNER, |pair| links.extend(centring.link(&pair)))?;
        self.change(Changed::Relations, |store| store.replace_links(&rule(), &links))
    }
}

/// The recording that a link leads to from one of its ends.
pub(crate) fn other_end(link: &Link, one: RecordingId) -> RecordingId {
    if link.a == one { link.b } else { link.a }
}
