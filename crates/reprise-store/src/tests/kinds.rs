//! What the user says that recordings are.

use super::*;
use crate::KindSaid;

#[test]
fn what_a_recording_is_said_to_be_outlives_its_track_and_is_replaced_by_a_later_word() {
    let mut shelf = Shelf::new();
    shelf.hear("a.flac", 1);
    let said = |kind: &str, is_one, at_s| KindSaid { payload: payload(1), kind: kind.into(), is_one, at_s };
    shelf.store.put_kind(&said("live", true, 1)).unwrap();
    shelf.store.put_kind(&said("remix", false, 2)).unwrap();
    shelf.store.put_kind(&said("live", false, 3)).unwrap();
    shelf.store.remove_folder(shelf.folder).unwrap();
    assert_eq!(shelf.store.kinds().unwrap(), [said("live", false, 3), said("remix", false, 2)]);
    assert_eq!(shelf.store.kinds_of(&payload(1)).unwrap().len(), 2);
    assert_eq!(shelf.store.kinds_of(&payload(2)).unwrap(), []);
    assert_eq!(shelf.store.kind(&payload(1), "live").unwrap(), Some(said("live", false, 3)));
    assert!(shelf.store.remove_kind(&payload(1), "live").unwrap());
    assert!(!shelf.store.remove_kind(&payload(1), "live").unwrap());
    assert_eq!(shelf.store.kinds().unwrap(), [said("remix", false, 2)]);
}
