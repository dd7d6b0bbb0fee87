//! Groups recordings that are one song, without chaining.
//!
//! Average linkage: two groups are joined when at least one pair between them is a version and the mean over all
//! pairs between them is high enough, where a pair without an edge counts as nothing. One wrong edge between two
//! songs of several versions therefore joins nothing. Every group's history is determined by the edges alone, not by
//! their order.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap, HashSet};

/// A pair of recordings and its centred score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// Index of one recording.
    pub a: usize,
    /// Index of the other.
    pub b: usize,
    /// Centred score, above 0; pairs not worth mentioning are left out.
    pub weight: f32,
}

/// When groups are joined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linkage {
    /// At least one pair must reach this.
    pub best: f32,
    /// The mean of all pairs must reach this.
    pub mean: f32,
}

/// What lies between two groups.
#[derive(Debug, Clone, Copy)]
struct Link {
    sum: f32,
    best: f32,
}

/// A possible join, best first.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate {
    mean: f32,
    groups: (usize, usize),
    /// Sizes of both groups when this was computed; others mean that it is out of date.
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

/// Groups `0..n`. Pairs in `same` are together, pairs in `different` never are, not even through others; where both
/// are demanded the separation wins. Every index is in exactly one group, groups are in the order of their least
/// index, and within a group the recording most like the others comes first.
pub fn clusters(
    n: usize,
    edges: &[Edge],
    same: &[(usize, usize)],
    different: &[(usize, usize)],
    linkage: Linkage,
) -> Vec<Vec<usize>> {
    let mut grouping = Grouping::new(n, edges, different);
    for (a, b) in same {
        let (a, b) = (grouping.group_of[*a], grouping.group_of[*b]);
        if a != b && !grouping.is_forbidden(a, b) {
            grouping.join(a, b);
        }
    }
    grouping.agglomerate(linkage);
    let mut groups: Vec<Vec<usize>> =
        grouping.members.into_iter().filter(|members| !members.is_empty()).collect();
    groups.sort_by_key(|members| members.iter().min().copied());
    typical_first(&mut groups, edges);
    groups
}

struct Grouping {
    group_of: Vec<usize>,
    members: Vec<Vec<usize>>,
    /// Links of each group to others.
    links: Vec<BTreeMap<usize, Link>>,
    apart: Vec<HashSet<usize>>,
}

impl Grouping {
    fn new(n: usize, edges: &[Edge], different: &[(usize, usize)]) -> Self {
        let mut links = vec![BTreeMap::new(); n];
        for edge in edges.iter().filter(|edge| edge.a != edge.b) {
            let link = Link { sum: edge.weight, best: edge.weight };
            links[edge.a].insert(edge.b, link);
            links[edge.b].insert(edge.a, link);
        }
        let mut apart = vec![HashSet::new(); n];
        for (a, b) in different {
            apart[*a].insert(*b);
            apart[*b].insert(*a);
        }
        Self { group_of: (0..n).collect(), members: (0..n).map(|index| vec![index]).collect(), links, apart }
    }

    fn is_forbidden(&self, a: usize, b: usize) -> bool {
        self.members[a]
            .iter()
            .any(|member| self.members[b].iter().any(|other| self.apart[*member].contains(other)))
    }

    /// Joins best pairs first until none may be joined.
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

    /// The joins of `group` that the linkage allows.
    fn candidates(&self, group: usize, linkage: Linkage) -> Vec<Candidate> {
        let allowed = self.links[group].iter().filter_map(|(other, link)| {
            let groups = (group.min(*other), group.max(*other));
            let sizes = self.sizes(groups.0, groups.1);
            let mean = link.sum / (sizes.0 * sizes.1) as f32;
            (link.best >= linkage.best && mean >= linkage.mean).then_some(Candidate { mean, groups, sizes })
        });
        allowed.collect()
    }

    /// Moves everything of `b` to `a`.
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

/// Puts the member with the greatest sum of edges within its group first, the others in the order of their edge
/// sums.
fn typical_first(groups: &mut [Vec<usize>], edges: &[Edge]) {
    let mut group_of = BTreeMap::new();
    for (number, members) in groups.iter().enumerate() {
        members.iter().for_each(|member| {
            group_of.insert(*member, number);
        });
    }
    let mut sums: BTreeMap<usize, f32> = BTreeMap::new();
    for edge in edges.iter().filter(|edge| group_of[&edge.a] == group_of[&edge.b]) {
        *sums.entry(edge.a).or_default() += edge.weight;
        *sums.entry(edge.b).or_default() += edge.weight;
    }
    let sum = |member: &usize| sums.get(member).copied().unwrap_or_default();
    for members in groups {
        members.sort_by(|a, b| sum(b).total_cmp(&sum(a)).then(a.cmp(b)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINKAGE: Linkage = Linkage { best: 5.0, mean: 3.0 };

    fn edge(a: usize, b: usize, weight: f32) -> Edge {
        Edge { a, b, weight }
    }

    fn sets(groups: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
        groups
            .into_iter()
            .map(|mut members| {
                members.sort_unstable();
                members
            })
            .collect()
    }

    /// Two songs of three versions each.
    fn two_songs() -> Vec<Edge> {
        [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)].map(|(a, b)| edge(a, b, 8.0)).to_vec()
    }

    #[test]
    fn one_wrong_edge_does_not_join_two_songs() {
        let mut edges = two_songs();
        edges.push(edge(2, 3, 9.0));
        // 2 and 3 are the closest pair of all, so they would be joined first by mistake; the others must not follow.
        let groups = sets(clusters(6, &edges, &[], &[], LINKAGE));
        assert!(groups.iter().all(|members| members.len() <= 4), "{groups:?}");
        edges.pop();
        edges.push(edge(2, 3, 6.0));
        assert_eq!(sets(clusters(6, &edges, &[], &[], LINKAGE)), [vec![0, 1, 2], vec![3, 4, 5]]);
    }

    #[test]
    fn a_rejected_pair_is_kept_apart_even_through_a_third() {
        let groups = sets(clusters(6, &two_songs(), &[], &[(0, 1)], LINKAGE));
        assert!(groups.iter().all(|members| !(members.contains(&0) && members.contains(&1))), "{groups:?}");
    }

    #[test]
    fn a_confirmed_pair_is_together_without_an_edge_unless_it_was_also_rejected() {
        assert_eq!(sets(clusters(3, &[], &[(0, 2)], &[], LINKAGE)), [vec![0, 2], vec![1]]);
        assert_eq!(clusters(3, &[], &[(0, 2), (2, 1)], &[(0, 1)], LINKAGE).len(), 2);
    }

    #[test]
    fn the_order_of_edges_does_not_matter_and_every_index_is_in_one_group() {
        let mut edges = two_songs();
        edges.extend([edge(2, 3, 6.0), edge(5, 6, 5.5), edge(6, 7, 5.5)]);
        let forward = clusters(9, &edges, &[], &[], LINKAGE);
        edges.reverse();
        assert_eq!(forward, clusters(9, &edges, &[], &[], LINKAGE));
        let mut all: Vec<usize> = forward.into_iter().flatten().collect();
        all.sort_unstable();
        assert_eq!(all, (0..9).collect::<Vec<_>>());
    }

    #[test]
    fn edges_below_the_threshold_join_nothing_and_the_typical_member_leads() {
        assert_eq!(clusters(2, &[edge(0, 1, 4.9)], &[], &[], LINKAGE), [vec![0], vec![1]]);
        let edges = [edge(0, 1, 6.0), edge(1, 2, 9.0), edge(0, 2, 5.0)];
        assert_eq!(clusters(3, &edges, &[], &[], LINKAGE)[0][0], 1);
    }
}
