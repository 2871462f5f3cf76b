//! A load generator: connections that are kept, one request at a time on each, plain HTTP/1.1.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use super::table;
use crate::failure::Failure;

/// What came out.
#[derive(Clone, Debug)]
pub struct Load {
    /// Answers a second.
    pub a_second: f64,
    /// The middle latency.
    pub p50: Duration,
    /// 99 of 100 answers were quicker.
    pub p99: Duration,
}

/// The bytes of a GET request.
pub fn request(address: SocketAddr, path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n\r\n").into_bytes()
}

/// The bytes of a POST request with a JSON body.
pub fn post(address: SocketAddr, path: &str, (name, value): (&str, &str), body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: {address}\r\n{name}: {value}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

/// Sends the requests in turn over each of `connections` for `time`; whatever is answered with none of 200, 201
/// and 202 ends it.
pub async fn run(
    address: SocketAddr,
    requests: Vec<Vec<u8>>,
    connections: usize,
    time: Duration,
) -> Result<Load, Failure> {
    let requests = Arc::new(requests);
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for number in 0..connections {
        tasks.spawn(one(address, requests.clone(), number, started + time));
    }
    let mut latencies: Vec<Duration> = vec![];
    while let Some(ended) = tasks.join_next().await {
        latencies.extend(ended.map_err(|error| Failure::work(format!("A connection broke: {error}.")))??);
    }
    let took = started.elapsed();
    latencies.sort_unstable();
    let at = |share: f64| latencies.get(table::place(latencies.len(), share)).copied().unwrap_or_default();
    Ok(Load { a_second: latencies.len() as f64 / took.as_secs_f64(), p50: at(0.5), p99: at(0.99) })
}

/// The body of one answer.
pub async fn ask(address: SocketAddr, request: &[u8]) -> Result<String, Failure> {
    let mut connection = Connection::open(address).await?;
    let answer = connection.exchange(request).await?;
    Ok(String::from_utf8_lossy(answer.body).into_owned())
}

async fn one(
    address: SocketAddr,
    requests: Arc<Vec<Vec<u8>>>,
    number: usize,
    until: Instant,
) -> Result<Vec<Duration>, Failure> {
    let mut connection = Connection::open(address).await?;
    let mut latencies = vec![];
    let mut next = number;
    loop {
        let sent = Instant::now();
        if sent >= until {
            return Ok(latencies);
        }
        connection.exchange(&requests[next % requests.len()]).await?;
        latencies.push(sent.elapsed());
        next += 1;
    }
}

/// What was answered with 200, 201 or 202.
pub struct Answer<'a> {
    head: &'a str,
    /// The body.
    pub body: &'a [u8],
}

impl<'a> Answer<'a> {
    /// An answer with this head and nothing else.
    pub const fn new(head: &'a str) -> Self {
        Self { head, body: &[] }
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
        lines.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Opens one.
    pub async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await.map_err(broken)?;
        stream.set_nodelay(true).map_err(broken)?;
        Ok(Self { stream, buffer: vec![0; 256 * 1024] })
    }

    /// Sends a request and reads its answer whole; one that is none of 200, 201 and 202 is a failure.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>, Failure> {
        self.stream.write_all(request).await.map_err(broken)?;
        let mut filled = 0;
        loop {
            if filled == self.buffer.len() {
                self.buffer.resize(filled * 2, 0);
            }
            let read = self.stream.read(&mut self.buffer[filled..]).await.map_err(broken)?;
            if read == 0 {
                return Err(Failure::work("The server closed a connection in the middle of an answer."));
            }
            filled += read;
            let Some(head) = self.buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let body = head + 4;
            let length = length(&self.buffer[..head]).ok_or_else(|| {
                Failure::work(format!("Answered {}.", String::from_utf8_lossy(&self.buffer[..filled])))
            })?;
            if filled >= body + length {
                let head = std::str::from_utf8(&self.buffer[..head]).unwrap_or_default();
                return Ok(Answer { head, body: &self.buffer[body..body + length] });
            }
        }
    }
}

fn broken(error: std::io::Error) -> Failure {
    Failure::work(format!("The server cannot be asked: {error}."))
}

/// The length of the body, where the answer is a 200, 201 or 202.
fn length(head: &[u8]) -> Option<usize> {
    let answer = Answer::new(std::str::from_utf8(head).ok()?);
    answer.head.split(' ').nth(1).filter(|status| ["200", "201", "202"].contains(status))?;
    answer.header("content-length")?.parse().ok()
}
