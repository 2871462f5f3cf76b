//! Sending to a mail server that speaks SMTP (RFC 5321) over the network.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use work::mail::{Mail, MailError, Mailer, Sender, SmtpMailer};

/// A mail server: takes every mail but those to `nobody@` (550) and `full@` (452), and those without a sign-in where
/// it wants one (530).
struct Server {
    url: String,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(wants_sign_in: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let taken = Arc::<Mutex<Vec<String>>>::default();
        let kept = taken.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(speak(stream, kept.clone(), wants_sign_in));
            }
        });
        Self { url, taken }
    }

    fn mailer(&self) -> SmtpMailer {
        SmtpMailer::new(&self.url, Sender::parse("Tenantry <mail@crm.example.com>").unwrap()).unwrap()
    }
}

async fn speak(stream: TcpStream, taken: Arc<Mutex<Vec<String>>>, wants_sign_in: bool) {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 test ESMTP\r\n").await.unwrap();
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
        let word = line.split_whitespace().next().unwrap_or_default().to_uppercase();
        let answer = match word.as_str() {
            "EHLO" => "250-test\r\n250 8BITMIME\r\n",
            "MAIL" if wants_sign_in => "530 5.7.0 Authentication required\r\n",
            "RCPT" if line.contains("nobody@") => "550 5.1.1 No such user\r\n",
            "RCPT" if line.contains("full@") => "452 4.2.2 Mailbox full\r\n",
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.unwrap();
                let mut mail = String::new();
                while !mail.ends_with("\r\n.\r\n") {
                    stream.read_line(&mut mail).await.unwrap();
                }
                taken.lock().unwrap().push(mail);
                "250 2.0.0 Ok: queued as 4711\r\n"
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await.unwrap();
                return;
            }
            _ => "250 ok\r\n",
        };
        stream.write_all(answer.as_bytes()).await.unwrap();
        line.clear();
    }
}

fn mail(to: &str) -> Mail {
    Mail {
        id: uuid::Uuid::from_u128(7),
        to: to.to_owned(),
        name: None,
        subject: "Import failed".to_owned(),
        plain: "3 rows.\n.\nStill the same mail.".to_owned(),
        html: "<p>3 rows.</p>".to_owned(),
        at: "2026-01-31T09:30:00Z".parse().unwrap(),
    }
}

#[tokio::test]
async fn a_server_takes_a_mail_once_more_under_the_same_name() {
    let server = Server::start(false).await;
    let mailer = server.mailer();
    for _ in 0..2 {
        let answer = mailer.send(&mail("ann@example.com")).await.unwrap();
        assert!(answer.contains("queued as 4711"), "{answer}");
    }
    let taken = server.taken.lock().unwrap().clone();
    assert_eq!(taken.len(), 2);
    for text in taken {
        assert!(
            text.contains("Message-ID: <00000000-0000-0000-0000-000000000007@crm.example.com>"),
            "{text}"
        );
        assert!(text.contains("To: ann@example.com") && text.contains("Still the same mail."), "{text}");
    }
}

#[tokio::test]
async fn refusals_for_good_and_for_now_are_told_apart() {
    let server = Server::start(false).await;
    let refused = server.mailer().send(&mail("nobody@example.com")).await.unwrap_err();
    assert!(matches!(&refused, MailError::Final(text) if text.contains("No such user")), "{refused:?}");
    let later = server.mailer().send(&mail("full@example.com")).await.unwrap_err();
    assert!(matches!(&later, MailError::Temporary(text) if text.contains("Mailbox full")), "{later:?}");
    assert!(server.taken.lock().unwrap().is_empty());

    let closed = Server::start(true).await;
    let ours = closed.mailer().send(&mail("ann@example.com")).await.unwrap_err();
    assert!(
        matches!(&ours, MailError::Temporary(text) if text.contains("Authentication required")),
        "{ours:?}"
    );
}

#[tokio::test]
async fn a_server_that_is_away_is_asked_again_and_a_bad_address_of_one_is_refused() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let sender = Sender::parse("mail@crm.example.com").unwrap();
    let away = SmtpMailer::new(&format!("smtp://127.0.0.1:{port}"), sender.clone()).unwrap();
    assert!(matches!(away.send(&mail("ann@example.com")).await, Err(MailError::Temporary(_))));
    let error = SmtpMailer::new("http://user:geheim@example.com", sender).unwrap_err();
    assert!(!error.contains("geheim") && error.contains("smtps://"), "{error}");
}
