//! Avatars: the initial of a name on a hue that the name decides.

use maud::{Markup, html};

/// What stands in front of names of Thai companies and shops and tells none from the other.
const FORMS: [&str; 7] = ["บริษัท", "บจก.", "บมจ.", "ห้างหุ้นส่วนจำกัด", "ห้างหุ้นส่วน", "หจก.", "ร้าน"];

/// A person's, round.
pub fn person(name: &str) -> Markup {
    avatar(name, " round")
}

/// A thing's, square.
pub fn thing(name: &str) -> Markup {
    avatar(name, "")
}

/// A square one of this further class: `big` or `huge`.
pub fn sized(name: &str, class: &str) -> Markup {
    avatar(name, &format!(" {class}"))
}

fn avatar(name: &str, class: &str) -> Markup {
    let hue = name.bytes().fold(7_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into())) % 8;
    html! { span class={ "ava h" (hue) (class) } aria-hidden="true" { (initial(name)) } }
}

/// The first letter that tells: of Thai the first consonant, since vowels may be written in front of theirs.
fn initial(name: &str) -> String {
    let mut bare = name.trim();
    for form in FORMS {
        bare = bare.strip_prefix(form).map_or(bare, str::trim_start);
    }
    let tells = |letter: &char| letter.is_alphanumeric() && !('เ'..='ไ').contains(letter);
    bare.chars().find(tells).map_or_else(|| "·".to_owned(), |letter| letter.to_uppercase().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_initial_tells() {
        for (name, letter) in [
            ("Harborview Wines", "H"),
            ("élan", "É"),
            ("ร้าน สมบูรณ์พาณิชย์ จำกัด", "ส"),
            ("บริษัท ไทยพัฒนา เทรดดิ้ง", "ท"),
            ("เมืองทอง", "ม"),
            ("7-Eleven", "7"),
            (" — ", "·"),
        ] {
            assert_eq!(initial(name), letter, "{name}");
        }
    }
}
