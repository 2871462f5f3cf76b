//! Inboxes: what other software laid there.

use std::path::Path;

use uuid::Uuid;

use super::{Home, code, place};

impl Home {
    /// Puts a file there, as other software does.
    async fn lay(&self, key: &str, content: &'static str) {
        let path = self.folder.path().join(key);
        match &self.server {
            Some(server) => server.lay(key, content).await.unwrap(),
            None => {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, content).unwrap();
            }
        }
    }

    async fn take(&self, key: &str) {
        match &self.server {
            Some(server) => server.take(key).await.unwrap(),
            None => std::fs::remove_file(self.folder.path().join(key)).unwrap(),
        }
    }
}

#[tokio::test]
async fn what_lies_in_an_inbox_is_listed_for_its_tenant_alone() {
    for home in [Some(Home::local()), Home::bucket(|_| {})].into_iter().flatten() {
        let (files, mine, theirs) = (&home.files, Uuid::from_u128(7), Uuid::from_u128(8));
        for name in ["prices.csv", "2026/old list (2) ไทย.csv", ".hidden.csv", "half.csv.part", "half.tmp"]
        {
            home.lay(&format!("inbox/{mine}/brewery/{name}"), "a,b\n").await;
        }
        home.lay(&format!("inbox/{theirs}/brewery/secret.csv"), "x").await;
        let listed = files.dropped(mine, "brewery").await.unwrap();
        let names: Vec<&str> = listed.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["2026/old list (2) ไทย.csv", "prices.csv"]);
        assert_eq!(files.dropped(mine, "nothing").await.unwrap(), []);
        assert!(files.dropped(mine, "../8").await.is_err());
        assert_eq!(files.list(mine).await.unwrap(), [], "an inbox is not among the stored files");

        let into = tempfile::tempdir().unwrap();
        let copied = |at: &Path| std::fs::read_to_string(at).unwrap();
        for one in &listed {
            files.copy(one, &into.path().join("file")).await.unwrap();
            assert_eq!(copied(&into.path().join("file")), "a,b\n");
        }
        home.lay(&format!("inbox/{mine}/brewery/prices.csv"), "c,d\n").await;
        let again = files.dropped(mine, "brewery").await.unwrap();
        assert!(again[0] == listed[0] && again[1].stamp != listed[1].stamp, "{again:?}");
        home.take(&format!("inbox/{mine}/brewery/prices.csv")).await;
        let gone = files.copy(&listed[1], &into.path().join("file")).await;
        assert_eq!(code(&gone.unwrap_err()), "not_found");

        files.put(place(7, 1), "abc".as_bytes(), 3).await.unwrap();
        assert_eq!(files.remove_all(mine).await.unwrap(), 1);
        assert_eq!(files.dropped(mine, "brewery").await.unwrap(), []);
        assert_eq!(files.dropped(theirs, "brewery").await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn links_in_a_folder_are_not_followed() {
    let (home, mine, theirs) = (Home::local(), Uuid::from_u128(7), Uuid::from_u128(8));
    home.lay(&format!("inbox/{theirs}/secret.csv"), "x").await;
    home.lay(&format!("inbox/{mine}/brewery/prices.csv"), "x").await;
    let link = home.folder.path().join(format!("inbox/{mine}/brewery/theirs"));
    std::os::unix::fs::symlink(home.folder.path().join(format!("inbox/{theirs}")), link).unwrap();
    let names: Vec<String> =
        home.files.dropped(mine, "brewery").await.unwrap().into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["prices.csv"]);
}
