//! Edits of a plan: another keeper, a file that stays, other rules. What the user chose is kept in [`Choices`]; the fates of
//! a group follow from its files, the rules and these choices.

use std::path::PathBuf;

use crate::tidy::copies::Copy;
use crate::tidy::keep::{Fate, HeardPair, KeepRules, Stays, decide, stays_anyway, unlike};
use crate::tidy::plan::{Choices, Group, Plan};
use crate::tidy::written_path::WrittenPath;

impl Plan {
    /// Makes `place` the keeper of a group. Whatever would have gone in favour of another file of its album, or waited for
    /// the user, goes in favour of it, and so does the former keeper, unless it sounds different or the rules let it
    /// stay: it is on another album, mastered again, in a protected folder or the like. Does nothing if there is no such
    /// file.
    pub fn keep(&mut self, group: usize, place: usize) {
        self.edit(group, |n_files, chosen| {
            if place < n_files {
                chosen.keeper = Some(place);
            }
        });
    }

    /// Lets a file stay, also by other rules than those of now.
    pub fn stay(&mut self, group: usize, place: usize) {
        self.edit(group, |n_files, chosen| {
            if place < n_files {
                chosen.staying.insert(place);
            }
        });
    }

    /// Leaves a whole group as it is, also by other rules than those of now.
    pub fn leave(&mut self, group: usize) {
        self.edit(group, |n_files, chosen| chosen.staying = (0..n_files).collect());
    }

    /// Sets the choices for a group; takes an edit back.
    pub fn choose(&mut self, group: usize, choices: Choices) {
        self.edit(group, |_, chosen| *chosen = choices);
    }

    /// Decides again by other rules, from what the plan knows of the files. What the user chose still holds, but for a file
    /// that goes only by that choice and stays by a rule.
    pub fn decide_again(&mut self, rules: KeepRules) {
        self.rules = rules;
        self.groups.iter_mut().for_each(|group| group.decide(&self.rules));
    }

    /// Chooses as in another plan, for files that both contain.
    pub fn adopt_choices(&mut self, other: &Self) {
        for group in &mut self.groups {
            let place_here = |theirs: &Group, place: usize| {
                let path = &theirs.files.get(place)?.file.path;
                group.files.iter().position(|planned| planned.file.path == *path)
            };
            for theirs in other.groups.iter().filter(|theirs| !theirs.chosen.is_empty()) {
                let keeper = theirs.chosen.keeper.and_then(|place| place_here(theirs, place));
                let staying: Vec<usize> =
                    theirs.chosen.staying.iter().filter_map(|place| place_here(theirs, *place)).collect();
                group.chosen.keeper = group.chosen.keeper.or(keeper);
                group.chosen.staying.extend(staying);
            }
            if !group.chosen.is_empty() {
                group.decide(&self.rules);
            }
        }
    }

    /// Decides again with what a library remembers besides: what it protects stays, and its playlists are read.
    pub fn respect(&mut self, remembered: &KeepRules, playlists: &[PathBuf]) {
        let mut rules = self.rules.clone();
        rules.protected.extend(remembered.protected.iter().cloned());
        let known: Vec<WrittenPath> = playlists.iter().cloned().map(WrittenPath).collect();
        self.playlists.extend(known);
        self.playlists.sort();
        self.playlists.dedup();
        self.decide_again(rules.without_repetitions());
    }

    /// Takes over what was edited in a document by hand: where a file stays that the rules would let go, or is kept in
    /// place of another, that is the user's choice.
    pub(super) fn adopt_edits(&mut self) {
        for group in &mut self.groups {
            let written: Vec<Fate> = group.files.iter().map(|planned| planned.fate.clone()).collect();
            let decided = group.fates(&self.rules);
            let kept = written.iter().position(|fate| *fate == Fate::Keep);
            let is_decided_by_hand = written.iter().zip(&decided).any(|(written, decided)| {
                matches!((written, decided), (Fate::Go { .. }, Fate::Undecided { .. }))
            });
            if let Some(place) = kept
                && (decided[place] != Fate::Keep || is_decided_by_hand)
            {
                group.chosen.keeper = kept;
            }
            let stays = |fate: &Fate| matches!(fate, Fate::Keep | Fate::Stay(_));
            let decided = group.fates(&self.rules);
            let wanted = written.iter().zip(&decided).enumerate();
            let wanted = wanted.filter(|(_, (written, decided))| stays(written) && !stays(decided));
            let wanted: Vec<usize> = wanted.map(|(place, _)| place).collect();
            group.chosen.staying.extend(wanted);
        }
    }

    fn edit(&mut self, group: usize, change: impl FnOnce(usize, &mut Choices)) {
        let Some(group) = self.groups.get_mut(group) else { return };
        change(group.files.len(), &mut group.chosen);
        group.decide(&self.rules);
    }
}

impl Choices {
    /// Whether nothing was chosen.
    pub fn is_empty(&self) -> bool {
        self.keeper.is_none() && self.staying.is_empty()
    }
}

impl Group {
    fn decide(&mut self, rules: &KeepRules) {
        let fates = self.fates(rules);
        self.files.iter_mut().zip(fates).for_each(|(planned, fate)| planned.fate = fate);
    }

    /// The fates that follow from the rules and the user's choices.
    fn fates(&self, rules: &KeepRules) -> Vec<Fate> {
        let files = self.copies();
        let mut fates = decide(&files, &self.heard, rules);
        if let Some(keeper) = self.chosen.keeper.filter(|keeper| *keeper < files.len()) {
            let choice = Choice { files: &files, heard: &self.heard, rules, keeper };
            let by_rules = fates;
            fates = (0..files.len()).map(|other| choice.fate(other, &by_rules[other])).collect();
            // What would go in favour of a file that goes itself now has no other keeper than this one.
            let stays: Vec<bool> =
                fates.iter().map(|fate| matches!(fate, Fate::Keep | Fate::Stay(_))).collect();
            for (other, fate) in fates.iter_mut().enumerate() {
                if let Fate::Go { keeper, .. } | Fate::Undecided { keeper } = fate
                    && !stays[*keeper]
                {
                    *fate = match choice.is_on_its_album(other) {
                        true => choice.in_favour(other),
                        false => Fate::Stay(Stays::OtherAlbum),
                    };
                }
            }
        }
        for place in self.chosen.staying.iter().filter(|place| **place < files.len()) {
            if fates[*place] != Fate::Keep {
                fates[*place] = Fate::Stay(Stays::Wanted);
            }
        }
        fates
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
    /// What becomes of another file of the group, which has this fate by the rules.
    fn fate(&self, other: usize, by_rules: &Fate) -> Fate {
        if other == self.keeper {
            return Fate::Keep;
        }
        let is_on_its_album = self.is_on_its_album(other);
        match by_rules {
            // A rule says the same.
            Fate::Go { keeper, .. } if *keeper == self.keeper => by_rules.clone(),
            // The keeper of this album is another one by the rules.
            Fate::Stay(Stays::OtherAlbum) if is_on_its_album => self.in_favour(other),
            Fate::Stay(_) => by_rules.clone(),
            _ if is_on_its_album => self.in_favour(other),
            // It goes in favour of a file of its own album, which stays.
            Fate::Go { .. } | Fate::Undecided { .. } => by_rules.clone(),
            Fate::Keep => Fate::Stay(
                stays_anyway(&self.files[other], self.files, self.rules).unwrap_or(Stays::OtherAlbum),
            ),
        }
    }

    /// The file goes in favour of the keeper, unless something speaks against it.
    fn in_favour(&self, other: usize) -> Fate {
        let stays = stays_anyway(&self.files[other], self.files, self.rules)
            .or_else(|| unlike(self.files, self.heard, self.rules, other, self.keeper));
        stays.map_or(Fate::Go { keeper: self.keeper, rule: None }, Fate::Stay)
    }

    /// Whether a file may go in favour of the keeper as far as albums are concerned. A file without an album belongs to
    /// any.
    fn is_on_its_album(&self, other: usize) -> bool {
        let albums = (self.files[other].album_key(), self.files[self.keeper].album_key());
        !self.rules.one_per_album || albums.0.is_none() || albums.1.is_none() || albums.0 == albums.1
    }
}
