//! Fetching a file by HTTP, under the same rules as what is posted.

use std::time::Duration;

use model::data::keeps_secrets;
use reqwest::header::{HeaderName, HeaderValue};
use tokio::{
    fs::File,
    io::AsyncWriteExt,
    time::{Instant, timeout, timeout_at},
};

use super::{
    Failure, Fetch, Http, Response, Secret,
    http::{answered, failure},
};

/// From the first byte out to the last one in.
const TIME: Duration = Duration::from_secs(15 * 60);
/// The longest wait for the head of the answer, or for the next piece of its body.
const STILL: Duration = Duration::from_secs(60);

impl Http {
    /// Fetches into a file.
    pub(super) async fn save(&self, fetch: Fetch) -> Result<Response, Failure> {
        let (client, url) = self.way(&fetch.url)?;
        let end = Instant::now() + TIME;
        let mut asked = client.get(url);
        for (name, value) in fetch.headers {
            asked = asked.header(name, value);
        }
        if let Some(Secret { name, value }) = fetch.secret {
            if !keeps_secrets(&fetch.url) {
                let text = "A credential is sent by https alone. Begin the address with https://.";
                return Err(Failure::Refused(text.to_owned()));
            }
            let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| unfit())?;
            value.set_sensitive(true);
            asked = asked.header(HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?, value);
        }
        let answer = timeout(STILL, asked.send()).await;
        let mut answer = answer.map_err(|_| late(STILL))?.map_err(|error| failure(&error))?;
        let told = answered(&answer);
        if told.status != 200 {
            return Ok(told);
        }
        let large = || {
            let most = fetch.limit >> 20;
            Failure::Refused(format!("The file is larger than {most} MiB. Offer it in smaller pieces."))
        };
        let stated = answer.content_length();
        if stated.is_some_and(|size| size > fetch.limit) {
            return Err(large());
        }
        let kept = |error: std::io::Error| Failure::Failed(format!("What came could not be kept: {error}."));
        let mut file = File::create(&fetch.into).await.map_err(kept)?;
        let mut size = 0_u64;
        loop {
            let piece = timeout_at(end.min(Instant::now() + STILL), answer.chunk()).await;
            let Some(piece) = piece.map_err(|_| late(TIME))?.map_err(|error| failure(&error))? else { break };
            size += piece.len() as u64;
            if size > fetch.limit {
                return Err(large());
            }
            file.write_all(&piece).await.map_err(kept)?;
        }
        file.flush().await.map_err(kept)?;
        Ok(told)
    }
}

fn unfit() -> Failure {
    Failure::Refused(
        "The credential holds characters that no header takes. Give it another secret.".to_owned(),
    )
}

fn late(time: Duration) -> Failure {
    Failure::Failed(format!("The answer stopped coming; it has {} seconds.", time.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::{super::http::tests::server, *};

    async fn fetch(answer: &[u8], allowed: &str) -> (Result<Response, Failure>, Option<Vec<u8>>) {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("file");
        let http = Http::new(vec![allowed.parse().unwrap()]).unwrap();
        let url = format!("http://127.0.0.1:{}/list.csv", server(answer.to_vec()).await);
        let got =
            http.save(Fetch { url, headers: vec![], secret: None, into: into.clone(), limit: 1 << 20 }).await;
        (got, std::fs::read(into).ok())
    }

    #[tokio::test]
    async fn a_file_comes_whole_or_not_at_all() {
        let (got, file) =
            fetch(b"HTTP/1.1 200 OK\r\netag: \"a\"\r\ncontent-length: 3\r\n\r\na,b", "127.0.0.0/8").await;
        assert_eq!((got.unwrap().header("etag"), file.unwrap()), (Some("\"a\""), b"a,b".to_vec()));
        let (got, file) = fetch(b"HTTP/1.1 304 Not Modified\r\n\r\n", "127.0.0.0/8").await;
        assert_eq!((got.unwrap().status, file), (304, None));
        let (got, _) =
            fetch(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\nconnection: close\r\n\r\na,b", "127.0.0.0/8")
                .await;
        assert!(matches!(got, Err(Failure::Failed(_))), "it broke off: {got:?}");
        let (got, _) = fetch(b"HTTP/1.1 200 OK\r\ncontent-length: 2000000\r\n\r\n", "127.0.0.0/8").await;
        assert!(matches!(&got, Err(Failure::Refused(text)) if text.contains("larger than 1 MiB")), "{got:?}");
    }

    #[tokio::test]
    async fn a_secret_goes_by_https_alone_also_where_plain_http_may_be_used() {
        let http = Http::new(vec!["10.0.0.0/8".parse().unwrap()]).unwrap();
        let secret = Secret { name: "x-key".to_owned(), value: "hush".to_owned() };
        let into = tempfile::tempdir().unwrap().path().join("file");
        let url = "http://10.0.0.1/list.csv".to_owned();
        let fetch = Fetch { url, headers: vec![], secret: Some(secret), into, limit: 1 };
        assert!(!format!("{fetch:?}").contains("hush"));
        let got = http.save(fetch).await;
        assert!(matches!(&got, Err(Failure::Refused(text)) if text.contains("https alone")), "{got:?}");
    }

    #[tokio::test]
    async fn nothing_is_fetched_from_a_private_address() {
        let (got, file) = fetch(b"HTTP/1.1 200 OK\r\n\r\n", "10.0.0.0/8").await;
        assert!(matches!(&got, Err(Failure::Refused(text)) if text.contains("loopback")), "{got:?}");
        assert_eq!(file, None);
    }
}
