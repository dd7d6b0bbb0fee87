//! A time as the name of a folder.

/// Seconds since 1970 as `2026-08-01T12-30-00Z`: sorts by time, and has no colon, which Windows forbids in names.
pub(crate) fn stamp(unix_s: i64) -> String {
    let (days, second) = (unix_s.div_euclid(86_400), unix_s.rem_euclid(86_400));
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}-{minute:02}-{second:02}Z")
}

/// The date of a day, counted from 1970-01-01. This is `civil_from_days` of Howard Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms": years begin in March, so that the leap day is the last one.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::stamp;

    #[test]
    fn known_seconds_have_their_known_dates() {
        // As `date --utc --date=@SECONDS` says.
        assert_eq!(stamp(0), "1970-01-01T00-00-00Z");
        assert_eq!(stamp(-1), "1969-12-31T23-59-59Z");
        assert_eq!(stamp(951_782_400), "2000-02-29T00-00-00Z");
        assert_eq!(stamp(1_785_587_400), "2026-08-01T12-30-00Z");
        assert_eq!(stamp(4_107_542_399), "2100-02-28T23-59-59Z");
        assert_eq!(stamp(4_107_542_400), "2100-03-01T00-00-00Z");
    }
}
