//! What an event asks for, read from its payload: pure.

use jiff::Timestamp;
use model::{
    Document,
    integrations::payload::{self, Action},
    problem::{FieldError, Problem},
    value::codes,
};
use serde_json::Value;

use super::{process::Event, source::Kind};

/// What an event asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Nothing that Tenantry knows; it is stored.
    Nothing(&'static str),
    /// Someone on LINE did something.
    Line(Line),
    /// A record is made or changed.
    Record(&'static Action, Document),
}

/// What someone on LINE did.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Their id at the account.
    pub user: String,
    /// When.
    pub at: Option<Timestamp>,
    /// They are to become a customer where they are none.
    pub creates: bool,
    /// The activity's outcome and notes; none for a follow.
    pub note: Option<(&'static str, Option<String>)>,
}

/// Reads what the event asks for.
///
/// # Errors
/// `invalid` with everything that is wrong with the payload.
pub fn of(event: &Event) -> Result<Effect, Problem> {
    let Some(payload) = &event.payload else {
        return Err(wrong(
            "payload",
            "The body is no JSON that can be kept; the raw body stands in the log.",
        ));
    };
    let errors = payload::check(&event.schema, payload);
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    match event.kind {
        Kind::Line => line(payload.get("event").unwrap_or(payload)),
        Kind::N8n => {
            let Some(name) = payload.get("action").and_then(Value::as_str) else {
                return Err(wrong(
                    "action",
                    "The payload needs a text for `action`, such as `customer.upsert`.",
                ));
            };
            record(name, payload.get("data").and_then(Value::as_object).cloned())
        }
        Kind::Generic => {
            match payload::mapped(&event.mapping, event.event_type.as_deref().unwrap_or(""), payload) {
                Some((name, document)) => record(name, Some(document)),
                None => Ok(Effect::Nothing("the source's mapping does not know this type of event")),
            }
        }
    }
}

fn record(name: &str, data: Option<Document>) -> Result<Effect, Problem> {
    let Some(action) = payload::action(name) else { return Ok(Effect::Nothing("no documented action")) };
    let data = data
        .ok_or_else(|| wrong("data", "The payload needs an object for `data`, with the record's fields."))?;
    Ok(Effect::Record(action, data))
}

fn wrong(field: &str, message: &str) -> Problem {
    Problem::invalid(vec![FieldError::new(field, &codes::REQUIRED, message)])
}

/// An event of the Messaging API. Groups and rooms without a user, and types unknown here, ask for nothing.
fn line(event: &Value) -> Result<Effect, Problem> {
    let text = |path: &str| payload::at(event, path).and_then(Value::as_str);
    let Some(kind) = text("type") else {
        return Err(wrong("type", "An event of LINE needs a text for `type`."));
    };
    let Some(user) = text("source.userId") else { return Ok(Effect::Nothing("no user stands behind it")) };
    let at =
        event.get("timestamp").and_then(Value::as_i64).and_then(|at| Timestamp::from_millisecond(at).ok());
    let (creates, note) = match kind {
        "follow" => (true, None),
        "unfollow" => (false, Some(("Unfollowed on LINE", None))),
        "message" => {
            (true, Some(("LINE message", Some(message(event.get("message").unwrap_or(&Value::Null))))))
        }
        _ => return Ok(Effect::Nothing("a type of event that nothing is done about")),
    };
    Ok(Effect::Line(Line { user: user.to_owned(), at, creates, note }))
}

/// What a message says, in words.
fn message(message: &Value) -> String {
    let text = |name: &str| message.get(name).and_then(Value::as_str);
    let kind = text("type").unwrap_or("message");
    match (text("text"), text("fileName").or_else(|| text("title")).or_else(|| text("address"))) {
        (Some(text), _) => text.chars().take(9_000).collect(),
        (None, Some(name)) => format!("[{kind}] {}", name.chars().take(500).collect::<String>()),
        (None, None) => format!("[{kind}]"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn event(kind: Kind, payload: Value) -> Event {
        Event {
            log: Uuid::nil(),
            source: Uuid::nil(),
            code: "form".to_owned(),
            kind,
            mapping: json!({"paid": {"action": "customer.update", "fields": {"code": "who"}}}),
            schema: json!({}),
            event_type: payload.get("type").and_then(Value::as_str).map(str::to_owned),
            workflow_id: None,
            payload: Some(payload),
            tries: 0,
        }
    }

    #[test]
    fn line_events_become_customers_and_notes() {
        let of = |payload| of(&event(Kind::Line, payload));
        let said = json!({"destination": "U0", "event": {
            "type": "message", "timestamp": 1_674_087_231_000_i64, "source": {"type": "user", "userId": "U1"},
            "message": {"type": "text", "text": "พรุ่งนี้ว่างไหมคะ"}}});
        let Ok(Effect::Line(line)) = of(said) else { panic!("a message") };
        assert_eq!((line.user.as_str(), line.creates), ("U1", true));
        assert_eq!(line.at, Timestamp::from_second(1_674_087_231).ok());
        assert_eq!(line.note, Some(("LINE message", Some("พรุ่งนี้ว่างไหมคะ".to_owned()))));
        let picture =
            json!({"event": {"type": "message", "source": {"userId": "U1"}, "message": {"type": "image"}}});
        let Ok(Effect::Line(line)) = of(picture) else { panic!("a message") };
        assert_eq!(line.note.unwrap().1.as_deref(), Some("[image]"));
        let follow = json!({"event": {"type": "follow", "source": {"userId": "U1"}}});
        assert!(matches!(of(follow), Ok(Effect::Line(Line { creates: true, note: None, .. }))));
        let unfollow = json!({"event": {"type": "unfollow", "source": {"userId": "U1"}}});
        assert!(matches!(of(unfollow), Ok(Effect::Line(Line { creates: false, note: Some(_), .. }))));
        for strange in [
            json!({"type": "new thing", "source": {"userId": "U1"}}),
            json!({"type": "message", "source": {}}),
        ] {
            assert!(matches!(of(json!({ "event": strange })), Ok(Effect::Nothing(_))));
        }
        assert!(of(json!({"event": {}})).is_err());
    }

    #[test]
    fn actions_need_data_and_unknown_ones_are_let_be() {
        let of = |payload| of(&event(Kind::N8n, payload));
        let Ok(Effect::Record(action, data)) =
            of(json!({"action": "customer.upsert", "data": {"name": "Mali"}}))
        else {
            panic!("a record")
        };
        assert_eq!((action.entity, data["name"].as_str()), ("customers", Some("Mali")));
        assert!(matches!(of(json!({"action": "moon.land", "data": {}})), Ok(Effect::Nothing(_))));
        assert!(of(json!({"action": "customer.upsert"})).is_err() && of(json!({"data": {}})).is_err());
    }

    #[test]
    fn a_mapping_leads_to_an_action() {
        let of = |payload| of(&event(Kind::Generic, payload));
        let Ok(Effect::Record(action, data)) = of(json!({"type": "paid", "who": "ALFKI"})) else {
            panic!("a record")
        };
        assert_eq!((action.name, data["code"].as_str()), ("customer.update", Some("ALFKI")));
        assert!(matches!(of(json!({"type": "other"})), Ok(Effect::Nothing(_))));
        let mut strict = event(Kind::Generic, json!({"type": "paid"}));
        strict.schema = json!({"who": "text"});
        assert_eq!(super::of(&strict).unwrap_err().field_errors()[0].field, "who");
        strict.payload = None;
        assert!(super::of(&strict).is_err());
    }
}
