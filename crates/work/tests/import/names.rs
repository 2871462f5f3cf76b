//! First and last names in columns of their own.

use work::import::{Class, Options};

use crate::house::{House, options};

/// A file of contacts with these headers of names; what becomes of the names.
async fn contacts(house: &House, first: &str, last: &str) -> (String, Vec<Class>, String) {
    let file = format!(
        "Customer code,{first},{last},E-mail\nC1,Maria,Anders,maria@example.com\nC1,Nan,,nan@example.com\n"
    );
    let said = Options { data_type: Some("contacts".into()), ..options() };
    let report = house.content("contacts.csv", file, &said).await;
    let mapping = report.files[0].mapping.clone().unwrap();
    let classes = mapping.columns[1..3].iter().map(|column| column.class).collect();
    let names = house.one("select string_agg(name, ',' order by email) from contacts").await;
    (names, classes, mapping.columns[1].reason.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn first_and_last_names_become_the_one_name_in_five_languages() {
    let house = House::new().await;
    house.content("customers.csv", "Code,Name\nC1,One\n", &options()).await;
    for (first, last) in [
        ("First Name", "Last Name"),
        ("Given name", "Surname"),
        ("FIRSTNAME", "LASTNAME"),
        ("ชื่อจริง", "นามสกุล"),
        ("ชื่อ", "นามสกุล"),
        ("Vorname", "Nachname"),
        ("Vorname", "Name"),
        ("Prénom", "Nom"),
        ("PRENOM", "NOM DE FAMILLE"),
        ("Nombre", "Apellidos"),
        ("Nombres", "Apellido"),
    ] {
        let (names, classes, reason) = contacts(&house, first, last).await;
        assert_eq!(names, "Maria Anders,Nan", "{first} and {last}");
        assert_eq!(classes, [Class::Likely, Class::Likely], "{first} and {last}");
        assert!(reason.contains(last), "{reason}");
        house.run("delete from contacts").await;
    }
    // The other way round in the file.
    let (names, ..) = contacts(&house, "Last name", "First name").await;
    assert_eq!(names, "Anders Maria,Nan", "in the order of first and last");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_name_goes_before_its_pieces_and_a_person_before_both() {
    let house = House::new().await;
    let file = "Code,Full name,First name,Last name\nC1,Maria Anders,M.,A.\n";
    let said = Options { data_type: Some("customers".into()), ..options() };
    let batch = house.dry(&[house.file("a.csv", file)], &said).await;
    let mapping = house.report(batch).await.files[0].mapping.clone().unwrap();
    let whole = mapping.columns[1].target.is_some();
    assert_eq!(whole, mapping.made.is_empty(), "{mapping:?}");

    // Without saying what it holds, a list of people with an address is known for one of people.
    let file = "First name,Last name,Email,Job title,Customer code\nMaria,Anders,m@example.com,Owner,C1\n";
    let batch = house.dry(&[house.file("people.csv", file)], &options()).await;
    assert_eq!(house.report(batch).await.files[0].data_type.as_deref(), Some("contacts"));

    let mut said = Options { data_type: Some("customers".into()), ..options() };
    said.mapping.columns.insert("Last name".into(), "customers.name".into());
    let file = "Code,First name,Last name\nC9,Maria,Anders\n";
    let batch = house.dry(&[house.file("b.csv", file)], &said).await;
    house.commit(batch).await.unwrap();
    assert_eq!(house.one("select name from customers where code = 'C9'").await, "Anders");
}
