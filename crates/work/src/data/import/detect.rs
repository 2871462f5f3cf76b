//! A look at stored files: their sheets, and which column gives which field. Runs on a blocking thread.

use std::{collections::HashMap, path::Path};

use model::problem::{FieldError, Problem};
use tabular::{ColumnKind, Hints, Member, SheetInfo};

use super::{
    batch::Detection,
    choices::Choices,
    codes,
    mapping::Mapping,
    matcher, refusal, source, suggest,
    template::{self, Template, TemplateUse},
    transform::Transform,
    types::{DataType, Role, data_type},
};

/// What the mapper knows of the tenant.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// BCP 47.
    pub locale: String,
    /// The tenant's own fields: entity, key, label.
    pub custom: Vec<(String, String, String)>,
    /// Earlier choices: data type → folded header → field.
    pub memory: HashMap<String, HashMap<String, String>>,
    /// The templates that may be used, those first that go before others.
    pub templates: Vec<Template>,
}

/// What a person says of files before they are looked at.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What they hold.
    pub kind: Option<&'static DataType>,
    /// Which column gives which field.
    pub choices: Choices,
    /// Which template is used.
    pub template: TemplateUse,
}

/// One sheet with its mapping, or why it has none.
#[derive(Debug)]
pub struct Found {
    /// The member's name, with folders.
    pub file_name: String,
    /// The sheet's name, in workbooks and where a text holds several tables.
    pub sheet: Option<String>,
    /// What reading it again needs.
    pub detection: Detection,
    /// Its mapping; none where nothing says what it holds.
    pub mapping: Option<Mapping>,
    /// The template that it comes from.
    pub template: Option<Template>,
    /// Why the member cannot be read.
    pub refused: Option<Problem>,
}

/// Opens a file whose values are read as in this locale.
///
/// # Errors
/// `bad_file` when the file as a whole cannot be read.
pub fn open(path: &Path, name: &str, locale: &str) -> Result<Vec<Member>, Problem> {
    source::open(path, name, &Hints { locale: Some(locale.to_owned()), ..Hints::default() })
}

/// The fingerprints of a file's sheets, by which templates are found.
pub fn fingerprints(members: &[Member]) -> Vec<String> {
    let sheets = members.iter().filter_map(|member| member.sheets().ok()).flatten();
    sheets.filter_map(template::fingerprint_of).collect()
}

/// Looks at every sheet of every member of a file.
///
/// # Errors
/// `bad_file` when the file as a whole cannot be read.
pub fn look(members: &[Member], knowledge: &Knowledge, asked: &Asked) -> Result<Vec<Found>, Problem> {
    let mut found = vec![];
    for (at, member) in members.iter().enumerate() {
        match member.sheets() {
            Err(refused) if members.len() == 1 => return Err(refusal::problem(refused)),
            Err(refused) => found.push(Found {
                file_name: member.name.clone(),
                sheet: None,
                detection: Detection { member: at, ..Detection::default() },
                mapping: None,
                template: None,
                refused: Some(refusal::problem(refused)),
            }),
            Ok(sheets) => {
                for sheet in sheets {
                    let alone = members.len() == 1 && sheets.len() == 1;
                    found.extend(one(member, at, sheet, knowledge, asked, alone)?);
                }
            }
        }
    }
    Ok(found)
}

fn one(
    member: &Member,
    at: usize,
    sheet: &SheetInfo,
    knowledge: &Knowledge,
    asked: &Asked,
    alone: bool,
) -> Result<Vec<Found>, Problem> {
    let mut sheet = sheet.clone();
    if !sheet.is_counted && sheet.columns.iter().any(|column| is_dated_by_order(column.kind)) {
        // Which number is the day only all values tell.
        sheet.columns = member.profile(sheet.index).map_err(refusal::problem)?.columns;
    }
    let named = member.kind.is_workbook() || member.sheets().map_err(refusal::problem)?.len() > 1;
    let found = |mapping: Option<Mapping>, template: Option<&Template>| Found {
        file_name: member.name.clone(),
        sheet: named.then(|| sheet.name.clone()),
        detection: Detection {
            member: at,
            sheet: sheet.index,
            encoding: sheet.encoding.as_ref().map(|verdict| verdict.name.clone()),
            delimiter: sheet.dialect.map(|verdict| char::from(verdict.dialect.delimiter).to_string()),
            header_rows: sheet.header_rows.clone(),
            row_estimate: sheet.row_estimate,
            headers: sheet.columns.iter().map(|column| column.header.clone()).collect(),
            ..Detection::default()
        },
        mapping,
        template: template.cloned(),
        refused: None,
    };
    if let Some((template, mappings)) = by_template(&sheet, knowledge, asked, alone)? {
        return Ok(mappings.into_iter().map(|mapping| found(Some(mapping), Some(template))).collect());
    }
    let mapping = by_headers(member, &sheet, knowledge, asked)?;
    Ok(vec![found(mapping, None)])
}

/// The template that a sheet is read by, with the mapping of each part; none where it is mapped by itself.
fn by_template<'a>(
    sheet: &SheetInfo,
    knowledge: &'a Knowledge,
    asked: &Asked,
    alone: bool,
) -> Result<Option<(&'a Template, Vec<Mapping>)>, Problem> {
    let template = match &asked.template {
        TemplateUse::Never => None,
        TemplateUse::Named(_) => knowledge.templates.first(),
        TemplateUse::Fitting => {
            let print = template::fingerprint_of(sheet);
            let holds = |template: &&Template| match (asked.kind, template.config.parts.as_slice()) {
                (None, _) => true,
                (Some(kind), [only]) => only.data_type == kind.name,
                (Some(_), _) => false,
            };
            let fits =
                |template: &&Template| print.as_ref() == Some(&template.fingerprint) && holds(template);
            knowledge.templates.iter().find(fits)
        }
    };
    let Some(template) = template else { return Ok(None) };
    if let Some(kind) = asked.kind
        && !template.config.parts.iter().any(|part| part.data_type == kind.name)
    {
        let message =
            format!("The template “{}” does not read {}.", template.name, kind.label.en.to_lowercase());
        let error =
            FieldError::new("template", &codes::UNKNOWN_TEMPLATE, message).value(template.name.as_str());
        return Err(Problem::invalid(vec![error]));
    }
    let mut mappings = match (template.map(sheet, &knowledge.custom), &asked.template) {
        (Ok(mappings), _) => mappings,
        (Err(problem), TemplateUse::Named(_)) if alone => return Err(problem),
        // A sheet that the template is not made for, or a template whose fields are not there any more.
        (Err(_), _) => return Ok(None),
    };
    match mappings.as_mut_slice() {
        _ if asked.choices.is_empty() => {}
        [only] => overrule(only, knowledge, &asked.choices)?,
        _ => {
            let message = format!(
                "The template “{}” makes several kinds of records of each row: change the mapping of each once the file is received, or leave the template out with `none`.",
                template.name
            );
            return Err(Problem::invalid(vec![FieldError::new("mapping", &codes::BAD_READING, message)]));
        }
    }
    Ok(Some((template, mappings)))
}

/// Lays a person's choices over a mapping.
///
/// # Errors
/// `invalid` naming what is not known.
pub fn overrule(mapping: &mut Mapping, knowledge: &Knowledge, choices: &Choices) -> Result<(), Problem> {
    let Some(kind) = data_type(&mapping.data_type) else { return Ok(()) };
    let known = matcher::with_custom(matcher::targets(kind), kind, &knowledge.custom);
    mapping.overrule(kind, &known, choices, "Chosen by a person.")
}

/// The mapping by headers and values.
fn by_headers(
    member: &Member,
    sheet: &SheetInfo,
    knowledge: &Knowledge,
    asked: &Asked,
) -> Result<Option<Mapping>, Problem> {
    let memory = |kind: &str| knowledge.memory.get(kind).cloned().unwrap_or_default();
    let map = |kind: &DataType, of_lines: &[usize]| {
        let targets = matcher::with_custom(matcher::targets(kind), kind, &knowledge.custom);
        matcher::map(kind, sheet, &targets, &memory(kind.name), of_lines)
    };
    let mut mapping = match asked.kind {
        Some(kind) => Some(map(kind, &[])),
        None => suggest::suggest(sheet, &member.name, &knowledge.custom, memory),
    };
    if let Some(found) = &mut mapping
        && let Some(kind) = data_type(&found.data_type)
        && let of_lines = of_lines(member, sheet, kind, found)?
        && !of_lines.is_empty()
    {
        *found = Mapping { alternatives: std::mem::take(&mut found.alternatives), ..map(kind, &of_lines) };
    }
    if let Some(mapping) = &mut mapping {
        settle_fractions(member, sheet, mapping)?;
        if !asked.choices.is_empty() {
            overrule(mapping, knowledge, &asked.choices)?;
        }
    }
    Ok(mapping)
}

/// Columns mapped to the document that differ among rows of one document, by the first rows of the file.
fn of_lines(
    member: &Member,
    sheet: &SheetInfo,
    kind: &DataType,
    mapping: &Mapping,
) -> Result<Vec<usize>, Problem> {
    let (Some(root), true) = (
        kind.parts.iter().find(|part| part.role == Role::Root),
        kind.parts.iter().any(|part| part.role == Role::Child),
    ) else {
        return Ok(vec![]);
    };
    let number = root
        .description()
        .upsert_key()
        .and_then(|key| key.fields.first())
        .map(|key| format!("{}.{key}", root.entity));
    let told = |column: &&super::mapping::ColumnMapping| column.target.is_some() && column.target == number;
    let Some(number) = mapping.columns.iter().find(told).map(|column| column.index) else {
        return Ok(vec![]);
    };
    let prefix = format!("{}.", root.entity);
    let asked: Vec<usize> = mapping
        .columns
        .iter()
        .filter(|column| {
            column.index != number && column.target.as_ref().is_some_and(|t| t.starts_with(&prefix))
        })
        .map(|column| column.index)
        .collect();
    let mut rows = member.rows(sheet.index).map_err(refusal::problem)?;
    let mut document: Vec<String> = vec![];
    let (mut together, mut differing) = (0_u32, vec![0_u32; asked.len()]);
    for _ in 0..LOOKED_AT {
        let Some(row) = rows.next_row().map_err(refusal::problem)? else { break };
        let same = document.first().is_some_and(|before| before == row.cell(number));
        together += u32::from(same);
        for (at, column) in asked.iter().enumerate().filter(|_| same) {
            differing[at] += u32::from(document[at + 1] != row.cell(*column));
        }
        document =
            std::iter::once(number).chain(asked.iter().copied()).map(|at| row.cell(at).to_owned()).collect();
    }
    // A few slips of the pen do not make a column one of lines.
    let often = |count: u32| count * 20 > together && count > 0;
    Ok(asked
        .into_iter()
        .zip(differing)
        .filter(|(_, count)| often(*count))
        .map(|(column, _)| column)
        .collect())
}

/// Rows read to tell columns of documents from columns of their lines.
const LOOKED_AT: usize = 5_000;

fn is_dated_by_order(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Date(format) | ColumnKind::DateTime(format) if format.order != tabular::DateOrder::Ymd)
}

/// A rate whose values all lie between 0 and 1, and not all at the ends, is written as fractions: `0.15` is 15 %.
fn settle_fractions(member: &Member, sheet: &SheetInfo, mapping: &mut Mapping) -> Result<(), Problem> {
    let asked: Vec<usize> = mapping
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.target.is_some() && column.steps.contains(&Transform::Fraction))
        .map(|(at, _)| at)
        .collect();
    if asked.is_empty() {
        return Ok(());
    }
    // Largest value, and whether one lies between the ends.
    let mut seen: Vec<(f64, bool)> = vec![(0.0, false); asked.len()];
    let mut rows = member.rows(sheet.index).map_err(refusal::problem)?;
    while let Some(row) = rows.next_row().map_err(refusal::problem)? {
        for (at, (most, between)) in asked.iter().zip(&mut seen) {
            let cell = row.cell(mapping.columns[*at].index).trim().replace(',', ".");
            if let Ok(value) = cell.parse::<f64>() {
                *most = most.max(value.abs());
                *between |= value > 0.0 && value < 1.0;
            }
        }
    }
    for (at, (most, between)) in asked.into_iter().zip(seen) {
        let column = &mut mapping.columns[at];
        if most <= 1.0 && between {
            column.reason =
                format!("{} All values lie between 0 and 1, so 0.15 is read as 15 %.", column.reason);
        } else {
            column.steps.retain(|step| *step != Transform::Fraction);
        }
    }
    Ok(())
}
