//! Days and moments as people and programs write them.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};

use super::{
    codes::{self, ValueCode},
    day,
    format::{Era, Format, Serial},
    number::western_digits,
};

type Refused = &'static ValueCode;

/// What a text says: a day, the time of day if one stands there, and its offset from UTC if named.
struct Moment {
    date: Date,
    time: Option<Time>,
    offset: Option<Offset>,
}

/// Reads a day. A time of day beside it is left aside, after moving it into the format's zone where it names
/// its own.
pub(super) fn date(text: &str, format: &Format) -> Result<Date, Refused> {
    local(text, format).map(|(date, _)| date)
}

/// The time of day that [`date`] leaves aside; none where the text has none, or midnight.
pub(super) fn beside(text: &str, format: &Format) -> Option<Time> {
    let (_, time) = local(text, format).ok()?;
    time.filter(|time| *time != Time::midnight())
}

/// The day and the time of day of a text, in the format's zone.
fn local(text: &str, format: &Format) -> Result<(Date, Option<Time>), Refused> {
    if let Some(date) = iso(text, format.era) {
        return Ok((date, None));
    }
    let moment = moment(text, format)?;
    match (moment.time, moment.offset) {
        (Some(time), Some(offset)) if !(time == Time::midnight() && offset == Offset::UTC) => {
            let at = instant(moment.date, time, &TimeZone::fixed(offset)).ok_or(&codes::NOT_A_DATE)?;
            let zoned = at.to_zoned(format.zone.clone());
            Ok((zoned.date(), Some(zoned.time())))
        }
        _ => Ok((moment.date, moment.time)),
    }
}

/// Reads a moment; without an offset it is one of the format's zone, without a time the start of the day.
pub(super) fn timestamp(text: &str, format: &Format) -> Result<Timestamp, Refused> {
    let moment = match iso(text, format.era) {
        Some(date) => Moment { date, time: None, offset: None },
        None => moment(text, format)
            .map_err(|code| if *code == codes::NOT_A_DATE { &codes::NOT_A_TIME } else { code })?,
    };
    let zone = moment.offset.map_or_else(|| format.zone.clone(), TimeZone::fixed);
    let at =
        instant(moment.date, moment.time.unwrap_or(Time::midnight()), &zone).ok_or(&codes::NOT_A_TIME)?;
    // PostgreSQL keeps microseconds.
    Timestamp::from_microsecond(at.as_microsecond()).map_err(|_| &codes::NOT_A_TIME)
}

fn instant(date: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    DateTime::from_parts(date, time).to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}

/// `YYYY-MM-DD`, the form most values come in.
fn iso(text: &str, era: Era) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    day::calendar(text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?, era).ok()
}

fn moment(text: &str, format: &Format) -> Result<Moment, Refused> {
    let text = western_digits(text.trim());
    let text = text.trim().trim_end_matches("น.").trim_end();
    if let Some(serial) = format.serial
        && let Ok(days) = text.parse::<f64>()
    {
        return from_serial(days, serial);
    }
    let (calendar_day, clock) = match text.find(':') {
        Some(colon) => {
            let start = text[..colon]
                .rfind(|c: char| !c.is_ascii_digit())
                .map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8));
            (text[..start].trim_end_matches(['T', 't', ',', ' ', '\u{a0}', '\u{202f}']), Some(&text[start..]))
        }
        None => (text, None),
    };
    let (time, offset) = match clock {
        Some(clock) => {
            time_of_day(clock).map(|(time, offset)| (Some(time), offset)).ok_or(&codes::NOT_A_DATE)?
        }
        None => (None, None),
    };
    Ok(Moment { date: day::read(calendar_day, format)?, time, offset })
}

/// `9:30`, `09:30:00.000`, `9:30 PM`, `09:30:00Z`, `09:30 +07:00`.
fn time_of_day(text: &str) -> Option<(Time, Option<Offset>)> {
    let end =
        text.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let mut parts = digits.split(':');
    let mut hour: i8 = parts.next()?.parse().ok()?;
    let minute: i8 = parts.next()?.parse().ok()?;
    let (second, nanosecond) = match parts.next() {
        Some(seconds) => match seconds.split_once(['.', ',']) {
            Some((second, fraction))
                if fraction.bytes().all(|b| b.is_ascii_digit()) && fraction.len() <= 9 =>
            {
                (second.parse().ok()?, format!("{fraction:0<9}").parse().ok()?)
            }
            Some(_) => return None,
            None => (seconds.parse::<i8>().ok()?, 0),
        },
        None => (0, 0),
    };
    if parts.next().is_some() {
        return None;
    }
    let rest = rest.trim().to_ascii_lowercase();
    let zone = if let Some(zone) = ["am", "a.m."].iter().find_map(|m| rest.strip_prefix(m)) {
        hour = if (1..=12).contains(&hour) { hour % 12 } else { return None };
        zone
    } else if let Some(zone) = ["pm", "p.m."].iter().find_map(|m| rest.strip_prefix(m)) {
        hour = if (1..=12).contains(&hour) { hour % 12 + 12 } else { return None };
        zone
    } else {
        rest.as_str()
    };
    Some((Time::new(hour, minute, second, nanosecond).ok()?, offset(zone.trim())?))
}

/// The outer `None` is a zone that cannot be read, the inner one that none is named.
fn offset(text: &str) -> Option<Option<Offset>> {
    let text = text
        .strip_prefix("utc")
        .or_else(|| text.strip_prefix("gmt"))
        .map_or(text, |rest| if rest.is_empty() { "z" } else { rest });
    if text.is_empty() {
        return Some(None);
    }
    if text == "z" {
        return Some(Some(Offset::UTC));
    }
    let sign = if text.starts_with('+') { 1 } else { -1 };
    let digits = text.strip_prefix(['+', '-', '−'])?.replace(':', "");
    if !digits.bytes().all(|b| b.is_ascii_digit()) || !matches!(digits.len(), 1 | 2 | 4) {
        return None;
    }
    let (hours, minutes) = digits.split_at(digits.len().min(2));
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().unwrap_or(0) * 60;
    Offset::from_seconds(sign * seconds).ok().map(Some)
}

/// Days since the spreadsheet's epoch; the fraction is the time of day, to the second.
fn from_serial(days: f64, serial: Serial) -> Result<Moment, Refused> {
    let epoch = match serial {
        // Days before the leap day that never was count from one day later.
        Serial::From1900 if days < 60.0 => Date::constant(1899, 12, 31),
        Serial::From1900 => Date::constant(1899, 12, 30),
        Serial::From1904 => Date::constant(1904, 1, 1),
    };
    if !(0.0..2_958_466.0).contains(&days) {
        return Err(&codes::NOT_A_DATE);
    }
    let at = epoch.at(0, 0, 0, 0).checked_add(SignedDuration::from_secs((days * 86_400.0).round() as i64));
    let at = at.map_err(|_| &codes::NOT_A_DATE)?;
    let time = (at.time() != Time::midnight()).then(|| at.time());
    Ok(Moment { date: at.date(), time, offset: None })
}

#[cfg(test)]
mod tests {
    use super::{super::format::DateOrder, *};

    fn day(text: &str, format: &Format) -> String {
        date(text, format).map_or_else(|code| code.code.to_owned(), |date| date.to_string())
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        let any = Format::default();
        for text in [
            "1996-07-24", "1996/07/24", "19960724", "24/7/1996", "7/24/1996", "24.07.1996", "24-Jul-96",
            "Jul 24, 1996", "24 July 1996", "Wed, 24 Jul 1996", "July 24th, 1996", "1996-07-24 00:00:00.000",
            "1996-07-24T00:00:00Z", "7/24/1996 12:00:00 AM", "24 ก.ค. 2539", "๒๔ กรกฎาคม ๒๕๓๙", "24/7/2539",
            "2539-07-24", "1996-07-24T10:15:00+07:00", "1996 Jul 24",
        ] {
            assert_eq!(day(text, &any), "1996-07-24", "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        let any = Format::default();
        for text in [
            "", "tomorrow", "1996-13-01", "30/2/1996", "24/7", "1/2/3/4", "45292", "1996", "7-1996",
            "0000-00-00", "24:00", "32/1/2020",
        ] {
            assert_eq!(day(text, &any), "not_a_date", "{text}");
        }
        assert_eq!(day("3/4/1996", &any), "ambiguous_date");
        assert_eq!(day("4/4/1996", &any), "1996-04-04");
    }

    #[test]
    fn the_format_settles_what_is_ambiguous() {
        let of = |order| Format { order: Some(order), ..Format::default() };
        assert_eq!(day("3/4/96", &of(DateOrder::DayMonthYear)), "1996-04-03");
        assert_eq!(day("3/4/96", &of(DateOrder::MonthDayYear)), "1996-03-04");
        assert_eq!(day("96-03-04", &of(DateOrder::YearMonthDay)), "1996-03-04");
        assert_eq!(day("13/4/1996", &of(DateOrder::MonthDayYear)), "not_a_date");
        let buddhist = Format { era: Era::Buddhist, ..of(DateOrder::DayMonthYear) };
        assert_eq!(day("3/4/39", &buddhist), "1996-04-03");
        let serial = |serial| Format { serial: Some(serial), ..Format::default() };
        assert_eq!(day("35250", &serial(Serial::From1900)), "1996-07-04");
        assert_eq!(day("1", &serial(Serial::From1900)), "1900-01-01");
        assert_eq!(day("33788.5", &serial(Serial::From1904)), "1996-07-04");
    }

    #[test]
    fn moments_carry_their_zone() {
        let bangkok = Format { zone: TimeZone::fixed(Offset::constant(7)), ..Format::default() };
        let at = |text: &str| timestamp(text, &bangkok).map_or_else(|c| c.code.to_owned(), |t| t.to_string());
        assert_eq!(at("2026-01-31T09:30:00Z"), "2026-01-31T09:30:00Z");
        assert_eq!(at("2026-01-31 09:30"), "2026-01-31T02:30:00Z");
        assert_eq!(at("2026-01-31"), "2026-01-30T17:00:00Z");
        assert_eq!(at("31/1/2026 9:30:15 PM"), "2026-01-31T14:30:15Z");
        assert_eq!(at("2024-05-01 14:33:00 +0700"), "2024-05-01T07:33:00Z");
        assert_eq!(at("2026-01-31T09:30:00.1234567Z"), "2026-01-31T09:30:00.123456Z");
        assert_eq!(at("2026-01-31 25:00"), "not_a_time");
        assert_eq!(day("2024-05-01 18:00:00 UTC", &bangkok), "2024-05-02");
    }
}
