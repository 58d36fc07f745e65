//! Every route of the API, asked by everybody there can be: the description says which routes there are,
//! `permissions.tsv` what each needs.

use std::collections::BTreeMap;

use bellwether_kernel::{Permission, Permissions, Role};
use http::Method;
use serde_json::{Value, json};

use crate::app::{Answer, Client, TestApp};

const TABLE: &str = include_str!("permissions.tsv");

/// What a route needs.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Needs {
    Public,
    Person,
    Operator,
    Inside,
    Any(Vec<Permission>),
    All(Vec<Permission>),
}

/// A line of the table.
#[derive(Debug, Clone)]
struct Line {
    method: Method,
    path: String,
    needs: Needs,
    /// Only for people who belong there themselves.
    own: bool,
    /// Not for keys.
    people: bool,
    /// Is not carried out here.
    once: bool,
    body: Option<String>,
}

impl Line {
    fn route(&self) -> String {
        format!("{} {}", self.method, self.path.split('?').next().unwrap())
    }

    fn in_organization(&self) -> bool {
        self.path.contains("{org}") && self.needs != Needs::Person
    }
}

fn permission(word: &str) -> Permission {
    Permission::parse(word).unwrap_or_else(|| panic!("no permission: {word}"))
}

fn table() -> Vec<Line> {
    let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            assert!(cells.len() >= 3, "{line}");
            let mut words = cells[2].split(' ');
            let needs = match words.next().unwrap() {
                "public" => Needs::Public,
                "person" => Needs::Person,
                "operator" => Needs::Operator,
                "inside" => Needs::Inside,
                all if all.contains('&') => Needs::All(all.split('&').map(permission).collect()),
                any => Needs::Any(any.split('|').map(permission).collect()),
            };
            let flags: Vec<&str> = words.collect();
            Line {
                method: cells[0].parse().unwrap(),
                path: cells[1].to_owned(),
                needs,
                own: flags.contains(&"+own"),
                people: flags.contains(&"+people"),
                once: flags.contains(&"*"),
                body: cells.get(3).map(|body| (*body).to_owned()),
            }
        })
        .collect()
}

/// `METHOD /path` of everything in the description.
fn described() -> Vec<String> {
    let document = serde_json::to_value(bellwether::wiring::openapi().unwrap()).unwrap();
    let mut routes = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            if ["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                let path = path.strip_prefix("/api/v1").unwrap_or(path);
                routes.push(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    routes
}

#[tokio::test]
async fn the_table_has_every_route_once_and_no_other() {
    let mut table: Vec<String> = table().iter().map(Line::route).collect();
    let mut described = described();
    table.sort();
    described.sort();
    let missing: Vec<_> = described.iter().filter(|route| !table.contains(route)).collect();
    let unknown: Vec<_> = table.iter().filter(|route| !described.contains(route)).collect();
    assert!(missing.is_empty(), "say in permissions.tsv who may: {missing:#?}");
    assert!(unknown.is_empty(), "no route: {unknown:#?}");
    assert_eq!(table.len(), described.len(), "a route stands in permissions.tsv twice");
}

#[test]
fn the_page_of_permissions_is_what_the_code_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.md");
    let page = std::fs::read_to_string(path).unwrap();
    let said = format!("{}\n", bellwether_identity::permissions::documentation().trim_end());
    assert!(page == said, "docs/permissions.md is not what the code says: run `make generated`");
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
enum Who {
    Anonymous,
    /// Kept out of the installation.
    SuspendedUser,
    Stranger,
    /// Who runs the installation, and belongs to no organization of others.
    Operator,
    /// Kept out of the organization.
    SuspendedMember,
    /// A program with an API key, and what the key may.
    Key {
        may: Permissions,
    },
    /// A key that opens nothing any more.
    DeadKey,
    /// A key of another organization, made by who runs the installation.
    StrangeKey,
    /// Somebody inside, with what they may; `own` unless they come for an agency.
    Inside {
        may: Permissions,
        own: bool,
    },
}

enum Expected {
    Let,
    Refused(u16),
}

fn expected(line: &Line, who: Who) -> Expected {
    match (who, &line.needs) {
        (_, Needs::Public) => Expected::Let,
        (Who::Anonymous | Who::SuspendedUser | Who::DeadKey, _) => Expected::Refused(401),
        // a key is about an organization, never about a person, nor the installation that its maker may run
        (Who::Key { .. } | Who::StrangeKey, Needs::Person) => Expected::Refused(403),
        (_, Needs::Person) | (Who::Operator, Needs::Operator) => Expected::Let,
        (_, Needs::Operator) | (Who::Stranger | Who::Operator | Who::StrangeKey, _) => Expected::Refused(404),
        (Who::SuspendedMember, _) => Expected::Refused(403),
        (Who::Key { .. }, _) if line.people => Expected::Refused(403),
        (Who::Key { may }, needs) => expected_inside(line, needs, may, false),
        (Who::Inside { may, own }, needs) => expected_inside(line, needs, may, own),
    }
}

fn expected_inside(line: &Line, needs: &Needs, may: Permissions, own: bool) -> Expected {
    let held = match needs {
        Needs::Any(any) => any.iter().any(|permission| may.contains(*permission)),
        Needs::All(all) => all.iter().all(|permission| may.contains(*permission)),
        _ => true,
    };
    if held && (own || !line.own) { Expected::Let } else { Expected::Refused(403) }
}

/// A key of an organization, by the route that makes them.
async fn key(app: &TestApp, owner: &Client, org: &str, new: Value) -> (Client, String) {
    let made = owner.post(&format!("/organizations/{org}/api-keys"), new).await.expect(201);
    let id = made.body["key"]["id"].as_str().unwrap().to_owned();
    (app.with_key(made.body["token"].as_str().unwrap()), id)
}

/// Keys of Ada's: one for each scope, one for all, one of one brand, and those that open nothing.
async fn keys(app: &TestApp, ada: &Client, ops: &Client) -> Vec<(String, Client, Who)> {
    let mut actors = Vec::new();
    for scope in Permission::ALL {
        let word = scope.as_str();
        let (client, _) = key(app, ada, "ada-studio", json!({ "name": word, "scopes": [word] })).await;
        let may = [*scope].into_iter().collect();
        actors.push((format!("a key for {word}"), client, Who::Key { may }));
    }
    let every: Vec<&str> = Permission::ALL.iter().map(|permission| permission.as_str()).collect();
    let all = Permissions::of_role(Role::Owner);
    let (client, _) = key(app, ada, "ada-studio", json!({ "name": "All", "scopes": every })).await;
    actors.push(("a key for everything".to_owned(), client, Who::Key { may: all }));
    let brand = ada.get("~").await.expect(200).id();
    let new = json!({ "name": "One brand", "scopes": ["posts.read"], "brand_id": brand });
    let (client, _) = key(app, ada, "ada-studio", new).await;
    let may = [Permission::PostsRead].into_iter().collect();
    actors.push(("a key of one brand".to_owned(), client, Who::Key { may }));
    let (client, id) = key(app, ada, "ada-studio", json!({ "name": "Revoked", "scopes": every })).await;
    ada.delete(&format!("/organizations/ada-studio/api-keys/{id}")).await;
    actors.push(("a revoked key".to_owned(), client, Who::DeadKey));
    let (client, id) = key(app, ada, "ada-studio", json!({ "name": "Old", "scopes": every })).await;
    let id: bellwether_kernel::id::ApiKeyId = id.parse().unwrap();
    let uuid = id.uuid();
    sql(app, &format!("UPDATE identity.api_keys SET expires_at = '2001-01-01' WHERE id = '{uuid}'")).await;
    actors.push(("an expired key".to_owned(), client, Who::DeadKey));
    let (client, _) = key(app, ops, "ops-studio", json!({ "name": "Ops", "scopes": every })).await;
    actors.push(("a key of another organization".to_owned(), client, Who::StrangeKey));
    actors
}

struct Scene {
    app: TestApp,
    fill: BTreeMap<&'static str, String>,
    owner: Client,
    actors: Vec<(String, Client, Who)>,
}

impl Scene {
    fn path(&self, line: &Line) -> String {
        let link = if line.path.contains("/clients/") { "link_as_agency" } else { "link_as_client" };
        let deleted = line.path.ends_with("/brands/{brand}/restore");
        let mut path = line.path.replace("{client}", &self.fill[link]);
        if deleted {
            path = path.replace("{brand}", &self.fill["deleted_brand"]);
        }
        let path =
            self.fill.iter().fold(path, |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
        assert!(!path.contains('{'), "the test knows no value for {path}");
        path
    }

    async fn ask(&self, client: &Client, line: &Line, path: &str) -> Answer {
        // no version is that high: whoever may change things changes nothing
        let headers = [("content-type", "application/json"), ("if-match", "\"999999\"")];
        let user = &self.fill["user"];
        let body = line.body.as_ref().map(|body| body.replace("{user}", user).into_bytes());
        client.send(line.method.clone(), path, &headers, body).await
    }
}

async fn sql(app: &TestApp, text: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned())).execute(app.store().pool()).await.unwrap();
}

/// Makes somebody a member of Ada's organization, without the way there.
async fn member(app: &TestApp, name: &str, role: &str, brand: bool, added: &str, removed: &str) -> Client {
    let client = app.sign_up(name).await;
    let brand = if brand { "b.id" } else { "NULL" };
    let email = format!("{}@example.org", name.to_lowercase());
    sql(
        app,
        &format!(
            "INSERT INTO identity.memberships
               (organization_id, id, user_id, brand_id, role, permissions_added, permissions_removed)
             SELECT o.id, gen_random_uuid(), u.id, {brand}, '{role}', '{{{added}}}', '{{{removed}}}'
               FROM identity.organizations o
               JOIN brand.brands b ON b.organization_id = o.id AND b.slug = 'ada-studio', identity.users u
              WHERE o.slug = 'ada-studio' AND u.email = '{email}'"
        ),
    )
    .await;
    client
}

/// An agency of Ada's, with what it may.
async fn agency(app: &TestApp, ada: &Client, name: &str, permissions: &[Permission]) -> (Client, String) {
    let agency = app.sign_up(name).await;
    let own = format!("/organizations/{}-studio", name.to_lowercase());
    agency.patch(&own, 1, json!({ "type": "agency" })).await.expect(200);
    let asked = json!({ "organization": "ada-studio" });
    let link = agency.post(&format!("{own}/clients"), asked).await.expect(201).id();
    let accept = format!("/organizations/ada-studio/agencies/{link}/accept");
    ada.post(&accept, json!({ "permissions": permissions })).await.expect(200);
    (agency, link)
}

async fn scene() -> Scene {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let asked = ada.generate(&["x.post"]).await.expect(202);
    app.drain().await;
    let post = ada.get("~/posts").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let versions = ada.get(&format!("~/posts/{post}/versions")).await.expect(200);
    let generation = ada.get(&format!("~/generations/{}", asked.id())).await.expect(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    ada.patch("/organizations/ada-studio", 1, json!({ "type": "agency" })).await.expect(200);
    ada.post("/organizations/ada-studio/brands", json!({ "name": "Other" })).await.expect(201);
    let gone = ada.post("/organizations/ada-studio/brands", json!({ "name": "Gone" })).await.expect(201);
    ada.delete("/organizations/ada-studio/brands/gone").await.expect(204);
    let made = json!({ "create": { "name": "Made for a client" } });
    let client = ada.post("/organizations/ada-studio/clients", made).await.expect(201);
    let invitation = ada.post("/organizations/ada-studio/invitations", json!({})).await.expect(201);

    let audience = ada.post("~/audiences", json!({ "name": "Owners" })).await.expect(201).id();
    let pillar = ada.post("~/pillars", json!({ "name": "Prices" })).await.expect(201).id();
    let hook = ada.post("~/hooks", json!({ "text": "What is an hour worth?" })).await.expect(201).id();
    let offer = ada.post("~/offers", json!({ "name": "Desk" })).await.expect(201).id();
    let knowledge = ada.post("~/knowledge", json!({ "content": "Oak is heavy." })).await.expect(201).id();

    let said = json!({ "kind": "own", "samples": [{ "text": "Oak is heavy, and so is the door." }] });
    ada.post("~/voice/samples", said).await.expect(201);
    let sample = text(&ada.get("~/voice/samples").await.expect(200).body["items"][0]["id"]);
    // one that can be read and never put to use
    let model = bellwether_brand::VoiceModelId::from(uuid::Uuid::from_u128(
        0x0190_0000_0000_7000_8000_0000_0000_0001,
    ));
    sql(
        &app,
        &format!(
            "INSERT INTO brand.voice_models (organization_id, brand_id, id, family, version, status, failure)
             SELECT organization_id, id, '{}', 'all', 1, 'failed', 'Too little' FROM brand.brands
              WHERE slug = 'ada-studio'",
            model.uuid()
        ),
    )
    .await;

    let connected = ada.post("~/connections", json!({ "provider": "sandbox" })).await.expect(201);
    let connection = text(&connected.body["items"][0]["id"]);
    let planned = ada
        .post(&format!("~/posts/{post}/publications"), json!({ "connection_ids": [connection] }))
        .await
        .expect(201);
    let publication = text(&planned.body["items"][0]["id"]);
    // a consent that came to nothing
    let pick = bellwether_publishing::ConsentId::from(uuid::Uuid::from_u128(
        0x0190_0000_0000_7000_8000_0000_0000_0002,
    ));
    sql(
        &app,
        &format!(
            "INSERT INTO publishing.oauth_states (organization_id, brand_id, id, user_id, provider, state_hash, verifier,
                                                  expires_at)
             SELECT b.organization_id, b.id, '{}', u.id, 'x', '\\x01', '', now()
             FROM brand.brands b, identity.users u WHERE b.slug = 'ada-studio' AND u.email = 'ada@example.org'",
            pick.uuid()
        ),
    )
    .await;
    let picture = ada.send(Method::POST, "~/media?name=dot.png", &[], Some(super::media::png(8, 8, 1))).await;
    let media = text(&picture.expect(201).body["media"]["id"]);
    let upload = ada.post("~/media-uploads", json!({ "name": "x.png", "bytes": 10 })).await.expect(201).id();

    let listened = json!({ "kind": "x", "url": "https://x.com/somebody" });
    let source = ada.post("~/sources", listened).await.expect(201).id();
    let topics = json!({ "name": "Prices", "topics": [{ "topic": "Prices" }] });
    let smart_feed = ada.post("~/smart-feeds", topics).await.expect(201).id();
    let item =
        bellwether_trends::ItemId::from(uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0003));
    sql(
        &app,
        &format!(
            "INSERT INTO trends.items (organization_id, brand_id, source_id, id, group_id, identity_hash, content_hash,
                                       simhash, title, seen_at, dated_at)
             SELECT organization_id, brand_id, id, '{0}', '{0}', sha256(''), sha256(''), 0, 'Said', now(), now()
               FROM trends.sources",
            item.uuid()
        ),
    )
    .await;

    let trend =
        bellwether_trends::TrendId::from(uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0004));
    sql(
        &app,
        &format!(
            "INSERT INTO trends.trends (organization_id, brand_id, id, name, state, confidence, momentum, rank, item_count,
                                        source_count, onset_at, found_at, last_item_at, expires_at, peak_low, peak_likely,
                                        peak_high, size_low, size_likely, size_high, predicted, why, why_you, ends)
             SELECT i.organization_id, i.brand_id, '{}', 'Said', 'active', 0.8, 0.5, 0.4, 3, 3, now(), now(), now(), now(),
                    now(), now(), now(), 3, 4, 5,
                    jsonb_build_object('made_at', now(), 'onset_at', now(), 'items', 3,
                      'peak', jsonb_build_object('low', now(), 'likely', now(), 'high', now()),
                      'size', jsonb_build_object('low', 3, 'likely', 4, 'high', 5)),
                    '{{\"sentences\":[],\"window_hours\":6,\"seen\":3,\"usual\":0,\"surprise\":5,\"wordings\":3,\"top_source\":0.4,\"phrases\":[],\"contributions\":[]}}',
                    '{{\"sentences\":[],\"pillars\":[],\"matched\":[]}}',
                    jsonb_build_object('sentences', '[]'::jsonb, 'declines_after_hours', 4, 'over_after_hours', 48,
                      'over_at', now(), 'gap_hours', 1)
               FROM trends.items i",
            trend.uuid()
        ),
    )
    .await;
    let speaks = "INSERT INTO trends.trend_evidence (organization_id, brand_id, trend_id, item_id, at, likeness)
                  SELECT t.organization_id, t.brand_id, t.id, i.id, now(), 1 FROM trends.trends t, trends.items i";
    sql(&app, speaks).await;

    let member_role = Permissions::of_role(Role::Member);
    let inside = |may| Who::Inside { may, own: true };
    let mut actors = vec![("anonymous", app.anonymous(), Who::Anonymous)];
    actors.push(("a stranger", app.sign_up("Eve").await, Who::Stranger));
    let ops = app.sign_up("Ops").await;
    sql(&app, "UPDATE identity.users SET operator = true WHERE email = 'ops@example.org'").await;
    let keys = keys(&app, &ada, &ops).await;
    actors.push(("an operator", ops, Who::Operator));
    for (name, role) in [("Mel", Role::Member), ("Max", Role::Manager), ("Amy", Role::Admin)] {
        let client = member(&app, name, role.as_str(), false, "", "").await;
        actors.push((role.as_str(), client, inside(Permissions::of_role(role))));
    }
    actors.push(("owner", ada.clone(), inside(Permissions::of_role(Role::Owner))));
    let bea = member(&app, "Bea", "member", true, "", "").await;
    actors.push(("a member of one brand", bea, inside(member_role)));
    let cem =
        member(&app, "Cem", "member", false, "billing.read,agency.manage", "posts.write,posts.read").await;
    let added = [Permission::BillingRead, Permission::AgencyManage].into_iter().collect();
    let removed = [Permission::PostsWrite, Permission::PostsRead].into_iter().collect();
    let custom = member_role.with(added).without(removed);
    actors.push(("a member with permissions of their own", cem, inside(custom)));
    let sam = member(&app, "Sam", "owner", false, "", "").await;
    sql(&app, "UPDATE identity.users SET suspended_at = now() WHERE email = 'sam@example.org'").await;
    actors.push(("a suspended person", sam, Who::SuspendedUser));
    let mo = member(&app, "Mo", "admin", false, "", "").await;
    sql(
        &app,
        "UPDATE identity.memberships m SET suspended_at = now() FROM identity.users u
          WHERE u.id = m.user_id AND u.email = 'mo@example.org' AND m.role = 'admin'",
    )
    .await;
    actors.push(("a suspended member", mo, Who::SuspendedMember));
    let (agnes, link) = agency(&app, &ada, "Agnes", Permission::ALL).await;
    let all = Permissions::of_role(Role::Owner);
    actors.push(("an agency that may everything", agnes, Who::Inside { may: all, own: false }));
    let (otto, _) = agency(&app, &ada, "Otto", &[]).await;
    actors.push(("an agency that may nothing", otto, Who::Inside { may: Permissions::NONE, own: false }));
    let zoe = member(&app, "Zoe", "member", false, "", "").await;
    let session = text(&zoe.get("/me/sessions").await.body["items"][0]["id"]);
    let user = text(&zoe.get("/me").await.body["user"]["id"]);

    let fill: BTreeMap<&str, String> = BTreeMap::from([
        // there is no such thing: who may not is told so all the same
        ("application", "appl_01jqz8v5ckf3rt9m1x2y4z6a8b".to_owned()),
        ("entry", "wait_01jqz8v5ckf3rt9m1x2y4z6a8b".to_owned()),
        ("demo", "demo_01jqz8v5ckf3rt9m1x2y4z6a8b".to_owned()),
        ("webhook", "webhook_01jqz8v5ckf3rt9m1x2y4z6a8b".to_owned()),
        ("rule", "rule_01jqz8v5ckf3rt9m1x2y4z6a8b".to_owned()),
        ("review", "review_01jqz8v5ckf3rt9m1x2y4z6a8b".to_owned()),
        ("review_link", "rlink_01jqz8v5ckf3rt9m1x2y4z6a8b".to_owned()),
        ("recurrence", "recur_01jqz8v5ckf3rt9m1x2y4z6a8b".to_owned()),
        // of calendars there is none: who may not is told so all the same
        ("feed", smart_feed),
        ("source", source),
        ("item", item.to_string()),
        ("trend", trend.to_string()),
        ("channel", "slack".to_owned()),
        ("subscription", "push_01jqz8v5ckf3rt9m1x2y4z6a8b".to_owned()),
        ("token", "nobodys".to_owned()),
        ("notification", "notice_01kab000000000000000000000".to_owned()),
        ("campaign", "campaign_01kab000000000000000000000".to_owned()),
        ("avatar", "avatar_01jqz8v5ckf3rt9m1x2y4z6a8b".to_owned()),
        ("identity", "extid_01jqz8v5ckf3rt9m1x2y4z6a8b".to_owned()),
        ("provider", "nobody".to_owned()),
        ("setting", "applications".to_owned()),
        ("org", "ada-studio".to_owned()),
        ("brand", "ada-studio".to_owned()),
        ("deleted_brand", gone.id()),
        ("post", post),
        ("media", media),
        ("upload", upload),
        ("audience", audience),
        ("pillar", pillar),
        ("hook", hook),
        ("offer", offer),
        ("knowledge", knowledge),
        ("sample", sample),
        ("model", model.to_string()),
        ("connection", connection),
        ("publication", publication),
        ("pick", pick.to_string()),
        // nobody's
        ("logo", "logo_01kab000000000000000000000".to_owned()),
        ("picture", "picture_01kab000000000000000000000".to_owned()),
        ("version", text(&versions.body["items"][0]["id"])),
        ("generation", asked.id()),
        ("output", text(&generation.body["outputs"][0]["id"])),
        ("session", session),
        // nobody's: whoever may ask finds none
        ("passkey", "passkey_01kab000000000000000000000".to_owned()),
        ("mail", "mail_01kab000000000000000000000".to_owned()),
        ("user", user),
        ("invitation", invitation.id()),
        ("link_as_agency", client.id()),
        ("link_as_client", link),
    ]);
    let (_, spare) =
        key(&app, &ada, "ada-studio", json!({ "name": "Spare", "scopes": ["posts.read"] })).await;
    let fill = fill.into_iter().chain([("key", spare)]).collect();
    let people = actors.into_iter().map(|(name, client, who)| (name.to_owned(), client, who));
    Scene { app, fill, owner: ada, actors: people.chain(keys).collect() }
}

#[tokio::test]
async fn everybody_gets_what_the_table_says() {
    let scene = scene().await;
    let table = table();
    let mut faults = Vec::new();
    // reading first: who may change things changes them then
    for reading in [true, false] {
        for line in table.iter().filter(|line| (line.method == Method::GET) == reading) {
            let path = scene.path(line);
            for (name, client, who) in &scene.actors {
                let expected = expected(line, *who);
                // signing out would spoil the rest, and who isn't signed in is asked anyway
                let spoils = line.needs == Needs::Public && !matches!(who, Who::Anonymous);
                if spoils || (line.once && matches!(expected, Expected::Let)) {
                    continue;
                }
                let answer = scene.ask(client, line, &path).await;
                let status = answer.status.as_u16();
                let right = match expected {
                    Expected::Refused(wanted) => status == wanted,
                    Expected::Let if line.needs == Needs::Public => status < 500,
                    // some of what operators look at is not there
                    Expected::Let if reading && matches!(who, Who::Operator) => {
                        status == 200 || status == 404
                    }
                    Expected::Let if reading => status == 200,
                    // let in, and told that what it wants to give or touch is above what it holds itself
                    Expected::Let if matches!(who, Who::Key { .. }) && status == 403 => {
                        ["above_own", "permission_not_held"].iter().any(|code| answer.body["code"] == *code)
                    }
                    Expected::Let => status < 500 && status != 401 && status != 403,
                };
                if !right {
                    faults.push(format!("{name}: {} → {status} {}", line.route(), answer.body["code"]));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn another_brand_s_rooms_are_closed_and_nothing_is_reached_by_naming_it_elsewhere() {
    let scene = scene().await;
    let find = |name: &str| scene.actors.iter().find(|(actor, ..)| actor == name).unwrap().1.clone();
    let (bea, eve) = (find("a member of one brand"), find("a stranger"));
    let things = [
        "{post}",
        "{generation}",
        "{output}",
        "{version}",
        "{media}",
        "{upload}",
        "{audience}",
        "{pillar}",
        "{hook}",
        "{offer}",
        "{knowledge}",
        "{sample}",
        "{model}",
    ];
    for line in table().iter().filter(|line| line.in_organization()) {
        let path = scene.path(line);
        if line.path.contains("{brand}/") || line.path.ends_with("{brand}") {
            let path = path.replace("/brands/ada-studio", "/brands/other");
            if path.contains("/brands/other") {
                let status = scene.ask(&bea, line, &path).await.status.as_u16();
                assert_eq!(status, 404, "{}", line.route());
            }
        }
        // nor by naming a thing of another's in one's own organization
        let others = ["{user}", "{invitation}", "{client}"];
        if things.iter().chain(&others).any(|thing| line.path.contains(thing)) {
            let path = path.replace("ada-studio", "eve-studio");
            let status = scene.ask(&eve, line, &path).await.status.as_u16();
            assert!(status == 404 || status == 422, "{}: {status}", line.route());
        }
    }
    // and nothing of it has changed
    assert_eq!(scene.owner.get("~/posts").await.body["items"].as_array().unwrap().len(), 1);
    scene.app.drain().await;
    scene.app.done().await;
}
