//! People who sign in: the tenant's own, and those of its customers.

use jiff::Timestamp;
use model::caller::{Actor, Caller};
use store::{
    sql,
    sql::{Query, Row},
};
use uuid::Uuid;

/// Which side of the house people sign in to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The tenant's own people: `users`.
    Staff,
    /// People at its customers: `portal_users`.
    Portal,
}

impl Side {
    /// The entity of its people.
    pub const fn entity(self) -> &'static str {
        match self {
            Self::Staff => "users",
            Self::Portal => "portal_users",
        }
    }

    /// Somebody on this side.
    pub const fn actor(self, person: Uuid) -> Actor {
        match self {
            Self::Staff => Actor::User(person),
            Self::Portal => Actor::PortalUser(person),
        }
    }

    /// Side and id of a person; `None` of whoever is none.
    pub const fn of(actor: Actor) -> Option<(Self, Uuid)> {
        match actor {
            Actor::User(id) => Some((Self::Staff, id)),
            Actor::PortalUser(id) => Some((Self::Portal, id)),
            Actor::Token(_) | Actor::Job(_) | Actor::System => None,
        }
    }

    /// The person's id in the columns of users and of portal users: one of them is null.
    pub const fn columns(self, person: Uuid) -> (Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Staff => (Some(person), None),
            Self::Portal => (None, Some(person)),
        }
    }
}

/// What signing in has to know of a person.
#[derive(Clone, Debug)]
pub struct Person {
    /// Which side they are on.
    pub side: Side,
    /// Their id.
    pub id: Uuid,
    /// The customer they act for.
    pub customer: Option<Uuid>,
    /// What people read.
    pub name: String,
    /// Where mails go.
    pub email: String,
    /// Their language, else the tenant's.
    pub locale: String,
    /// The tenant's name.
    pub company: String,
    /// The tenant's slug.
    pub slug: String,
    /// The tenant's name in tokens.
    pub short_id: String,
    /// None until an invitation is accepted.
    pub password_hash: Option<String>,
    /// Active and not archived, in a tenant that is active, and of a customer that is not archived.
    pub may: bool,
    /// Until when they may not sign in.
    pub locked_until: Option<Timestamp>,
    /// The sealed secret of the second step.
    pub totp: Option<Vec<u8>>,
    /// Whether the second step is asked for.
    pub two_steps: bool,
}

macro_rules! person {
    ($customer:literal, $from:literal, $may:literal, $which:literal) => {
        concat!(
            "select p.id, ",
            $customer,
            ", p.name, p.email, coalesce(p.locale, t.locale), t.name, t.slug, t.short_id,
               p.password_hash, p.is_active and p.archived_at is null and t.status = 'active' and ",
            $may,
            ", p.locked_until, p.totp, p.totp_since is not null
             from ",
            $from,
            " join tenants t on t.id = $1 where p.tenant_id = $1 and ",
            $which
        )
    };
}

macro_rules! of_side {
    ($side:expr, $which:literal) => {
        match $side {
            Side::Staff => sql!(person!("null::uuid", "users p", "true", $which)),
            Side::Portal => sql!(person!(
                "p.customer_id",
                "portal_users p join customers c on c.tenant_id = $1 and c.id = p.customer_id",
                "c.archived_at is null",
                $which
            )),
        }
    };
}

impl Person {
    /// Finds the person of this address.
    pub fn by_email(side: Side, tenant: Uuid, email: &str) -> Query {
        // As the column is made, see the migration.
        let find = of_side!(side, "p.email_key = lower(btrim($2) collate \"und-x-icu\") collate \"C\"");
        Query::fixed(find, vec![tenant.into(), email.to_owned().into()])
    }

    /// Finds the person of this id.
    pub fn by_id(side: Side, tenant: Uuid, id: Uuid) -> Query {
        Query::fixed(of_side!(side, "p.id = $2"), vec![tenant.into(), id.into()])
    }

    /// Reads the answer of one of these.
    pub fn read(side: Side, rows: &[Row]) -> Option<Self> {
        let row = rows.first()?;
        Some(Self {
            side,
            id: row.get(0),
            customer: row.get(1),
            name: row.get(2),
            email: row.get(3),
            locale: row.get(4),
            company: row.get(5),
            slug: row.get(6),
            short_id: row.get(7),
            password_hash: row.get(8),
            may: row.get(9),
            locked_until: row.get(10),
            totp: row.get(11),
            two_steps: row.get(12),
        })
    }

    /// Whether they may not sign in just now.
    pub fn is_locked(&self, now: Timestamp) -> bool {
        self.locked_until.is_some_and(|until| until > now)
    }

    /// The program at work in their name.
    pub fn acting(&self, system: &Caller) -> Caller {
        Caller { actor: self.side.actor(self.id), ..system.clone() }
    }

    /// What a password of theirs must not be made of.
    pub fn names(&self) -> [&str; 4] {
        [&self.name, &self.email, &self.company, &self.slug]
    }
}
