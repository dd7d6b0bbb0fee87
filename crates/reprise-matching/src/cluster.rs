//! Groups recordings that are one song, without chaining.
//!
//! The method is average linkage. Two groups are joined if at least one pair between them is a version and the mean
//! score over all pairs between them is high enough. A pair without an edge counts as 0. One wrong edge between two
//! songs of several versions therefore joins nothing. The groups depend on the edges alone, not on their order.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashSet};

/// A pair of recordings and its normalised score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// Index of one recording.
    pub a: usize,
    /// Index of the other.
    pub b: usize,
    /// Normalised score, above 0; pairs with a low score are left out.
    pub weight: f32,
}

/// Thresholds for joining two groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linkage {
    /// At least one pair must reach this.
    pub best: f32,
    /// The mean of all pairs must reach this.
    pub mean: f32,
}

/// Sum and maximum of the scores between two groups.
#[derive(Debug, Clone, Copy)]
struct Link {
    sum: f32,
    best: f32,
}

/// A possible join of two groups; the best is tried first.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate {
    mean: f32,
    groups: (usize, usize),
    /// Sizes of both groups when this was computed. If they have changed, the candidate is out of date.
    sizes: (usize, usize),
}

impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.mean.total_cmp(&other.mean).then_with(|| Reverse(self.groups).cmp(&Reverse(other.groups)))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Divides `0..n` into groups. Pairs in `same` are in one group. Pairs in `different` never are, not even through other
/// recordings. If the two contradict each other, `different` wins; among the lists in `same`, the earlier list wins.
/// Every index is in exactly one group. Groups are in the order of their least index. Within a group, the recording
/// most similar to the others comes first.
///
/// The order within the slices does not matter: if a pair has several edges, the highest counts. Edges whose weight is
/// not finite, and pairs with an index of `n` or above, are ignored.
pub fn clusters(
    n: usize,
    edges: &[Edge],
    same: &[&[(usize, usize)]],
    different: &[(usize, usize)],
    linkage: Linkage,
) -> Vec<Vec<usize>> {
    let edges = highest_of_each_pair(n, edges);
    let mut grouping = Grouping::new(n, &edges, different);
    for pairs in same {
        grouping.confirm(pairs);
    }
    grouping.agglomerate(linkage);
    let mut groups: Vec<Vec<usize>> =
        grouping.members.into_iter().filter(|members| !members.is_empty()).collect();
    groups.sort_by_key(|members| members.iter().min().copied());
    typical_first(&mut groups, &edges);
    groups
}

/// Returns the highest weight of each pair, with the lesser index first.
fn highest_of_each_pair(n: usize, edges: &[Edge]) -> BTreeMap<(usize, usize), f32> {
    let mut highest = BTreeMap::new();
    for edge in edges.iter().filter(|edge| edge.weight.is_finite()) {
        if let Some(pair) = ordered(n, edge.a, edge.b) {
            let weight = highest.entry(pair).or_insert(edge.weight);
            *weight = weight.max(edge.weight);
        }
    }
    highest
}

/// Puts the lesser index of a pair first. Returns `None` for a recording with itself and for an index that does not
/// exist.
fn ordered(n: usize, a: usize, b: usize) -> Option<(usize, usize)> {
    (a != b && a < n && b < n).then_some((a.min(b), a.max(b)))
}

struct Grouping {
    group_of: Vec<usize>,
    members: Vec<Vec<usize>>,
    /// Links of each group to others.
    links: Vec<BTreeMap<usize, Link>>,
    apart: Vec<HashSet<usize>>,
}

impl Grouping {
    fn new(n: usize, edges: &BTreeMap<(usize, usize), f32>, different: &[(usize, usize)]) -> Self {
        let mut links = vec![BTreeMap::new(); n];
        for ((a, b), weight) in edges {
            let link = Link { sum: *weight, best: *weight };
            links[*a].insert(*b, link);
            links[*b].insert(*a, link);
        }
        let mut apart = vec![HashSet::new(); n];
        for (a, b) in different.iter().filter_map(|(a, b)| ordered(n, *a, *b)) {
            apart[a].insert(b);
            apart[b].insert(a);
        }
        Self { group_of: (0..n).collect(), members: (0..n).map(|index| vec![index]).collect(), links, apart }
    }

    fn is_forbidden(&self, a: usize, b: usize) -> bool {
        self.members[a]
            .iter()
            .any(|member| self.members[b].iter().any(|other| self.apart[*member].contains(other)))
    }

    /// Joins confirmed pairs in the order of their indices, except those that must stay apart.
    fn confirm(&mut self, same: &[(usize, usize)]) {
        let n = self.members.len();
        let pairs: BTreeSet<(usize, usize)> = same.iter().filter_map(|(a, b)| ordered(n, *a, *b)).collect();
        for (a, b) in pairs {
            let (a, b) = (self.group_of[a], self.group_of[b]);
            if a != b && !self.is_forbidden(a, b) {
                self.join(a.min(b), a.max(b));
            }
        }
    }

    /// Joins the best pairs of groups first, until no join is allowed.
    fn agglomerate(&mut self, linkage: Linkage) {
        let groups = 0..self.members.len();
        let mut heap: BinaryHeap<Candidate> =
            groups.flat_map(|group| self.candidates(group, linkage)).collect();
        while let Some(candidate) = heap.pop() {
            let (a, b) = candidate.groups;
            if candidate.sizes == self.sizes(a, b) && !self.is_forbidden(a, b) {
                self.join(a, b);
                heap.extend(self.candidates(a, linkage));
            }
        }
    }

    fn sizes(&self, a: usize, b: usize) -> (usize, usize) {
        (self.members[a].len(), self.members[b].len())
    }

    /// Returns the joins of `group` that the linkage allows.
    fn candidates(&self, group: usize, linkage: Linkage) -> Vec<Candidate> {
        let allowed = self.links[group].iter().filter_map(|(other, link)| {
            let groups = (group.min(*other), group.max(*other));
            let sizes = self.sizes(groups.0, groups.1);
            let mean = link.sum / (sizes.0 * sizes.1) as f32;
            (link.best >= linkage.best && mean >= linkage.mean).then_some(Candidate { mean, groups, sizes })
        });
        allowed.collect()
    }

    /// Moves the members and links of `b` to `a`.
    fn join(&mut self, a: usize, b: usize) {
        let moved = std::mem::take(&mut self.members[b]);
        moved.iter().for_each(|member| self.group_of[*member] = a);
        self.members[a].extend(moved);
        for (other, link) in std::mem::take(&mut self.links[b]) {
            self.links[other].remove(&b);
            if other != a {
                for (from, to) in [(a, other), (other, a)] {
                    let both = self.links[from].entry(to).or_insert(Link { sum: 0.0, best: 0.0 });
                    *both = Link { sum: both.sum + link.sum, best: both.best.max(link.best) };
                }
            }
        }
        self.links[a].remove(&b);
    }
}

/// Sorts the members of each group by the sum of their edges within the group, largest first.
fn typical_first(groups: &mut [Vec<usize>], edges: &BTreeMap<(usize, usize), f32>) {
    let mut group_of = BTreeMap::new();
    for (number, members) in groups.iter().enumerate() {
        members.iter().for_each(|member| {
            group_of.insert(*member, number);
        });
    }
    let mut sums: BTreeMap<usize, f32> = BTreeMap::new();
    for ((a, b), weight) in edges.iter().filter(|((a, b), _)| group_of[a] == group_of[b]) {
        *sums.entry(*a).or_default() += weight;
        *sums.entry(*b).or_default() += weight;
    }
    let sum = |member: &usize| sums.get(member).copied().unwrap_or_default();
    for members in groups {
        members.sort_by(|a, b| sum(b).total_cmp(&sum(a)).then(a.cmp(b)));
    }
}

#[cfg(test)]
mod tests;
