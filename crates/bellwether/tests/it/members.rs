//! Who belongs to an organization: invitations, changes, the bounds of both.

use bellwether_kernel::{Permission, Permissions};
use chrono::Duration;
use http::Method;
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use serde_json::{Value, json};

use crate::app::{Answer, Client, TestApp};

const ADA: &str = "/organizations/ada-studio";

async fn put(client: &Client, path: &str, body: Value) -> Answer {
    let headers = [("content-type", "application/json")];
    client.send(Method::PUT, path, &headers, Some(body.to_string().into())).await
}

fn token(link: &Value) -> String {
    link.as_str().unwrap().split_once("#token=").unwrap().1.to_owned()
}

async fn id_of(client: &Client) -> String {
    client.get("/me").await.body["user"]["id"].as_str().unwrap().to_owned()
}

/// Lets somebody in by a link.
pub async fn join(app: &TestApp, inviter: &Client, name: &str, role: &str) -> Client {
    let made = inviter.post(&format!("{ADA}/invitations"), json!({ "role": role })).await.expect(201);
    let client = app.sign_up(name).await;
    client.post("/me/invitations", json!({ "token": token(&made.body["link"]) })).await.expect(200);
    client
}

#[tokio::test]
async fn a_link_lets_in_as_many_as_it_says() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let asked = json!({ "role": "manager", "max_uses": 2, "permissions_removed": ["brands.manage"] });
    let made = ada.post(&format!("{ADA}/invitations"), asked).await.expect(201);
    let token = token(&made.body["link"]);
    let seen = app.anonymous().post("/auth/invitation", json!({ "token": token })).await.expect(200);
    assert_eq!(
        (seen.body["organization_name"].as_str(), seen.body["inviter_name"].as_str()),
        (Some("Ada Studio"), Some("Ada"))
    );

    // a new person
    let person = json!({ "token": token, "email": "new@example.org", "password": "correct horse battery", "name": "New" });
    let joined = app.anonymous().post("/auth/invitation/join", person).await.expect(201);
    let mut new = app.anonymous();
    new.cookie = joined.cookie();
    let place = &joined.body["organizations"][0];
    assert_eq!((place["slug"].as_str(), place["role"].as_str()), (Some("ada-studio"), Some("manager")));
    new.post(&format!("{ADA}/brands"), json!({ "name": "Mine" })).await.expect(403);
    // one with an account
    let bob = app.sign_up("Bob").await;
    bob.post("/me/invitations", json!({ "token": token })).await.expect(200);
    bob.get(ADA).await.expect(200);
    // and nobody else
    let eve = app.sign_up("Eve").await;
    let spent = eve.post("/me/invitations", json!({ "token": token })).await.expect(404);
    assert_eq!(spent.body["code"], "invitation_spent");
    eve.get(ADA).await.expect(404);
    let listed = ada.get(&format!("{ADA}/invitations?all=true")).await.expect(200);
    assert_eq!(listed.body["items"][0]["status"], "accepted");
    assert_eq!(ada.get(&format!("{ADA}/invitations")).await.body["items"], json!([]));
}

#[tokio::test]
async fn invitations_end_by_time_by_hand_and_with_their_sender_s_power() {
    let app = TestApp::new().await;
    let mut ada = app.sign_up("Ada").await;
    let mut bob = join(&app, &ada, "Bob", "admin").await;
    let mut eve = app.sign_up("Eve").await;
    let invitations = format!("{ADA}/invitations");
    let made = ada.post(&invitations, json!({})).await.expect(201);
    app.clock.advance(Duration::days(14));
    for (client, name) in [(&mut ada, "Ada"), (&mut bob, "Bob"), (&mut eve, "Eve")] {
        app.sign_in_again(client, name).await;
    }
    let accept = |token: String| eve.post("/me/invitations", json!({ "token": token }));
    accept(token(&made.body["link"])).await.expect(404);
    let again = ada.post(&format!("{invitations}/{}/resend", made.id()), json!({})).await.expect(200);
    accept(token(&made.body["link"])).await.expect(404);
    ada.delete(&format!("{invitations}/{}", made.id())).await.expect(204);
    accept(token(&again.body["link"])).await.expect(404);
    let closed = ada.post(&format!("{invitations}/{}/resend", made.id()), json!({})).await.expect(409);
    assert_eq!(closed.body["code"], "invitation_closed");

    // what somebody could give when they sent it, they must still be able to give
    let made = bob.post(&invitations, json!({ "role": "admin" })).await.expect(201);
    let bob_id = id_of(&bob).await;
    put(&ada, &format!("{ADA}/members/{bob_id}"), json!({ "role": "member" })).await.expect(200);
    let void = accept(token(&made.body["link"])).await.expect(409);
    assert_eq!(void.body["code"], "invitation_void");
    eve.get(ADA).await.expect(404);
}

#[tokio::test]
async fn bad_invitations_say_what_is_wrong() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let amy = join(&app, &ada, "Amy", "admin").await;
    let invitations = format!("{ADA}/invitations");
    for (body, status, path, code) in [
        (json!({ "email": "no" }), 422, "email", "invalid_email"),
        (json!({ "email": "Ada@example.org" }), 409, "email", "already_member"),
        (json!({ "role": "owner" }), 403, "role", "above_own"),
        (json!({ "permissions_added": ["billing.manage"] }), 403, "permissions_added", "not_held"),
        (json!({ "max_uses": 0 }), 422, "max_uses", "out_of_range"),
        (json!({ "email": "x@example.org", "max_uses": 2 }), 422, "max_uses", "out_of_range"),
        (json!({ "brand_ids": [] }), 422, "brand_ids", "length"),
        (
            json!({ "permissions_added": ["billing.read"], "permissions_removed": ["billing.read"] }),
            422,
            "permissions_removed",
            "contradiction",
        ),
    ] {
        let answer = amy.post(&invitations, body.clone()).await.expect(status);
        assert_eq!(answer.fault(), (path, code), "{body}");
    }
    ada.post(&invitations, json!({ "email": "carl@example.org" })).await.expect(201);
    let twice = ada.post(&invitations, json!({ "email": "Carl@Example.org" })).await.expect(409);
    assert_eq!(twice.body["code"], "already_invited");
    let made = ada.post(&invitations, json!({})).await.expect(201);
    let token = token(&made.body["link"]);
    let already = amy.post("/me/invitations", json!({ "token": token })).await.expect(409);
    assert_eq!(already.body["code"], "already_member");
    let taken = json!({ "token": token, "email": "amy@example.org", "password": "correct horse battery", "name": "X" });
    assert_eq!(
        app.anonymous().post("/auth/invitation/join", taken).await.expect(409).body["code"],
        "email_taken"
    );
    app.anonymous().post("/auth/invitation", json!({ "token": "forged" })).await.expect(404);
}

#[tokio::test]
async fn members_are_changed_within_bounds() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let amy = join(&app, &ada, "Amy", "admin").await;
    let bob = join(&app, &ada, "Bob", "member").await;
    let of = |id: String| format!("{ADA}/members/{id}");
    let (ada_at, amy_at, bob_at) = (of(id_of(&ada).await), of(id_of(&amy).await), of(id_of(&bob).await));

    // nobody touches somebody above, nobody gives what they don't hold
    assert_eq!(put(&amy, &ada_at, json!({ "role": "member" })).await.expect(403).body["code"], "above_own");
    amy.delete(&ada_at).await.expect(403);
    amy.post(&format!("{ada_at}/suspend"), json!({})).await.expect(403);
    put(&amy, &bob_at, json!({ "role": "owner" })).await.expect(403);
    put(&amy, &amy_at, json!({ "role": "owner" })).await.expect(403);
    put(&bob, &bob_at, json!({ "role": "admin" })).await.expect(403);
    // custom permissions count at once
    bob.get(&format!("{ADA}/invitations")).await.expect(403);
    let change = json!({ "role": "member", "permissions_added": ["members.manage"], "permissions_removed": ["posts.write"] });
    let changed = put(&amy, &bob_at, change).await.expect(200);
    assert_eq!(changed.body["permissions_added"], json!(["members.manage"]));
    bob.get(&format!("{ADA}/invitations")).await.expect(200);
    let mut inside = bob.clone();
    inside.base.clone_from(&ada.base);
    inside.generate(&["x.post"]).await.expect(403);
    inside.get("~/posts").await.expect(200);
    // with members.manage a member gives what members hold, no more
    bob.post(&format!("{ADA}/invitations"), json!({ "role": "manager" })).await.expect(403);
    bob.post(&format!("{ADA}/invitations"), json!({ "role": "member" })).await.expect(403);
    bob.post(
        &format!("{ADA}/invitations"),
        json!({ "role": "member", "permissions_removed": ["posts.write"] }),
    )
    .await
    .expect(201);

    // one brand
    let brand = ada.post(&format!("{ADA}/brands"), json!({ "name": "Other" })).await.expect(201).id();
    put(&ada, &bob_at, json!({ "role": "manager", "brand_ids": [brand] })).await.expect(200);
    bob.get(&format!("{ADA}/brands/other")).await.expect(200);
    bob.get(&ada.base).await.expect(404);
    let unknown = json!({ "role": "member", "brand_ids": ["brand_00000000000000000000000000"] });
    assert_eq!(put(&ada, &bob_at, unknown).await.expect(422).fault(), ("brand_ids", "unknown_brand"));

    // suspended and back, then gone
    ada.post(&format!("{bob_at}/suspend"), json!({})).await.expect(200);
    assert_eq!(bob.get(ADA).await.expect(403).body["code"], "membership_suspended");
    assert!(bob.get("/me").await.expect(200).body["organizations"].as_array().unwrap().len() == 1);
    let suspended = ada.get(&format!("{ADA}/members?status=suspended")).await.expect(200);
    assert_eq!(suspended.body["items"][0]["name"], "Bob");
    ada.post(&format!("{bob_at}/resume"), json!({})).await.expect(200);
    bob.get(ADA).await.expect(200);
    ada.delete(&bob_at).await.expect(204);
    bob.get(ADA).await.expect(404);
    ada.get(&bob_at).await.expect(404);
    amy.post(&format!("{ADA}/leave"), json!({})).await.expect(204);
    amy.get(ADA).await.expect(404);
}

#[tokio::test]
async fn a_list_of_members_tells_of_nothing_that_is_not_the_readers() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let bob = join(&app, &ada, "Bob", "member").await;
    let cleo = join(&app, &ada, "Cleo", "owner").await;
    let dora = join(&app, &ada, "Dora", "member").await;
    let brand =
        async |name: &str| ada.post(&format!("{ADA}/brands"), json!({ "name": name })).await.expect(201).id();
    let (other, third) = (brand("Other").await, brand("Third").await);
    let set = async |who: &Client, role: &str, brands: Value| {
        let at = format!("{ADA}/members/{}", id_of(who).await);
        put(&ada, &at, json!({ "role": role, "brand_ids": brands })).await.expect(200);
        at
    };
    set(&bob, "manager", json!([other])).await;
    let dora_at = set(&dora, "member", json!([other, third])).await;
    let brands = async |by: &Client| by.get(&dora_at).await.expect(200).body["brand_ids"].clone();
    assert_eq!(brands(&ada).await, json!([other, third]));
    assert_eq!(brands(&bob).await, json!([other]), "that there is a third is not Bob's to know");
    let listed = bob.get(&format!("{ADA}/members")).await.expect(200).body["items"].to_string();
    assert!(listed.contains("Dora") && !listed.contains(&third), "{listed}");

    // who deletes their account is none of the members, and one again who brings it back
    let names = async || {
        let items = ada.get(&format!("{ADA}/members")).await.expect(200).body["items"].clone();
        let names =
            items.as_array().unwrap().iter().map(|member| member["name"].as_str().unwrap().to_owned());
        names.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["Ada", "Bob", "Cleo", "Dora"]);
    cleo.delete("/me").await.expect(200);
    assert_eq!(names().await, ["Ada", "Bob", "Dora"]);
    sqlx::query("UPDATE identity.users SET deleted_at = NULL").execute(app.store().pool()).await.unwrap();
    assert_eq!(names().await, ["Ada", "Bob", "Cleo", "Dora"]);
}

#[tokio::test]
async fn the_last_owner_stays_or_hands_over() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let amy = join(&app, &ada, "Amy", "admin").await;
    let ada_at = format!("{ADA}/members/{}", id_of(&ada).await);
    for answer in [
        ada.post(&format!("{ADA}/leave"), json!({})).await,
        ada.delete(&ada_at).await,
        put(&ada, &ada_at, json!({ "role": "admin" })).await,
    ] {
        assert_eq!(answer.expect(409).body["code"], "last_owner");
    }
    let transfer = format!("{ADA}/transfer");
    let amy_id = id_of(&amy).await;
    let wrong = ada.post(&transfer, json!({ "user_id": amy_id, "confirm": "no" })).await.expect(422);
    assert_eq!(wrong.fault(), ("confirm", "mismatch"));
    amy.post(&transfer, json!({ "user_id": amy_id, "confirm": "ada-studio" })).await.expect(403);
    ada.post(&transfer, json!({ "user_id": amy_id, "confirm": "ada-studio" })).await.expect(200);
    let members = amy.get(&format!("{ADA}/members")).await.expect(200);
    let roles: Vec<_> = members.body["items"].as_array().unwrap().iter().map(|m| m["role"].clone()).collect();
    assert_eq!(roles, [json!("admin"), json!("owner")]);
    ada.post(&format!("{ADA}/leave"), json!({})).await.expect(204);
    assert_eq!(amy.post(&format!("{ADA}/leave"), json!({})).await.expect(409).body["code"], "last_owner");
}

#[tokio::test]
async fn an_owner_whom_the_operator_has_suspended_is_no_owner_to_leave_behind() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let bob = join(&app, &ada, "Bob", "admin").await;
    let bob_at = format!("{ADA}/members/{}", id_of(&bob).await);
    put(&ada, &bob_at, json!({ "role": "owner" })).await.expect(200);
    app.app.identity.suspend_user("bob@example.org", true).await.unwrap();
    assert_eq!(ada.post(&format!("{ADA}/leave"), json!({})).await.expect(409).body["code"], "last_owner");
    app.app.identity.suspend_user("bob@example.org", false).await.unwrap();
    ada.post(&format!("{ADA}/leave"), json!({})).await.expect(204);
}

#[tokio::test]
async fn two_owners_who_remove_each_other_at_once_leave_one() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let amy = join(&app, &ada, "Amy", "owner").await;
    let of = |id: String| format!("{ADA}/members/{id}");
    let (ada_at, amy_at) = (of(id_of(&ada).await), of(id_of(&amy).await));
    let (one, other) = tokio::join!(ada.delete(&amy_at), amy.delete(&ada_at));
    let owners: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM identity.memberships m JOIN identity.organizations o ON o.id = m.organization_id
          WHERE o.slug = 'ada-studio' AND m.role = 'owner'",
    )
    .fetch_one(app.store().pool())
    .await
    .unwrap();
    assert_eq!(owners, 1, "{one:?} {other:?}");
}

#[tokio::test]
async fn members_are_found_page_by_page() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    sqlx::raw_sql(
        "INSERT INTO identity.users (id, email, name) SELECT gen_random_uuid(), 'p' || i || '@many.example', 'Person ' || i
           FROM generate_series(1, 250) i;
         INSERT INTO identity.memberships (organization_id, id, user_id, role, created_at)
         SELECT o.id, gen_random_uuid(), u.id, 'member', '2026-11-16T09:00:00Z'::timestamptz + (random() * 5)::int * interval '1 second'
           FROM identity.organizations o, identity.users u WHERE u.email::text LIKE '%@many.example'",
    )
    .execute(app.store().pool())
    .await
    .unwrap();
    let mut seen = std::collections::BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let page = ada.get(&format!("{ADA}/members?limit=100&cursor={cursor}")).await.expect(200);
        for member in page.body["items"].as_array().unwrap() {
            assert!(seen.insert(member["user_id"].as_str().unwrap().to_owned()), "nobody twice");
        }
        match page.body["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!(seen.len(), 251);
    let found = ada.get(&format!("{ADA}/members?q=person%2042")).await.expect(200);
    assert_eq!(found.body["items"].as_array().unwrap().len(), 1);
    let nothing = ada.get(&format!("{ADA}/members?q=%25")).await.expect(200);
    assert_eq!(nothing.body["items"], json!([]), "what is typed is no pattern");
    let owners = ada.get(&format!("{ADA}/members?role=owner")).await.expect(200);
    assert_eq!(owners.body["items"][0]["email"], "ada@example.org");
}

/// One step in the life of the organization, as requests.
#[derive(Debug, Clone)]
enum Step {
    Set { by: usize, to: usize, role: &'static str, added: Vec<&'static str>, removed: Vec<&'static str> },
    Remove { by: usize, of: usize },
    Suspend { by: usize, of: usize, suspend: bool },
    Leave { by: usize },
    Transfer { by: usize, to: usize },
    Invite { by: usize, to: usize, role: &'static str },
}

fn any_step() -> impl Strategy<Value = Step> {
    let who = || 0..5_usize;
    // most of what anybody else tries is refused, which proves little
    let by = || prop_oneof![3 => 0..2_usize, 2 => 0..5_usize];
    let role = || prop::sample::select(vec!["member", "manager", "admin", "owner"]);
    let words: Vec<&'static str> = Permission::ALL.iter().map(|permission| permission.as_str()).collect();
    let some = move || prop::collection::vec(prop::sample::select(words.clone()), 0..3);
    prop_oneof![
        4 => (by(), who(), role(), some(), some())
            .prop_map(|(by, to, role, added, removed)| Step::Set { by, to, role, added, removed }),
        1 => (by(), who()).prop_map(|(by, of)| Step::Remove { by, of }),
        1 => (by(), who(), any::<bool>()).prop_map(|(by, of, suspend)| Step::Suspend { by, of, suspend }),
        1 => who().prop_map(|by| Step::Leave { by }),
        1 => (by(), who()).prop_map(|(by, to)| Step::Transfer { by, to }),
        2 => (by(), who(), role()).prop_map(|(by, to, role)| Step::Invite { by, to, role }),
    ]
}

/// What somebody may, as the program itself tells them; nothing when they are outside.
async fn may(client: &Client) -> Option<Permissions> {
    let me = client.get("/me").await.expect(200);
    let place =
        me.body["organizations"].as_array().unwrap().iter().find(|o| o["slug"] == "ada-studio")?.clone();
    let words = place["permissions"].as_array().unwrap().clone();
    Some(words.iter().map(|word| Permission::parse(word.as_str().unwrap()).unwrap()).collect())
}

#[tokio::test]
async fn no_sequence_of_requests_gives_more_than_the_giver_had() {
    let app = TestApp::new().await;
    let mut people = vec![app.sign_up("Ada").await];
    for (name, role) in [("Amy", "owner"), ("Bob", "admin"), ("Cem", "manager"), ("Dan", "member")] {
        let person = join(&app, &people[0], name, role).await;
        people.push(person);
    }
    let mut ids = Vec::new();
    for person in &people {
        ids.push(id_of(person).await);
    }
    let steps =
        prop::collection::vec(any_step(), 60).new_tree(&mut TestRunner::deterministic()).unwrap().current();
    let mut carried_out = 0;
    for step in steps {
        let mut before = Vec::new();
        for person in &people {
            before.push(may(person).await);
        }
        let at = |index: usize| format!("{ADA}/members/{}", ids[index]);
        let (by, answer) = match &step {
            Step::Set { by, to, role, added, removed } => {
                let body =
                    json!({ "role": role, "permissions_added": added, "permissions_removed": removed });
                (*by, put(&people[*by], &at(*to), body).await)
            }
            Step::Remove { by, of } => (*by, people[*by].delete(&at(*of)).await),
            Step::Suspend { by, of, suspend } => {
                let verb = if *suspend { "suspend" } else { "resume" };
                (*by, people[*by].post(&format!("{}/{verb}", at(*of)), json!({})).await)
            }
            Step::Leave { by } => (*by, people[*by].post(&format!("{ADA}/leave"), json!({})).await),
            Step::Transfer { by, to } => {
                let body = json!({ "user_id": ids[*to], "confirm": "ada-studio" });
                (*by, people[*by].post(&format!("{ADA}/transfer"), body).await)
            }
            Step::Invite { by, to, role } => {
                let made = people[*by].post(&format!("{ADA}/invitations"), json!({ "role": role })).await;
                let answer = match made.body["link"].as_str() {
                    Some(_) => {
                        let body = json!({ "token": token(&made.body["link"]) });
                        people[*to].post("/me/invitations", body).await
                    }
                    None => made,
                };
                (*by, answer)
            }
        };
        assert!(answer.status.as_u16() < 500, "{step:?}: {}", answer.body);
        carried_out += usize::from(answer.status.is_success());
        let actor = before[by].unwrap_or(Permissions::NONE);
        for (index, person) in people.iter().enumerate() {
            let now = may(person).await;
            if now == before[index] {
                continue;
            }
            let held = now.unwrap_or(Permissions::NONE).with(before[index].unwrap_or(Permissions::NONE));
            assert!(actor.covers(held), "{step:?} by {actor:?}: {:?} became {now:?}", before[index]);
        }
        let owners: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM identity.memberships m JOIN identity.organizations o ON o.id = m.organization_id
              WHERE o.slug = 'ada-studio' AND m.role = 'owner' AND m.suspended_at IS NULL",
        )
        .fetch_one(app.store().pool())
        .await
        .unwrap();
        assert!(owners >= 1, "{step:?}");
    }
    assert!(carried_out >= 8, "the steps do something: {carried_out}");
}
