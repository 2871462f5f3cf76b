//! Passwords at rest: argon2id (RFC 9106) with 19 MiB, two passes and one lane, as OWASP asks for at least.
//!
//! Hashing takes memory and a core for some hundredths of a second, so it runs on threads of its own and only so many
//! at once; who waits too long is sent away. What is hashed is the password in Unicode's form NFKC, so that it does not
//! matter which keyboard made an accent.

use std::{sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use model::{
    problem::{Code, Problem, Status},
    world::World,
};
use store::{TenantTx, sql, sql::Sql};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use super::person::Side;

/// Too many people sign in at the same time.
pub static SIGN_IN_BUSY: Code = Code::new(
    "sign_in_busy",
    Status::Unavailable,
    "Too many people are signing in",
    "Checking passwords takes its time, and too many are being checked just now. Try again in a few seconds.",
);

/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(3);

/// The hash of a password that nobody has: what is compared where there is no other, so that it takes as long.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cyBzYWx0ISEhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and compares passwords. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    patience: Duration,
}

impl Default for Passwords {
    /// As many at once as the machine has cores, and two at least.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self::new(cores.max(2), PATIENCE)
    }
}

impl Passwords {
    /// At most so many at once; whoever gets no turn within `patience` is refused.
    pub fn new(at_once: usize, patience: Duration) -> Self {
        Self { turns: Arc::new(Semaphore::new(at_once)), patience }
    }

    /// The hash as a PHC string, with a salt of 16 bytes.
    ///
    /// # Errors
    /// `sign_in_busy`.
    pub async fn hash(&self, world: &World, password: &str) -> Result<String, Problem> {
        let salt: [u8; 16] = world.secret();
        let hash = move |password: &[u8]| {
            let hash: Result<PasswordHash, _> = argon2().hash_password_with_salt(password, &salt);
            hash.map(|hash| hash.to_string())
        };
        self.in_turn(password, hash).await?.map_err(|error| Problem::internal(error.to_string()))
    }

    /// Whether the password is the one of this hash. Without a hash the answer is no, and takes as long.
    ///
    /// # Errors
    /// `sign_in_busy`; a defect where the hash is none.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, Problem> {
        let is_there = hash.is_some();
        let hash = hash.unwrap_or(NOBODYS).to_owned();
        let compare = move |password: &[u8]| {
            PasswordHash::new(&hash).map(|hash| argon2().verify_password(password, &hash).is_ok())
        };
        let same = self.in_turn(password, compare).await?;
        Ok(same.map_err(|error| Problem::internal(error.to_string()))? && is_there)
    }

    /// Does it on a thread where waiting hurts nobody. The turn ends with the work, not with who waits for it.
    async fn in_turn<T: Send + 'static>(
        &self,
        password: &str,
        work: impl FnOnce(&[u8]) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = timeout(self.patience, self.turns.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| {
            Problem::new(&SIGN_IN_BUSY, "Too many people are signing in just now.")
                .hint("Try again in a few seconds.")
        })?;
        let turn = turn.map_err(Problem::internal)?;
        let password: String = password.nfkc().collect();
        let done = spawn_blocking(move || {
            let done = work(password.as_bytes());
            drop(turn);
            done
        });
        done.await.map_err(Problem::internal)
    }
}

macro_rules! set {
    ($table:literal) => {
        sql!(concat!(
            "update ",
            $table,
            " set password_hash = $3, failed_login_count = 0, failing_since = null, locked_until = null
             where tenant_id = $1 and id = $2"
        ))
    };
}

/// Gives a person this hash. Whoever proved to be them is locked out no more.
///
/// # Errors
/// Problems of the database.
pub async fn set(tx: &mut TenantTx, side: Side, person: Uuid, hash: &str) -> Result<(), Problem> {
    let set: &Sql = match side {
        Side::Staff => set!("users"),
        Side::Portal => set!("portal_users"),
    };
    let tenant = tx.tenant();
    tx.execute(set, &[&tenant, &person, &hash]).await?;
    Ok(())
}

/// 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_in_any_form_of_its_letters() {
        let (passwords, world) = (Passwords::default(), store::world::system());
        let hash = passwords.hash(&world, "caf\u{e9} at nine").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("cafe\u{301} at nine", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("cafe at nine", Some(&hash)).await.unwrap());
        assert_ne!(hash, passwords.hash(&world, "caf\u{e9} at nine").await.unwrap());
    }

    #[tokio::test]
    async fn nobodys_hash_costs_what_others_cost_and_opens_to_nobody() {
        let ours = Passwords::default().hash(&store::world::system(), "a real password").await.unwrap();
        let cost = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(cost(NOBODYS), cost(&ours));
        assert_eq!(NOBODYS.len(), ours.len());
        assert!(!Passwords::default().verify("", None).await.unwrap());
    }

    #[tokio::test]
    async fn whoever_gets_no_turn_is_sent_away_and_the_next_one_is_not() {
        let passwords = Passwords::new(1, Duration::from_millis(50));
        let taken = passwords.turns.clone().acquire_owned().await.unwrap();
        let refused = passwords.verify("x", None).await.unwrap_err();
        assert_eq!(refused.code().code, "sign_in_busy");
        drop(taken);
        assert!(!passwords.verify("x", None).await.unwrap());
    }
}
