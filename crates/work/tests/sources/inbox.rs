//! Sources whose files lie in the company's inbox.

use serde_json::json;

use crate::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn new_files_of_a_folder_become_one_set_and_no_file_is_imported_twice() {
    let house = House::new().await;
    let owner = house.person("Anna", "admin").await;
    let source = house
        .source(owner, json!({ "kind": "inbox", "location": "shop/in", "waits_for_approval": false }))
        .await;
    house.fetch(source).await;
    assert_eq!((house.sets().await.as_str(), house.told().await.0.as_str()), ("0", "unchanged"));

    house.drop_in("shop/in/customers.csv", "Customer code,Customer name\nC1,One\n");
    house.drop_in(
        "shop/in/contacts.csv",
        "Customer code,Contact name,Contact email\nC1,Ann,ann@example.com\n",
    );
    house.drop_in("shop/in/.half.csv", "Customer code,Customer name\nC9,Nine\n");
    house.drop_in("shop/elsewhere/customers.csv", "Customer code,Customer name\nC8,Eight\n");
    house.fetch(source).await;
    assert_eq!((house.sets().await.as_str(), house.customers().await.as_str()), ("1", "C1 One"));
    let contact = "select k.name || ' of ' || c.code from contacts k join customers c on c.id = k.customer_id and c.tenant_id = $1
                   where k.tenant_id = $1";
    assert_eq!(house.one(contact).await, "Ann of C1", "files that come together know of each other");

    house.fetch(source).await;
    // Written anew with the same content, then with another.
    house.drop_in("shop/in/customers.csv", "Customer code,Customer name\nC1,One\n");
    house.fetch(source).await;
    assert_eq!(house.sets().await, "1");
    house.drop_in("shop/in/customers.csv", "Customer code,Customer name\nC1,Uno!\n");
    house.fetch(source).await;
    assert_eq!((house.sets().await.as_str(), house.customers().await.as_str()), ("2", "C1 Uno!"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_another_format_than_the_sources_is_refused() {
    let house = House::new().await;
    let owner = house.person("Anna", "admin").await;
    let source =
        house.source(owner, json!({ "kind": "inbox", "location": "shop", "format": "workbook" })).await;
    house.drop_in("shop/customers.csv", "Customer code,Customer name\nC1,One\n");
    house.fetch(source).await;
    let (outcome, _, why) = house.told().await;
    assert!(outcome == "failed" && why.contains("`text`") && why.contains("`workbook`"), "{why}");
    assert_eq!(house.sets().await, "0");
}
