//! The time, whatever the clock says: one that was never set, or set to a year that has more than four digits, ends no program.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::time::{SystemTime, UNIX_EPOCH};

/// Now, as near as a date can be written: from the year -9999 to the year 9999.
#[must_use]
pub fn now() -> Timestamp {
    told(SystemTime::now())
}

/// The same where people live.
#[must_use]
pub fn here() -> Zoned {
    now().to_zoned(TimeZone::system())
}

fn told(time: SystemTime) -> Timestamp {
    let end = if time < UNIX_EPOCH { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::try_from(time).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_time_that_no_date_can_name_is_the_nearest_that_one_can() {
        let years = |years: u64| Duration::from_secs(years * 31_556_952);
        for (time, year) in [
            (UNIX_EPOCH, 1970),
            (UNIX_EPOCH - years(10), 1960),
            (UNIX_EPOCH + years(8_000), 9970),
            (UNIX_EPOCH + years(9_000), 9999),
            (UNIX_EPOCH + years(200_000), 9999),
            (UNIX_EPOCH - years(100_000), -9999),
        ] {
            let date = told(time).to_zoned(TimeZone::UTC).date();
            assert!((i32::from(date.year()) - year).abs() <= 1, "{date} for {year}");
        }
    }
}
