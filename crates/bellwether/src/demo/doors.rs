//! Who knocks: applications, the waitlist and a request for a demo, all marked as made up; and an API key that was
//! revoked, so that it opens nothing.

use anyhow::Result;
use bellwether_identity::{
    intake::{AccountType, NewApplication, NewDemo, NewWaitlistEntry},
    keys::NewKey,
};
use bellwether_kernel::{BrandAccess, Permission, Problem, RequestContext};

use crate::wiring::App;

/// Makes them, once, with the demo's owner.
pub async fn prepare(app: &App, access: &BrandAccess) -> Result<()> {
    let context = RequestContext::default();
    let key = NewKey {
        name: "Newsletter importer".into(),
        scopes: vec![Permission::PostsRead, Permission::PostsWrite],
        brand_id: Some(access.brand),
        signed: false,
        hourly_limit: Some(200),
        expires_at: None,
    };
    let made = app.identity.create_key(access, key, &context).await.map_err(Problem::from)?;
    app.identity.revoke_key(access, made.key.id, &context).await.map_err(Problem::from)?;
    for (account_type, name, company, goals) in [
        (
            AccountType::Creator,
            "Mara Lindqvist",
            "Slow Bread",
            "One recipe a week, on four networks, from one text.",
        ),
        (
            AccountType::Agency,
            "Jonas Brandt",
            "Brandt & Töchter",
            "Nine clients, one calendar, nothing by hand.",
        ),
    ] {
        let new = NewApplication {
            account_type,
            name: name.into(),
            email: format!("{}@example.org", name.split(' ').next().unwrap_or(name).to_lowercase()),
            company_name: Some(company.into()),
            website: None,
            networks: vec!["instagram".into(), "linkedin".into()],
            audience: None,
            clients: (account_type == AccountType::Agency).then_some(9),
            current_solution: Some("A spreadsheet".into()),
            goals: Some(goals.into()),
            fax: None,
        };
        app.identity.apply(new, true, &context).await.map_err(Problem::from)?;
    }
    for name in ["Ngozi Adeyemi", "Pavel Horák", "Lucía Ferrer"] {
        let new = NewWaitlistEntry {
            email: format!(
                "{}@example.net",
                name.split(' ').next().unwrap_or(name).replace('í', "i").to_lowercase()
            ),
            name: Some(name.into()),
            account_type: Some(AccountType::Creator),
            fax: None,
        };
        app.identity.join_waitlist(new, true).await.map_err(Problem::from)?;
    }
    let new = NewDemo {
        name: "Theo Marsh".into(),
        email: "theo@example.com".into(),
        message: Some("We would like to see how several locations work together.".into()),
        company_size: Some("11-50".into()),
        current_solution: Some("Two schedulers and a shared folder".into()),
        fax: None,
    };
    app.identity.request_demo(new, true).await.map_err(Problem::from)?;
    Ok(())
}
