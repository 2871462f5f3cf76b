//! Values as they come in through every door.

use model::{
    Document,
    caller::Scope,
    entity::{Area, Check, Class, Entity},
    field::{self, Field, Kind, choice},
    problem::FieldError,
    value::{Author, Format, Mode, parse_json, parse_text, validate},
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

const TIERS: &[field::Choice] =
    &[choice("GOLD", "Gold", "ทอง").or(&["VIP", "premium"]), choice("ON_HOLD", "On hold", "พักไว้")];

const MONEY: Field = field::money("total", "Total");
const RATE: Field = field::percent("discount_percent", "Discount").up_to(100);
const TIER: Field = field::select("tier", "Tier", TIERS);

fn text(field: &Field, text: &str) -> Result<Value, String> {
    parse_text(field, text, &Format::default()).map_err(|error| error.code.into_owned())
}

#[test]
fn cells_become_canonical_values() {
    for (field, cell, meant) in [
        (MONEY, " $1,234.5 ", json!("1234.50")),
        (MONEY, "-0.00", json!("0.00")),
        (MONEY, "12.500", json!("12.50")),
        (field::quantity("q", "Q"), "12", json!("12.000")),
        (field::unit_price("p", "P"), "9.8", json!("9.800000")),
        (RATE, "15%", json!("15.000000")),
        (field::integer("n", "N", 0, 9), "7.0", json!(7)),
        (field::boolean("b", "B"), "ใช่", json!(true)),
        (field::boolean("b", "B"), "No", json!(false)),
        (field::date("d", "D"), "1996-07-04 00:00:00.000", json!("1996-07-04")),
        (TIER, "vip", json!("GOLD")),
        (TIER, "on-hold", json!("ON_HOLD")),
        (TIER, "พักไว้", json!("ON_HOLD")),
        (field::country("c", "C"), "Deutschland", json!("DE")),
        (field::currency("c", "C"), "บาท", json!("THB")),
        (field::tags("t", "T"), "wine; beer, wine", json!(["wine", "beer"])),
        (field::code("c", "C"), " 00042 ", json!("00042")),
        (
            field::link("owner_id", "Owner", "users"),
            "0190F5C4-7B1E-7C3A-9D52-0F6A3C2B1D00",
            json!("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
        ),
        (field::text("x", "X"), " \u{a0} ", Value::Null),
    ] {
        assert_eq!(text(&field, cell), Ok(meant), "{cell}");
    }
}

#[test]
fn fractions_are_percentages_where_the_column_says_so() {
    let fractions = Format { fraction: true, ..Format::default() };
    assert_eq!(parse_text(&RATE, "0.15", &fractions), Ok(json!("15.000000")));
    assert_eq!(parse_text(&RATE, "15%", &fractions), Ok(json!("15.000000")));
    assert_eq!(parse_text(&RATE, "0.15", &Format::default()), Ok(json!("0.150000")));
}

#[test]
fn bad_cells_are_told_with_value_and_mend() {
    for (field, cell, code) in [
        (MONEY, "12.345", "too_precise"),
        (MONEY, "1000000000000", "too_large"),
        (MONEY.non_negative(), "-1", "too_small"),
        (RATE, "101", "too_large"),
        (RATE, "-1", "too_small"),
        (MONEY, "5%", "not_a_number"),
        (field::integer("n", "N", 0, 9), "10", "too_large"),
        (field::integer("n", "N", 0, 9), "1.5", "not_a_whole_number"),
        (field::boolean("b", "B"), "maybe", "not_a_boolean"),
        (field::date("d", "D"), "3/4/2020", "ambiguous_date"),
        (TIER, "silver", "not_a_choice"),
        (field::code("c", "C"), &"x".repeat(65), "too_long"),
        (field::json("j", "J"), "{", "not_json"),
    ] {
        let error = parse_text(&field, cell, &Format::default()).unwrap_err();
        assert_eq!(error.code, code, "{cell}");
        assert_eq!(error.field, field.name);
        assert!(error.message.starts_with(field.label.en), "{}", error.message);
        assert!(error.value.is_some());
    }
    let error = parse_text(&TIER, "GLOD", &Format::default()).unwrap_err();
    assert_eq!(error.suggestion.as_deref(), Some("GOLD"));
    let error = parse_text(&field::country("c", "C"), "Germny", &Format::default()).unwrap_err();
    assert_eq!(error.suggestion.as_deref(), Some("Germany"));
}

#[test]
fn programs_must_send_the_right_types() {
    let code = |field: &Field, value: Value| parse_json(field, &value).map_err(|e| e.code.into_owned());
    assert_eq!(code(&MONEY, json!("12.5")), Ok(json!("12.50")));
    assert_eq!(code(&MONEY, json!(12.5)), Ok(json!("12.50")));
    assert_eq!(code(&MONEY, json!("1,5")), Err("not_a_number".into()));
    assert_eq!(code(&field::unit_price("p", "P"), json!(0.12345678901234567)), Err("too_precise".into()));
    assert_eq!(code(&MONEY, json!(true)), Err("wrong_type".into()));
    assert_eq!(code(&field::text("t", "T"), json!(5)), Err("wrong_type".into()));
    assert_eq!(code(&field::text("t", "T"), json!("")), Ok(Value::Null));
    assert_eq!(code(&field::tags("t", "T"), json!(["b", "a", "b"])), Ok(json!(["b", "a"])));
    assert_eq!(code(&field::tags("t", "T"), json!([1])), Err("wrong_type".into()));
    assert_eq!(code(&field::date("d", "D"), json!("1/2/2026")), Err("not_a_date".into()));
    assert_eq!(code(&field::json("j", "J"), json!({"a": [1]})), Ok(json!({"a": [1]})));
}

fn order_of_days(doc: &Document) -> Vec<FieldError> {
    match (doc.get("starts_on").and_then(Value::as_str), doc.get("ends_on").and_then(Value::as_str)) {
        (Some(start), Some(end)) if end < start => {
            vec![FieldError::new("ends_on", &model::value::codes::INCONSISTENT, "Ends before it starts.")]
        }
        _ => vec![],
    }
}

const FIELDS: &[Field] = &[
    field::code("code", "Code").required().once(),
    field::text("name", "Name").required(),
    field::money("credit", "Credit").required().default("\"0.00\""),
    field::money("cost", "Cost").staff_only(),
    field::code("number", "Number").by_import(),
    field::text("hash", "Hash").secret(),
    field::date("starts_on", "Starts"),
    field::date("ends_on", "Ends"),
];
const CHECKS: &[Check] = &[Check { constraint: None, run: order_of_days }];
const THINGS: Entity =
    Entity::new("things", "thing", Area::Crm, Class::Staff).fields(FIELDS).checks(CHECKS).custom_fields();

fn record(doc: Value, mode: Mode, author: Author) -> Result<Value, Vec<(String, String)>> {
    let Value::Object(doc) = doc else { panic!("an object") };
    validate(&THINGS, doc, mode, author)
        .map(Value::Object)
        .map_err(|errors| errors.into_iter().map(|e| (e.field, e.code.into_owned())).collect())
}

fn errors(list: &[(&str, &str)]) -> Result<Value, Vec<(String, String)>> {
    Err(list.iter().map(|(f, c)| ((*f).to_owned(), (*c).to_owned())).collect())
}

#[test]
fn a_record_gets_its_defaults_or_all_its_errors() {
    let done =
        record(json!({"code": "A", "name": " B ", "attributes": {"k": 1}}), Mode::Create, Author::Staff);
    assert_eq!(done, Ok(json!({"code": "A", "name": "B", "attributes": {"k": 1}, "credit": "0.00"})));
    let bad =
        json!({"nmae": "x", "credit": "lots", "id": "1", "starts_on": "2026-02-01", "ends_on": "2026-01-01"});
    assert_eq!(
        record(bad, Mode::Create, Author::Staff),
        errors(&[
            ("nmae", "unknown_field"),
            ("credit", "not_a_number"),
            ("id", "read_only"),
            ("code", "required"),
            ("name", "required"),
            ("ends_on", "inconsistent"),
        ])
    );
}

#[test]
fn an_update_leaves_the_rest_alone() {
    assert_eq!(record(json!({"name": "C"}), Mode::Update, Author::Staff), Ok(json!({"name": "C"})));
    assert_eq!(record(json!({"name": ""}), Mode::Update, Author::Staff), errors(&[("name", "required")]));
    assert_eq!(record(json!({"code": "C"}), Mode::Update, Author::Staff), errors(&[("code", "read_only")]));
    assert_eq!(record(json!({"credit": null}), Mode::Update, Author::Staff), Ok(json!({"credit": "0.00"})));
}

#[test]
fn each_author_writes_what_is_theirs() {
    for (field, author, code) in [
        ("cost", Author::Portal, Some("unknown_field")),
        ("cost", Author::Staff, None),
        ("number", Author::Staff, Some("read_only")),
        ("number", Author::Import, None),
        ("hash", Author::Import, Some("unknown_field")),
        ("hash", Author::Program, None),
    ] {
        let told = record(json!({field: "1"}), Mode::Update, author).err();
        assert_eq!(told, code.map(|code| vec![(field.to_owned(), code.to_owned())]), "{field} {author:?}");
    }
    assert_eq!(Author::from(Scope::System), Author::Program);
}

proptest! {
    #[test]
    fn canonical_values_are_read_as_themselves(cents in -99_999_999_999_999_i64..=99_999_999_999_999, days in 0_i32..292_000, seconds in -10_000_000_000_i64..10_000_000_000) {
        let money = Decimal::new(cents, 2).to_string();
        prop_assert_eq!(parse_json(&MONEY, &json!(money)), Ok(json!(money)));
        prop_assert_eq!(text(&MONEY, &money), Ok(json!(money)));
        let day = jiff::civil::date(1600, 1, 1).saturating_add(jiff::Span::new().days(days)).to_string();
        prop_assert_eq!(text(&field::date("d", "D"), &day), Ok(json!(day)));
        let at = jiff::Timestamp::from_second(seconds).unwrap().to_string();
        prop_assert_eq!(text(&field::timestamp("t", "T"), &at), Ok(json!(at)));
    }

    /// However an amount is grouped, signed or marked, no digit of it is lost.
    #[test]
    fn money_loses_no_digit(cents in 0_i64..=99_999_999_999_999, style in 0..6) {
        let (whole, fraction) = (cents / 100, cents % 100);
        let mut grouped = whole.to_string();
        let mut at = grouped.len();
        let mark = if style % 2 == 0 { ',' } else { '.' };
        while at > 3 {
            at -= 3;
            grouped.insert(at, mark);
        }
        let point = if mark == ',' { '.' } else { ',' };
        let amount = format!("{grouped}{point}{fraction:02}");
        let (written, sign) = match style {
            0 | 1 => (amount, 1),
            2 | 3 => (format!("({amount})"), -1),
            _ => (format!("฿ {amount}-"), -1),
        };
        prop_assert_eq!(text(&MONEY, &written), Ok(json!(model::value::canonical_decimal(Decimal::new(cents * sign, 2), 2))));
    }

    /// What was read once reads the same again, whatever came in; and nothing panics.
    #[test]
    fn reading_twice_changes_nothing(cell in "\\PC{0,24}|[0-9,. ()$%eE+-]{0,14}|[0-9/:. -]{0,20}") {
        for kind in [Kind::Text { max: 20 }, Kind::Paragraph { max: 20 }, Kind::Code, Kind::Email, Kind::Phone, Kind::Url, Kind::Quantity, Kind::Money,
            Kind::UnitPrice, Kind::Percent, Kind::Bool, Kind::Date, Kind::Timestamp, Kind::Choice(TIERS), Kind::Country, Kind::Currency, Kind::Tags,
            Kind::Integer { min: -5, max: 5_000 }, Kind::Link("users")] {
            let field = Field::new("f", "F", kind);
            if let Ok(value) = text(&field, &cell) {
                prop_assert_eq!(parse_json(&field, &value).map_err(|e| e.message), Ok(value));
            }
        }
    }
}
