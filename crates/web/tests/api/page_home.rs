//! The home page as each person arranges it.

use crate::{
    forms::post,
    harness::{Answer, Api, location},
    persons::Person,
};

/// The widgets in order, each with its class of size.
async fn shown(api: &Api, token: &str) -> Vec<(String, String)> {
    let page = api.get("/").token(token).go().await.expect(200);
    let text = String::from_utf8_lossy(&page.body).into_owned();
    let cards = text.split("<section class=\"card wid ").skip(1);
    let card = |card: &str| {
        let (class, rest) = card.split_once("\" id=\"w-").unwrap();
        (rest.split('"').next().unwrap().to_owned(), class.to_owned())
    };
    cards.map(card).collect()
}

async fn arrange(api: &Api, token: &str, form: &str) -> Answer {
    post(api, token, "/home", form).await
}

fn names(widgets: &[(String, String)]) -> Vec<&str> {
    widgets.iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn people_move_size_and_hide_widgets_of_their_own_page() {
    let (api, tenant) = Api::with_tenant().await;
    let Person { token: ann, .. } = api.sign_in(tenant.id, "admin").await;
    let Person { token: bob, .. } = api.sign_in(tenant.id, "admin").await;
    let first = shown(&api, &ann).await;
    assert_eq!(names(&first)[..2], ["month", "to_ship"]);
    assert_eq!(first[0].1, "w3");
    let done = arrange(&api, &ann, "do=forward&widget=month").await.expect(303);
    assert_eq!(location(&done), "/?edit=1");
    for form in [
        "do=size&widget=month", "do=hide&widget=imports", "do=place&widget=overdue&before=to_ship",
        "do=place&widget=attention&before=", "do=move&widget=nothing",
    ] {
        arrange(&api, &ann, form).await.expect(303);
    }
    let now = shown(&api, &ann).await;
    assert_eq!(names(&now), ["overdue", "to_ship", "month", "to_approve", "revenue", "attention"]);
    assert_eq!(now[2].1, "w6");
    // Somebody else's page is as it was.
    assert_eq!(shown(&api, &bob).await, first);
    // A hidden widget comes back where it stood, and all goes back to how it was.
    arrange(&api, &ann, "do=show&widget=imports").await.expect(303);
    assert!(names(&shown(&api, &ann).await).contains(&"imports"));
    arrange(&api, &ann, "do=reset").await.expect(303);
    assert_eq!(shown(&api, &ann).await, first);
}

#[tokio::test]
async fn what_is_arranged_at_the_same_time_is_all_kept() {
    let (api, tenant) = Api::with_tenant().await;
    let Person { token, .. } = api.sign_in(tenant.id, "admin").await;
    for _ in 0..8 {
        let forms =
            ["do=hide&widget=imports", "do=size&widget=month", "do=place&widget=overdue&before=month"];
        let [hidden, sized, placed] = forms.map(|form| arrange(&api, &token, form));
        let done = tokio::join!(hidden, sized, placed);
        for answer in [done.0, done.1, done.2] {
            answer.expect(303);
        }
        let now = shown(&api, &token).await;
        assert_eq!(names(&now)[..2], ["overdue", "month"]);
        assert!(now[1].1 == "w6" && !names(&now).contains(&"imports"), "{now:?}");
        arrange(&api, &token, "do=reset").await.expect(303);
    }
}

#[tokio::test]
async fn the_company_s_arrangement_is_that_of_who_arranged_nothing() {
    let (api, tenant) = Api::with_tenant().await;
    let Person { token: admin, .. } = api.sign_in(tenant.id, "admin").await;
    let Person { token: rep, .. } = api.sign_in(tenant.id, "sales_rep").await;
    let other = api.tenant("elsewhere").await;
    let Person { token: stranger, .. } = api.sign_in(other.id, "admin").await;
    let usual = shown(&api, &stranger).await;
    arrange(&api, &rep, "do=everybody").await.expect(403);
    arrange(&api, &admin, "do=hide&widget=attention").await.expect(303);
    arrange(&api, &admin, "do=everybody").await.expect(303);
    assert!(!names(&shown(&api, &rep).await).contains(&"attention"));
    assert!(names(&usual).contains(&"attention") && shown(&api, &stranger).await == usual);
    // One's own goes before it, and is one's own.
    arrange(&api, &rep, "do=show&widget=attention").await.expect(303);
    assert!(names(&shown(&api, &rep).await).contains(&"attention"));
    arrange(&api, &admin, "do=reset").await.expect(303);
    assert!(!names(&shown(&api, &admin).await).contains(&"attention"));
    // A program has no page of its own; it sees the company's.
    arrange(&api, &tenant.token, "do=hide&widget=month").await.expect(403);
    assert!(!names(&shown(&api, &tenant.token).await).contains(&"attention"));
}
