//! The member, and the organizations that the member may publish for.

use serde::Deserialize;
use serde_json::json;

use super::{API, ask, fault::call};
use crate::{
    Network,
    publish::{Cx, Effect, Fault, FaultKind, FoundAccount, Method, Request},
};

/// The roles that may publish.
const ROLES: [&str; 2] = ["ADMINISTRATOR", "CONTENT_ADMINISTRATOR"];

/// Most organizations that are looked up in one call.
const BATCH: usize = 50;

pub(super) async fn accounts(cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
    let mut found = vec![member(cx).await?];
    match organizations(cx).await {
        Ok(organizations) => found.extend(organizations),
        // an application without that product, or a member who did not allow it
        Err(fault) if matches!(fault.kind, FaultKind::NeedsConsent | FaultKind::Rejected) => {
            cx.warn(format!("LinkedIn did not tell which pages you administer: {fault}"));
        }
        Err(fault) => return Err(fault),
    }
    Ok(found)
}

fn account(id: String, name: String, handle: String, kind: &str) -> FoundAccount {
    FoundAccount {
        network: Network::Linkedin,
        id,
        name,
        handle,
        avatar_url: None,
        server: None,
        token: None,
        settings: json!({ "kind": kind }),
    }
}

/// By `r_basicprofile`, or by OpenID Connect where our application has that instead.
async fn member(cx: &Cx<'_>) -> Result<FoundAccount, Fault> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Me {
        id: String,
        #[serde(default)]
        localized_first_name: String,
        #[serde(default)]
        localized_last_name: String,
        #[serde(default)]
        vanity_name: String,
    }
    #[derive(Deserialize)]
    struct UserInfo {
        sub: String,
        #[serde(default)]
        name: String,
        picture: Option<String>,
    }
    match call(cx, Request::get(format!("{API}/v2/me")).bearer(cx.account)).await {
        Ok(response) => {
            let me: Me = response.read(Effect::Reads)?;
            let name = format!("{} {}", me.localized_first_name, me.localized_last_name);
            let id = format!("urn:li:person:{}", me.id);
            Ok(account(id, name.trim().to_owned(), me.vanity_name, "member"))
        }
        Err(fault) if fault.status == Some(403) => {
            let request = Request::get(format!("{API}/v2/userinfo")).bearer(cx.account);
            let info: UserInfo = call(cx, request).await?.read(Effect::Reads)?;
            let id = format!("urn:li:person:{}", info.sub);
            Ok(FoundAccount { avatar_url: info.picture, ..account(id, info.name, String::new(), "member") })
        }
        Err(fault) => Err(fault),
    }
}

async fn organizations(cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
    #[derive(Deserialize)]
    struct Acls {
        elements: Vec<Acl>,
    }
    #[derive(Deserialize)]
    struct Acl {
        #[serde(alias = "organizationTarget")]
        organization: String,
        role: String,
        state: String,
    }
    let request = ask(cx, Method::Get, "/rest/organizationAcls", Effect::Reads)
        .query([("q", "roleAssignee"), ("state", "APPROVED"), ("count", "100")])
        .header("x-restli-method", "FINDER");
    let acls: Acls = call(cx, request).await?.read(Effect::Reads)?;
    let mut ids: Vec<u64> = acls
        .elements
        .iter()
        .filter(|acl| acl.state == "APPROVED" && ROLES.contains(&acl.role.as_str()))
        .filter_map(|acl| acl.organization.strip_prefix("urn:li:organization:")?.parse().ok())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = Vec::new();
    for batch in ids.chunks(BATCH) {
        found.extend(lookup(cx, batch).await?);
    }
    Ok(found)
}

async fn lookup(cx: &Cx<'_>, ids: &[u64]) -> Result<Vec<FoundAccount>, Fault> {
    #[derive(Deserialize)]
    struct Answer {
        results: std::collections::BTreeMap<u64, Organization>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Organization {
        localized_name: String,
        #[serde(default)]
        vanity_name: String,
    }
    let list = ids.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
    // Rest.li's lists are written with their brackets
    let request = ask(cx, Method::Get, &format!("/rest/organizations?ids=List({list})"), Effect::Reads);
    let answer: Answer = call(cx, request).await?.read(Effect::Reads)?;
    Ok(answer
        .results
        .into_iter()
        .map(|(id, organization)| {
            let urn = format!("urn:li:organization:{id}");
            account(urn, organization.localized_name, organization.vanity_name, "organization")
        })
        .collect())
}
