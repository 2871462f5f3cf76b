//! `GET /dev/integrity`: every rule of what is stored, whether it held when it was last checked, and what breaks it.

use maud::{Markup, html};
use model::registry;
use serde_json::Value;
use work::integrity::{RULES, Rule};

use super::{
    Dev,
    parts::{act, ago, page as sheet},
    words,
};
use crate::{
    input::Params,
    pages::{
        Answer,
        found::{list, text},
        visitor::Visitor,
    },
    ui::{Look, Url, number, small, value::Record},
};

/// The job that checks.
const CHECKS: &str = "integrity.snapshot";

/// The page.
pub async fn page(visitor: Visitor, Params(params): Params) -> Answer {
    visitor.caller().permit(Dev::Integrity.permission())?;
    let url = Url::new("/dev/integrity", &params);
    // One row a rule and time: the newest of each are among these.
    let found = list(&visitor, "data_integrity_snapshots", &[("sort", "-id"), ("limit", "100")]).await?;
    let schedules = match visitor.may(registry::described("job_schedules")?, "view") {
        true => list(&visitor, "job_schedules", &[("filter[type]", CHECKS)]).await?.records,
        false => vec![],
    };
    let look = &visitor.look;
    let newest = |rule: &Rule| found.records.iter().find(|one| text(one, "check_name") == rule.name);
    let region = html! {
        div.row {
            p.muted { (look.t(words::INTEGRITY_LEAD)) }
            @for schedule in &schedules {
                (act(&visitor, schedule, ("job_schedules", "run_now"), "play", words::CHECK_NOW))
            }
        }
        table.plain {
            thead { tr {
                th scope="col" { (look.t(words::RULE)) }
                th scope="col" { (look.t(words::STATUS)) }
                th.only-l scope="col" { (look.t(words::CHECKED)) }
            } }
            tbody { @for rule in RULES { (row(look, rule, newest(rule))) } }
        }
    };
    sheet(&visitor, Dev::Integrity, &url, region)
}

fn row(look: &Look, rule: &Rule, snapshot: Option<&Record>) -> Markup {
    let holds = snapshot.map(|one| one.get("ok") == Some(&Value::Bool(true)));
    let findings = snapshot.and_then(|one| one.get("findings")?.as_array()).map_or(&[][..], Vec::as_slice);
    html! {
        tr id={ "r-" (rule.name) } {
            td {
                span.name { (look.t(rule.law)) }
                @if holds == Some(false) { (broken(look, rule, findings)) }
            }
            td {
                @match (holds, snapshot) {
                    (Some(true), _) => span."chip quiet" { (small("circle-check")) (look.t(words::HOLDS)) },
                    (Some(false), Some(one)) => span."chip bad" { span.dot {} (look.t(words::WRONG)) " " span.num { (count(one)) } },
                    _ => span.muted { (look.t(words::NEVER_CHECKED)) },
                }
            }
            td.only-l { @if let Some(one) = snapshot { (ago(look, one, "created_at")) } }
        }
    }
}

/// How many exceptions there are; the first of them are listed.
fn count(snapshot: &Record) -> String {
    let broken = snapshot.get("counts").and_then(|counts| counts["broken"].as_u64()).unwrap_or_default();
    number::grouped(&broken.to_string(), 0)
}

fn broken(look: &Look, rule: &Rule, findings: &[Value]) -> Markup {
    let part = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let repaired = findings.iter().any(|finding| finding["repair"].is_string());
    html! {
        @if !rule.by_hand.en.is_empty() {
            p.muted { (look.t(words::MEND)) ": " (look.t(rule.by_hand)) }
        }
        @if repaired { p.muted { (look.t(words::REPAIR_HELP)) } }
        details open {
            summary { (look.t(words::MORE)) }
            ul {
                @for finding in findings {
                    li {
                        code.mono { (part(finding, "subject")) } " " (part(finding, "detail"))
                        @if finding["repair"].is_string() {
                            span.muted { " · " (look.t(words::REPAIR)) ": " (part(finding, "repair")) }
                        }
                    }
                }
            }
        }
    }
}
