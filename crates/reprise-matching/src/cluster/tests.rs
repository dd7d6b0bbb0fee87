//! Grouping compared with its slow twin, and what a user may rely on.

use proptest::prelude::*;

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
    // 2 and 3 are the closest of all pairs, so they are joined first, by mistake. The others must not follow.
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
    assert_eq!(sets(clusters(3, &[], &[&[(0, 2)]], &[], LINKAGE)), [vec![0, 2], vec![1]]);
    assert_eq!(clusters(3, &[], &[&[(0, 2), (2, 1)]], &[(0, 1)], LINKAGE).len(), 2);
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

#[test]
fn of_two_contradicting_decisions_the_rejection_wins() {
    let groups = |n, same: &[_], different: &[_]| sets(clusters(n, &[], &[same], different, LINKAGE));
    assert_eq!(groups(2, &[(1, 0)], &[(0, 1)]), [vec![0], vec![1]]);
    assert_eq!(
        groups(3, &[(2, 1), (0, 2)], &[(0, 1)]),
        [vec![0, 2], vec![1]],
        "both together would join 0 and 1"
    );
    assert_eq!(groups(3, &[(2, 1), (0, 2), (2, 2)], &[]), [vec![0, 1, 2]]);
}

#[test]
fn of_several_edges_of_a_pair_the_highest_counts_and_nonsense_is_passed_over() {
    let mut edges =
        [edge(0, 1, 6.0), edge(1, 0, 1.0), edge(0, 1, f32::NAN), edge(1, 1, 9.0), edge(1, 7, 9.0)];
    assert_eq!(sets(clusters(2, &edges, &[&[(0, 9)]], &[(9, 1)], LINKAGE)), [vec![0, 1]]);
    edges.reverse();
    assert_eq!(sets(clusters(2, &edges, &[&[(0, 9)]], &[(9, 1)], LINKAGE)), [vec![0, 1]]);
    assert!(clusters(0, &edges, &[&[(0, 1)]], &[], LINKAGE).is_empty());
}

/// Average linkage by definition: examine all pairs of groups, join the best, start again.
fn obvious_clusters(n: usize, edges: &[Edge], different: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let weight = |a: usize, b: usize| {
        let of_pair = edges.iter().filter(|e| (e.a, e.b) == (a, b) || (e.a, e.b) == (b, a));
        of_pair.map(|e| e.weight).fold(0.0f32, f32::max)
    };
    let is_apart = |a: usize, b: usize| different.contains(&(a, b)) || different.contains(&(b, a));
    let mut groups: Vec<Vec<usize>> = (0..n).map(|index| vec![index]).collect();
    loop {
        let mut best: Option<(f32, usize, usize)> = None;
        for i in 0..groups.len() {
            for j in i + 1..groups.len() {
                let pairs: Vec<(usize, usize)> =
                    groups[i].iter().flat_map(|a| groups[j].iter().map(move |b| (*a, *b))).collect();
                let weights: Vec<f32> = pairs.iter().map(|(a, b)| weight(*a, *b)).collect();
                let highest = weights.iter().copied().fold(0.0f32, f32::max);
                let mean = weights.iter().sum::<f32>() / pairs.len() as f32;
                let is_allowed = highest >= LINKAGE.best && mean >= LINKAGE.mean;
                let is_better = best.is_none_or(|(so_far, _, _)| mean > so_far);
                if is_allowed && is_better && !pairs.iter().any(|(a, b)| is_apart(*a, *b)) {
                    best = Some((mean, i, j));
                }
            }
        }
        let Some((_, i, j)) = best else { return groups };
        let moved = groups.remove(j);
        groups[i].extend(moved);
    }
}

/// Edges with integer weights, so that sums are exact in any order.
fn some_edges() -> impl Strategy<Value = Vec<Edge>> {
    let one = (0usize..10, 0usize..10, 1u8..12);
    let one = one.prop_filter_map("of two recordings", |(a, b, weight)| {
        (a != b).then_some(edge(a, b, f32::from(weight)))
    });
    prop::collection::vec(one, 0..40)
}

fn some_pairs() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0usize..10, 0usize..10), 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_heap_joins_what_looking_at_all_pairs_joins(edges in some_edges(), different in some_pairs()) {
        let different: Vec<_> = different.into_iter().filter(|(a, b)| a != b).collect();
        let found = sets(clusters(10, &edges, &[], &different, LINKAGE));
        prop_assert_eq!(found, sets(obvious_clusters(10, &edges, &different)));
    }

    #[test]
    fn decisions_hold_whatever_the_edges_and_their_order(
        edges in some_edges(),
        same in some_pairs(),
        different in some_pairs(),
    ) {
        let found = clusters(10, &edges, &[&same], &different, LINKAGE);
        let mut all: Vec<usize> = found.iter().flatten().copied().collect();
        all.sort_unstable();
        prop_assert_eq!(all, (0..10).collect::<Vec<_>>(), "each recording is in one group");
        let is_together = |a: usize, b: usize| found.iter().any(|group| group.contains(&a) && group.contains(&b));
        for (a, b) in different.iter().filter(|(a, b)| a != b) {
            prop_assert!(!is_together(*a, *b), "a rejected pair is apart");
        }
        let group_of = |member: usize| found.iter().find(|group| group.contains(&member)).cloned().unwrap_or_default();
        for (a, b) in &same {
            let (one, other) = (group_of(*a), group_of(*b));
            let are_forbidden = different.iter().any(|(c, d)| {
                (one.contains(c) && other.contains(d)) || (one.contains(d) && other.contains(c))
            });
            prop_assert!(is_together(*a, *b) || are_forbidden, "a confirmed pair is together or kept apart by a rejection");
        }
        let turned = |pairs: &[(usize, usize)]| pairs.iter().rev().map(|(a, b)| (*b, *a)).collect::<Vec<_>>();
        let backwards: Vec<Edge> = edges.iter().rev().map(|e| edge(e.b, e.a, e.weight)).collect();
        prop_assert_eq!(found, clusters(10, &backwards, &[&turned(&same)], &turned(&different), LINKAGE));
    }
}

#[test]
fn of_what_is_said_to_be_one_song_the_higher_authority_comes_first() {
    let (said, tagged): (&[_], &[_]) = (&[(1, 2)], &[(0, 1)]);
    let different = [(0, 2)];
    let groups = |same: &[&[(usize, usize)]]| sets(clusters(3, &[], same, &different, LINKAGE));
    assert_eq!(groups(&[said, tagged]), [vec![0], vec![1, 2]]);
    assert_eq!(groups(&[tagged, said]), [vec![0, 1], vec![2]]);
}

/// Pseudo-random numbers in 0..n.
fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |n| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % n
    }
}

#[test]
fn many_works_with_many_wrong_edges_among_them_do_not_grow_together() {
    const WORKS: usize = 3000;
    const VERSIONS: usize = 3;
    // With a wrong edge for every second work, most works would be connected if one edge were enough.
    for (wrong, whole) in [(WORKS / 2, WORKS / 3), (WORKS / 20, WORKS * 9 / 10)] {
        let mut number = numbers(1);
        let mut edges = Vec::new();
        for first in (0..WORKS * VERSIONS).step_by(VERSIONS) {
            for (a, b) in [(0, 1), (0, 2), (1, 2)] {
                edges.push(edge(first + a, first + b, 6.0 + number(60) as f32 / 10.0));
            }
        }
        // Wrong edges have weights as high as those of the right ones.
        for _ in 0..wrong {
            let (a, b) = (number(WORKS * VERSIONS), number(WORKS * VERSIONS));
            edges.push(edge(a, b, 6.0 + number(60) as f32 / 10.0));
        }
        let groups = sets(clusters(WORKS * VERSIONS, &edges, &[], &[], LINKAGE));
        let largest = groups.iter().map(Vec::len).max();
        assert!(largest <= Some(2 * VERSIONS), "{wrong} wrong edges: {largest:?}");
        let is_work = |group: &&Vec<usize>| {
            group.len() == VERSIONS && group[0].is_multiple_of(VERSIONS) && group[2] == group[0] + 2
        };
        let found = groups.iter().filter(is_work).count();
        assert!(found >= whole, "{wrong} wrong edges: {found} of {WORKS} works are just what they are");
    }
}

#[test]
fn songs_on_shared_changes_do_not_become_one() {
    // Forty blues songs: each is a possible version of every other, and some pairs score even higher.
    let mut number = numbers(2);
    let mut edges = Vec::new();
    for a in 0..40 {
        edges.extend((0..a).map(|b| edge(a, b, if number(100) == 0 { 5.5 } else { 3.5 })));
    }
    let certain = edges.iter().filter(|edge| edge.weight >= LINKAGE.best).count();
    assert!(certain >= 5, "the test would say nothing, {certain}");
    let groups = clusters(40, &edges, &[], &[], LINKAGE);
    assert!(groups.iter().all(|group| group.len() <= 4), "{groups:?}");
}

/// Returns the connected component of each index, by confirmed pairs and by edges that can join groups.
fn components(n: usize, edges: &[Edge], same: &[(usize, usize)]) -> Vec<usize> {
    let mut component: Vec<usize> = (0..n).collect();
    let joining = edges.iter().filter(|edge| edge.weight >= LINKAGE.best).map(|edge| (edge.a, edge.b));
    let pairs: Vec<(usize, usize)> = joining.chain(same.iter().copied()).collect();
    for _ in 0..n {
        for (a, b) in &pairs {
            let least = component[*a].min(component[*b]);
            (component[*a], component[*b]) = (least, least);
        }
    }
    component
}

/// Removes recordings of index `n` and above from the groups.
fn below(n: usize, groups: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let kept = groups.into_iter().map(|group| group.into_iter().filter(|index| *index < n).collect());
    let mut kept: Vec<Vec<usize>> = kept.filter(|group: &Vec<usize>| !group.is_empty()).collect();
    kept.iter_mut().for_each(|group| group.sort_unstable());
    kept.sort();
    kept
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_joining_edges_do_not_connect_can_be_grouped_apart(
        edges in some_edges(),
        same in some_pairs(),
        different in some_pairs(),
    ) {
        let component = components(10, &edges, &same);
        let mut apart: Vec<Vec<usize>> = Vec::new();
        for one in 0..10 {
            let is_in = |index: usize| component[index] == one;
            let inside: Vec<Edge> = edges.iter().filter(|edge| is_in(edge.a) && is_in(edge.b)).copied().collect();
            let pairs = |pairs: &[(usize, usize)]| -> Vec<_> {
                pairs.iter().filter(|(a, b)| is_in(*a) && is_in(*b)).copied().collect()
            };
            let groups = clusters(10, &inside, &[&pairs(&same)], &pairs(&different), LINKAGE);
            apart.extend(groups.into_iter().filter(|group| is_in(group[0])));
        }
        prop_assert_eq!(below(10, apart), below(10, clusters(10, &edges, &[&same], &different, LINKAGE)));
    }

    #[test]
    fn strangers_that_are_added_change_no_song(
        edges in some_edges(),
        same in some_pairs(),
        weak in prop::collection::vec((0usize..14, 10usize..14, 1u8..5), 0..20),
    ) {
        let before = below(10, clusters(10, &edges, &[&same], &[], LINKAGE));
        let mut more = edges;
        more.extend(weak.into_iter().filter(|(a, b, _)| a != b).map(|(a, b, weight)| edge(a, b, f32::from(weight))));
        prop_assert_eq!(before, below(10, clusters(14, &more, &[&same], &[], LINKAGE)));
    }

    #[test]
    fn a_version_that_is_added_to_a_song_changes_no_song_that_is_not_connected_with_it(
        edges in some_edges(),
        same in some_pairs(),
        to in 0usize..10,
        weights in prop::collection::vec(0u8..12, 10),
    ) {
        let component = components(10, &edges, &same);
        let elsewhere = |groups: Vec<Vec<usize>>| -> Vec<Vec<usize>> {
            let is_elsewhere = |group: &Vec<usize>| component[group[0]] != component[to];
            below(10, groups).into_iter().filter(is_elsewhere).collect()
        };
        let before = elsewhere(clusters(10, &edges, &[&same], &[], LINKAGE));
        let mut more = edges.clone();
        let own = (0..10).filter(|index| component[*index] == component[to]);
        more.extend(own.map(|index| edge(index, 10, f32::from(weights[index]))));
        prop_assert_eq!(before, elsewhere(clusters(11, &more, &[&same], &[], LINKAGE)));
    }
}
