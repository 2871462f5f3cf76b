//! What follows from an attempt: the schedule of retries.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};

use crate::outbound::{Failure, Response};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// Seconds to wait after the first, second, … failed attempt; with the first attempt there are ten, over 75.6 hours.
const WAITS: [u64; 9] =
    [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
/// The longest that an endpoint may ask us to wait.
const LONGEST: Duration = Duration::from_secs(24 * HOUR);

/// What follows from an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The endpoint has it.
    Delivered,
    /// It is tried again after this wait.
    Again(Duration),
    /// No attempt is left.
    Failed,
    /// The endpoint wants no events any more.
    Gone,
}

/// What follows from the attempt of this number (from 1). `share` from 0 to 1 spreads the wait over 90 to 110 percent,
/// so that endpoints are not visited by everything at once.
pub fn judge(attempt: i32, answer: &Result<Response, Failure>, now: Timestamp, share: f64) -> Verdict {
    let response = answer.as_ref().ok();
    match response.map(|response| response.status) {
        Some(200..=299) => return Verdict::Delivered,
        Some(410) => return Verdict::Gone,
        _ => {}
    }
    let place = usize::try_from(attempt.max(1) - 1).unwrap_or(usize::MAX);
    let Some(wait) = WAITS.get(place) else { return Verdict::Failed };
    let wait = Duration::from_secs(*wait).mul_f64(0.9 + 0.2 * share.clamp(0.0, 1.0));
    let asked = response.filter(|response| matches!(response.status, 429 | 503));
    let asked = asked.and_then(|response| retry_after(response.header("retry-after")?, now));
    Verdict::Again(wait.max(asked.unwrap_or_default().min(LONGEST)))
}

/// `Retry-After` in either of its forms (RFC 9110, 10.2.3): seconds, or a date.
fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::parse(value).ok()?;
    date.timestamp().duration_since(now).try_into().ok()
}

/// The public text of an attempt that failed.
pub fn error(answer: &Result<Response, Failure>) -> Option<String> {
    match answer {
        Ok(Response { status: 200..=299, .. }) => None,
        Ok(Response { status, .. }) => Some(format!("The endpoint answered {status}; 2xx is expected.")),
        Err(failure) => Some(failure.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, retry_after: Option<&str>) -> Result<Response, Failure> {
        let headers = retry_after.map(|value| ("retry-after".to_owned(), value.to_owned()));
        Ok(Response { status, headers: headers.into_iter().collect(), body: vec![] })
    }

    fn now() -> Timestamp {
        "2026-01-31T09:30:00Z".parse().unwrap()
    }

    #[test]
    fn ten_attempts_are_made_within_three_days_and_a_bit() {
        let judged = |attempt, share| judge(attempt, &answered(500, None), now(), share);
        let mut total = 0;
        for (place, wait) in [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].iter().enumerate()
        {
            let attempt = i32::try_from(place + 1).unwrap();
            assert_eq!(judged(attempt, 0.5), Verdict::Again(Duration::from_secs(*wait)), "{attempt}");
            total += wait;
        }
        assert_eq!(judged(10, 0.5), Verdict::Failed);
        assert_eq!(total, 272_105, "75.6 hours");
        assert_eq!(judged(1, 0.0), Verdict::Again(Duration::from_millis(4_500)));
        assert_eq!(judged(1, 1.0), Verdict::Again(Duration::from_millis(5_500)));
    }

    #[test]
    fn success_is_2xx_alone_and_gone_ends_it() {
        for status in [200, 201, 204, 299] {
            assert_eq!(judge(1, &answered(status, None), now(), 0.5), Verdict::Delivered);
            assert_eq!(error(&answered(status, None)), None);
        }
        for status in [100, 301, 302, 400, 401, 404, 409, 418, 500, 503] {
            assert!(matches!(judge(1, &answered(status, None), now(), 0.5), Verdict::Again(_)), "{status}");
            assert!(error(&answered(status, None)).unwrap().contains(&status.to_string()));
        }
        assert_eq!(judge(1, &answered(410, None), now(), 0.5), Verdict::Gone);
        let refused = Err(Failure::Refused("The address leads to a loopback address.".to_owned()));
        assert!(matches!(judge(1, &refused, now(), 0.5), Verdict::Again(_)));
    }

    #[test]
    fn endpoints_that_are_busy_say_when_they_want_to_be_asked_again() {
        let wait = |status, value| match judge(1, &answered(status, Some(value)), now(), 0.5) {
            Verdict::Again(wait) => wait.as_secs(),
            other => panic!("{other:?}"),
        };
        assert_eq!((wait(429, "120"), wait(503, " 60 "), wait(500, "120")), (120, 60, 5));
        assert_eq!(wait(429, "1"), 5, "never sooner than without it");
        assert_eq!(wait(429, "Sat, 31 Jan 2026 09:40:00 GMT"), 600);
        assert_eq!(wait(429, "Sat, 31 Jan 2026 09:20:00 GMT"), 5);
        assert_eq!(wait(429, "99999999"), 86_400);
        assert_eq!((wait(429, "soon"), wait(429, "-3")), (5, 5));
    }
}
