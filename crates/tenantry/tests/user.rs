//! `tenantry user`, and the logins of the demo.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use std::{
    io::Write,
    process::{Output, Stdio},
};

use house::{House, text};
use model::caller::Caller;
use work::access::sign_in::{Passwords, Person, Side};

async fn town() -> House {
    let house = House::new().await;
    house.ok(&["tenant", "create", "--slug", "harborview", "--name", "Harborview"]);
    house
}

/// Runs the program with a line on its standard input.
fn told(house: &House, args: &[&str], line: &str) -> Output {
    let mut command = house.command(args);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

async fn person(house: &House, side: Side, slug: &str, email: &str) -> Person {
    let tenant = house.tenant(slug).await;
    let system = Caller::system(tenant, house.db.world().id());
    Person::read(side, &house.db.read(&system, Person::by_email(side, tenant, email)).await.unwrap()).unwrap()
}

/// Whether this is the person's password.
async fn opens(house: &House, side: Side, slug: &str, email: &str, password: &str) -> bool {
    let person = person(house, side, slug, email).await;
    Passwords::default().verify(password, person.password_hash.as_deref()).await.unwrap()
}

#[tokio::test]
async fn people_are_made_with_a_password_a_given_one_or_a_link() {
    let house = town().await;
    let create = |email: &'static str, more: &[&'static str]| {
        [&["user", "create", "--tenant", "harborview", "--name", "Nok", "--email", email], more].concat()
    };
    let made = house.ok(&create("nok@example.com", &["--role", "sales_rep"]));
    assert!(opens(&house, Side::Staff, "harborview", "nok@example.com", made.trim()).await);

    let easy = told(&house, &create("ann@example.com", &["--password-stdin"]), "password12\n");
    assert_eq!(easy.status.code(), Some(1));
    assert!(text(&easy.stderr).contains("guessed"), "{}", text(&easy.stderr));
    let given = told(&house, &create("ann@example.com", &["--password-stdin"]), "tidal lantern 84\n");
    assert!(given.status.success() && given.stdout.is_empty(), "{}", text(&given.stderr));
    assert!(opens(&house, Side::Staff, "harborview", "ann@example.com", "tidal lantern 84").await);

    let link = house.ok(&create("bob@example.com", &["--invite"]));
    assert!(link.starts_with("http://127.0.0.1:8080/accept?token=tni_"), "{link}");
    assert!(person(&house, Side::Staff, "harborview", "bob@example.com").await.password_hash.is_none());

    for (bad, why) in [
        (create("nok@example.com", &[]), "exists already"),
        (create("x@example.com", &["--role", "portal_user"]), "staff role"),
        (create("x@example.com", &["--role", "nothing"]), "no such role"),
        (create("no address", &[]), "e-mail"),
    ] {
        let refused = house.run(&bad);
        assert_eq!(refused.status.code(), Some(1), "{bad:?}");
        assert!(text(&refused.stderr).contains(why), "{}", text(&refused.stderr));
    }
    let list = house.ok(&["user", "list", "--tenant", "harborview"]);
    let words: Vec<Vec<&str>> = list.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(words[0][..3], ["ann@example.com", "active", "admin"]);
    assert_eq!(words[1][..3], ["bob@example.com", "invited", "admin"]);
    assert_eq!(words[2][..3], ["nok@example.com", "active", "sales_rep"]);
}

#[tokio::test]
async fn a_password_is_reset_by_a_link_or_a_given_one() {
    let house = town().await;
    house.ok(&["user", "create", "--tenant", "harborview", "--name", "Nok", "--email", "nok@example.com"]);
    let reset = ["user", "reset", "--tenant", "harborview", "--email", "nok@example.com"];
    let link = house.ok(&reset);
    assert!(link.starts_with("http://127.0.0.1:8080/reset?token=tnw_"), "{link}");
    let given = told(&house, &[&reset[..], &["--password-stdin"]].concat(), "tidal lantern 84\n");
    assert!(given.status.success(), "{}", text(&given.stderr));
    assert!(opens(&house, Side::Staff, "harborview", "nok@example.com", "tidal lantern 84").await);
    house.ok(&[&reset[..], &["--second-step"]].concat());
    let nobody = house.run(&["user", "reset", "--tenant", "harborview", "--email", "x@example.com"]);
    assert_eq!(nobody.status.code(), Some(1));
}

#[tokio::test]
async fn the_demo_has_a_login_for_each_role_and_for_people_at_customers() {
    let house = House::new().await;
    let printed = house.ok(&["demo"]);
    let password =
        printed.lines().find_map(|line| line.trim().strip_prefix("password of all of them  ")).unwrap();
    for slug in ["well-crafted", "saat-sai"] {
        let text = "select count(distinct r.code) from users u join user_roles x using (tenant_id) join roles r using (tenant_id)
                    where u.tenant_id = $1 and x.user_id = u.id and r.id = x.role_id and u.password_hash is not null";
        assert_eq!(house.number(slug, text).await, 6, "{slug}");
        let text = "select count(distinct customer_id) from portal_users where tenant_id = $1 and password_hash is not null";
        assert!(house.number(slug, text).await >= 12, "{slug}");
    }
    for (side, slug, email) in [
        (Side::Staff, "well-crafted", "margaret@well-crafted.example"),
        (Side::Staff, "well-crafted", "quentin@well-crafted.example"),
        (Side::Staff, "saat-sai", "anucha@saatsai.example"),
        (Side::Portal, "saat-sai", "waree@riverside.example"),
    ] {
        assert!(printed.contains(email), "{email} in {printed}");
        assert!(opens(&house, side, slug, email, password).await, "{email}");
    }
}

#[tokio::test]
async fn tokens_are_listed_without_their_text_and_revoked_by_name() {
    let house = town().await;
    let make = |name: &str, role: &str| {
        house.ok(&["token", "create", "--tenant", "harborview", "--name", name, "--role", role])
    };
    let (shop, _) = (make("Web shop", "sales_rep"), make("Warehouse", "operations"));
    let list = || house.ok(&["token", "list", "--tenant", "harborview"]);
    let line = |list: &str, name: &str| list.lines().find(|line| line.contains(name)).unwrap().to_owned();
    let listed = list();
    assert!(line(&listed, "Web shop").contains("sales_rep") && line(&listed, "Web shop").contains("valid"));
    assert!(!listed.contains(shop.trim()));
    house.ok(&["token", "revoke", "Web shop", "--tenant", "harborview"]);
    let listed = list();
    assert!(line(&listed, "Web shop").contains("revoked") && line(&listed, "Warehouse").contains("valid"));
    let unknown = house.command(&["token", "revoke", "Shop", "--tenant", "harborview"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("token list"), "{}", text(&unknown.stderr));

    let made = house.ok(&[
        "tenant", "create", "--slug", "riverside", "--name", "Riverside", "--admin", "ann@example.com",
    ]);
    assert!(made.contains("ann@example.com"), "{made}");
    assert!(person(&house, Side::Staff, "riverside", "ann@example.com").await.password_hash.is_none());
}
