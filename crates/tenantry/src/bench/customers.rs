//! A deterministic file of customers: the same number gives the same row, on every machine.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use jiff::{SignedDuration, Timestamp};
use model::world::derived_id;
use uuid::Uuid;

use crate::failure::Failure;

const FIRST: [&str; 40] = [
    "Harbor", "Vineyard", "Copper", "Silver", "Juniper", "Maple", "Granite", "Coastal", "Highland",
    "Prairie", "Willow", "Cedar", "Lantern", "Orchard", "Riverside", "Summit", "Meadow", "Crescent",
    "Northgate", "Southfield", "Eastwood", "Westbrook", "Golden", "Amber", "Blue Door", "Red Barn",
    "Old Mill", "Kingfisher", "Heron", "Falcon", "Siam", "Chao Phraya", "Lotus", "Jasmine", "Orchid",
    "Saffron", "Bamboo", "Teak", "Sukhothai", "Andaman",
];
const SECOND: [&str; 25] = [
    "Cellars", "Market", "Wine Bar", "Bistro", "Provisions", "Trading", "Imports", "Kitchen", "Tavern",
    "Grocers", "Hotel", "Spirits", "Foods", "Catering", "Liquors", "Deli", "Brasserie", "Club", "Restaurant",
    "Pantry", "Supply", "Beverages", "House", "Resort", "Cafe",
];
const FORM: [&str; 5] = ["LLC", "Inc", "Co", "& Sons", "Group"];
const STREET: [&str; 12] = [
    "Main St", "Oak Avenue", "2nd Street", "Market Square", "Harbor Road", "Station Lane", "Hill Drive",
    "Canal Walk", "Sukhumvit Road", "Silom Road", "Mission Street", "Grand Boulevard",
];
/// City, state, beginning of the postal code, country.
const PLACE: [(&str, &str, u32, &str); 10] = [
    ("Portland", "OR", 97_200, "US"),
    ("Oakland", "CA", 94_600, "US"),
    ("Des Moines", "IA", 50_300, "US"),
    ("Austin", "TX", 73_300, "US"),
    ("Boston", "MA", 2_100, "US"),
    ("Chicago", "IL", 60_600, "US"),
    ("Bangkok", "Bangkok", 10_100, "TH"),
    ("Chiang Mai", "Chiang Mai", 50_200, "TH"),
    ("Berlin", "BE", 10_100, "DE"),
    ("Bordeaux", "NAQ", 33_000, "FR"),
];
const HEADER: &str = "Customer code,Name,E-mail,Phone,Address,City,State,Postal code,Country,Credit limit,Payment terms,Account type";
/// The columns of the reference's file, in its order.
pub const COLUMNS: &str = "tenant_id, id, code, name, email, phone, address, city, state, postal_code, country, credit_limit, \
    payment_terms_days, account_type";

/// Whether a row has an error; every hundredth has.
pub fn is_bad(number: u64) -> bool {
    number % 100 == 37
}

/// Rows without an error among the first `rows`.
pub fn clean(rows: u64) -> u64 {
    (0..rows).filter(|number| !is_bad(*number)).count() as u64
}

/// The cells of a row, from the code to the account type; without errors.
fn cells(number: u64) -> [String; 12] {
    let mut dice = Dice(number);
    let (first, second, form) = (dice.of(&FIRST), dice.of(&SECOND), dice.of(&FORM));
    let (city, state, zip, country) = *dice.of(&PLACE);
    let zip = zip + dice.below(100);
    let slug: String = first.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
    [
        format!("C{number:07}"),
        format!("{first} {second} {form} {number}"),
        format!("orders{number}@{slug}.example"),
        format!("+1 {:03} 555 {:04}", 200 + dice.below(700), dice.below(10_000)),
        format!("{} {}", 1 + dice.below(999), dice.of(&STREET)),
        city.to_owned(),
        state.to_owned(),
        format!("{zip:05}"),
        country.to_owned(),
        format!("{}.{:02}", dice.below(50_000), dice.below(100)),
        dice.of(&["0", "14", "30", "45", "60"]).to_string(),
        dice.of(&["ACTIVE", "TARGET", "PROSPECT"]).to_string(),
    ]
}

/// Writes the file that is imported, bad rows among the others.
///
/// # Errors
/// When the disk refuses.
pub fn write(path: &Path, rows: u64) -> Result<(), Failure> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "{HEADER}")?;
    for number in 0..rows {
        let mut cells = cells(number);
        if is_bad(number) {
            match number / 100 % 4 {
                0 => cells[2] = "no e-mail".to_owned(),
                1 => cells[1].clear(),
                2 => cells[9] = "much".to_owned(),
                _ => cells[11] = "FRIEND".to_owned(),
            }
        }
        writeln!(out, "{}", cells.join(","))?;
    }
    out.flush()?;
    Ok(())
}

/// Writes the rows without errors as the reference takes them: with tenant and ids, which run in time as the
/// import's own do.
///
/// # Errors
/// When the disk refuses.
pub fn write_clean(path: &Path, rows: u64, tenant: Uuid) -> Result<(), Failure> {
    let mut out = BufWriter::new(File::create(path)?);
    for number in (0..rows).filter(|number| !is_bad(*number)) {
        let passed = SignedDuration::from_millis(i64::try_from(number / 1_000).unwrap_or(0));
        let at = Timestamp::UNIX_EPOCH.checked_add(passed).unwrap_or(Timestamp::UNIX_EPOCH);
        let id = derived_id(at, &[b"reference", &number.to_be_bytes()]);
        writeln!(out, "{tenant},{id},{}", cells(number).join(","))?;
    }
    out.flush()?;
    Ok(())
}

/// SplitMix64, seeded by the row's number.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: u32) -> u32 {
        u32::try_from(self.next() % u64::from(most)).unwrap_or(0)
    }

    fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let at = usize::try_from(self.next()).unwrap_or(0) % choices.len();
        &choices[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_the_same_each_time_and_one_row_in_a_hundred_is_bad() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one.csv"), folder.path().join("two.csv"));
        write(&one, 1_000).unwrap();
        write(&two, 1_000).unwrap();
        let text = std::fs::read_to_string(&one).unwrap();
        assert_eq!(text, std::fs::read_to_string(&two).unwrap());
        assert_eq!(text.lines().count(), 1_001);
        assert_eq!(clean(1_000), 990);
        assert!(text.lines().all(|line| line.split(',').count() == 12));
        write_clean(&two, 1_000, Uuid::nil()).unwrap();
        let clean = std::fs::read_to_string(&two).unwrap();
        assert_eq!(clean.lines().count(), 990);
        assert!(clean.lines().all(|line| line.split(',').count() == COLUMNS.split(',').count()));
    }
}
