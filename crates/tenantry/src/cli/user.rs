//! The words of `tenantry user`.

use clap::{Args, Subcommand};

/// `tenantry user`.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make somebody on the staff with a role; prints a password, or a link by which they choose one
    Create(UserCreateArgs),
    /// Print a link by which somebody chooses a new password, or set one; their sessions end
    Reset(UserResetArgs),
    /// List the staff with roles and state
    List(UserListArgs),
}

/// `tenantry user create`.
#[derive(Debug, Args)]
pub struct UserCreateArgs {
    /// Slug of the tenant
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
    /// The address with which they sign in
    #[arg(long)]
    pub email: String,
    /// What people read
    #[arg(long)]
    pub name: String,
    /// Code of their role
    #[arg(long, default_value = "admin", value_name = "CODE")]
    pub role: String,
    /// Read the password from the standard input instead of making one
    #[arg(long, conflicts_with = "invite")]
    pub password_stdin: bool,
    /// Print a link that works once and for one hour instead of a password
    #[arg(long)]
    pub invite: bool,
}

/// `tenantry user reset`.
#[derive(Debug, Args)]
pub struct UserResetArgs {
    /// Slug of the tenant
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
    /// The address with which they sign in
    #[arg(long)]
    pub email: String,
    /// Somebody at a customer
    #[arg(long)]
    pub portal: bool,
    /// Read the new password from the standard input instead of printing a link
    #[arg(long, conflicts_with = "second_step")]
    pub password_stdin: bool,
    /// Switch the second step off, device and recovery codes being lost
    #[arg(long)]
    pub second_step: bool,
}

/// `tenantry user list`.
#[derive(Debug, Args)]
pub struct UserListArgs {
    /// Slug of the tenant
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
}
