//! Groups in which everyone belongs with everyone. [`crate::cluster`] lets one pair bring two groups together, which is right for
//! versions of a song and wrong for what may be thrown away: a copy of a copy that was changed a little each time is no copy.

use std::collections::HashSet;

/// Divides `0..n` into groups of which every two members are one of `pairs`. Who has most partners is placed first, each in the
/// largest group that takes it; finding the fewest groups would take for ever and says no more.
///
/// Members ascending, groups in the order of their first members.
pub fn cliques(n: usize, pairs: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut partners: Vec<HashSet<usize>> = vec![HashSet::new(); n];
    for (a, b) in pairs {
        partners[*a].insert(*b);
        partners[*b].insert(*a);
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|member| (std::cmp::Reverse(partners[*member].len()), *member));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    // In which groups each one's partners are: nobody looks at all groups.
    let mut group_of = vec![usize::MAX; n];
    for member in order {
        let near: HashSet<usize> =
            partners[member].iter().map(|one| group_of[*one]).filter(|group| *group != usize::MAX).collect();
        let takes = |group: &&usize| groups[**group].iter().all(|other| partners[member].contains(other));
        let largest =
            near.iter().filter(takes).max_by_key(|group| (groups[**group].len(), usize::MAX - **group));
        let place = largest.copied().unwrap_or_else(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(member);
        group_of[member] = place;
    }
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
