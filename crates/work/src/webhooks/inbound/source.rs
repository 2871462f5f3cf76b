//! The sources a process knows: whose requests it can verify, also while the database is away.
//!
//! Opened secrets are held in memory alone. A process reads all sources when it starts and every half minute; what it
//! knows of a source is read anew after [`FRESH`], and kept while the database is away. A process that starts without
//! the database knows none.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use model::{caller::Caller, problem::Problem};
use store::{
    Db, SystemTask, across, sql,
    sql::{Query, Row},
};
use uuid::Uuid;

use crate::access::seal::{Keyring, Place};

/// How long what is known of a source counts without another look.
const FRESH: SignedDuration = SignedDuration::from_secs(5);

/// Names that lead nowhere are remembered up to this number.
const STRANGERS: usize = 4_096;

/// The kind of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An n8n workflow.
    N8n,
    /// A LINE Official Account.
    Line,
    /// Any sender of Standard Webhooks.
    Generic,
}

impl Kind {
    /// Reads the name that the database knows.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "n8n" => Some(Self::N8n),
            "line" => Some(Self::Line),
            "generic" => Some(Self::Generic),
            _ => None,
        }
    }
}

/// A source as far as receiving needs it.
#[derive(Clone)]
pub struct Source {
    /// Whose it is.
    pub tenant: Uuid,
    /// Its id.
    pub id: Uuid,
    /// Its kind.
    pub kind: Kind,
    secret: Vec<u8>,
    former: Option<(Vec<u8>, Timestamp)>,
}

impl Source {
    /// The secrets that are valid now.
    pub fn secrets(&self, now: Timestamp) -> Vec<&[u8]> {
        let former =
            self.former.as_ref().filter(|(_, until)| now < *until).map(|(secret, _)| secret.as_slice());
        [self.secret.as_slice()].into_iter().chain(former).collect()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({}, {:?})", self.id, self.kind)
    }
}

/// Where a source's secrets are sealed.
pub fn place(tenant: Uuid, source: Uuid) -> Place {
    Place { tenant, purpose: "webhook_source", record: source }
}

type Name = (String, String);

/// What is known of a name, and since when.
type Known = (Option<Arc<Source>>, Timestamp);

/// The sources that this process knows, by slug of the tenant and code.
#[derive(Debug)]
pub struct Sources {
    db: Db,
    keys: Keyring,
    known: Mutex<HashMap<Name, Known>>,
}

impl Sources {
    /// Knows none yet.
    pub fn new(db: Db, keys: Keyring) -> Self {
        Self { db, keys, known: Mutex::default() }
    }

    /// The source of this name; `None` where there is none that may send.
    ///
    /// # Errors
    /// `unavailable` where the database is away and the source is not known.
    pub async fn find(&self, tenant: &str, code: &str, away: bool) -> Result<Option<Arc<Source>>, Problem> {
        let name = (tenant.to_owned(), code.to_owned());
        let now = self.db.world().now();
        let held = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&name).cloned();
        if let Some((source, since)) = &held
            && (away && source.is_some() || now.duration_since(*since) < FRESH)
        {
            return Ok(source.clone());
        }
        match self.read(tenant, code).await {
            Ok(source) => {
                let source = source.map(Arc::new);
                self.remember(name, source.clone(), now);
                Ok(source)
            }
            // What was known serves while nothing newer can be had.
            Err(problem) => match held {
                Some((Some(source), _)) => Ok(Some(source)),
                _ => Err(problem),
            },
        }
    }

    fn remember(&self, name: Name, source: Option<Arc<Source>>, now: Timestamp) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if source.is_none() && known.len() >= STRANGERS {
            known.retain(|_, (held, _)| held.is_some());
        }
        known.insert(name, (source, now));
    }

    async fn read(&self, slug: &str, code: &str) -> Result<Option<Source>, Problem> {
        let Some(tenant) = self.db.resolve("slug", slug).await? else { return Ok(None) };
        let query = Query::fixed(
            sql!(
                "select s.tenant_id, s.id, s.kind, s.secret, s.former_secret, s.former_secret_until
                 from webhook_sources s join tenants t on t.id = s.tenant_id
                 where s.tenant_id = $1 and s.code = $2 and s.enabled and s.archived_at is null and s.secret is not null
                   and t.status = 'active'"
            ),
            vec![tenant.into(), code.to_owned().into()],
        );
        let caller = Caller::system(tenant, self.db.world().id());
        let rows = self.db.read(&caller, query).await?;
        rows.first().map(|row| self.open(row)).transpose()
    }

    fn open(&self, row: &Row) -> Result<Source, Problem> {
        let (tenant, id): (Uuid, Uuid) = (row.get(0), row.get(1));
        let kind =
            Kind::from_name(row.get(2)).ok_or_else(|| Problem::internal("a source of no known kind"))?;
        let opened = |sealed: Option<Vec<u8>>| {
            sealed.map(|sealed| self.keys.open(place(tenant, id), &sealed)).transpose()
        };
        let secret = opened(row.get(3))?.unwrap_or_default();
        let former = opened(row.get(4))?.zip(row.get::<_, Option<Timestamp>>(5));
        Ok(Source { tenant, id, kind, secret, former })
    }

    /// Reads every source there is.
    ///
    /// # Errors
    /// Problems of the database; what was known stays known then.
    pub async fn refresh(&self) -> Result<(), Problem> {
        let now = self.db.world().now();
        let every = across!(
            "select s.tenant_id, s.id, s.kind, s.secret, s.former_secret, s.former_secret_until, t.slug, s.code
             from webhook_sources s join tenants t on t.id = s.tenant_id
             where s.enabled and s.archived_at is null and s.secret is not null and t.status = 'active'
             order by s.tenant_id, s.id limit 100000"
        );
        let rows = self.db.begin_system(SystemTask::ListWebhookSources).await?.query(every, &[]).await?;
        for row in &rows {
            match self.open(row) {
                Ok(source) => self.remember((row.get(6), row.get(7)), Some(Arc::new(source)), now),
                Err(problem) => {
                    tracing::error!(?problem, source = %row.get::<_, Uuid>(1), "its secret cannot be opened")
                }
            }
        }
        Ok(())
    }
}
