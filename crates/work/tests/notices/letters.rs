//! Every mail, written from samples in both languages.

use uuid::Uuid;
use work::{
    access::seal::Keyring,
    mail::{Letter, LetterTo, Mail, MailError, Sealed, Sender, eml, write},
};

fn notice(title: &str, body: &str, link: Option<&str>) -> Letter {
    Letter::Notice { title: title.to_owned(), body: body.to_owned(), link: link.map(str::to_owned) }
}

fn to(locale: &'static str) -> LetterTo<'static> {
    LetterTo {
        name: "Nok",
        locale,
        company: "Well Crafted",
        url: "https://crm.example.com",
        link: Some("/admin/imports/7"),
    }
}

/// One sample of each letter. A new letter does not compile without one.
fn samples() -> Vec<(&'static str, Letter, Letter)> {
    let every = |letter: &Letter| match letter {
        Letter::Notice { .. } => "notice",
        Letter::Invitation { .. } => "invitation",
        Letter::Reset { .. } => "reset",
    };
    let english = notice(
        "Import failed: customers.csv",
        "3 of 100 rows have errors.\nNothing was changed.",
        Some("/admin/imports/7"),
    );
    let thai = notice(
        "นำเข้าไม่สำเร็จ: customers.csv",
        "มีข้อผิดพลาด 3 จาก 100 แถว\nไม่มีการเปลี่ยนแปลงใด",
        Some("/admin/imports/7"),
    );
    let keys = Keyring::from_text(&"07".repeat(32)).unwrap();
    let link =
        Sealed::new(&keys, &store::world::system(), Uuid::nil(), Uuid::nil(), "/admin/imports/7").unwrap();
    let (invitation, reset) = (Letter::Invitation { link: link.clone() }, Letter::Reset { link });
    vec![
        (every(&english), english, thai),
        (every(&invitation), invitation.clone(), invitation),
        (every(&reset), reset.clone(), reset),
    ]
}

#[test]
fn every_letter_says_what_it_should_in_both_languages() {
    for (name, english, thai) in samples() {
        for (locale, letter) in [("en", english), ("th", thai)] {
            let (plain, html) = write(&letter, to(locale));
            insta::assert_snapshot!(format!("{name}_{locale}"), format!("{plain}\n=====\n{html}"));
            let thai_letters = plain.chars().filter(|c| ('\u{0e00}'..='\u{0e7f}').contains(c)).count();
            assert_eq!(thai_letters > 20, locale == "th", "{plain}");
            assert!(html.contains(&format!("lang=\"{locale}\"")));
            assert!(html.contains("https://crm.example.com/admin/imports/7"));
        }
    }
}

#[test]
fn what_people_wrote_is_escaped_and_links_stay_inside() {
    let sly = "<script>alert(1)</script>\" onload=\"x";
    let (plain, html) = write(&notice(sly, sly, Some("//evil.example/x\"><b>")), to("en"));
    assert!(!html.contains("<script") && !html.contains("<b>") && html.contains("&lt;script&gt;"), "{html}");
    assert!(plain.contains(sly), "plain text is told as it is");
    let (_, html) = write(&notice("x", "", Some("//evil.example/x")), to("en"));
    assert!(html.contains("href=\"https://crm.example.com//evil.example/x\""), "{html}");
    let (_, html) = write(&notice("x", "", Some("javascript:alert(1)")), to("en"));
    assert!(html.contains("href=\"https://crm.example.com/javascript:alert(1)\""), "{html}");
}

fn mail() -> Mail {
    Mail {
        id: uuid::Uuid::from_u128(7),
        to: "nok@example.com".to_owned(),
        name: Some("นก ใจดี".to_owned()),
        subject: "นำเข้าไม่สำเร็จ".to_owned(),
        plain: "สวัสดี".to_owned(),
        html: "<p>สวัสดี</p>".to_owned(),
        at: "2026-01-31T09:30:00Z".parse().unwrap(),
    }
}

#[test]
fn headers_are_encoded_dated_by_the_given_clock_and_named_after_the_row() {
    let sender = Sender::parse("Tenantry <mail@crm.example.com>").unwrap();
    let text = String::from_utf8(eml(&sender, &mail()).unwrap()).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.is_ascii(), "{head}");
    for line in [
        "Message-ID: <00000000-0000-0000-0000-000000000007@crm.example.com>",
        "Date: Sat, 31 Jan 2026 09:30:00 +0000",
        "Auto-Submitted: auto-generated",
        "Subject: =?utf-8?b?",
        "multipart/alternative",
    ] {
        assert!(head.contains(line), "{line} in {head}");
    }
}

#[test]
fn a_header_cannot_be_broken_out_of() {
    let sender = Sender::parse("mail@crm.example.com").unwrap();
    let broken: [fn(&mut Mail); 6] = [
        |mail| mail.subject = "Hello\r\nBcc: evil@example.com".to_owned(),
        |mail| mail.subject = "Hello\nBcc: evil@example.com".to_owned(),
        |mail| mail.subject = "  ".to_owned(),
        |mail| mail.name = Some("Nok\r\nBcc: evil@example.com".to_owned()),
        |mail| mail.to = "nok@example.com\r\nBcc: evil@example.com".to_owned(),
        |mail| mail.to = "nok@example.com, evil@example.com".to_owned(),
    ];
    for breaks in broken {
        let mut mail = mail();
        breaks(&mut mail);
        assert!(matches!(eml(&sender, &mail), Err(MailError::Final(_))), "{mail:?}");
    }
    assert!(Sender::parse("mail@example.com\r\nBcc: evil@example.com").is_err());
    assert!(Sender::parse("nobody").is_err());
    eml(&sender, &mail()).unwrap();
}
