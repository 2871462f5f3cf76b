//! Pages of lists in a tenant with many customers: how long the server takes for them, and what of it is rendering.
//!
//! There is no reference: the figures to hold are latencies, which the server itself tells in `Server-Timing`. Pages are
//! asked one at a time over one connection, so that none waits for another.

use model::registry;

use super::{
    load::{self, Answer, Connection},
    machine,
    place::{Fresh, Place},
    search::{self, encoded},
    seed,
    server::Server,
    table,
};
use crate::{cli::BenchPagesArgs, failure::Failure};

/// Asks and prints what came out.
pub async fn run(place: &Place, args: &BenchPagesArgs) -> Result<(), Failure> {
    let fresh = place.fresh("bench_pages").await?;
    let done = measure(place, &fresh, args).await;
    place.drop(&fresh.name).await?;
    done
}

async fn measure(place: &Place, fresh: &Fresh, args: &BenchPagesArgs) -> Result<(), Failure> {
    let (tenant, token) = fresh.tenant().await?;
    seed::of_one(place, fresh, tenant, args.rows).await?;
    let server = Server::start(place, fresh, &["--no-work"]).await?;
    place.settle().await?;
    println!(
        "Pages of lists of 50 among {} customers of one tenant, {} requests of each kind; {}.\n",
        args.rows,
        args.times,
        machine::description()
    );
    let mut reader = Reader { connection: Connection::open(server.address).await?, server: &server, token };
    let mut figures = vec![];
    for (name, paths) in kinds()? {
        let mut times = Times::default();
        // The first of each are for the plans and caches that all later ones find.
        for path in &paths {
            reader.page(path).await?;
        }
        for path in paths.iter().cycle().take(args.times) {
            times.add(reader.page(path).await?.0);
        }
        figures.push(times.row(&name));
    }
    for (name, first) in [
        ("page after page, newest first", "/customers"),
        ("page after page, by name", "/customers?sort=name"),
    ] {
        let (mut times, mut path) = (Times::default(), first.to_owned());
        for _ in 0..args.times {
            let (timing, next) = reader.page(&path).await?;
            times.add(timing);
            path = next.unwrap_or_else(|| first.to_owned());
        }
        figures.push(times.row(name));
    }
    table::print(
        &[
            "list of customers", "in the server: p50 ms", "p99 ms", "of it the database: p50 ms",
            "rendering: p50 ms", "p99 ms",
        ],
        &figures,
    );
    server.stop().await
}

/// Each kind of list with the addresses that are asked in turn.
fn kinds() -> Result<Vec<(String, Vec<String>)>, Failure> {
    let customers =
        registry::entity("customers").ok_or_else(|| Failure::work("There is no entity customers."))?;
    let mut kinds = vec![
        ("as it opens".to_owned(), vec!["/customers".to_owned()]),
        ("active ones by name".to_owned(), vec!["/customers?filter[status]=ACTIVE&sort=name".to_owned()]),
    ];
    for field in customers.fields.iter().chain(customers.standard()).filter(|field| field.sortable) {
        let name = field.name;
        let paths = vec![format!("/customers?sort={name}"), format!("/customers?sort=-{name}")];
        kinds.push((format!("by {name}, both ways"), paths));
    }
    for (kind, words) in search::KINDS {
        let paths = words.iter().map(|word| format!("/customers?q={}", encoded(word))).collect();
        kinds.push((format!("search: {kind}"), paths));
    }
    Ok(kinds)
}

struct Reader<'a> {
    connection: Connection,
    server: &'a Server,
    token: String,
}

impl Reader<'_> {
    /// What the page at this path took, and where its next page is.
    async fn page(&mut self, path: &str) -> Result<(Timing, Option<String>), Failure> {
        let request = load::request(self.server.address, path, &self.token);
        let answer = self.connection.exchange(&request).await;
        let answer = answer.map_err(|failure| Failure::work(format!("`{path}`: {failure}")))?;
        let timing = Timing::of(&answer)
            .ok_or_else(|| Failure::work(format!("`{path}` was answered without its timing.")))?;
        Ok((timing, next(&String::from_utf8_lossy(answer.body))))
    }
}

/// What a page took in the server, in milliseconds.
struct Timing {
    total: f64,
    database: f64,
    render: f64,
}

impl Timing {
    fn of(answer: &Answer<'_>) -> Option<Self> {
        let told = answer.header("server-timing")?;
        let of = |name: &str| {
            let mut parts = told.split(", ").filter_map(|part| part.split_once(";dur="));
            parts.find(|(other, _)| *other == name)?.1.parse().ok()
        };
        Some(Self { total: of("total")?, database: of("db")?, render: of("render")? })
    }
}

/// Where the page after a page is.
fn next(page: &str) -> Option<String> {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.filter(|link| link.contains("after=")).last().map(|link| link.replace("&amp;", "&"))
}

#[derive(Default)]
struct Times {
    total: Vec<f64>,
    database: Vec<f64>,
    render: Vec<f64>,
}

impl Times {
    fn add(&mut self, timing: Timing) {
        self.total.push(timing.total);
        self.database.push(timing.database);
        self.render.push(timing.render);
    }

    fn row(&self, name: &str) -> Vec<String> {
        let ms = |value: f64| format!("{value:.1}");
        vec![
            name.to_owned(),
            ms(table::median(&self.total)),
            ms(table::quantile(&self.total, 0.99)),
            ms(table::median(&self.database)),
            format!("{:.2}", table::median(&self.render)),
            format!("{:.2}", table::quantile(&self.render, 0.99)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_where_the_last_cursor_leads() {
        let page = r#"<a href="/customers?sort=name&amp;before=x">‹</a><a class="btn" href="/customers?sort=name&amp;after=ab_c">›</a>
            <link href="/a/cells.css"><input name="next" value="/customers?after=now">"#;
        assert_eq!(next(page).as_deref(), Some("/customers?sort=name&after=ab_c"));
        assert_eq!(next("<p>nothing</p>"), None);
    }

    #[test]
    fn timings_are_read_by_name() {
        let head = "HTTP/1.1 200 OK\r\nServer-Timing: db;dur=1.5, total;dur=2.0, render;dur=0.25";
        let timing = Timing::of(&Answer::new(head)).unwrap();
        assert_eq!((timing.database, timing.total, timing.render), (1.5, 2.0, 0.25));
    }
}
