//! What signing in and being recognised cost, measured by hand (see benches/README.md):
//! `cargo run --profile quick -p bellwether-identity --example costs`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement says what it found or stops")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bellwether_identity::{
    Error, FirstBrand, Identity, IdentityConfig, IdentityGate, intake::SignUpMode, people::model::SignUp,
};
use bellwether_identity::{
    clerk::{Clerk, ClerkConfig},
    external::Externals,
};
use bellwether_kernel::{
    Clock, RequestContext, Rng,
    id::{BrandId, OrganizationId},
};
use bellwether_store::ServiceTx;
use bellwether_vault::Vault;
use bellwether_web::{Credentials, Gate as _};

const ROUNDS: usize = 2000;

struct NoBrand(Clock, Rng);

#[async_trait]
impl FirstBrand for NoBrand {
    async fn create(&self, _: &mut ServiceTx, _: OrganizationId, _: &str, _: &str) -> Result<BrandId, Error> {
        Ok(BrandId::new(&self.0, &self.1))
    }
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    println!("{what:<44} p50 {:>8.3} ms   p99 {:>8.3} ms", at(0.5), at(0.99));
}

#[tokio::main]
async fn main() {
    let database = bellwether_testkit::database().await;
    let (clock, rng, store) = (Clock::system(), Rng::system(), database.store().clone());
    let config = IdentityConfig {
        public_url: "https://bell.example".into(),
        sign_up: SignUpMode::Open,
        confirm_sign_up: false,
        vault: Vault::default(),
        externals: Externals::new(&[], &[], &[], &clock).unwrap(),
        clerk: Clerk::new(&ClerkConfig::default()).unwrap(),
    };
    let brand = Arc::new(NoBrand(clock.clone(), rng.clone()));
    let identity = Identity::new(store.clone(), clock.clone(), rng.clone(), config, brand);
    let context = RequestContext::default();
    let input: SignUp = serde_json::from_value(serde_json::json!({
        "email": "ada@example.org", "password": "correct horse battery", "name": "Ada", "organization_name": "Ada",
    }))
    .unwrap();
    let made = identity.create_account(input, false, &context).await.unwrap();
    let gate = IdentityGate(identity.clone());
    let cookie = Credentials::Cookie(made.session.token);

    let (mut sign_in, mut check, mut enter, mut floor) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..20 {
        let began = Instant::now();
        let signed_in =
            identity.sign_in("ada@example.org", "correct horse battery".into(), None, &context).await;
        sign_in.push(began.elapsed());
        assert!(signed_in.is_ok());
    }
    for _ in 0..ROUNDS {
        let began = Instant::now();
        sqlx::query("SELECT 1").execute(store.pool()).await.unwrap();
        floor.push(began.elapsed());
        let began = Instant::now();
        assert!(gate.authenticate(&cookie).await.unwrap().is_some());
        check.push(began.elapsed());
        let began = Instant::now();
        gate.enter(&cookie, "ada", None).await.unwrap();
        enter.push(began.elapsed());
    }
    println!("argon2id: 19 MiB, 2 rounds, 1 lane (OWASP's first choice)");
    print("sign in with a password", sign_in);
    print("an empty statement (round trip)", floor);
    print("who is it (session)", check);
    print("who is it, and may they in (session)", enter);
}
