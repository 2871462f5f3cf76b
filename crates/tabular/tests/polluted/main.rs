//! The reader against polluted files that are made here, with what a careful person reads from them.
//!
//! `cargo test --package tabular --test polluted -- --nocapture` prints the tables of docs/benchmarks.md. With
//! `TABULAR_OPEN=1` what went wrong in the open half is shown too; the closed half is only ever scored.

#[cfg(test)]
mod detection;
#[cfg(test)]
mod dice;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod score;
#[cfg(test)]
mod spectrum;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod writer;
#[cfg(test)]
#[path = "../it/writers.rs"]
mod writers;

#[cfg(test)]
mod verdicts {
    use crate::{
        detection,
        kinds::{Half, KINDS, files},
        languages,
        reading::attempt,
        score::score,
    };

    /// Tables of each half that every kind is made of.
    const TABLES: u64 = 20;
    /// Files of each half in which dialects are looked for.
    const DIALECTS: u64 = 400;

    fn shows_open() -> bool {
        std::env::var_os("TABULAR_OPEN").is_some()
    }

    #[test]
    fn every_kind_of_pollution_is_read() {
        let mut table = String::from("| kind | files | open half | closed half |\n|---|---|---|---|\n");
        let mut low = Vec::new();
        let (mut sum, mut count) = ([0.0; 2], [0.0; 2]);
        let (mut weighed, mut weights) = ([0.0; 2], 0.0);
        for kind in KINDS {
            let mut means = [0.0; 2];
            let mut made = 0;
            for half in [Half::Open, Half::Closed] {
                let files = files(kind, half, TABLES);
                let mut total = 0.0;
                for file in &files {
                    let got = score(file);
                    total += got;
                    if half == Half::Open && got < 9.999 && shows_open() {
                        let text = String::from_utf8_lossy(&file.bytes);
                        println!("{got:.2} {} ({})\n{text:.1200}\n", file.kind, file.made_of);
                    }
                }
                made += files.len();
                means[half as usize] = total / files.len() as f64;
                sum[half as usize] += total;
                count[half as usize] += files.len() as f64;
            }
            table.push_str(&format!("| {} | {made} | {:.3} | {:.3} |\n", kind.name, means[0], means[1]));
            if let Some(seen) = kind.seen {
                weights += seen;
                weighed[0] += seen * means[0];
                weighed[1] += seen * means[1];
            }
            if means.iter().any(|mean| *mean < 9.5) {
                low.push(format!("{} {:.2} {:.2}", kind.name, means[0], means[1]));
            }
        }
        let simple = [sum[0] / count[0], sum[1] / count[1]];
        let weighted = [weighed[0] / weights, weighed[1] / weights];
        table.push_str(&format!(
            "| **all files** | {} | {:.3} | {:.3} |\n",
            count[0] + count[1],
            simple[0],
            simple[1]
        ));
        table.push_str(&format!(
            "| **weighted by the survey** | | {:.3} | {:.3} |\n",
            weighted[0], weighted[1]
        ));
        println!("{table}");
        assert!(low.is_empty(), "below 9.5 of 10: {low:#?}");
        assert!(simple.iter().all(|score| *score >= 9.95), "{simple:?}");
        assert!(weighted.iter().all(|score| *score >= 9.90), "{weighted:?}");
    }

    #[test]
    fn dialects_are_found() {
        println!("| half | files | delimiter | quote | escape |\n|---|---|---|---|---|");
        let mut shares = Vec::new();
        for half in [Half::Open, Half::Closed] {
            let cases = detection::cases(half, DIALECTS);
            let found = detection::tally(&cases, &mut |case, what| {
                if half == Half::Open && shows_open() {
                    println!("{what} {:?} ({})\n{:.600}\n", case.style, case.about, case.text);
                }
            });
            let [delimiter, quote, escape] =
                found.map(|tally| format!("{:.1} % of {}", tally.share() * 100.0, tally.of));
            println!("| {half:?} | {DIALECTS} | {delimiter} | {quote} | {escape} |");
            shares.push(found.map(|tally| tally.share()));
        }
        for [delimiter, quote, escape] in shares {
            assert!(delimiter >= 0.985 && quote >= 0.985 && escape >= 0.985, "{delimiter} {quote} {escape}");
        }
    }

    #[test]
    fn encodings_are_found() {
        println!("| locale | right | of |\n|---|---|---|");
        for told in [true, false] {
            let (mut right, mut of) = (0, 0);
            for file in (0..10).flat_map(languages::files).filter(|file| file.told == told) {
                let locale = if told { file.language.locale } else { "" };
                let read = attempt(&file.bytes, locale).map(|tables| {
                    let (_, table) = &tables[0];
                    [vec![table.header.clone()], table.rows.clone()].concat()
                });
                let fits = read.as_ref().is_ok_and(|cells| *cells == file.cells);
                if !fits && shows_open() {
                    let shown = read.map(|cells| cells.get(1).cloned());
                    println!("{} {} {locale} {shown:?}", file.language.locale, file.encoding);
                }
                right += usize::from(fits);
                of += 1;
            }
            println!("| {} | {right} | {of} |", if told { "told" } else { "not told" });
            assert!(f64::from(right as u32) >= 0.97 * f64::from(of as u32), "{right} of {of}");
        }
    }
}
