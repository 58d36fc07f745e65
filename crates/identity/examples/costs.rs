//! What signing in, being recognised and looking through 10,000 members cost; `make bench ARGS=identity` runs it (see
//! benches/README.md).

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement says what it found or stops")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bellwether_identity::{
    Error, FirstBrand, Identity, IdentityConfig, IdentityGate, intake::SignUpMode, memberships::MemberFilter,
    people::model::SignUp,
};
use bellwether_identity::{
    clerk::{Clerk, ClerkConfig},
    external::Externals,
};
use bellwether_kernel::{
    Clock, Cursor, PageRequest, RequestContext, Rng,
    id::{BrandId, OrganizationId},
};
use bellwether_store::ServiceTx;
use bellwether_vault::Vault;
use bellwether_web::{Credentials, Gate as _};

const ROUNDS: usize = 2000;
const MEMBERS: i64 = 10_000;

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

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2]
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
    let server = median(&check).saturating_sub(median(&floor)).as_secs_f64() * 1e3;
    print("an empty statement (round trip)", floor);
    print("who is it (session)", check);
    println!("  less the round trip {server:>35.3} ms   promised: ≤ 0.2 ms");
    print("who is it, and may they in (session)", enter);

    sqlx::query(
        "WITH people AS (
           INSERT INTO identity.users (id, email, name)
           SELECT uuidv7(), 'm' || n || '@example.org', 'Member ' || n FROM generate_series(1, $1) n RETURNING id)
         INSERT INTO identity.memberships (organization_id, id, user_id, role, created_at)
         SELECT o.id, uuidv7(), p.id, 'member', now() - random() * interval '300 days'
           FROM people p, identity.organizations o",
    )
    .bind(MEMBERS)
    .execute(store.pool())
    .await
    .unwrap();
    sqlx::raw_sql("ANALYZE identity.users; ANALYZE identity.memberships")
        .execute(store.pool())
        .await
        .unwrap();
    let access = gate.enter(&cookie, "ada", None).await.unwrap().access;
    let (mut pages, mut seen, mut after) = (Vec::new(), 0, None);
    loop {
        let began = Instant::now();
        let page = PageRequest { limit: 50, after };
        let page = identity.list_members(&access, &MemberFilter::default(), page).await.unwrap();
        pages.push(began.elapsed());
        seen += page.items.len();
        match page.next_cursor {
            Some(cursor) => after = Some(Cursor::decode(&cursor).unwrap()),
            None => break,
        }
    }
    assert_eq!(seen, 10_001, "every member once");
    let slowest = pages.iter().max().copied().unwrap_or_default();
    print("a page of 50 of 10,000 members, every page", pages.clone());
    print("  the first ten pages", pages[..10].to_vec());
    print("  the last ten pages", pages[pages.len() - 10..].to_vec());
    print("  the slowest", vec![slowest]);
    let mut searches = Vec::new();
    for n in 0..20 {
        let filter = MemberFilter { query: Some(format!("member {n}77")), ..MemberFilter::default() };
        let began = Instant::now();
        let page = PageRequest { limit: 50, after: None };
        identity.list_members(&access, &filter, page).await.unwrap();
        searches.push(began.elapsed());
    }
    print("searching 10,000 members by a part of a name", searches);
}
