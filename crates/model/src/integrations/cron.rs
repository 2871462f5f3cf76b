//! When a schedule is due: five fields of cron in a time zone.
//!
//! Where clocks go forward, a schedule of fixed times (`30 2 * * *`) that falls into the hour that is left out is due
//! at the first moment after it, and one of intervals (`*/10 * * * *`) goes on behind it. Where clocks go back, fixed
//! times are due once, at the earlier of the two moments, and intervals throughout both hours.

use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};
use jiff::{Timestamp, tz::TimeZone};

use crate::{Document, problem::FieldError, value::codes};

/// A schedule's cron and time zone, understood.
#[derive(Clone, Debug)]
pub struct Plan {
    cron: Cron,
    zone: TimeZone,
}

impl Plan {
    /// Reads both.
    ///
    /// # Errors
    /// What is wrong with `cron` and `time_zone`, each named with its value and the mend.
    pub fn read(cron: &str, zone: &str) -> Result<Self, Vec<FieldError>> {
        let parsed = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build()
            .parse(cron)
            .map_err(|error| {
                let message = format!(
                    "This is no schedule: {error}. Give minute, hour, day, month and weekday, such as `0 2 * * *` for 02:00 every day."
                );
                FieldError::new("cron", &codes::NOT_A_SCHEDULE, message).value(cron)
            });
        let found = TimeZone::get(zone).map_err(|_| {
            let message = "Give an IANA time zone such as `Asia/Bangkok` or `UTC`.";
            FieldError::new("time_zone", &codes::NOT_A_CHOICE, message).value(zone)
        });
        match (parsed, found) {
            (Ok(cron), Ok(zone)) => {
                let plan = Self { cron, zone };
                // The 30th of February: well-formed, and never due.
                match plan.after(Timestamp::UNIX_EPOCH) {
                    Some(_) => Ok(plan),
                    None => {
                        let message = "This schedule is never due. Give a day that its month has.";
                        Err(vec![FieldError::new("cron", &codes::NOT_A_SCHEDULE, message).value(plan.text())])
                    }
                }
            }
            (cron, zone) => Err(cron.err().into_iter().chain(zone.err()).collect()),
        }
    }

    /// The first slot after this moment.
    pub fn after(&self, moment: Timestamp) -> Option<Timestamp> {
        let from = moment.to_zoned(self.zone.clone());
        self.cron.find_next_occurrence(&from, false).ok().map(|slot| slot.timestamp())
    }

    /// The latest slot up to and with this moment.
    pub fn latest(&self, moment: Timestamp) -> Option<Timestamp> {
        let from = moment.to_zoned(self.zone.clone());
        self.cron.find_previous_occurrence(&from, true).ok().map(|slot| slot.timestamp())
    }

    fn text(&self) -> String {
        self.cron.pattern.to_string()
    }
}

/// The errors of a schedule's `cron` and `time_zone`.
pub fn check(doc: &Document) -> Vec<FieldError> {
    let text = |field: &str| doc.get(field).and_then(|value| value.as_str());
    let (Some(cron), Some(zone)) = (text("cron"), text("time_zone")) else { return vec![] };
    Plan::read(cron, zone).err().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(cron: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
        let plan = Plan::read(cron, zone).unwrap();
        let mut at: Timestamp = from.parse().unwrap();
        let mut slots = vec![];
        for _ in 0..count {
            at = plan.after(at).unwrap();
            assert_eq!(plan.latest(at), Some(at), "a slot is its own latest one");
            slots.push(at.to_string());
        }
        slots
    }

    #[test]
    fn slots_follow_the_zone() {
        assert_eq!(slots("0 2 * * *", "Asia/Bangkok", "2026-01-01T00:00:00Z", 1), ["2026-01-01T19:00:00Z"]);
    }

    #[test]
    fn the_hour_left_out_in_spring() {
        // New York, 8 March 2026: 01:59:59 EST is followed by 03:00:00 EDT.
        let from = "2026-03-08T05:30:00Z";
        let fixed = slots("30 2 * * *", "America/New_York", from, 2);
        assert_eq!(fixed, ["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]);
        let half_hours = slots("*/30 * * * *", "America/New_York", "2026-03-08T06:20:00Z", 3);
        assert_eq!(half_hours, ["2026-03-08T06:30:00Z", "2026-03-08T07:00:00Z", "2026-03-08T07:30:00Z"]);
    }

    #[test]
    fn the_hour_that_comes_twice_in_autumn() {
        // New York, 1 November 2026: 01:59:59 EDT is followed by 01:00:00 EST.
        let fixed = slots("30 1 * * *", "America/New_York", "2026-11-01T04:00:00Z", 2);
        assert_eq!(fixed, ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]);
        let half_hours = slots("*/30 * * * *", "America/New_York", "2026-11-01T05:10:00Z", 4);
        assert_eq!(
            half_hours,
            ["2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:00:00Z"]
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_mend() {
        let told = |cron: &str, zone: &str| Plan::read(cron, zone).map(drop).unwrap_err();
        let both = told("every day", "Bangkok");
        assert_eq!(both.iter().map(|error| &*error.field).collect::<Vec<_>>(), ["cron", "time_zone"]);
        assert!(both[0].message.contains("minute, hour, day, month and weekday"));
        assert_eq!(told("0 0 2 * * *", "UTC")[0].field, "cron", "seconds are refused");
        assert!(told("0 0 30 2 *", "UTC")[0].message.contains("never due"));
    }
}
