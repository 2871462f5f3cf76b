//! How a home page is arranged: each person's own order, sizes and choice of widgets, else the company's, else the program's.

use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use store::{
    Db, TenantTx, sql,
    sql::{Query, Row},
};
use uuid::Uuid;

/// The name of the dashboard that home pages show.
const HOME: &str = "home";

/// How much of the twelve columns a widget takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Three.
    Small,
    /// Six.
    Medium,
    /// All.
    Large,
}

impl Size {
    /// Every size, smallest first.
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// As the table has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }

    /// The size of this name.
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.name() == name)
    }

    /// The next larger one; behind the largest the smallest.
    pub const fn next(self) -> Self {
        match self {
            Self::Small => Self::Medium,
            Self::Medium => Self::Large,
            Self::Large => Self::Small,
        }
    }
}

/// A widget in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which widget.
    pub widget: String,
    /// How large.
    pub size: Size,
    /// Whether it is shown.
    pub visible: bool,
}

/// The widgets in order, as the caller arranged them, else as the company did; empty where nobody arranged any.
///
/// # Errors
/// `unavailable`.
pub async fn arranged(db: &Db, caller: &Caller) -> Result<Vec<Placed>, Problem> {
    Ok(placed(&db.read(caller, standing(caller)).await?))
}

fn standing(caller: &Caller) -> Query {
    Query::fixed(
        sql!(
            "select w.user_id is not null, w.widget_type, w.size, w.is_visible from dashboards d
             join dashboard_widgets w on w.tenant_id = $1 and w.dashboard_id = d.id and (w.user_id is null or w.user_id = $2)
             where d.tenant_id = $1 and d.owner_id is null and d.name = $3
             order by w.user_id nulls last, w.position"
        ),
        vec![caller.tenant.into(), caller.actor.user().into(), HOME.into()],
    )
}

fn placed(rows: &[Row]) -> Vec<Placed> {
    let own = rows.first().is_some_and(|row| row.get(0));
    let widgets = rows.iter().filter(|row| row.get::<_, bool>(0) == own).map(|row| Placed {
        widget: row.get(1),
        size: Size::read(row.get(2)).unwrap_or(Size::Small),
        visible: row.get(3),
    });
    widgets.collect()
}

/// Changes an arrangement and gives it: the person's own, or everybody's who arranged nothing. Changes that come at the
/// same time follow one another.
///
/// # Errors
/// `forbidden` for a program's token, and of everybody's without `tenant_settings.update`; `unavailable`.
pub async fn arrange(
    tx: &mut TenantTx,
    everybody: bool,
    change: impl FnOnce(Vec<Placed>) -> Vec<Placed>,
) -> Result<Vec<Placed>, Problem> {
    let whose = whose(tx, everybody)?;
    let (tenant, id, actor) = (tx.tenant(), tx.id(), tx.actor().id());
    tx.execute(
        sql!(
            "insert into dashboards (tenant_id, id, name, created_by) values ($1, $2, $3, $4)
             on conflict (tenant_id, owner_id, name) do nothing"
        ),
        &[&tenant, &id, &HOME, &actor],
    )
    .await?;
    tx.execute(
        sql!("select from dashboards where tenant_id = $1 and owner_id is null and name = $2 for update"),
        &[&tenant, &HOME],
    )
    .await?;
    let standing = standing(tx.caller());
    let widgets = change(placed(&tx.run(&standing).await?));
    let ids: Vec<Uuid> = widgets.iter().map(|_| tx.id()).collect();
    let names: Vec<&str> = widgets.iter().map(|one| one.widget.as_str()).collect();
    let sizes: Vec<&str> = widgets.iter().map(|one| one.size.name()).collect();
    let visible: Vec<bool> = widgets.iter().map(|one| one.visible).collect();
    tx.execute(
        sql!(
            "insert into dashboard_widgets (tenant_id, id, dashboard_id, user_id, widget_type, position, size, is_visible, created_by)
             select $1, w.id, d.id, $2, w.widget_type, w.position::integer, w.size, w.is_visible, $3
             from dashboards d
             cross join unnest($4::uuid[], $5::text[], $6::text[], $7::boolean[]) with ordinality
               as w (id, widget_type, size, is_visible, position)
             where d.tenant_id = $1 and d.owner_id is null and d.name = $8
             on conflict (tenant_id, dashboard_id, user_id, widget_type) do update
             set position = excluded.position, size = excluded.size, is_visible = excluded.is_visible"
        ),
        &[&tenant, &whose, &actor, &ids, &names, &sizes, &visible, &HOME],
    )
    .await?;
    Ok(widgets)
}

/// Forgets the person's own arrangement.
///
/// # Errors
/// `forbidden` for a program's token; `unavailable`.
pub async fn reset(tx: &mut TenantTx) -> Result<(), Problem> {
    let whose = whose(tx, false)?;
    let tenant = tx.tenant();
    tx.execute(
        sql!("delete from dashboard_widgets where tenant_id = $1 and user_id = $2"),
        &[&tenant, &whose],
    )
    .await?;
    Ok(())
}

/// Whose arrangement is written: the person's, or nobody's in particular.
fn whose(tx: &TenantTx, everybody: bool) -> Result<Option<Uuid>, Problem> {
    if everybody {
        return tx.caller().permit("tenant_settings.update").map(|_| None);
    }
    let person = || Problem::new(&codes::FORBIDDEN, "A program's token has no home page of its own.");
    tx.actor().user().map(Some).ok_or_else(person)
}
