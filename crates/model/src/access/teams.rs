//! Teams of users.

use crate::{
    entity::{Area, Class, Entity, child, key},
    field::{self, Text},
};

/// People who see each other's records where a role reaches the team.
pub static TEAMS: Entity = Entity::new("teams", "team", Area::Access, Class::Staff)
    .labels(Text::of("Team", "ทีม"), Text::of("Teams", "ทีม"))
    .about("People who see each other's records where a role reaches the team.")
    .fields(&[
        field::code("code", "Code")
            .th("รหัส")
            .required()
            .listed()
            .sortable()
            .example("north")
            .or(&["Team code"]),
        field::text("name", "Name")
            .th("ชื่อ")
            .required()
            .listed()
            .sortable()
            .example("North")
            .or(&["Team", "Team name", "ชื่อทีม"]),
        field::link("lead_id", "Lead", "users")
            .th("หัวหน้าทีม")
            .listed()
            .indexed()
            .or(&["Team lead", "Leader", "Manager", "หัวหน้า"]),
    ])
    .keys(&[key("teams_code_key", &["code"])])
    .named_by(&["code", "name"])
    .children(&[child("members", "team_members", "team_id")])
    .owner(&["lead_id"])
    .without_creation_index();

/// A user's place in a team.
pub static TEAM_MEMBERS: Entity = Entity::new("team_members", "team_member", Area::Access, Class::Staff)
    .labels(Text::of("Team member", "สมาชิกทีม"), Text::of("Team members", "สมาชิกทีม"))
    .about("A user's place in a team.")
    .fields(&[
        field::link("team_id", "Team", "teams")
            .th("ทีม")
            .required()
            .once()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&["Team code", "Team name"]),
        field::link("user_id", "User", "users")
            .th("ผู้ใช้")
            .required()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&["User e-mail", "Username", "พนักงาน"]),
    ])
    .keys(&[key("team_members_team_id_user_id_key", &["team_id", "user_id"])])
    .owner(&["user_id"])
    .permanent()
    .without_creation_index();
