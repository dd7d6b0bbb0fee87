use super::*;

#[test]
fn probabilities_add_up_and_leave_out_what_is_not_allowed() {
    let logits = [1.0, 5.0, 3.0, 3.0];
    let probabilities = softmax(&logits, |token| token != 1);
    assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    assert_eq!(probabilities[1], 0.0);
    let (token, log_probability) = likeliest(&logits, |token| token != 1);
    assert_eq!(token, 2, "the first of equals");
    assert!((log_probability - probabilities[2].ln()).abs() < 1e-6);
    assert_eq!(likeliest(&logits, |_| true).0, 1);
}

#[test]
fn a_group_that_is_said_over_and_over_is_a_loop_and_a_refrain_is_not() {
    let repeated = |group: &[Token], times: usize| -> Vec<Token> {
        [5, 6, 7].into_iter().chain(group.repeat(times)).collect()
    };
    assert!(is_loop(&repeated(&[9], 24)));
    assert!(!is_loop(&repeated(&[9], 20)), "oh oh oh");
    assert!(is_loop(&repeated(&[1, 2, 3, 4, 5, 6, 7, 8], 4)));
    assert!(!is_loop(&repeated(&[1, 2, 3, 4, 5, 6, 7, 8], 3)));
    let counting: Vec<Token> = (0..160).collect();
    assert!(!is_loop(&counting) && !is_loop(&[]));
}
