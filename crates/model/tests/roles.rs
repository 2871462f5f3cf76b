//! What the built-in roles permit, and what they must never.

use std::collections::BTreeSet;

use model::{
    access::roles::{OPERATOR, PLATFORM, Permission, ROLES, Role, actions, fits, permissions},
    caller::RecordScope,
    entity::Class,
    registry::{ENTITIES, entity},
};

const OPERATIONS: &[(&str, &str)] = &[
    ("bulk_changes", "cancel"),
    ("bulk_changes", "request"),
    ("bulk_changes", "undo"),
    ("companies", "convert"),
    ("export_jobs", "request"),
    ("import_templates", "archive"),
    ("import_templates", "rename"),
    ("import_templates", "restore"),
    ("import_templates", "save"),
    ("inventory", "adjust"),
    ("notifications", "read"),
    ("notifications", "read_all"),
];

fn role(code: &str) -> &'static Role {
    ROLES.iter().find(|role| role.code == code).unwrap_or_else(|| panic!("no role {code}"))
}

fn may(code: &str, entity: &'static str, action: &'static str) -> Option<RecordScope> {
    role(code).permits(Permission { entity, action })
}

#[test]
fn permissions_are_distinct_and_cover_every_entity() {
    let all: Vec<Permission> = permissions(OPERATIONS).collect();
    let codes: BTreeSet<String> = all.iter().map(|p| p.code()).collect();
    assert_eq!(codes.len(), all.len());
    for entity in ENTITIES.iter() {
        assert!(codes.contains(&entity.permission("view")) && codes.contains(&entity.permission("export")));
    }
    for code in
        ["customers.create", "orders.import", "imports.commit", "inventory.adjust", "analytics.export"]
    {
        assert!(codes.contains(code), "{code}");
    }
    assert!(!codes.contains("audit_logs.delete"), "nobody is ever permitted to rewrite the trail");
    assert!(!actions(entity("jobs").unwrap()).any(|action| action == "import"));
}

#[test]
fn every_grant_reaches_something() {
    for role in ROLES {
        for pattern in role.grants.iter().flat_map(|grant| grant.patterns) {
            assert!(permissions(OPERATIONS).any(|p| fits(pattern, p)), "{}: {pattern}", role.code);
        }
    }
}

#[test]
fn who_may_change_a_record_may_see_it() {
    for role in ROLES {
        for permission in permissions(OPERATIONS).filter(|p| entity(p.entity).is_some()) {
            let view = role.permits(Permission { action: "view", ..permission });
            assert!(view >= role.permits(permission), "{} {}", role.code, permission.code());
        }
    }
}

#[test]
fn records_of_ones_own_are_those_with_an_owner() {
    for role in ROLES {
        for permission in permissions(OPERATIONS) {
            if role.permits(permission).is_some_and(|scope| scope < RecordScope::All) {
                let owned = entity(permission.entity).is_some_and(|entity| !entity.owner.is_empty());
                assert!(owned, "{} {}", role.code, permission.code());
            }
        }
    }
}

#[test]
fn only_an_admin_gives_rights() {
    for role in ROLES.iter().filter(|role| role.code != "admin") {
        for entity in [
            "roles", "role_permissions", "user_roles", "portal_user_roles", "integration_tokens",
            "tenant_settings", "audit_logs",
        ] {
            let held =
                permissions(OPERATIONS).filter(|p| p.entity == entity).any(|p| role.permits(p).is_some());
            assert!(!held, "{} {entity}", role.code);
        }
        assert_eq!(role.permits(Permission { entity: "users", action: "update" }), None);
    }
    let of_company = |p: &Permission| p.entity != PLATFORM;
    assert!(
        permissions(OPERATIONS)
            .filter(of_company)
            .all(|p| role("admin").permits(p) == Some(RecordScope::All))
    );
}

#[test]
fn tenants_are_the_operators_alone() {
    for permission in permissions(OPERATIONS) {
        let platform = permission.entity == PLATFORM;
        assert_eq!(
            OPERATOR.permits(permission),
            platform.then_some(RecordScope::All),
            "{}",
            permission.code()
        );
        assert!(!platform || ROLES.iter().all(|role| role.permits(permission).is_none()));
    }
    assert!(permissions(OPERATIONS).any(|permission| permission.code() == "platform.manage"));
}

#[test]
fn a_portal_is_granted_nothing_that_its_policies_hide() {
    for role in ROLES.iter().filter(|role| role.portal) {
        for permission in permissions(OPERATIONS).filter(|p| role.permits(*p).is_some()) {
            let class = entity(permission.entity).map(|entity| entity.class);
            let seen = matches!(class, Some(Class::Customer | Class::Catalogue));
            assert!(seen, "{} {}", role.code, permission.code());
            assert!(class == Some(Class::Customer) || permission.action == "view", "{}", permission.code());
        }
    }
}

#[test]
fn roles_differ_where_it_matters() {
    assert_eq!(may("sales_rep", "customers", "view"), Some(RecordScope::Own));
    assert_eq!(may("sales_manager", "customers", "view"), Some(RecordScope::All));
    assert_eq!(may("sales_rep", "orders", "approve"), None);
    assert_eq!(may("sales_manager", "orders", "approve"), Some(RecordScope::All));
    assert_eq!(may("operations", "inventory", "adjust"), Some(RecordScope::All));
    assert_eq!(may("sales_rep", "inventory", "adjust"), None);
    assert_eq!(may("sales_rep", "imports", "commit"), None);
    assert_eq!(may("operations", "imports", "commit"), None);
}
