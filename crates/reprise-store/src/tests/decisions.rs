//! The user's answers to questions about recordings.

use super::*;
use crate::{Decision, Question};

fn answer(question: &Question, is_yes: bool, at_s: i64) -> Decision {
    Decision { question: question.clone(), is_yes, at_s }
}

#[test]
fn a_question_about_a_pair_is_one_in_either_order() {
    let mut store = Store::in_memory().unwrap();
    let ask = |one, other| Question::pair("one song", payload(one), payload(other)).unwrap();
    store.put_decision(&answer(&ask(2, 1), true, NOW_S)).unwrap();
    store.put_decision(&answer(&ask(1, 2), false, NOW_S + 1)).unwrap();
    let last = answer(&ask(1, 2), false, NOW_S + 1);
    assert_eq!(store.decisions().unwrap(), std::slice::from_ref(&last), "the last answer counts");
    assert_eq!((last.question.a(), last.question.b()), (payload(1), Some(payload(2))));
    assert_eq!(store.decision(&ask(2, 1)).unwrap(), Some(last.clone()));
    assert_eq!(store.decisions_of(&payload(2)).unwrap(), [last]);
    assert!(store.remove_decision(&ask(2, 1)).unwrap());
    assert!(!store.remove_decision(&ask(2, 1)).unwrap());
    assert_eq!(store.decision(&ask(1, 2)).unwrap(), None);
    assert_eq!(Question::pair("one song", payload(1), payload(1)), None, "it is not asked beside itself");
}

#[test]
fn an_answer_about_a_recording_outlives_its_track_and_is_replaced_by_a_later_one() {
    let mut shelf = Shelf::new();
    shelf.analyse("a.flac", 1);
    let [live, remix] = ["live", "remix"].map(|word| Question::single(word, payload(1)));
    shelf.store.put_decision(&answer(&live, true, 1)).unwrap();
    shelf.store.put_decision(&answer(&remix, false, 2)).unwrap();
    shelf.store.put_decision(&answer(&live, false, 3)).unwrap();
    shelf.store.remove_folder(shelf.folder).unwrap();
    assert_eq!(shelf.store.decisions().unwrap(), [answer(&live, false, 3), answer(&remix, false, 2)]);
    assert_eq!(shelf.store.decisions_of(&payload(1)).unwrap().len(), 2);
    assert_eq!(shelf.store.decisions_of(&payload(2)).unwrap(), []);
    assert_eq!(shelf.store.decision(&live).unwrap(), Some(answer(&live, false, 3)));
    assert!(shelf.store.remove_decision(&live).unwrap());
    assert!(!shelf.store.remove_decision(&live).unwrap());
    assert_eq!(shelf.store.decisions().unwrap(), [answer(&remix, false, 2)]);
}

#[test]
fn questions_with_one_word_about_one_and_about_two_recordings_are_apart() {
    let mut store = Store::in_memory().unwrap();
    let single = Question::single("later", payload(1));
    let pair = Question::pair("later", payload(1), payload(2)).unwrap();
    store.put_decision(&answer(&single, true, 1)).unwrap();
    store.put_decision(&answer(&pair, false, 2)).unwrap();
    assert_eq!(store.decision(&single).unwrap(), Some(answer(&single, true, 1)));
    assert_eq!(store.decision(&pair).unwrap(), Some(answer(&pair, false, 2)));
    assert!(store.remove_decision(&single).unwrap());
    assert_eq!(store.decisions().unwrap(), [answer(&pair, false, 2)]);
}
