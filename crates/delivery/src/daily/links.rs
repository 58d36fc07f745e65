//! The links of the morning's mail. Each is sealed, so that it can't be made up, guessed, or used for another thing than it
//! was made for; what it may do is looked up when it is used.

use bellwether_kernel::{
    BrandAccess, Kind, Permission, Problem, RequestContext, Timestamp,
    id::{OrganizationId, PostId, UserId},
};
use bellwether_store::ServiceTx;
use bellwether_studio::posts::PostView;
use bellwether_trends::TrendId;
use chrono::Duration;

use super::sql::{self, Owned, Trace};
use crate::{Delivery, DeliveryId, Error, SendId, preferences::sql as preferences, sends};

/// How long a draft can be approved by a link.
pub(super) const APPROVE_FOR: Duration = Duration::hours(48);

/// What a link into the app shows, if not all drafts that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    Post(PostId),
    Trend(TrendId),
    Trends,
}

impl Goal {
    fn parse(text: &str) -> Option<Self> {
        if text == TRENDS {
            return Some(Self::Trends);
        }
        text.parse().map(Self::Post).or_else(|_| text.parse().map(Self::Trend)).ok()
    }
}

/// As a link names all trends; no id reads so.
const TRENDS: &str = "trends";

/// A draft behind a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ApproveLink {
    organization: OrganizationId,
    delivery: DeliveryId,
    post: PostId,
    version: i32,
    /// Seconds since 1970.
    expires: i64,
}

/// What a link to approve comes to.
#[derive(Debug)]
pub(super) enum Approval {
    /// It can be approved: its network, and its text.
    Ready { network: String, text: String },
    /// It is approved now.
    Done,
    /// It was approved before, by this link or otherwise.
    Already,
    /// It is another text by now, or was decided otherwise.
    Changed,
    /// The link is too old.
    Expired,
    /// The person may not, any more; or the draft is gone.
    Refused(String),
}

/// What the page says, and where it leads.
#[derive(Debug)]
pub(super) struct ApprovalPage {
    pub(super) approval: Approval,
    /// The draft in the app.
    pub(super) href: Option<String>,
}

fn unknown() -> Problem {
    let words = "This link was not made here. Take the one of the mail.";
    Problem::new(Kind::NotFound, "link_unknown", words)
}

impl Delivery {
    fn sealed(&self, text: &str) -> Result<String, Error> {
        Ok(self.vault.seal(text.as_bytes())?.text)
    }

    /// What a link of a purpose holds.
    fn opened(&self, token: &str, purpose: &str) -> Result<Vec<String>, Problem> {
        let opened = self.vault.open(token, bellwether_vault::CURRENT).map_err(|_| unknown())?;
        let text = std::str::from_utf8(&opened).ok().and_then(|text| text.strip_prefix(purpose));
        Ok(text.ok_or_else(unknown)?.split(' ').map(str::to_owned).collect())
    }

    fn api(&self, path: &str, token: &str) -> String {
        format!("{}/api/v1/deliveries/{path}/{token}", self.public_url)
    }

    pub(super) fn approve_url(
        &self,
        organization: OrganizationId,
        delivery: DeliveryId,
        (post, version): (PostId, i32),
        expires: Timestamp,
    ) -> Result<String, Error> {
        let text = format!("approve:{organization} {delivery} {post} {version} {}", expires.timestamp());
        Ok(self.api("approve", &self.sealed(&text)?))
    }

    pub(super) fn open_url(
        &self,
        organization: OrganizationId,
        delivery: DeliveryId,
        goal: Option<Goal>,
    ) -> Result<String, Error> {
        let goal = match goal {
            None => String::new(),
            Some(Goal::Post(post)) => format!(" {post}"),
            Some(Goal::Trend(trend)) => format!(" {trend}"),
            Some(Goal::Trends) => format!(" {TRENDS}"),
        };
        Ok(self.api("open", &self.sealed(&format!("open:{organization} {delivery}{goal}"))?))
    }

    /// The same of something else that was sent.
    pub(crate) fn went_url(&self, organization: OrganizationId, send: SendId) -> Result<String, Error> {
        Ok(self.api("open", &self.sealed(&format!("went:{organization} {send}"))?))
    }

    /// Ends by mail what is brought by itself: alerts, reminders, reports and mornings come by the same ways.
    pub(crate) fn mail_off_url(&self, user: UserId) -> Result<String, Error> {
        self.morning_off_url(user)
    }

    pub(super) fn seen_url(
        &self,
        organization: OrganizationId,
        delivery: DeliveryId,
    ) -> Result<String, Error> {
        Ok(self.api("seen", &self.sealed(&format!("seen:{organization} {delivery}"))?))
    }

    pub(super) fn morning_off_url(&self, user: UserId) -> Result<String, Error> {
        Ok(self.api("unsubscribe", &self.sealed(&format!("morning-off:{user}"))?))
    }

    fn approve_link(&self, token: &str) -> Result<ApproveLink, Problem> {
        let parts = self.opened(token, "approve:")?;
        let [organization, delivery, post, version, expires] = &parts[..] else { return Err(unknown()) };
        Ok(ApproveLink {
            organization: organization.parse().map_err(|_| unknown())?,
            delivery: delivery.parse().map_err(|_| unknown())?,
            post: post.parse().map_err(|_| unknown())?,
            version: version.parse().map_err(|_| unknown())?,
            expires: expires.parse().map_err(|_| unknown())?,
        })
    }

    /// Whose delivery it is, and what they may in its brand at this moment.
    async fn owner(
        &self,
        organization: OrganizationId,
        delivery: DeliveryId,
    ) -> Result<(Owned, Option<BrandAccess>), Error> {
        let mut tx = self.store.service("somebody follows a link of a delivery").await?;
        let owned = sql::find(tx.conn(), organization, delivery).await?.ok_or_else(unknown)?;
        let access = self.identity.brand_access(&mut tx, owned.user, organization, owned.brand).await?;
        tx.commit().await?;
        Ok((owned, access))
    }

    /// What a link to approve would do. Changes nothing: programs that look at links come here too.
    pub(super) async fn look_at_approval(&self, token: &str) -> Result<ApprovalPage, Error> {
        let link = self.approve_link(token)?;
        let (owned, access) = self.owner(link.organization, link.delivery).await?;
        let href =
            self.href(owned.user, (link.organization, owned.brand), Some(Goal::Post(link.post))).await?;
        let approval = match self.stands_for(access, &link).await? {
            // what is done is done, however old the link is
            Approval::Already => Approval::Already,
            _ if self.clock.now().timestamp() >= link.expires => Approval::Expired,
            approval => approval,
        };
        Ok(ApprovalPage { approval, href })
    }

    /// What a link would do if it were new.
    async fn stands_for(&self, access: Option<BrandAccess>, link: &ApproveLink) -> Result<Approval, Error> {
        let access = match allowed(access) {
            Ok(access) => access,
            Err(words) => return Ok(Approval::Refused(words)),
        };
        match self.studio.get_post(&access, link.post).await.map_err(Problem::from) {
            Ok(post) => Ok(stands(&post, link.version)),
            Err(problem) if problem.kind == Kind::NotFound => {
                Ok(Approval::Refused("This draft is not there any more.".into()))
            }
            Err(problem) => Err(problem.into()),
        }
    }

    /// Approves by a link, with what its person may at this moment. A second time tells that it is approved.
    pub(super) async fn approve_by_link(
        &self,
        token: &str,
        context: &RequestContext,
    ) -> Result<ApprovalPage, Error> {
        let looked = self.look_at_approval(token).await?;
        if !matches!(looked.approval, Approval::Ready { .. }) {
            return Ok(looked);
        }
        let link = self.approve_link(token)?;
        let (_, access) = self.owner(link.organization, link.delivery).await?;
        let page = |approval| ApprovalPage { approval, href: looked.href };
        let access = match allowed(access) {
            Ok(access) => access,
            Err(words) => return Ok(page(Approval::Refused(words))),
        };
        let approved = self.studio.approve_version(&access, link.post, link.version, context).await;
        match approved.map_err(Problem::from) {
            Ok(_) => {}
            Err(problem) if problem.kind == Kind::Stale => {
                // somebody was faster, perhaps by the same link
                return self.look_at_approval(token).await;
            }
            Err(problem) if problem.kind == Kind::Internal => return Err(problem.into()),
            Err(problem) => return Ok(page(Approval::Refused(problem.detail))),
        }
        self.trace((link.organization, link.delivery), Trace::Approved).await?;
        Ok(page(Approval::Done))
    }

    /// Whether a link into the app is one of ours; changes nothing.
    pub(super) fn check_open(&self, token: &str) -> Result<(), Problem> {
        self.opened(token, "open:").or_else(|_| self.opened(token, "went:")).map(|_| ())
    }

    /// Where a link into the app leads; noted as followed.
    pub(super) async fn follow(&self, token: &str) -> Result<String, Error> {
        let Ok(parts) = self.opened(token, "open:") else { return self.follow_send(token).await };
        let (Some(organization), Some(delivery)) = (parts.first(), parts.get(1)) else {
            return Err(unknown().into());
        };
        let organization = organization.parse().map_err(|_| unknown())?;
        let delivery = delivery.parse().map_err(|_| unknown())?;
        let goal = parts.get(2).map(|goal| Goal::parse(goal).ok_or_else(unknown)).transpose()?;
        let mut tx = self.store.service("somebody follows a link of a delivery").await?;
        let owned = sql::find(tx.conn(), organization, delivery).await?.ok_or_else(unknown)?;
        tx.commit().await?;
        self.trace((organization, delivery), Trace::Clicked).await?;
        let href = self.href(owned.user, (organization, owned.brand), goal).await?;
        Ok(href.unwrap_or_else(|| format!("{}/", self.public_url)))
    }

    async fn follow_send(&self, token: &str) -> Result<String, Error> {
        let parts = self.opened(token, "went:")?;
        let [organization, send] = &parts[..] else { return Err(unknown().into()) };
        let organization = organization.parse().map_err(|_| unknown())?;
        let send = send.parse().map_err(|_| unknown())?;
        let mut tx = self.store.service("somebody follows a link of what was sent").await?;
        let traced = sends::find_path(tx.conn(), organization, send).await?.ok_or_else(unknown)?;
        sends::trace_click(tx.conn(), organization, send, self.clock.now()).await?;
        tx.commit().await?;
        Ok(format!("{}{}", self.public_url, traced.path))
    }

    /// Whether a picture of a mail is one of ours; changes nothing.
    pub(super) fn check_seen(&self, token: &str) -> Result<(), Problem> {
        self.opened(token, "seen:").map(|_| ())
    }

    /// Notes that a mail was opened.
    pub(super) async fn note_seen(&self, token: &str) -> Result<(), Error> {
        let parts = self.opened(token, "seen:")?;
        let [organization, delivery] = &parts[..] else { return Err(unknown().into()) };
        let organization = organization.parse().map_err(|_| unknown())?;
        let delivery = delivery.parse().map_err(|_| unknown())?;
        self.trace((organization, delivery), Trace::Opened).await
    }

    /// Whether a link that ends the morning's mail is one of ours; changes nothing.
    pub(super) fn check_morning_off(&self, token: &str) -> Result<UserId, Error> {
        let parts = self.opened(token, "morning-off:")?;
        Ok(parts.first().and_then(|user| user.parse().ok()).ok_or_else(unknown)?)
    }

    /// Ends the morning's mail, as often as it is asked.
    pub(super) async fn morning_off(&self, token: &str) -> Result<(), Error> {
        let user = self.check_morning_off(token)?;
        let mut tx = self.store.service("somebody ends the morning's mail").await?;
        // whoever is gone gets no mail either: nothing to tell them
        if !self.identity.addressees(&mut tx, &[user]).await?.is_empty() {
            sql::end_mail(tx.conn(), user).await?;
            let wants = preferences::find(tx.conn(), user).await?.unwrap_or_default();
            let chosen = self.chosen(&mut tx, user).await?;
            self.drop_unwanted(&mut tx, user, (&wants, &chosen)).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Notes that a morning was read where the way itself tells so.
    pub(crate) async fn note_opened(
        &self,
        tx: &mut ServiceTx,
        key: (OrganizationId, DeliveryId),
        at: Timestamp,
    ) -> Result<(), Error> {
        Ok(sql::trace(tx.conn(), key, Trace::Opened, at).await?)
    }

    async fn trace(&self, key: (OrganizationId, DeliveryId), trace: Trace) -> Result<(), Error> {
        let mut tx = self.store.service("note what somebody did with a delivery").await?;
        sql::trace(tx.conn(), key, trace, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }
}

/// Who may approve; else why not.
fn allowed(access: Option<BrandAccess>) -> Result<BrandAccess, String> {
    let access = access.ok_or_else(|| "You don't reach this brand any more.".to_owned())?;
    let both = access.allow(Permission::PostsRead).and_then(|()| access.allow(Permission::PostsReview));
    both.map(|()| access).map_err(|problem| problem.detail)
}

/// What can be done with a post that was mailed as a version.
fn stands(post: &PostView, version: i32) -> Approval {
    match post.status.as_str() {
        "approved" | "published" => Approval::Already,
        "pending" if post.version == version => {
            let content: Option<bellwether_networks::Content> = serde_json::from_str(post.content.get()).ok();
            let text = content.map(|content| content.plain()).unwrap_or_default();
            Approval::Ready { network: post.network.clone(), text }
        }
        _ => Approval::Changed,
    }
}
