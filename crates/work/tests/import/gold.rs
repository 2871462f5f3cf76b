//! Header lines of known products in five languages: how often the mapping is right at first, how often it is wrong
//! without asking. The set is in two halves: the matcher may be tuned to the one, the other is only run.

use std::fmt::Write;

use work::import::{self, Class, Options};

use crate::house::{House, options};

const TUNING: &str = include_str!("../gold/tuning.txt");
const TEST: &str = include_str!("../gold/test.txt");

/// An export of a product.
struct Export {
    product: &'static str,
    data_type: &'static str,
    columns: Vec<Column>,
}

struct Column {
    header: &'static str,
    values: Vec<&'static str>,
    /// Fields of which each is right; `-` for none.
    right: Vec<&'static str>,
}

fn exports(half: &'static str) -> Vec<Export> {
    let mut all: Vec<Export> = vec![];
    for line in half.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
        if let Some(head) = line.strip_prefix("== ") {
            let mut parts = head.split(" · ");
            let (product, data_type) = (parts.next().unwrap(), parts.nth(1).unwrap());
            all.push(Export { product, data_type, columns: vec![] });
        } else {
            let (cells, right) = line.rsplit_once(" > ").unwrap();
            let mut cells = cells.split(" |").map(str::trim);
            let header = cells.next().unwrap();
            let column = Column { header, values: cells.collect(), right: right.split(',').collect() };
            all.last_mut().unwrap().columns.push(column);
        }
    }
    all
}

/// Every header of the set.
pub fn headers() -> impl Iterator<Item = &'static str> {
    [TUNING, TEST].into_iter().flat_map(exports).flat_map(|export| export.columns).map(|column| column.header)
}

/// Every export of the set, its cells parted by tabs.
pub fn texts() -> Vec<String> {
    [TUNING, TEST].into_iter().flat_map(exports).map(|export| export.text("\t")).collect()
}

impl Export {
    fn text(&self, delimiter: &str) -> String {
        let quoted = |cell: &str| format!("\"{cell}\"");
        let rows = self.columns.iter().map(|column| column.values.len()).max().unwrap();
        let headers = self.columns.iter().map(|column| quoted(column.header));
        let mut text = headers.collect::<Vec<_>>().join(delimiter);
        for row in 0..rows {
            let cells = self.columns.iter().map(|column| quoted(column.values.get(row).unwrap_or(&"")));
            write!(text, "\n{}", cells.collect::<Vec<_>>().join(delimiter)).unwrap();
        }
        text + "\n"
    }
}

impl Column {
    /// Whether this field is right: `products.code`, or `code` where the set names no part.
    fn takes(&self, field: Option<&str>) -> bool {
        let Some(field) = field else { return self.right.contains(&"-") };
        let name = field.split_once('.').map_or(field, |(_, name)| name);
        self.right.iter().any(|right| *right == field || *right == name)
    }
}

#[derive(Debug, Default)]
struct Score {
    exports: usize,
    columns: usize,
    /// Exports whose data type is found by their content.
    known: usize,
    /// Columns whose field, or first proposal where none was taken, is right.
    right: usize,
    /// Columns that took a wrong field without asking.
    wrong: usize,
    misses: String,
}

impl Score {
    fn percent(part: usize, of: usize) -> f64 {
        part as f64 * 100.0 / of as f64
    }

    fn print(&self, half: &str) {
        println!(
            "{half}: {} exports, {} known ({:.1} %); {} columns, right at first {:.1} %, wrong without asking {:.1} %\n{}",
            self.exports,
            self.known,
            Self::percent(self.known, self.exports),
            self.columns,
            Self::percent(self.right, self.columns),
            Self::percent(self.wrong, self.columns),
            self.misses
        );
    }
}

async fn score(house: &House, half: &'static str) -> Score {
    let mut score = Score::default();
    for export in exports(half) {
        score.exports += 1;
        let path = house.file("export.csv", export.text(","));
        let receive = async |options: &Options| {
            let upload = vec![house.upload(&path)];
            let batch =
                import::receive(&house.db, &house.files, &house.caller, upload, options).await.ok()?;
            Some(import::report(&house.db, &house.caller, batch).await.unwrap())
        };
        let guessed = receive(&options()).await.and_then(|report| report.files[0].data_type.clone());
        if guessed.as_deref() == Some(export.data_type) {
            score.known += 1;
        } else {
            writeln!(score.misses, "  {}: taken for {guessed:?}, is {}", export.product, export.data_type)
                .unwrap();
        }
        let said = Options { data_type: Some(export.data_type.into()), ..options() };
        let mapping = receive(&said).await.unwrap().files[0].mapping.clone().unwrap();
        for column in &export.columns {
            score.columns += 1;
            let mapped = mapping.columns.iter().find(|mapped| mapped.header == column.header).unwrap();
            let taken = mapped.target.as_deref().filter(|_| mapped.class > Class::Weak);
            let first = taken.or(mapped.proposals.first().map(String::as_str));
            score.wrong += usize::from(taken.is_some() && !column.takes(taken));
            if column.takes(first) || taken.is_none() && column.takes(None) {
                score.right += 1;
            } else {
                let kind = if taken.is_some() { "wrong" } else { "open" };
                let told = format!(
                    "  {} “{}”: {kind} {first:?}, is {:?}",
                    export.product, column.header, column.right
                );
                writeln!(score.misses, "{told}").unwrap();
            }
        }
    }
    score
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_of_known_products_find_their_fields() {
    let house = House::new().await;
    let tuning = score(&house, TUNING).await;
    tuning.print("tuning half");
    let test = score(&house, TEST).await;
    test.print("test half");
    assert!(tuning.columns > 150 && test.columns > 150, "the set is whole");
    assert!(
        Score::percent(test.right, test.columns) >= 95.0 && Score::percent(test.wrong, test.columns) <= 1.0
    );
}
