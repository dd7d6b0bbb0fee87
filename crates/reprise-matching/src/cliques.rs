//! Groups in which every two members are a pair. [`crate::cluster`] also joins groups in which some members are
//! not a pair. That is right for versions of a song, but wrong for files that may be deleted: a copy of a copy that was
//! changed a little each time is no copy.

use std::cmp::Reverse;
use std::collections::HashSet;

/// Divides `0..n` into groups in which every two members are one of `pairs`. Pairs with the most common partners are
/// tried first; a pair joins two groups if all their members are partners. Finding the smallest number of groups would
/// take far too long and would mean no more.
///
/// Members are in ascending order, groups in the order of their first members.
pub fn cliques(n: usize, pairs: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut partners: Vec<HashSet<usize>> = vec![HashSet::new(); n];
    for (a, b) in pairs {
        partners[*a].insert(*b);
        partners[*b].insert(*a);
    }
    let in_common = |(a, b): &(usize, usize)| partners[*a].intersection(&partners[*b]).count();
    let mut order: Vec<(usize, usize)> = pairs.iter().map(|(a, b)| (*a.min(b), *a.max(b))).collect();
    order.sort_by_cached_key(|pair| (Reverse(in_common(pair)), *pair));
    let mut groups: Vec<Vec<usize>> = (0..n).map(|member| vec![member]).collect();
    let mut group_of: Vec<usize> = (0..n).collect();
    for (a, b) in order {
        let (one, other) = (group_of[a], group_of[b]);
        let is_partner = |member: &usize| groups[other].iter().all(|other| partners[*member].contains(other));
        if one != other && groups[one].iter().all(is_partner) {
            let joining = std::mem::take(&mut groups[other]);
            joining.iter().for_each(|member| group_of[*member] = one);
            groups[one].extend(joining);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort();
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_no_group() {
        assert_eq!(cliques(4, &[]), [[0], [1], [2], [3]]);
        assert_eq!(cliques(4, &[(0, 2), (0, 3), (2, 3)]), [vec![0, 2, 3], vec![1]]);
        assert_eq!(cliques(3, &[(0, 1), (1, 2)]), [vec![0, 1], vec![2]]);
        // Two groups that one pair would join.
        let joined = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5), (2, 3)];
        assert_eq!(cliques(6, &joined), [vec![0, 1, 2], vec![3, 4, 5]]);
    }

    #[test]
    fn every_two_members_are_a_pair_and_nobody_is_lost() {
        let mut state = 7u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize
        };
        for _ in 0..50 {
            let n = 2 + random() % 12;
            let all = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
            let pairs: Vec<(usize, usize)> = all.filter(|_| random() % 2 == 0).collect();
            let groups = cliques(n, &pairs);
            let mut members: Vec<usize> = groups.concat();
            members.sort_unstable();
            assert_eq!(members, (0..n).collect::<Vec<_>>());
            for group in groups {
                for (place, a) in group.iter().enumerate() {
                    assert!(group[place + 1..].iter().all(|b| pairs.contains(&(*a, *b))));
                }
            }
        }
    }
}
