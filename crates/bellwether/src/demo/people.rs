//! Who else is in the demo: two colleagues, an invitation that nobody took yet, an agency.

use anyhow::{Context as _, Result};
use bellwether_identity::{
    agencies::{AcceptAgency, LinkClient},
    invitations::{JoinByInvitation, NewInvitation},
    people::model::{OrganizationType, SignUp},
};
use bellwether_kernel::{Access, BrandScope, Permission, Problem, RequestContext, Role};

use crate::wiring::App;

const COLLEAGUES: [(&str, &str, Role, &[Permission]); 2] = [
    ("Jonas Kern", "jonas@unhurried.example", Role::Manager, &[]),
    // the apprentice writes, and somebody else decides
    ("Mara Vogt", "mara@unhurried.example", Role::Member, &[Permission::PostsReview]),
];

/// Makes them, through the same doors as everybody.
pub async fn prepare(app: &App, owner: &Access, slug: &str) -> Result<()> {
    let context = RequestContext::default();
    for (name, email, role, without) in COLLEAGUES {
        let asked = NewInvitation {
            role: Some(role),
            permissions_removed: without.to_vec(),
            ..NewInvitation::default()
        };
        let invitation = app.identity.invite(owner, asked, &context).await.map_err(Problem::from)?;
        let link = invitation.link.context("an invitation by link has one")?;
        let (_, token) = link.split_once("#token=").context("the link carries its token")?;
        let person = JoinByInvitation {
            token: token.to_owned(),
            email: Some(email.to_owned()),
            // nobody needs to know it: the demo is entered by one-time links
            password: app.rng().token(),
            name: name.to_owned(),
            time_zone: Some("Europe/Berlin".into()),
        };
        app.identity.join_by_invitation(person, &context).await.map_err(Problem::from)?;
    }
    app.identity.invite(owner, NewInvitation::default(), &context).await.map_err(Problem::from)?;
    agency(app, owner, slug).await
}

/// An agency that may write and read, and for which the owner still decides.
async fn agency(app: &App, owner: &Access, slug: &str) -> Result<()> {
    let context = RequestContext::default();
    let input = SignUp {
        email: "office@fernandfield.example".into(),
        password: app.rng().token(),
        name: "Priya Nair".into(),
        organization_name: "Fern & Field".into(),
        organization_type: OrganizationType::Agency,
        time_zone: Some("Europe/London".into()),
        token: None,
    };
    let me = app.identity.create_account(input, true, &context).await.map_err(Problem::from)?.me;
    let organization = me.organizations.first().context("an account begins with an organization")?;
    let agency = Access::of_role(me.user.id, organization.id, Role::Owner, BrandScope::All);
    let asked = LinkClient {
        organization: Some(slug.to_owned()),
        label: Some("The Unhurried Workshop (letters)".into()),
        billing_allocation: Some(35.0),
        ..LinkClient::default()
    };
    let link = app.identity.link_client(&agency, asked, &context).await.map_err(Problem::from)?.link;
    let given =
        [Permission::PostsRead, Permission::PostsWrite, Permission::BrandRead, Permission::MembersRead];
    let accepted = AcceptAgency { permissions: Some(given.to_vec()), brand_id: None };
    app.identity.accept_agency(owner, link.id, accepted, &context).await.map_err(Problem::from)?;
    Ok(())
}
