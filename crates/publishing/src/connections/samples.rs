//! An account's own posts as samples of its brand's voice: read at the network by a job, kept by the brand.

use std::collections::HashSet;

use bellwether_brand::voice::{AccountPost, samples::SamplesImported};
use bellwether_jobs::{
    Job, JobError, JobMeta, Options,
    events::{Whisper, whisper},
};
use bellwether_kernel::{
    Access, BrandAccess, BrandScope, Kind, Permission, Problem, RequestContext, Role,
    id::{ApiKeyId, BrandId, OrganizationId, UserId},
};
use bellwether_networks::publish::{Cx, FaultKind, Seen};
use bellwether_store::TenantScope;
use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{ConnectionView, Status};
use crate::{ConnectionId, Error, Publishing};

/// How far back posts are read: somebody's voice of long ago is another one.
const BACK: Duration = Duration::days(730);
/// Posts that are measured and kept at once; after each, it is told how far it is.
const BATCH: usize = 100;

/// Takes an account's posts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TakePosts {
    organization: OrganizationId,
    brand: BrandId,
    connection: ConnectionId,
    /// Who asked, and as whom: what they may was looked at then.
    user: UserId,
    key: Option<ApiKeyId>,
    agency: Option<OrganizationId>,
}

impl TakePosts {
    /// In the name of who asked, for this brand only.
    fn access(&self) -> BrandAccess {
        let brands = BrandScope::Only(vec![self.brand]);
        let mut access = Access::of_role(self.user, self.organization, Role::Manager, brands);
        (access.key, access.agency) = (self.key, self.agency);
        BrandAccess { access, brand: self.brand }
    }
}

impl Job for TakePosts {
    const NAME: &'static str = "publishing.take_posts";
    const MAX_ATTEMPTS: i32 = 3;
    type Context = Publishing;

    async fn run(self, publishing: Publishing, meta: JobMeta) -> Result<(), JobError> {
        let Err(error) = publishing.run_taking(&self).await else { return Ok(()) };
        let reason = error.to_string();
        let (passes, internal) = match &error {
            Error::Network(fault) => (
                matches!(fault.kind, FaultKind::Transient | FaultKind::RateLimited | FaultKind::Unclear),
                false,
            ),
            Error::Problem(problem) => (false, problem.kind == Kind::Internal),
            _ => (true, true),
        };
        if passes && !meta.is_last() {
            return Err(JobError::Retry(reason));
        }
        let told = publishing.fail_taking(&self, error).await;
        told.map_err(|error| JobError::Retry(error.to_string()))?;
        if internal { Err(JobError::Fail(reason)) } else { Ok(()) }
    }
}

impl Publishing {
    /// Asks for an account's posts; whoever may change the brand and read its posts may.
    pub async fn take_posts(&self, access: &BrandAccess, id: ConnectionId) -> Result<ConnectionView, Error> {
        access.allow(Permission::BrandUpdate)?;
        access.allow(Permission::PostsRead)?;
        let view = self.get_connection(access, id).await?;
        if view.status != <&str>::from(Status::Active) {
            let detail = "The account does not work at the moment. Connect it again first.";
            return Err(Problem::new(Kind::Conflict, "connection_not_active", detail).into());
        }
        if !self.publisher(&view.provider)?.abilities().read_back {
            let detail =
                "This network does not give an account's posts back. Export them there, and add the file.";
            return Err(Problem::new(Kind::Conflict, "not_read_back", detail).into());
        }
        let job = TakePosts {
            organization: access.organization,
            brand: access.brand,
            connection: id,
            user: access.user,
            key: access.key,
            agency: access.agency,
        };
        // asked for twice, it is done once; and two accounts of a brand don't fill its last places at once
        let options = Options::default()
            .key(format!("take_posts:{}", id.uuid()))
            .queue(format!("take_posts:{}", access.brand.uuid()));
        let mut tx = self.store.tenant(access).await?;
        bellwether_jobs::enqueue(&mut tx, &job, options).await?;
        tx.commit().await?;
        Ok(view)
    }

    async fn run_taking(&self, job: &TakePosts) -> Result<(), Error> {
        self.tell_taking(job, json!({ "stage": "reading", "done": 0.0 })).await;
        let opened = self.open_connection(job.organization, job.connection).await?;
        let (now, network) = (self.clock.now(), opened.account.network);
        let publisher = self.publisher(&opened.provider)?;
        let cx = Cx::new(self.outside.wire.as_ref(), &opened.account, opened.app.as_ref(), now, "");
        let recent = publisher.recent(&cx, now - BACK).await?;
        let posts = own_posts(recent.posts);
        let (all, access, context) = (posts.len(), job.access(), RequestContext::default());
        let mut sum = SamplesImported::default();
        let mut rest = posts;
        while !rest.is_empty() {
            let later = rest.split_off(rest.len().min(BATCH));
            let kept = self.brands.add_voice_samples_of_account(&access, network, rest, &context).await?;
            sum = sum.and(kept);
            rest = later;
            let done = 1.0 - rest.len() as f64 / all as f64;
            self.tell_taking(job, json!({ "stage": "keeping", "posts": all, "done": done })).await;
        }
        let refused = sum.refused.len() + sum.more_refused;
        let numbers = json!({
            "network": network.as_str(), "posts": all, "added": sum.added, "repeated": sum.repeated,
            "refused": refused,
        });
        self.end_taking(job, "connection.posts_taken", numbers).await
    }

    async fn fail_taking(&self, job: &TakePosts, error: Error) -> Result<(), Error> {
        if let Error::Network(fault) = &error {
            self.mark_fault((job.organization, job.brand, job.connection), fault).await?;
        }
        let problem = Problem::from(error);
        // a fault of ours is not theirs to read
        let words = match problem.kind {
            Kind::Internal => "The posts could not be taken. Try again later.".to_owned(),
            _ => problem.detail,
        };
        self.end_taking(job, "connection.posts_failed", json!({ "code": problem.code, "words": words })).await
    }

    /// Writes the end, and tells those who watch.
    async fn end_taking(&self, job: &TakePosts, kind: &'static str, what: Value) -> Result<(), Error> {
        let mut tx = self.store.tenant(TenantScope::organization(job.organization)).await?;
        self.record(
            &mut tx,
            (job.organization, Some(job.brand)),
            kind,
            ("connection", job.connection.uuid()),
            (None, Some(what.clone())),
            (job.access().actor(), &RequestContext::default()),
        )
        .await?;
        tx.commit().await?;
        let stage = if kind == "connection.posts_taken" { "taken" } else { "failed" };
        let mut told = json!({ "stage": stage, "done": 1.0 });
        if let (Some(told), Value::Object(what)) = (told.as_object_mut(), what) {
            told.extend(what);
        }
        self.tell_taking(job, told).await;
        Ok(())
    }

    async fn tell_taking(&self, job: &TakePosts, data: Value) {
        let told = async {
            let mut tx = self.store.tenant(TenantScope::organization(job.organization)).await?;
            let told = Whisper {
                organization: job.organization,
                brand: Some(job.brand),
                kind: "connection.posts_progress",
                subject: ("connection", job.connection.uuid()),
                data,
            };
            whisper(&mut tx, told).await?;
            tx.commit().await
        };
        if let Err(error) = told.await {
            // the posts matter more than the word on them
            tracing::debug!(%error, "progress could not be told");
        }
    }
}

/// What the account wrote by itself: posts, and what it added below its own; answers to others are half of a talk.
fn own_posts(seen: Vec<Seen>) -> Vec<AccountPost> {
    let own: HashSet<String> = seen.iter().map(|seen| seen.posted.id.clone()).collect();
    seen.into_iter()
        .filter(|seen| seen.answers.as_ref().is_none_or(|to| own.contains(to)))
        .map(|seen| AccountPost {
            place: seen.posted.url.unwrap_or(seen.posted.id),
            text: seen.text,
            published_at: seen.at,
            engagement: seen.counts,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use bellwether_networks::publish::Posted;
    use chrono::DateTime;

    use super::*;

    fn seen(id: &str, answers: Option<&str>) -> Seen {
        Seen {
            posted: Posted { id: id.into(), url: None, reference: Value::Null, processing: false },
            text: format!("Text {id}"),
            media: None,
            at: DateTime::UNIX_EPOCH,
            answers: answers.map(str::to_owned),
            counts: [("likes".to_owned(), 3)].into(),
        }
    }

    #[test]
    fn threads_are_taken_and_answers_to_others_are_not() {
        let taken = own_posts(vec![seen("3", Some("9")), seen("2", Some("1")), seen("1", None)]);
        let places: Vec<&str> = taken.iter().map(|post| post.place.as_str()).collect();
        assert_eq!(places, ["2", "1"]);
        assert_eq!(taken[0].engagement["likes"], 3);
    }
}
