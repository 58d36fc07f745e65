//! What the demonstration mails is made and kept to be read, and goes to nobody outside.

use bellwether_identity::{
    agencies::LinkClient,
    invitations::NewInvitation,
    people::model::{OrganizationType, SignUp},
};
use bellwether_kernel::{Access, BrandScope, RequestContext, Role, id::OrganizationId};
use bellwether_mail::{NewMail, Template};
use bellwether_store::TenantScope;
use chrono::Duration;

use crate::app::TestApp;

async fn account(app: &TestApp, name: &str, demo: bool, kind: OrganizationType) -> (Access, String) {
    let input = SignUp {
        email: format!("{}@unhurried.example", name.to_lowercase()),
        password: "a password nobody needs".into(),
        name: name.into(),
        organization_name: format!("{name} House"),
        organization_type: kind,
        time_zone: None,
        token: None,
    };
    let me = app.app.identity.create_account(input, demo, &RequestContext::default()).await.unwrap().me;
    let organization = &me.organizations[0];
    let access = Access::of_role(me.user.id, organization.id, Role::Owner, BrandScope::All);
    (access, organization.slug.clone())
}

/// `template recipient demo`, in the order in which they were queued.
async fn outbox(app: &TestApp) -> Vec<String> {
    let mails = sqlx::query_scalar(
        "SELECT template || ' ' || recipient || ' ' || demo FROM operations.mails ORDER BY created_at, id",
    );
    mails.fetch_all(app.store().pool()).await.unwrap()
}

async fn clear(app: &TestApp) {
    app.drain().await;
    sqlx::query("DELETE FROM operations.mails").execute(app.store().pool()).await.unwrap();
}

/// Queues a mail in an organization's own transaction.
async fn queue_in(app: &TestApp, organization: OrganizationId, to: &str) {
    let mut tx = app.store().tenant(TenantScope::organization(organization)).await.unwrap();
    let mail = NewMail { to: to.into(), template: Template::WaitlistJoined, expires_at: None };
    bellwether_mail::queue(&mut tx, &app.clock, app.app.rng(), mail).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn no_mail_of_the_demonstration_is_for_the_outside() {
    let app = TestApp::new().await;
    let context = RequestContext::default();
    let (ines, slug) = account(&app, "Ines", true, OrganizationType::Creator).await;
    let (agency, _) = account(&app, "Priya", true, OrganizationType::Agency).await;
    let (real_agency, _) = account(&app, "Rosa", false, OrganizationType::Agency).await;
    let (real, real_slug) = account(&app, "Ada", false, OrganizationType::Creator).await;
    clear(&app).await;
    let ask = |slug: &str| LinkClient { organization: Some(slug.into()), ..LinkClient::default() };
    let invite = |to: &str| NewInvitation {
        email: Some(to.into()),
        role: Some(Role::Member),
        ..NewInvitation::default()
    };
    let identity = &app.app.identity;
    // an agency, of the demonstration or not, wants to work with the demonstration
    identity.link_client(&agency, ask(&slug), &context).await.unwrap();
    identity.link_client(&real_agency, ask(&slug), &context).await.unwrap();
    // and the demonstration's with somebody real
    identity.link_client(&agency, ask(&real_slug), &context).await.unwrap();
    identity.invite(&ines, invite("stranger@outside.test"), &context).await.unwrap();
    identity.invite(&real, invite("friend@outside.test"), &context).await.unwrap();
    let mut all = outbox(&app).await;
    all.sort_unstable();
    assert_eq!(
        all,
        [
            "agency_invitation ada@unhurried.example true",
            "agency_invitation ines@unhurried.example true",
            "agency_invitation ines@unhurried.example true",
            "invitation friend@outside.test false",
            "invitation stranger@outside.test true",
        ]
    );
    clear(&app).await;

    // who has an account of their own and belongs to it is real
    queue_in(&app, ines.organization, "Ada@unhurried.example").await;
    sqlx::query(
        "INSERT INTO identity.memberships (organization_id, id, user_id, role) VALUES ($1, uuidv7(), $2, 'member')",
    )
    .bind(ines.organization.uuid())
    .bind(real.user.uuid())
    .execute(app.store().pool())
    .await
    .unwrap();
    app.clock.advance(Duration::seconds(1));
    queue_in(&app, ines.organization, "Ada@unhurried.example").await;
    app.clock.advance(Duration::seconds(1));
    queue_in(&app, real.organization, "Ines@unhurried.example").await;
    let all = outbox(&app).await;
    assert_eq!(
        all,
        [
            "waitlist_joined Ada@unhurried.example true",
            "waitlist_joined Ada@unhurried.example false",
            "waitlist_joined Ines@unhurried.example true",
        ]
    );
    app.drain().await;
    app.done().await;
}
