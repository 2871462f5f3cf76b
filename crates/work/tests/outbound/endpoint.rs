//! An endpoint of other software: a small HTTP server that remembers what it was told.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    time::sleep,
};

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Told {
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Told {
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }
}

/// What it answers: status, further headers, after how long.
pub type Answer = (u16, &'static str, Duration);

pub const OK: Answer = (200, "", Duration::ZERO);

pub const fn status(status: u16) -> Answer {
    (status, "", Duration::ZERO)
}

type Answers = dyn Fn(usize, &Told) -> Answer + Send + Sync;

#[derive(Clone)]
pub struct Endpoint {
    pub url: String,
    told: Arc<Mutex<Vec<Told>>>,
}

impl Endpoint {
    /// One that answers as `answers` says, to the request of this number (from 0).
    pub async fn new(answers: impl Fn(usize, &Told) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let told: Arc<Mutex<Vec<Told>>> = Arc::default();
        let answers: Arc<Answers> = Arc::new(answers);
        let endpoint = Self { url, told: told.clone() };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (told, answers) = (told.clone(), answers.clone());
                tokio::spawn(async move {
                    // A sender that hangs up is no matter.
                    let _ = converse(stream, &told, &*answers).await;
                });
            }
        });
        endpoint
    }

    pub async fn ok() -> Self {
        Self::new(|_, _| OK).await
    }

    pub fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.told.lock().unwrap().len()
    }
}

async fn converse(stream: TcpStream, told: &Mutex<Vec<Told>>, answers: &Answers) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut headers = HashMap::new();
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        if line.is_empty() {
            return Ok(());
        }
        assert_eq!(line, "POST /hooks HTTP/1.1\r\n");
        loop {
            line.clear();
            stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let mut body = vec![0; headers["content-length"].parse().unwrap()];
        stream.read_exact(&mut body).await?;
        let one = Told { headers, body: String::from_utf8(body).unwrap() };
        let number = {
            let mut told = told.lock().unwrap();
            told.push(one.clone());
            told.len() - 1
        };
        let (status, headers, wait) = answers(number, &one);
        sleep(wait).await;
        let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 4\r\n{headers}\r\nseen");
        stream.write_all(answer.as_bytes()).await?;
    }
}
