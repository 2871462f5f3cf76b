//! Days and moments as people read them, in the tenant's time zone.

use jiff::{Timestamp, civil::Date};
use maud::{Markup, html};

use super::{Lang, Look};

const MONTHS: [[&str; 12]; 2] = [
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."],
];

/// The short name of a month, 1 to 12.
pub fn month(lang: Lang, month: i8) -> &'static str {
    let at = usize::try_from(month - 1).unwrap_or_default();
    MONTHS[lang as usize].get(at).copied().unwrap_or_default()
}

/// A day: `31 Jan 2026`.
pub fn day(lang: Lang, date: Date) -> String {
    format!("{} {} {}", date.day(), month(lang, date.month()), date.year())
}

/// A moment in full: `31 Jan 2026, 16:30`.
pub fn moment(look: &Look, at: Timestamp) -> String {
    let local = at.to_zoned(look.zone.clone());
    format!("{}, {:02}:{:02}", day(look.lang, local.date()), local.hour(), local.minute())
}

/// A moment by how long ago it is, the whole of it in its title: `6 weeks ago`.
pub fn ago(look: &Look, at: Timestamp) -> Markup {
    let text = distance(look, at);
    html! { time datetime=(at) title=(moment(look, at)) { (text) } }
}

/// How far a moment is from now; far ones are told by their day.
fn distance(look: &Look, at: Timestamp) -> String {
    let seconds = look.now.as_second() - at.as_second();
    let (past, size) = (seconds >= 0, seconds.abs());
    let (count, one, many, thai) = match size {
        0..60 if past => {
            return match look.lang {
                Lang::En => "just now".to_owned(),
                Lang::Th => "เมื่อสักครู่".to_owned(),
            };
        }
        0..3_600 => (size / 60, "minute", "minutes", "นาที"),
        3_600..86_400 => (size / 3_600, "hour", "hours", "ชั่วโมง"),
        86_400..1_209_600 => (size / 86_400, "day", "days", "วัน"),
        1_209_600..5_184_000 => (size / 604_800, "week", "weeks", "สัปดาห์"),
        _ => return day(look.lang, at.to_zoned(look.zone.clone()).date()),
    };
    match (look.lang, past) {
        (Lang::En, true) => format!("{count} {} ago", if count == 1 { one } else { many }),
        (Lang::En, false) => format!("in {count} {}", if count == 1 { one } else { many }),
        (Lang::Th, true) => format!("{count} {thai}ที่แล้ว"),
        (Lang::Th, false) => format!("อีก {count} {thai}"),
    }
}
