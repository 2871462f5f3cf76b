//! The step in which columns get their fields: what the file has at the left, what it becomes at the right.

use maud::{Markup, html};
use model::field::Text;
use work::import::{
    Class, ColumnMapping, DATA_TYPES, DataType, FileReport, Made, Report, Target, Transform, data_type,
    targets,
};

use super::{reading, wizard::Body, words};
use crate::{
    imports::imports_something,
    pages::visitor::Visitor,
    ui::{Look, icon, small},
};

/// The name of the form's field for a file's data type.
pub fn type_name(file: &FileReport) -> String {
    format!("{}.type", file.batch)
}

/// The name of the form's field for a column.
pub fn column_name(file: &FileReport, column: &ColumnMapping) -> String {
    format!("{}.{}", file.batch, column.index)
}

/// The name of the form's field for a value that is the same for every row.
pub fn set_name(file: &FileReport, path: &str) -> String {
    format!("{}.set.{path}", file.batch)
}

/// The name of the form's field for a further kind of record of a file.
pub fn add_name(file: &FileReport) -> String {
    format!("{}.add", file.batch)
}

/// The step.
pub fn body(visitor: &Visitor, report: &Report) -> Body {
    let (look, place) = (&visitor.look, format!("/admin/imports/{}", report.batch));
    let may = imports_something(visitor.caller());
    Body {
        body: html! {
            form.mapping #mapping method="post" action={ (place) "/validate" } data-once {
                @if let Some(template) = report.files.iter().find_map(|file| file.template.as_ref()) {
                    div.by-template {
                        (small("sparkles")) span { (look.t(words::BY_TEMPLATE)) " " b { (template) } }
                        @if may { button."btn out" type="submit" name="then" value="plain" { (look.t(words::WITHOUT_TEMPLATE)) } }
                    }
                }
                @for file in &report.files {
                    @let parts = report.files.iter().filter(|other| (&other.file, &other.sheet) == (&file.file, &file.sheet)).count();
                    (one(look, file, parts))
                }
                @if may && report.files.iter().any(|file| file.mapping.is_some()) { (save(look, report)) }
            }
        },
        actions: html! {
            span.hint { (small("shield")) span { (look.t(words::NOTHING_WRITTEN)) } }
            span.grow {}
            @if may {
                form method="post" action={ (place) "/cancel" } data-once { button."btn" type="submit" { (look.t(words::STOP)) } }
                button."btn out" type="submit" form="mapping" name="then" value="map" { (small("sparkles")) (look.t(words::MAP_AGAIN)) }
                button."btn pri" type="submit" form="mapping" name="then" value="check" { (look.t(words::CHECK)) (small("arrow-right")) }
            }
        },
    }
}

/// Where the mapping gets a name.
fn save(look: &Look, report: &Report) -> Markup {
    let name = report.files.iter().find_map(|file| file.template.as_deref());
    html! {
        div.save-template {
            label {
                span { (look.t(words::TEMPLATE_NAME)) }
                input.field type="text" name="template_name" value=[name] maxlength="200";
            }
            button."btn out" type="submit" name="then" value="save" { (small("check")) (look.t(words::SAVE_TEMPLATE)) }
            p.muted { (look.t(words::SAVE_TEMPLATE_HELP)) }
        }
    }
}

fn one(look: &Look, file: &FileReport, parts: usize) -> Markup {
    let kind = file.data_type.as_deref().and_then(data_type);
    let columns = file.mapping.iter().flat_map(|mapping| &mapping.columns).collect::<Vec<_>>();
    let known = kind.map(targets).unwrap_or_default();
    let head =
        file.sheet.as_ref().map_or_else(|| file.file.clone(), |sheet| format!("{} · {sheet}", file.file));
    html! {
        section.map-file {
            div.map-main {
                header.file-head {
                    span.file-mark { (icon("file-spreadsheet")) }
                    div { b { (head) } p { (columns.len()) " " (look.t(COLUMNS)) } }
                    span.grow {}
                    label {
                        span.sr { (look.t(words::HOLDS)) }
                        select.field name=(type_name(file)) {
                            @if kind.is_none() { option value="" selected { (look.t(words::HOLDS)) } }
                            @for one in DATA_TYPES.iter().filter(|one| one.offered || kind.is_some_and(|kind| kind.name == one.name)) {
                                option value=(one.name) selected[kind.is_some_and(|kind| kind.name == one.name)] { (look.t(one.label)) }
                            }
                        }
                    }
                }
                @if let Some(mapping) = &file.mapping {
                    div.of-part {
                        (reading::key(look, file, mapping))
                        label {
                            span.sr { (look.t(words::HOLDS_TOO)) }
                            select.field name=(add_name(file)) {
                                option value="" selected { (look.t(words::HOLDS_TOO)) }
                                @for one in DATA_TYPES.iter().filter(|one| one.offered && kind.is_none_or(|kind| kind.name != one.name)) {
                                    option value=(one.name) { (look.t(one.label)) }
                                }
                            }
                        }
                        @if parts > 1 {
                            label.check { input type="checkbox" name={ (file.batch) ".remove" } value="on"; span { (look.t(words::NOT_THIS_KIND)) } }
                        }
                    }
                    @for made in &mapping.made { (self::made(look, &known, made)) }
                }
                @if let Some(error) = &file.error { p.note.bad { (small("circle-alert")) span { (error) } } }
                @for note in &file.notes { p.note.warn { (small("triangle-alert")) span { (note) } } }
                @if !columns.is_empty() {
                    table.map {
                        thead { tr {
                            th { span.sr { "#" } }
                            th { (look.t(words::IN_FILE)) }
                            th { span.sr { "→" } }
                            th { (look.t(words::FIELD)) }
                            th { (look.t(words::MATCH)) }
                        } }
                        tbody { @for column in &columns { (row(look, file, kind, &known, column)) } }
                    }
                }
            }
            @if let Some(kind) = kind { aside { (required(look, file, kind, &columns)) (preview(look, &known, &columns)) } }
        }
    }
}

/// A value that no single column gives.
fn made(look: &Look, known: &[Target], made: &Made) -> Markup {
    let target = known.iter().find(|target| target.path == made.target);
    let constant = made.steps.iter().find_map(|step| match step {
        Transform::Constant(text) => Some(text.as_str()),
        _ => None,
    });
    html! {
        p.note {
            (small("arrow-right"))
            span {
                b { (target.map_or_else(|| made.target.clone(), |target| label(look, target))) } ": "
                @if made.from.is_empty() { "“" (constant.unwrap_or_default()) "”" } @else { (made.from.join(" + ")) }
            }
        }
    }
}

const COLUMNS: Text = Text::of("columns", "คอลัมน์");

fn row(
    look: &Look,
    file: &FileReport,
    kind: Option<&DataType>,
    known: &[Target],
    column: &ColumnMapping,
) -> Markup {
    let chosen = column.target.as_deref();
    let unsure = column.target.is_none() && column.class == Class::Weak && !column.proposals.is_empty();
    html! {
        tr {
            td.letter { (letter(column.index)) }
            td.from {
                b { (column.header) }
                p { (column.samples.join(" · ")) }
            }
            td.to-arrow { (small("arrow-right")) }
            @let field = known.iter().find(|target| chosen == Some(target.path.as_str())).and_then(|target| target.field);
            td {
                select."field" .unsure[unsure] name=(column_name(file, column)) aria-label={ (look.t(words::FIELD)) ": " (column.header) } {
                    option value="" selected[chosen.is_none()] { (look.t(words::LEAVE_OUT)) }
                    @if let Some(kind) = kind {
                        @for (place, part) in kind.parts.iter().enumerate() {
                            optgroup label=(look.t(part.description().plural)) {
                                @for target in known.iter().filter(|target| target.part == place) {
                                    option value=(target.path) selected[chosen == Some(target.path.as_str())] { (label(look, target)) }
                                }
                            }
                        }
                    }
                    // A tenant's own field is in no list of the program.
                    @if let Some(path) = chosen.filter(|path| known.iter().all(|target| target.path != **path)) {
                        option value=(path) selected { (path.rsplit('.').next().unwrap_or(path)) }
                    }
                }
                (reading::controls(look, file, column, field))
            }
            td.how title=(column.reason) { (matched(look, column)) }
        }
    }
}

/// How sure the match is; only what needs a look has color.
fn matched(look: &Look, column: &ColumnMapping) -> Markup {
    match (&column.target, column.class) {
        (Some(_), Class::Certain) => {
            html! { span.chip.quiet { (small("circle-check")) (look.t(words::CERTAIN)) } }
        }
        (Some(_), Class::Likely) => {
            html! { span.chip.quiet { (small("circle-check")) (look.t(words::LIKELY)) } }
        }
        (Some(_), Class::Weak) => {
            html! { span.chip.warn { (small("circle-alert")) (look.t(words::LIKELY)) } }
        }
        (None, _) if !column.proposals.is_empty() => {
            html! { span.chip.warn { (small("circle-alert")) (look.t(words::CHOOSE_FIELD)) } }
        }
        (None, _) => html! { span.chip { (small("eye-off")) (look.t(words::SKIPPED)) } },
    }
}

/// Which fields a new record cannot do without, and whether a column gives them.
fn required(look: &Look, file: &FileReport, kind: &DataType, columns: &[&ColumnMapping]) -> Markup {
    let all = targets(kind);
    let used = |part: usize| {
        let mapped = |target: &Target| {
            columns.iter().any(|column| column.target.as_deref() == Some(target.path.as_str()))
        };
        part + 1 == kind.parts.len() || all.iter().any(|target| target.part == part && mapped(target))
    };
    let needed: Vec<&Target> = all
        .iter()
        .filter(|target| {
            let Some(field) = target.field else { return false };
            let part = &kind.parts[target.part];
            field.required
                && field.default.is_none()
                && part.sources(field.name).next().is_none()
                && used(target.part)
        })
        .collect();
    if needed.is_empty() {
        return html! {};
    }
    let by = |target: &Target| {
        columns.iter().find(|column| column.target.as_deref() == Some(target.path.as_str()))
    };
    let made = |target: &Target| {
        let mut all = file.mapping.iter().flat_map(|mapping| &mapping.made);
        all.any(|made| made.target == target.path)
    };
    let there = needed.iter().filter(|target| by(target).is_some() || made(target)).count();
    html! {
        section.card {
            header { h2 { (look.t(words::REQUIRED_FIELDS)) } span.grow {} span.muted.num { (there) " / " (needed.len()) } }
            ul.needs {
                @for target in &needed {
                    li {
                        @match by(target) {
                            Some(column) => { (small("circle-check")) span { (label(look, target)) } span.muted { (column.header) } },
                            None if made(target) => { (small("circle-check")) span { (label(look, target)) } },
                            None => { span.warn { (small("circle-alert")) } span { (label(look, target)) } span.muted { (look.t(words::NOT_MAPPED)) }
                                input.field type="text" form="mapping" name=(set_name(file, &target.path)) maxlength="200" placeholder=(look.t(words::FOR_EVERY_ROW)) aria-label={ (label(look, target)) ": " (look.t(words::FOR_EVERY_ROW)) }; },
                        }
                    }
                }
            }
        }
    }
}

/// One record as it would be, from the first values of the file.
fn preview(look: &Look, known: &[Target], columns: &[&ColumnMapping]) -> Markup {
    let name = |path: &str| {
        let target = known.iter().find(|target| target.path == path);
        target
            .map_or_else(|| path.rsplit('.').next().unwrap_or(path).to_owned(), |target| label(look, target))
    };
    html! {
        section.card {
            header { h2 { (look.t(words::PREVIEW)) } span.muted { (look.t(words::FIRST_ROW)) } }
            dl.preview {
                @for (path, column) in columns.iter().filter_map(|column| Some((column.target.as_deref()?, column))) {
                    dt { (name(path)) }
                    dd { (column.samples.first().map_or("—", String::as_str)) }
                }
            }
        }
    }
}

/// What people call a target.
fn label(look: &Look, target: &Target) -> String {
    target.field.map_or_else(|| "ID".to_owned(), |field| look.t(field.label).to_owned())
}

/// A column's letter as spreadsheets have it: A, B, …, Z, AA.
fn letter(index: usize) -> String {
    let (mut rest, mut text) = (index, String::new());
    loop {
        text.insert(0, char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        if rest < 26 {
            return text;
        }
        rest = rest / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_spreadsheets() {
        for (index, text) in
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
        {
            assert_eq!(letter(index), text);
        }
    }
}
