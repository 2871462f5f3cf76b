//! What an import found and did, in words.

use work::import::{Class, Counts, FileReport, Made, Report, Tally, Transform, codes, data_type};

/// How many kinds of error are shown for a file; the error file has them all.
const SHOWN: usize = 5;

/// One JSON object for each file or sheet, one a line.
pub fn json(report: &Report) {
    for file in &report.files {
        println!("{}", file.summary());
    }
}

/// What each file holds, what its columns became, and what is wrong.
pub fn files(report: &Report) {
    for file in &report.files {
        println!("\n{}", title(file));
        if let Some(template) = &file.template {
            println!("  by the template “{template}” (--no-template leaves it out)");
        }
        columns(file);
        for note in &file.notes {
            println!("  note: {note}");
        }
        match &file.error {
            Some(error) => println!("  {error}"),
            None => println!("  {}", counts(&file.counts, false)),
        }
        errors(file);
        warnings(file);
    }
    println!();
}

/// The most frequent kinds of error of a file, each with its first occurrence.
fn errors(file: &FileReport) {
    for tally in file.errors.iter().take(SHOWN) {
        println!("  {}", error(tally));
    }
    if file.errors.len() > SHOWN {
        println!("  … and {} more kinds of error", file.errors.len() - SHOWN);
    }
}

/// What a person should know of rows that are good.
fn warnings(file: &FileReport) {
    for tally in &file.warnings {
        println!("  warning: {}", error(tally));
    }
}

/// Records that an undo left alone: the first of each kind.
pub fn conflicts(report: &Report) {
    for file in &report.files {
        for tally in file.warnings.iter().filter(|tally| tally.code == codes::UNDO_CONFLICT.code) {
            println!("  {}: {}", name(file), error(tally));
        }
    }
}

/// How it ended. Rows that failed only while they were written are told with their errors; `foretold` is how many
/// had failed before.
pub fn end(report: &Report, slug: &str, foretold: u64) {
    for file in report.files.iter().filter(|file| file.error.is_none()) {
        println!("{}: {}", part_name(report, file), counts(&file.counts, true));
        if report.counts.failed > foretold {
            errors(file);
        }
    }
    match report.status {
        "completed" => {
            let Counts { created, updated, .. } = report.counts;
            let took =
                report.took_ms.map(|ms| format!(" in {}.{:03} s", ms / 1000, ms % 1000)).unwrap_or_default();
            if created + updated == 0 {
                println!("Completed{took}: nothing changed.");
            } else {
                println!(
                    "Completed{took}. `tenantry import undo {} --tenant {slug}` takes it back.",
                    report.batch
                );
            }
        }
        "failed" if report.counts.created + report.counts.updated > 0 => {
            println!("Failed: {}", report.error.as_deref().unwrap_or("see the rows."));
        }
        "failed" => {
            println!(
                "Nothing was written{}",
                report.error.as_ref().map(|e| format!(": {e}")).unwrap_or_else(|| ".".into())
            );
            if report.counts.failed > 0 {
                println!(
                    "Correct the rows and import again, or write the good ones alone with --policy valid-rows."
                );
            }
        }
        status => println!("The batch is {}.", status.replace('_', " ")),
    }
}

fn name(file: &FileReport) -> String {
    match &file.sheet {
        Some(sheet) => format!("{} › {sheet}", file.file),
        None => file.file.clone(),
    }
}

/// The name of a file, with what it holds where it holds several kinds of records.
fn part_name(report: &Report, file: &FileReport) -> String {
    let parts = report.files.iter().filter(|other| name(other) == name(file)).count();
    if parts > 1 { title(file) } else { name(file) }
}

fn title(file: &FileReport) -> String {
    let kind = file.data_type.as_deref().and_then(data_type).map_or("not recognized", |kind| kind.label.en);
    format!("{}: {kind}", name(file))
}

fn columns(file: &FileReport) {
    let Some(mapping) = &file.mapping else { return };
    for column in &mapping.columns {
        let Some(target) = &column.target else { continue };
        let class = match column.class {
            Class::Certain => "certain",
            Class::Likely => "likely",
            Class::Weak => "weak",
        };
        println!("  {} → {target}  ({class}: {})", column.header, column.reason.trim_end_matches('.'));
    }
    for made in &mapping.made {
        println!("  {} → {}", made_of(made), made.target);
    }
    if !mapping.key.is_empty() {
        println!("  one record for each {}", mapping.key.join(" + "));
    }
    if !file.ignored.is_empty() {
        println!("  ignored: {}", file.ignored.join(", "));
    }
}

/// What a value that no single column gives is made of.
fn made_of(made: &Made) -> String {
    match (made.from.as_slice(), made.steps.as_slice()) {
        ([], [Transform::Constant(text)]) => format!("“{text}”"),
        (from, _) => from.join(" + "),
    }
}

/// The counts that are not zero; they add up to the rows.
fn counts(counts: &Counts, done: bool) -> String {
    let words = if done { ["created", "updated"] } else { ["to create", "to update"] };
    let parts = [
        (counts.created, words[0]),
        (counts.updated, words[1]),
        (counts.unchanged, "unchanged"),
        (counts.skipped, "skipped"),
        (counts.failed, "failed"),
    ];
    let told: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let rows = if counts.rows == 1 { "row" } else { "rows" };
    format!(
        "{} {rows}: {}",
        counts.rows,
        if told.is_empty() { "nothing to do".into() } else { told.join(", ") }
    )
}

fn error(tally: &Tally) -> String {
    let mut place = vec![];
    place.extend(tally.first_row.map(|row| format!("row {row}")));
    place.extend(tally.column.clone());
    let Some(example) = &tally.example else {
        return format!("{}: {} ({})", place.join(", "), tally.code, tally.records);
    };
    let value = match &example.value {
        Some(value) => format!(" “{}”", value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
        None => String::new(),
    };
    let more = if tally.records > 1 { format!("  (and {} more)", tally.records - 1) } else { String::new() };
    // Some messages end with their mend already.
    let mend = if example.message.contains(&example.mend) { "" } else { &example.mend };
    format!("{}{value}: {} {mend}{more}", place.join(", "), example.message)
}
