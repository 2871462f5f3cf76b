//! What stands at the head of every page: whose company it is, how its pages look, and who is there.

use model::{caller::Caller, problem::Problem};
use serde_json::Value;
use store::{Db, sql, sql::Query};

use crate::settings::{self, Branding, Group};

/// The head of a page.
#[derive(Clone, Debug)]
pub struct Head {
    /// The company's name.
    pub company: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// Its currency.
    pub currency: String,
    /// How its pages look.
    pub branding: Branding,
    /// The customer that a portal user acts for, by name.
    pub customer: Option<String>,
    /// The person's, or the token's, name.
    pub name: String,
    /// The person's address; `None` of a token.
    pub email: Option<String>,
    /// What the person was told and has not read, counted up to a hundred; 0 of a token.
    pub unread: i64,
    /// The person's language, else the company's.
    pub locale: String,
}

/// The head of a page for this caller.
///
/// # Errors
/// `unavailable`; `not_found` where the caller is nobody any more.
pub async fn head(db: &Db, caller: &Caller) -> Result<Head, Problem> {
    let find = sql!(
        "select t.name, t.time_zone, t.currency::text, coalesce(p.locale, o.locale, t.locale), coalesce(p.name, o.name, k.name, ''),
           coalesce(p.email, o.email), s.document,
           (select count(*) from (select from notifications n
              where n.tenant_id = $1 and n.user_id = $2 and n.read_at is null limit 100) u), c.name
         from tenants t
         left join users p on p.tenant_id = $1 and p.id = $2
         left join portal_users o on o.tenant_id = $1 and o.id = $2
         left join customers c on c.tenant_id = $1 and c.id = o.customer_id
         left join integration_tokens k on k.tenant_id = $1 and k.id = $2
         left join tenant_settings s on s.tenant_id = $1 and s.setting_group = $3
         where t.id = $1"
    );
    let args = vec![caller.tenant.into(), caller.actor.id().into(), Branding::DESCRIBED.name.into()];
    let rows = db.point(&caller.program(), Query::fixed(find, args)).await?;
    let row = rows.first().ok_or_else(|| Problem::not_found("company"))?;
    let stated: Option<Value> = row.get(6);
    Ok(Head {
        company: row.get(0),
        time_zone: row.get(1),
        currency: row.get(2),
        locale: row.get(3),
        name: row.get(4),
        email: row.get(5),
        unread: row.get(7),
        customer: row.get(8),
        branding: settings::stored::<Branding>(stated)?,
    })
}
