//! The way out by HTTP.

use std::{
    collections::HashSet,
    error::Error,
    fmt,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use futures_util::future::BoxFuture;
use reqwest::{
    Client, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use tokio::time::{Instant, timeout_at};

use super::{Failure, Fetch, MOST_READ, Network, Outbound, Request, Response, not_public};

/// From the first byte out to the last one in.
const TIME: Duration = Duration::from_secs(15);
/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(20);

/// Requests by HTTP. Cheap to clone.
#[derive(Clone)]
pub struct Http {
    allowed: Arc<[Network]>,
    /// To public addresses and allowed ones, by https alone.
    public: Client,
    /// To allowed addresses, by plain http.
    plain: Client,
}

impl Http {
    /// Requests to public addresses by https, and to these networks as they like.
    ///
    /// # Errors
    /// Where the machine's trusted certificates cannot be read.
    pub fn new(allowed: Vec<Network>) -> Result<Self, String> {
        Self::resolving(allowed, Arc::new(System))
    }

    fn resolving(allowed: Vec<Network>, names: Arc<dyn Names>) -> Result<Self, String> {
        store::provide_cryptography();
        let allowed: Arc<[Network]> = allowed.into();
        let client = |plain: bool| {
            Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .referer(false)
                .https_only(!plain)
                // The storage's client brings HTTP/2 into the build; endpoints are spoken to as they always were.
                .http1_only()
                .pool_idle_timeout(IDLE)
                .user_agent(concat!("Tenantry/", env!("CARGO_PKG_VERSION")))
                .dns_resolver(Arc::new(Checked { allowed: allowed.clone(), plain, names: names.clone() }))
                .build()
                .map_err(|error| format!("Requests to other software cannot be made: {}", told(&error)))
        };
        Ok(Self { public: client(false)?, plain: client(true)?, allowed })
    }

    /// The client for this address, whose host is checked where it is written as numbers. (Names are checked when
    /// they are resolved.) The parser reads every notation of IPv4 there is: decimal, octal, hexadecimal, short.
    pub(super) fn way(&self, url: &str) -> Result<(&Client, Url), Failure> {
        let refused = |text: &str| Failure::Refused(text.to_owned());
        let url = Url::parse(url)
            .map_err(|error| Failure::Refused(format!("The address cannot be read: {error}.")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("The address must not hold a user or password."));
        }
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(refused("The address must begin with https://.")),
        };
        let host = url.host_str().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            check(address, plain, &self.allowed).map_err(|Refused(text)| Failure::Refused(text))?;
        } else if host.is_empty() {
            return Err(refused("The address names no host."));
        }
        Ok((if plain { &self.plain } else { &self.public }, url))
    }

    async fn send(&self, request: Request) -> Result<Response, Failure> {
        let (client, url) = self.way(&request.url)?;
        let end = Instant::now() + TIME;
        let mut sent = client.post(url).body(request.body);
        for (name, value) in request.headers {
            sent = sent.header(name, value);
        }
        let answer = timeout_at(end, sent.send()).await;
        let mut answer = answer.map_err(|_| late())?.map_err(|error| failure(&error))?;
        let told = answered(&answer);
        let mut body = vec![];
        // What stands at the top of the answer decides; a body that breaks off or does not end changes nothing.
        while body.len() < MOST_READ {
            match timeout_at(end, answer.chunk()).await {
                Ok(Ok(Some(chunk))) => {
                    body.extend_from_slice(&chunk[..chunk.len().min(MOST_READ - body.len())])
                }
                _ => break,
            }
        }
        Ok(Response { body, ..told })
    }
}

/// The head of an answer.
pub(super) fn answered(answer: &reqwest::Response) -> Response {
    let header = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let headers = answer.headers().iter().map(header).collect();
    Response { status: answer.status().as_u16(), headers, body: vec![] }
}

impl Outbound for Http {
    fn post(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(self.send(request))
    }

    fn fetch(&self, fetch: Fetch) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(self.save(fetch))
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

/// Why nothing is sent to an address.
#[derive(Debug)]
struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Refused {}

/// Whether something may be sent to the address. The sentence does not tell which address a name stands for.
fn check(address: IpAddr, plain: bool, allowed: &[Network]) -> Result<(), Refused> {
    if allowed.iter().any(|network| network.holds(address)) {
        return Ok(());
    }
    match not_public(address) {
        Some(what) => Err(Refused(format!("The address leads to {what}, where nothing is sent to."))),
        None if plain => Err(Refused("The address must begin with https://.".to_owned())),
        None => Ok(()),
    }
}

/// What names stand for.
trait Names: Send + Sync {
    fn look_up(&self, name: String) -> BoxFuture<'static, std::io::Result<HashSet<IpAddr>>>;
}

/// The machine's own resolver.
struct System;

impl Names for System {
    fn look_up(&self, name: String) -> BoxFuture<'static, std::io::Result<HashSet<IpAddr>>> {
        Box::pin(async move {
            Ok(tokio::net::lookup_host((name.as_str(), 0)).await?.map(|found| found.ip()).collect())
        })
    }
}

/// Resolves a name for one connection, which then goes to what was checked here: a name that stands for something
/// else a moment later changes nothing. A name with one address that is refused is refused.
struct Checked {
    allowed: Arc<[Network]>,
    plain: bool,
    names: Arc<dyn Names>,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, allowed, plain) =
            (self.names.look_up(name.as_str().to_owned()), self.allowed.clone(), self.plain);
        Box::pin(async move {
            let found = found.await?;
            for address in &found {
                check(*address, plain, &allowed)?;
            }
            let found: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(found)
        })
    }
}

fn late() -> Failure {
    Failure::Failed(format!("There was no answer within {} seconds.", TIME.as_secs()))
}

/// Tells a refusal of ours from failures on the way, whose cause stands at the bottom.
pub(super) fn failure(error: &reqwest::Error) -> Failure {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(one) = cause {
        if let Some(Refused(text)) = one.downcast_ref() {
            return Failure::Refused(text.clone());
        }
        cause = one.source();
    }
    let what = if error.is_connect() { "No connection could be made" } else { "The request broke off" };
    Failure::Failed(format!("{what}: {}.", told(error)))
}

/// The innermost cause, in its own words.
fn told(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// Names that stand for one set of addresses after the other.
    struct Turning(Vec<Vec<&'static str>>, AtomicUsize);

    impl Names for Turning {
        fn look_up(&self, _: String) -> BoxFuture<'static, std::io::Result<HashSet<IpAddr>>> {
            let turn = self.1.fetch_add(1, Ordering::Relaxed).min(self.0.len() - 1);
            let found = self.0[turn].iter().map(|address| address.parse().unwrap()).collect();
            Box::pin(async { Ok(found) })
        }
    }

    fn http(allowed: &[&str], turns: Vec<Vec<&'static str>>) -> (Http, Arc<Turning>) {
        let names = Arc::new(Turning(turns, AtomicUsize::new(0)));
        let allowed = allowed.iter().map(|network| network.parse().unwrap()).collect();
        (Http::resolving(allowed, names.clone()).unwrap(), names)
    }

    async fn post(http: &Http, url: &str) -> Result<Response, Failure> {
        let body = b"{}".to_vec();
        http.post(Request { url: url.to_owned(), headers: vec![("webhook-id", "m".to_owned())], body }).await
    }

    /// A server that gives this answer to each connection and closes it. Its port.
    pub async fn server(answer: Vec<u8>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let _ = stream.read(&mut [0; 4096]).await.unwrap();
                let _ = stream.write_all(&answer).await;
            }
        });
        port
    }

    #[tokio::test]
    async fn addresses_that_are_not_public_are_refused_in_every_notation() {
        let (http, names) = http(&[], vec![vec!["127.0.0.1"]]);
        for host in [
            "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1",
            "017700000001", "127.0.0.1.", "127.0.0.%31", "\u{ff11}27.0.0.1", "0", "0.0.0.0", "10.1.2.3",
            "167838211", "012.1.2.3", "169.254.169.254", "2852039166", "0xa9fea9fe", "192.168.0.1",
            "172.16.9.9", "100.64.0.1", "224.0.0.1", "255.255.255.255", "[::1]", "[::]",
            "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:10.0.0.1]", "[::127.0.0.1]",
            "[64:ff9b::169.254.169.254]", "[fe80::1]", "[fd00::1]", "[ff02::1]", "[2002:7f00:1::]",
            "localhost", "localhost.", "LOCALHOST", "metadata.google.internal", "printer.local",
        ] {
            for url in [format!("https://{host}/"), format!("http://{host}:8080/x")] {
                let refused = post(&http, &url).await;
                assert!(matches!(refused, Err(Failure::Refused(_))), "{url}: {refused:?}");
            }
        }
        assert_eq!(
            names.1.load(Ordering::Relaxed),
            10,
            "five names, each over two schemes; numbers are not looked up"
        );
    }

    #[tokio::test]
    async fn addresses_that_are_none_are_refused_with_what_to_mend() {
        let (http, _) = http(&[], vec![vec!["93.184.216.34"]]);
        for (url, mend) in [
            ("http://example.com/", "must begin with https://"),
            ("http://93.184.216.34/", "must begin with https://"),
            ("ftp://example.com/", "must begin with https://"),
            ("file:///etc/passwd", "must begin with https://"),
            ("https://user:pass@example.com/", "must not hold a user"),
            ("https://user@example.com/", "must not hold a user"),
            ("https://", "cannot be read"),
            ("https://[::1", "cannot be read"),
            ("https://1.2.3.256/", "cannot be read"),
            ("example.com/hooks", "cannot be read"),
        ] {
            match post(&http, url).await {
                Err(Failure::Refused(text)) => assert!(text.contains(mend), "{url}: {text}"),
                other => panic!("{url}: {other:?}"),
            }
        }
    }

    #[tokio::test]
    async fn a_name_is_resolved_once_and_all_of_its_addresses_must_pass() {
        let port =
            server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok".to_vec()).await;
        let turns = vec![vec!["127.0.0.1"], vec!["127.0.0.2"], vec!["127.0.0.1", "10.0.0.1"]];
        let (http, names) = http(&["127.0.0.1/32"], turns);
        let url = format!("http://turning.example:{port}/");
        assert_eq!(post(&http, &url).await.unwrap().body, b"ok");
        assert_eq!(names.1.load(Ordering::Relaxed), 1);
        for look in 2..=3 {
            assert!(matches!(post(&http, &url).await, Err(Failure::Refused(_))));
            assert_eq!(names.1.load(Ordering::Relaxed), look);
        }
    }

    #[tokio::test]
    async fn redirects_are_answers_and_bodies_are_cut_off() {
        let (http, _) = http(&["127.0.0.0/8"], vec![vec!["127.0.0.1"]]);
        let elsewhere =
            b"HTTP/1.1 302 Found\r\nlocation: http://10.0.0.1/\r\ncontent-length: 0\r\n\r\n".to_vec();
        let answer = post(&http, &format!("http://127.0.0.1:{}/", server(elsewhere).await)).await.unwrap();
        assert_eq!((answer.status, answer.header("location")), (302, Some("http://10.0.0.1/")));

        let mut long = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n".to_vec();
        long.resize(1_000_000, b'x');
        let answer = post(&http, &format!("http://127.0.0.1:{}/", server(long).await)).await.unwrap();
        assert_eq!((answer.status, answer.body.len()), (200, MOST_READ));

        let broken = b"HTTP/1.1 204 No".to_vec();
        let failed = post(&http, &format!("http://127.0.0.1:{}/", server(broken).await)).await;
        assert!(matches!(failed, Err(Failure::Failed(_))), "{failed:?}");
        let nobody = post(&http, "http://127.0.0.1:1/").await;
        assert!(matches!(nobody, Err(Failure::Failed(text)) if text.contains("No connection")));
    }
}
