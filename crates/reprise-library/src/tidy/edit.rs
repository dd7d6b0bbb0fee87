//! Edits of a plan: another keeper, a file that stays, other rules.

use crate::tidy::copies::Copy;
use crate::tidy::keep::{Fate, HeardPair, KeepRules, Stays, decide, difference, stays_anyway};
use crate::tidy::plan::Plan;

impl Plan {
    /// Makes `place` the keeper of a group. The former keeper, and whatever would have gone in its favour or waited for
    /// the user, goes in favour of `place`, unless it sounds different or the rules let it stay: it is on another album,
    /// mastered again, in a protected folder or the like. Does nothing if there is no such file.
    pub fn keep(&mut self, group: usize, place: usize) {
        let Some(group) = self.groups.get_mut(group).filter(|group| place < group.files.len()) else {
            return;
        };
        let choice =
            Choice { files: &group.copies(), heard: &group.heard, rules: &self.rules, keeper: place };
        let before: Vec<Fate> = group.files.iter().map(|planned| planned.fate.clone()).collect();
        let after: Vec<Fate> = (0..before.len()).map(|other| choice.fate(other, &before[other])).collect();
        // What goes in favour of a file that goes itself now has no other keeper than this one.
        for (other, planned) in group.files.iter_mut().enumerate() {
            planned.fate = match after[other] {
                Fate::Go { keeper, .. } | Fate::Undecided { keeper }
                    if keeper != place && !matches!(after[keeper], Fate::Stay(_)) =>
                {
                    choice.in_favour(other)
                }
                _ => after[other].clone(),
            };
        }
    }

    /// Lets a file stay. If others would go in favour of a file that the user lets stay, they still do.
    pub fn stay(&mut self, group: usize, place: usize) {
        let planned = self.groups.get_mut(group).and_then(|group| group.files.get_mut(place));
        if let Some(planned) = planned.filter(|planned| planned.fate != Fate::Keep) {
            planned.fate = Fate::Stay(Stays::Wanted);
        }
    }

    /// Leaves a whole group as it is.
    pub fn leave(&mut self, group: usize) {
        let n_files = self.groups.get(group).map_or(0, |group| group.files.len());
        (0..n_files).for_each(|place| self.stay(group, place));
    }

    /// Decides again by other rules, from what the plan knows of the files. What the user chose for a group still holds,
    /// but for files that now stay for a reason of their own.
    pub fn decide_again(&mut self, rules: KeepRules) {
        self.rules = rules;
        for number in 0..self.groups.len() {
            let group = &mut self.groups[number];
            let before: Vec<Fate> = group.files.iter().map(|planned| planned.fate.clone()).collect();
            let fates = decide(&group.copies(), &group.heard, &self.rules);
            for ((planned, fate), before) in group.files.iter_mut().zip(fates).zip(&before) {
                // A document does not say which files are one, so that this could not be found out again.
                let has_names = *before == Fate::Stay(Stays::SeveralNames) && fate != Fate::Keep;
                planned.fate = if has_names { before.clone() } else { fate };
            }
            if before.iter().any(|fate| matches!(fate, Fate::Go { rule: None, .. })) {
                let chosen = before.iter().position(|fate| *fate == Fate::Keep);
                chosen.into_iter().for_each(|place| self.keep(number, place));
            }
            let wanted = before.iter().enumerate().filter(|(_, fate)| **fate == Fate::Stay(Stays::Wanted));
            wanted.for_each(|(place, _)| self.stay(number, place));
        }
    }
}

/// The user's choice of a keeper for a group.
struct Choice<'a> {
    files: &'a [Copy],
    heard: &'a [HeardPair],
    rules: &'a KeepRules,
    keeper: usize,
}

impl Choice<'_> {
    /// What becomes of another file of the group, which had the fate `before`.
    fn fate(&self, other: usize, before: &Fate) -> Fate {
        if other == self.keeper {
            return Fate::Keep;
        }
        let is_on_its_album = self.is_on_its_album(other);
        match before {
            // The keeper of this album was another one.
            Fate::Stay(Stays::OtherAlbum) if is_on_its_album => self.in_favour(other),
            Fate::Stay(_) => before.clone(),
            _ if is_on_its_album => self.in_favour(other),
            // It goes in favour of a file of its own album, which stays.
            Fate::Go { .. } | Fate::Undecided { .. } => before.clone(),
            Fate::Keep => Fate::Stay(
                stays_anyway(&self.files[other], self.files, self.rules).unwrap_or(Stays::OtherAlbum),
            ),
        }
    }

    /// The file goes in favour of the keeper, unless something speaks against it.
    fn in_favour(&self, other: usize) -> Fate {
        let (file, keeper) = (&self.files[other], &self.files[self.keeper]);
        if let Some(why) = stays_anyway(file, self.files, self.rules) {
            return Fate::Stay(why);
        }
        if !self.rules.remasters && file.is_remaster != keeper.is_remaster {
            return Fate::Stay(Stays::Remaster);
        }
        match difference(self.files, self.heard, other, self.keeper) {
            Some(differ) => Fate::Stay(Stays::OtherSound(differ)),
            None => Fate::Go { keeper: self.keeper, rule: None },
        }
    }

    /// Whether a file may go in favour of the keeper as far as albums are concerned. A file without an album belongs to
    /// any.
    fn is_on_its_album(&self, other: usize) -> bool {
        let albums = (self.files[other].album_key(), self.files[self.keeper].album_key());
        !self.rules.one_per_album || albums.0.is_none() || albums.1.is_none() || albums.0 == albums.1
    }
}
