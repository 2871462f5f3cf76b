//! What a verified request delivers: one event, or of LINE any number of them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{signature::Headers, source::Kind};

/// Headers that are kept: what helps to understand a request. Everything else may hold secrets.
const KEPT: &[&str] = &[
    "content-type", "user-agent", "webhook-id", "webhook-timestamp", "x-execution-id", "x-request-id",
    "x-workflow-id",
];

/// Most characters of an id that is kept as it is; longer ones are kept by their hash.
const LONGEST: usize = 200;

/// One event as it was received, ready to be stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// Id of the log that it becomes.
    pub log: Uuid,
    /// Whose it is.
    pub tenant: Uuid,
    /// Who sent it.
    pub source: Uuid,
    /// The request it came with.
    pub request: Uuid,
    /// The sender's id of the event: the same one again is the same event.
    pub id: String,
    /// SHA-256 of what the event says.
    #[serde(with = "hash_text")]
    pub hash: Vec<u8>,
    /// What the sender calls such events.
    pub event_type: Option<String>,
    /// n8n's workflow.
    pub workflow_id: Option<String>,
    /// n8n's execution.
    pub execution_id: Option<String>,
    /// The headers that are kept.
    pub headers: Value,
    /// The event; `None` where the body is no JSON that a database can keep.
    pub payload: Option<Value>,
    /// The request's body, with its first event.
    #[serde(skip)]
    pub raw: Option<Vec<u8>>,
}

/// What a request is part of.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// Whose it is.
    pub tenant: Uuid,
    /// Who sent it.
    pub source: Uuid,
    /// The source's kind.
    pub kind: Kind,
    /// The request's id.
    pub request: Uuid,
}

/// The events of a verified request. `id` makes new ids.
pub fn read(origin: Origin, headers: &Headers, body: &[u8], id: impl Fn() -> Uuid) -> Vec<Delivery> {
    let payload = serde_json::from_slice::<Value>(body).ok().filter(storable);
    let kept: Map<String, Value> =
        KEPT.iter().filter_map(|name| Some(((*name).to_owned(), Value::from(headers.get(name)?)))).collect();
    let one = |payload: Option<Value>, given: Option<String>, hash: Vec<u8>| Delivery {
        log: id(),
        tenant: origin.tenant,
        source: origin.source,
        request: origin.request,
        // A sender that gives its events no ids cannot repeat one.
        id: given.map_or_else(|| format!("request {}", origin.request), bounded),
        hash,
        event_type: None,
        workflow_id: None,
        execution_id: None,
        headers: Value::Object(kept.clone()),
        payload,
        raw: None,
    };
    let mut deliveries = match (origin.kind, payload) {
        (Kind::Line, Some(payload)) if payload.get("events").is_some_and(Value::is_array) => {
            let destination = payload.get("destination").cloned();
            let events = payload.get("events").and_then(Value::as_array).cloned().unwrap_or_default();
            let event = |(place, event): (usize, Value)| {
                let given = text(&event, "webhookEventId");
                let given = given.unwrap_or_else(|| format!("request {} {place}", origin.request));
                let hash = said(&event);
                let kind = text(&event, "type");
                let payload = json!({"destination": destination, "event": event});
                Delivery { event_type: kind.map(bounded), ..one(Some(payload), Some(given), hash) }
            };
            events.into_iter().enumerate().map(event).collect()
        }
        (Kind::N8n, payload) => {
            let said = |name: &str, header: &str| {
                payload
                    .as_ref()
                    .and_then(|payload| text(payload, name))
                    .or_else(|| headers.get(header).map(str::to_owned))
            };
            let execution = said("execution_id", "x-execution-id");
            let given = said("delivery_id", "x-delivery-id").or_else(|| {
                // An execution may send several requests, told apart by what they do.
                let name = payload.as_ref().and_then(|payload| text(payload, "step"));
                execution.as_ref().map(|id| name.map_or_else(|| id.clone(), |name| format!("{id} {name}")))
            });
            let (workflow, kind) = (
                said("workflow_id", "x-workflow-id"),
                payload.as_ref().and_then(|payload| text(payload, "action")),
            );
            let made = one(payload, given, Sha256::digest(body).to_vec());
            vec![Delivery {
                event_type: kind.map(bounded),
                workflow_id: workflow.map(bounded),
                execution_id: execution.map(bounded),
                ..made
            }]
        }
        (_, payload) => {
            let given = headers.get("webhook-id").map(str::to_owned);
            let kind = payload.as_ref().and_then(|payload| text(payload, "type"));
            vec![Delivery {
                event_type: kind.map(bounded),
                ..one(payload, given, Sha256::digest(body).to_vec())
            }]
        }
    };
    if let Some(first) = deliveries.first_mut() {
        first.raw = Some(body.to_vec());
    }
    deliveries
}

/// The hash of what an event of LINE says: a redelivery differs in how it was delivered alone.
fn said(event: &Value) -> Vec<u8> {
    let mut event = event.clone();
    if let Value::Object(fields) = &mut event {
        fields.remove("deliveryContext");
        fields.remove("replyToken");
    }
    Sha256::digest(event.to_string().as_bytes()).to_vec()
}

/// A text or number of this name.
fn text(value: &Value, name: &str) -> Option<String> {
    match value.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A text short and plain enough to be kept as it is, or its hash.
fn bounded(text: String) -> String {
    if text.chars().count() <= LONGEST && !text.chars().any(char::is_control) {
        return text;
    }
    format!("sha256:{}", hexadecimal(&Sha256::digest(text.as_bytes())))
}

/// Bytes as lower-case digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a database can keep it: PostgreSQL's texts hold no NUL.
pub(super) fn storable(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.contains('\0'),
        Value::Array(items) => items.iter().all(storable),
        Value::Object(fields) => fields.iter().all(|(name, value)| !name.contains('\0') && storable(value)),
        _ => true,
    }
}

mod hash_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(hash: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::hexadecimal(hash))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digit = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
        let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(digit).collect();
        bytes.ok_or_else(|| D::Error::custom("not hexadecimal"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(kind: Kind) -> Origin {
        Origin { tenant: Uuid::from_u128(1), source: Uuid::from_u128(2), kind, request: Uuid::from_u128(3) }
    }

    fn of(kind: Kind, headers: &[(&str, &str)], body: &str) -> Vec<Delivery> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        read(origin(kind), &Headers(headers), body.as_bytes(), || Uuid::from_u128(4))
    }

    #[test]
    fn a_request_of_line_delivers_its_events() {
        let body = r#"{"destination": "U1", "events": [
            {"type": "follow", "webhookEventId": "E1", "deliveryContext": {"isRedelivery": false}, "replyToken": "a"},
            {"type": "message", "webhookEventId": "E2", "message": {"text": "hi"}}]}"#;
        let first = of(Kind::Line, &[], body);
        let ids: Vec<_> = first.iter().map(|one| (one.id.as_str(), one.event_type.as_deref())).collect();
        assert_eq!(ids, [("E1", Some("follow")), ("E2", Some("message"))]);
        assert!(first[0].raw.as_deref() == Some(body.as_bytes()) && first[1].raw.is_none());
        assert_eq!(first[1].payload.as_ref().unwrap()["event"]["message"]["text"], "hi");
        let again = body.replace("false", "true").replace("\"a\"", "\"b\"");
        assert_eq!(of(Kind::Line, &[], &again)[0].hash, first[0].hash, "a redelivery says the same");
        assert_ne!(of(Kind::Line, &[], &body.replace("hi", "ho"))[1].hash, first[1].hash);
        assert!(of(Kind::Line, &[], r#"{"destination": "U1", "events": []}"#).is_empty());
    }

    #[test]
    fn ids_come_from_where_the_kind_of_source_puts_them() {
        let sent = |kind, headers: &[(&str, &str)], body| of(kind, headers, body).remove(0).id;
        assert_eq!(sent(Kind::N8n, &[], r#"{"execution_id": 1018}"#), "1018");
        assert_eq!(sent(Kind::N8n, &[], r#"{"execution_id": "7", "step": "book"}"#), "7 book");
        assert_eq!(sent(Kind::N8n, &[("x-execution-id", "9")], "{}"), "9");
        assert_eq!(sent(Kind::N8n, &[("x-delivery-id", "d"), ("x-execution-id", "9")], "{}"), "d");
        assert_eq!(sent(Kind::Generic, &[("webhook-id", "msg_1")], "{}"), "msg_1");
        assert!(sent(Kind::N8n, &[], "{}").starts_with("request "));
        assert!(sent(Kind::Generic, &[("webhook-id", &"x".repeat(300))], "{}").starts_with("sha256:"));
    }

    #[test]
    fn what_is_no_json_is_kept_as_it_came() {
        for body in ["", "{", "\u{1}", r#"{"a": "\u0000"}"#, r#"{"\u0000": 1}"#] {
            let one = of(Kind::Generic, &[("webhook-id", "1")], body).remove(0);
            assert_eq!((one.payload, one.raw), (None, Some(body.as_bytes().to_vec())), "{body:?}");
        }
        assert_eq!(of(Kind::Line, &[], "[]").len(), 1);
    }

    #[test]
    fn secrets_among_the_headers_are_not_kept() {
        let headers = [
            ("authorization", "Bearer x"),
            ("x-webhook-token", "x"),
            ("x-line-signature", "x"),
            ("user-agent", "n8n"),
        ];
        assert_eq!(of(Kind::N8n, &headers, "{}")[0].headers, json!({"user-agent": "n8n"}));
    }
}
