//! The reference pages that are written from the descriptions: `docs/dictionary.md` and `docs/problems.md`.

use std::fmt::{self, Write as _};

use crate::{
    entity::{Area, Entity, Personal, Writes},
    field::{Field, Kind, NOW, Read, Write},
    problem,
    registry::{ENTITIES, NOT_ENTITIES},
    value::codes,
};

const NOTE: &str = "<!-- Written from the descriptions in crates/model; run `TENANTRY_REWRITE=1 cargo test -p model --test documents` \
                    after a change. -->";

/// Every entity and field, as Markdown.
pub fn markdown() -> String {
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = dictionary(&mut page);
    page
}

/// Every code of problems and field errors, as Markdown.
pub fn problems() -> String {
    let mut page = String::new();
    let _ = codes_page(&mut page);
    page
}

fn dictionary(page: &mut String) -> fmt::Result {
    writeln!(page, "{NOTE}\n\n# Dictionary\n")?;
    writeln!(
        page,
        "Every kind of record, its fields, and the headers under which files may bring them. How to read the marks:\n"
    )?;
    writeln!(
        page,
        "- **required**: a record cannot be without it; a default in parentheses is used where it is left out."
    )?;
    writeln!(
        page,
        "- **once**: cannot change after the record is made. **program**: kept by the program. **import**: kept by the program,"
    )?;
    writeln!(
        page,
        "  but an import of documents that exist already states it. **carried**: copied from the linked record."
    )?;
    writeln!(page, "- **staff**: portal users do not see it. **secret**: nobody sees it.")?;
    writeln!(page, "- **sort**, **index**: lists can be sorted by it; filters on it use an index.")?;
    writeln!(page, "\nHeaders are compared without case, spaces, accents and punctuation.")?;
    let mut area = None;
    for entity in ENTITIES.iter() {
        if area != Some(entity.area) {
            writeln!(page, "\n## {}", area_name(entity.area))?;
            area = Some(entity.area);
        }
        one(page, entity)?;
    }
    writeln!(page, "\n## Tables that are no entity\n")?;
    for (table, why) in NOT_ENTITIES {
        writeln!(page, "- `{table}`: {why}.")?;
    }
    Ok(())
}

fn one(page: &mut String, entity: &Entity) -> fmt::Result {
    writeln!(page, "\n### {} · {} · `{}`\n", entity.plural.en, entity.plural.th, entity.name)?;
    write!(page, "{} Class {}", entity.about, entity.class.name())?;
    if entity.writes == Writes::None {
        page.push_str(", read only");
    }
    if entity.custom_fields {
        page.push_str(", takes custom fields");
    }
    page.push_str(".\n\n");
    for key in entity.keys {
        writeln!(page, "- unique: {}", names(key.fields))?;
    }
    if !entity.matched_by.is_empty() {
        let sets: Vec<String> = entity.matched_by.iter().map(|set| names(set)).collect();
        writeln!(page, "- recognized in imports by: {}", sets.join("; or "))?;
    }
    if !entity.named_by.is_empty() {
        writeln!(page, "- named by: {}", names(entity.named_by))?;
    }
    if !entity.owner.is_empty() {
        let reached = match entity.personal {
            None => "",
            Some(Personal::Alone) => "; people reach their own alone",
            Some(Personal::OrShared) => "; people reach their own, and those without an owner",
        };
        writeln!(page, "- owner: `{}`{reached}", entity.owner.join(" → "))?;
    }
    for child in entity.children {
        writeln!(page, "- `{}/{{id}}/{}`: {} by `{}`", entity.name, child.name, child.entity, child.field)?;
    }
    page.push_str(
        "\n| field | label | kind | marks | about | headers in files |\n|---|---|---|---|---|---|\n",
    );
    for field in entity.fields {
        let about = [field.help, &example(field)]
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        let headers: Vec<&str> =
            field.synonyms.iter().copied().chain(field.flags.iter().map(|flag| flag.header)).collect();
        let label = format!("{} · {}", field.label.en, field.label.th);
        let cells =
            [format!("`{}`", field.name), label, kind(field), marks(field), about, headers.join(", ")];
        writeln!(page, "| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))?;
    }
    Ok(())
}

fn names(fields: &[&str]) -> String {
    fields.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn example(field: &Field) -> String {
    if field.example.is_empty() || field.link().is_some() {
        String::new()
    } else {
        format!("E.g. `{}`.", field.example)
    }
}

fn kind(field: &Field) -> String {
    match field.kind {
        Kind::Text { max } => format!("text, {max}"),
        Kind::Paragraph { max } => format!("lines of text, {max}"),
        Kind::Code => "code".into(),
        Kind::Email => "e-mail".into(),
        Kind::Phone => "telephone".into(),
        Kind::Url => "web address".into(),
        Kind::Integer { min, max } if max >= i64::from(i32::MAX) => format!("whole number from {min}"),
        Kind::Integer { min, max } => format!("whole number {min} to {max}"),
        Kind::Quantity => "quantity".into(),
        Kind::Money => "money".into(),
        Kind::UnitPrice => "unit price".into(),
        Kind::Percent => "percent".into(),
        Kind::Bool => "yes or no".into(),
        Kind::Date => "day".into(),
        Kind::Timestamp => "time".into(),
        Kind::Choice(choices) => {
            choices.iter().map(|c| format!("`{}`", c.value)).collect::<Vec<_>>().join(" ")
        }
        Kind::Link(target) => format!("→ {target}"),
        Kind::Country => "country".into(),
        Kind::Currency => "currency".into(),
        Kind::Tags => "words".into(),
        Kind::Json => "JSON".into(),
        Kind::Ip => "network address".into(),
        Kind::Id => "id".into(),
    }
}

fn marks(field: &Field) -> String {
    let mut marks: Vec<String> = vec![];
    match field.default {
        Some(NOW) => marks.push("(now)".into()),
        Some(json) => marks.push(format!("(`{}`)", json.trim_matches('"'))),
        None if field.required => marks.push("required".into()),
        None => {}
    }
    let write = match field.write {
        _ if field.carried.is_some() => "carried",
        Write::Always => "",
        Write::Once => "once",
        Write::Import => "import",
        Write::Never => "program",
    };
    let read = match field.read {
        Read::Everyone => "",
        Read::Staff => "staff",
        Read::Nobody => "secret",
    };
    let index = if field.sortable {
        "sort"
    } else if field.indexed {
        "index"
    } else {
        ""
    };
    marks.extend([write, read, index].iter().filter(|mark| !mark.is_empty()).map(|mark| (*mark).to_owned()));
    marks.join(", ")
}

const fn area_name(area: Area) -> &'static str {
    match area {
        Area::Access => "Tenancy and access",
        Area::Catalog => "Catalogue and prices",
        Area::Stock => "Stock",
        Area::Crm => "Companies, customers, contacts",
        Area::Sales => "Orders to cash",
        Area::Insight => "Sales intelligence",
        Area::Service => "Service operations",
        Area::Data => "Data in and out",
        Area::Integrations => "Engine room",
    }
}

fn codes_page(page: &mut String) -> fmt::Result {
    writeln!(page, "{NOTE}\n\n# Problems\n")?;
    writeln!(
        page,
        "Answers that refuse are `application/problem+json`: `code` is stable, `detail` says what happened, `hint` how to mend"
    )?;
    writeln!(
        page,
        "it, `errors` names each bad field with a code of its own. Operations add refusals of theirs, listed with each operation.\n"
    )?;
    writeln!(page, "## Problems\n\n| code | HTTP | title | when, and what to do |\n|---|---|---|---|")?;
    for code in problem::codes::ALL {
        writeln!(page, "| `{}` | {} | {} | {} |", code.code, code.status.http(), code.title, code.about)?;
    }
    writeln!(
        page,
        "\n## Field errors\n\nThe same in the API, in forms and in the error file of an import.\n"
    )?;
    writeln!(page, "| code | when, and what to do |\n|---|---|")?;
    for code in codes::ALL {
        writeln!(page, "| `{}` | {} |", code.code, code.about)?;
    }
    Ok(())
}
