//! What the user's answers changed, and how likely a pair is.

use reprise_library::{PersonalCalibration, Shifts};

/// Smaller shifts are no news: a standing is shown with one digit.
const SAME: f32 = 0.05;

/// What was learnt from the user's answers, in whole sentences.
pub fn calibration(personal: &PersonalCalibration) -> String {
    let PersonalCalibration { n_answers, n_yes, shifts, in_use } = *personal;
    let (needed, of_each) = (PersonalCalibration::ANSWERS, PersonalCalibration::OF_EACH);
    let answers = answers(n_answers, n_yes);
    match shifts {
        None => {
            format!(
                "A personal calibration needs {needed} answers, of which at least {of_each} are yes and \
                 {of_each} are no. So far there {} {answers}.",
                if n_answers == 1 { "is" } else { "are" }
            ) + if in_use { "" } else { " It is switched off." }
        }
        Some(shifts) if in_use => format!("From {answers}: {}.", shifted(shifts, "now needs")),
        Some(shifts) => format!(
            "From {answers}: {}. This is switched off, so the shipped calibration counts.",
            shifted(shifts, "would need")
        ),
    }
}

/// How likely a pair of this probability is one song: "about 62 of 100 such pairs are one song".
pub fn chance(probability: f32) -> String {
    let of_100 = (f64::from(probability) * 100.0).round().clamp(1.0, 99.0);
    format!("about {of_100} of 100 such pairs are one song")
}

/// "34 answers, 21 of them yes".
fn answers(n: usize, n_yes: usize) -> String {
    match n {
        0 => "no answers".into(),
        1 => format!("1 answer, which is {}", if n_yes == 1 { "yes" } else { "no" }),
        _ => format!("{n} answers, {n_yes} of them yes"),
    }
}

/// "certain now needs 0.4 standard deviations more, and likely 0.1 standard deviations less".
fn shifted(shifts: Shifts, needs: &str) -> String {
    format!("certain {needs} {}, and likely {}", amount(shifts.certain), amount(shifts.likely))
}

/// "0.4 standard deviations more".
fn amount(shift: f32) -> String {
    match shift {
        _ if shift.abs() < SAME => "as much as before".into(),
        0.0.. => format!("{shift:.1} standard deviations more"),
        _ => format!("{:.1} standard deviations less", -shift),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(n_answers: usize, n_yes: usize, shifts: Option<(f32, f32)>, in_use: bool) -> String {
        let shifts = shifts.map(|(certain, likely)| Shifts { certain, likely });
        calibration(&PersonalCalibration { n_answers, n_yes, shifts, in_use })
    }

    #[test]
    fn a_shift_is_said_with_what_it_rests_on() {
        assert_eq!(
            said(34, 21, Some((0.42, -0.1)), true),
            "From 34 answers, 21 of them yes: certain now needs 0.4 standard deviations more, and likely 0.1 \
             standard deviations less."
        );
        assert_eq!(
            said(34, 21, Some((0.01, 0.3)), true),
            "From 34 answers, 21 of them yes: certain now needs as much as before, and likely 0.3 standard \
             deviations more."
        );
        assert_eq!(
            said(34, 21, Some((-0.5, 0.0)), true),
            "From 34 answers, 21 of them yes: certain now needs 0.5 standard deviations less, and likely as much \
             as before."
        );
        assert_eq!(
            said(34, 21, Some((0.04, -0.04)), true),
            "From 34 answers, 21 of them yes: certain now needs as much as before, and likely as much as \
             before."
        );
    }

    #[test]
    fn what_is_switched_off_or_not_there_yet_is_said() {
        assert_eq!(
            said(34, 21, Some((0.42, 0.4)), false),
            "From 34 answers, 21 of them yes: certain would need 0.4 standard deviations more, and likely 0.4 \
             standard deviations more. This is switched off, so the shipped calibration counts."
        );
        let needs = "A personal calibration needs 30 answers, of which at least 5 are yes and 5 are no.";
        assert_eq!(said(0, 0, None, true), format!("{needs} So far there are no answers."));
        assert_eq!(said(1, 0, None, true), format!("{needs} So far there is 1 answer, which is no."));
        let so_far = "So far there are 40 answers, 38 of them yes. It is switched off.";
        assert_eq!(said(40, 38, None, false), format!("{needs} {so_far}"));
    }

    #[test]
    fn no_chance_is_called_none_or_all() {
        assert_eq!(chance(0.623), "about 62 of 100 such pairs are one song");
        assert_eq!(chance(0.0001), "about 1 of 100 such pairs are one song");
        assert_eq!(chance(1.0), "about 99 of 100 such pairs are one song");
    }
}
