//! Logs, messages, sessions: each old enough goes, younger ones and those that somebody still needs stay.

use std::collections::BTreeSet;

use crate::house::House;

/// Rows of a table: how one is made (`{at}` its moment, `{x}` what differs), its key, and which stay.
struct Case {
    job: &'static str,
    table: &'static str,
    key: &'static str,
    make: &'static str,
    /// Age in days, what differs, whether it stays.
    rows: &'static [(i32, &'static str, bool)],
}

const CASES: &[Case] = &[
    Case {
        job: "retention.prune",
        table: "job_runs",
        key: "id::text",
        make: "insert into job_runs (tenant_id, id, job_id, type, attempt, status)
               values ($1, app.uuid7_at({at}), app.uuid7(), 'old', 1, '{x}')",
        rows: &[(13, "completed", true), (15, "completed", false), (16, "lost", false), (17, "processing", true)],
    },
    Case {
        job: "retention.prune",
        table: "idempotency_keys",
        key: "id::text",
        make: "insert into idempotency_keys (tenant_id, id, actor, route, key, body_hash, expires_at)
               values ($1, app.uuid7(), 'user', 'POST /orders', '{x}', sha256('body'), {at})",
        rows: &[(1, "over", false), (-1, "ahead", true)],
    },
    Case {
        job: "retention.prune",
        table: "data_integrity_snapshots",
        key: "id::text",
        make: "insert into data_integrity_snapshots (tenant_id, id, check_name, ok, created_at)
               values ($1, app.uuid7(), 'stock', {x}, {at})",
        rows: &[(89, "true", true), (91, "true", false), (92, "false", false)],
    },
    Case {
        job: "webhooks.prune",
        table: "webhook_attempts",
        key: "id::text",
        make: "insert into webhook_attempts (tenant_id, id, delivery_id, subscription_id, attempt, outcome, duration_ms, url)
               values ($1, app.uuid7_at({at}), app.uuid7(), app.uuid7(), 1, '{x}', 7, 'https://erp.example/hooks')",
        rows: &[(29, "failed", true), (31, "failed", false), (32, "delivered", false)],
    },
    Case {
        job: "webhooks.prune",
        table: "webhook_events",
        key: "id::text",
        make: "insert into webhook_events (tenant_id, id, type, entity, state)
               values ($1, app.uuid7_at({at}), 'company.created', 'companies', '{x}')",
        rows: &[(29, "done", true), (31, "done", false), (32, "pending", true)],
    },
    // One that an endpoint has not got yet.
    Case {
        job: "webhooks.prune",
        table: "webhook_events",
        key: "id::text",
        make: "with e as (insert into webhook_events (tenant_id, id, type, entity, state)
                 values ($1, app.uuid7_at({at}), 'company.created', 'companies', 'done') returning id),
               s as (insert into webhook_subscriptions (tenant_id, id, name, url, event_types)
                 values ($1, app.uuid7(), 'ERP {x}', 'https://erp.example/hooks', array['*']) returning id),
               d as (insert into webhook_deliveries (tenant_id, id, subscription_id, event_id, state, attempts)
                 select $1, app.uuid7(), s.id, e.id, '{x}', 1 from s, e)
               select e.id::text from e",
        rows: &[(33, "pending", true), (34, "delivered", false)],
    },
    Case {
        job: "retention.prune",
        table: "webhook_logs",
        key: "id::text",
        make: "insert into webhook_logs (tenant_id, id, source_id, request_id, delivery_id, status)
               values ($1, app.uuid7_at({at}), app.uuid7(), app.uuid7(), 'one', '{x}')",
        rows: &[(29, "PROCESSED", true), (31, "PROCESSED", false), (32, "RECEIVED", true), (33, "FAILED", false)],
    },
    // What is in the dead-letter queue waits for a person, however long.
    Case {
        job: "retention.prune",
        table: "webhook_logs",
        key: "id::text",
        make: "with l as (insert into webhook_logs (tenant_id, id, source_id, request_id, delivery_id, status)
                 values ($1, app.uuid7_at({at}), app.uuid7(), app.uuid7(), 'one', 'FAILED') returning id),
               s as (insert into webhook_sources (tenant_id, id, code, name, kind)
                 values ($1, app.uuid7(), app.uuid7()::text, 'Form', 'n8n') returning id),
               f as (insert into failed_webhooks (tenant_id, id, original_log_id, source_id, resolved_at)
                 select $1, app.uuid7(), l.id, s.id, {x} from l, s)
               select l.id::text from l",
        rows: &[(34, "null", true), (35, "now()", true), (36, "now() - interval '31 days'", false)],
    },
    Case {
        job: "retention.prune",
        table: "webhook_receipts",
        key: "delivery_id",
        make: "insert into webhook_receipts (tenant_id, source_id, delivery_id, body_hash, log_id, received_at)
               values ($1, app.uuid7(), '{x}', sha256('body'), app.uuid7(), {at})",
        rows: &[(29, "young", true), (31, "old", false)],
    },
    Case {
        job: "retention.prune",
        table: "notifications",
        key: "id::text",
        make: "with u as (insert into users (tenant_id, id, email, name)
                 values ($1, app.uuid7(), app.uuid7()::text || '@example.com', 'Somebody') returning id)
               insert into notifications (tenant_id, id, user_id, kind, title, told_at, read_at)
               select $1, app.uuid7(), u.id, 'job_failed', 'A job failed', {at}, {x} from u",
        rows: &[(89, "now()", true), (91, "now()", false), (92, "null", false)],
    },
    Case {
        job: "retention.prune",
        table: "email_messages",
        key: "id::text",
        make: "insert into email_messages (tenant_id, id, kind, to_address, locale, subject, state, created_at)
               values ($1, app.uuid7(), 'job_failed', 'a@example.com', 'en', 'A job failed', '{x}', {at})",
        rows: &[(89, "sent", true), (91, "sent", false), (92, "failed", false), (93, "queued", true)],
    },
    // The audit stays until it has an archive.
    Case {
        job: "retention.prune",
        table: "audit_logs",
        key: "id::text",
        make: "insert into audit_logs (tenant_id, id, entity, action, actor_kind, at)
               values ($1, app.uuid7(), 'customers', '{x}', 'system', {at})",
        rows: &[(401, "create", true)],
    },
    Case {
        job: "sessions.clean",
        table: "sessions",
        key: "id::text",
        make: "with u as (insert into users (tenant_id, id, email, name)
                 values ($1, app.uuid7(), app.uuid7()::text || '@example.com', 'Somebody') returning id)
               insert into sessions (tenant_id, id, user_id, token_hash, refresh_family, expires_at, revoked_at)
               select $1, app.uuid7(), u.id, sha256(u.id::text::bytea), app.uuid7(), {at}, {x} from u",
        // A revoked one still tells a theft while its tokens could be shown.
        rows: &[(1, "null", false), (-1, "null", true), (-2, "now()", true)],
    },
    Case {
        job: "sessions.clean",
        table: "one_time_tokens",
        key: "id::text",
        make: "with u as (insert into users (tenant_id, id, email, name)
                 values ($1, app.uuid7(), app.uuid7()::text || '@example.com', 'Somebody') returning id)
               insert into one_time_tokens (tenant_id, id, kind, user_id, token_hash, expires_at)
               select $1, app.uuid7(), '{x}', u.id, sha256(u.id::text::bytea), {at} from u",
        rows: &[(1, "invitation", false), (1, "reset", false), (-1, "reset", true)],
    },
];

/// Makes the rows; gives each key and whether it stays.
async fn plant(house: &House, caller: &model::caller::Caller) -> Vec<(&'static Case, String, bool)> {
    let mut all = vec![];
    for case in CASES {
        for (days, differs, stays) in case.rows {
            let text = case.make.replace("{at}", &format!("now() - interval '{days} days'"));
            let text = text.replace("{x}", differs);
            // Those that end in a query of their own give the key by it.
            let whole = text.trim_end().ends_with("from e") || text.trim_end().ends_with("from l");
            let text = if whole { text } else { format!("{text} returning {}", case.key) };
            let key: String = house.sql(caller, &text).await[0].get(0);
            all.push((case, key, *stays));
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_old_goes_and_the_rest_stays() {
    let house = House::new().await;
    let mine = plant(&house, &house.mine).await;
    let theirs = plant(&house, &house.theirs).await;
    for job in ["retention.prune", "webhooks.prune", "sessions.clean"] {
        house.run(&house.mine, job).await;
    }
    for (rows, caller, all_stay) in [(mine, &house.mine, false), (theirs, &house.theirs, true)] {
        for (case, key, stays) in rows {
            let left: BTreeSet<String> = house
                .texts(caller, &format!("select {} from {} where tenant_id = $1", case.key, case.table))
                .await;
            assert_eq!(left.contains(&key), stays || all_stay, "{}: {key} by {}", case.table, case.job);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_may_keep_things_for_longer_or_shorter_and_what_cannot_be_read_removes_nothing() {
    let house = House::new().await;
    let make = |days: i32| {
        format!(
            "insert into email_messages (tenant_id, id, kind, to_address, locale, subject, state, created_at)
             values ($1, app.uuid7(), 'job_failed', 'a@example.com', 'en', '{days}', 'sent', now() - interval '{days} days') returning id"
        )
    };
    for days in [5, 20, 100] {
        house.sql(&house.mine, &make(days)).await;
    }
    let left = "select subject from email_messages where tenant_id = $1";
    let set = |document: &str| {
        format!(
            "insert into tenant_settings (tenant_id, id, setting_group, document) values ($1, app.uuid7(), 'retention', '{document}')
             on conflict (tenant_id, setting_group) do update set document = excluded.document returning id"
        )
    };
    house.sql(&house.mine, &set("{\"emails\": 0}")).await;
    let refused = tokio::spawn(async move {
        house.run(&house.mine, "retention.prune").await;
    });
    assert!(refused.await.is_err(), "settings that cannot be read fail the job");

    let house = House::new().await;
    for days in [5, 20, 100] {
        house.sql(&house.mine, &make(days)).await;
    }
    house.sql(&house.mine, &set("{\"emails\": 10}")).await;
    let removed = house.run(&house.mine, "retention.prune").await;
    assert_eq!(removed["email_messages"], 2, "{removed}");
    assert_eq!(house.texts(&house.mine, left).await, BTreeSet::from(["5".to_owned()]));
}
