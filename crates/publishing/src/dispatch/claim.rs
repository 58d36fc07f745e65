//! Taking what is due, in one transaction with the decision on it.

use std::collections::HashMap;

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Actor, RequestContext, Timestamp,
    id::{OrganizationId, PostId},
};
use bellwether_networks::{
    Content, Target,
    publish::{Extras, Media, Piece, Posted, Publisher, pieces_with},
};
use bellwether_studio::media::renditions::{Publishable, refusal};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::sql::{self, Begun, DueRow, Put};
use crate::{
    AttemptId, Error, Publishing,
    publications::model::{Facts, HeldReason, Source, State, Verdict, judge},
};

/// A publication that this worker sends.
pub(super) struct Claimed {
    pub(super) row: DueRow,
    pub(super) attempt: AttemptId,
    pub(super) crossed: bool,
    /// When this worker last knew that it is its own.
    pub(super) known_at: Timestamp,
    pub(super) pieces: Vec<Piece>,
    pub(super) posted: Vec<Posted>,
    /// The files of the first piece, as the library has them.
    pub(super) files: Vec<Publishable>,
}

/// What a claim came to.
pub(super) struct Claim {
    pub(super) claimed: Vec<Claimed>,
    /// How many were looked at: as many as asked for means that there are more.
    pub(super) seen: usize,
}

/// What a piece is recognised by later: its text, and which files it shows.
pub(super) fn fingerprint(publisher: &dyn Publisher, piece: &Piece) -> Vec<u8> {
    let mut hash = Sha256::new_with_prefix(publisher.normalise(&piece.text).as_bytes());
    for media in &piece.media {
        hash.update([0]);
        hash.update(&media.id);
    }
    hash.finalize().to_vec()
}

/// Whether an attempt can only have gone out once it says that it crosses. Where nothing is prepared that takes time and
/// the account can be read back, the extra commit buys nothing.
pub(super) fn crosses_at_once(publisher: &dyn Publisher, piece: &Piece) -> bool {
    piece.media.is_empty() && publisher.abilities().read_back
}

impl Publishing {
    /// Claims at most `limit`.
    pub(super) async fn claim(&self, worker: Uuid, limit: i64) -> Result<Claim, Error> {
        let mut tx = self.store.service("publishing claims what is due").await?;
        sql::lock_claims(tx.conn()).await?;
        // after the lock: somebody else may have waited long for it
        let now = self.clock.now();
        let rows = sql::lock_due(tx.conn(), now, limit).await?;
        let seen = rows.len();
        if seen == 0 {
            return Ok(Claim { claimed: Vec::new(), seen });
        }
        let connections: Vec<Uuid> = rows.iter().map(|row| row.connection.uuid()).collect();
        let mut running: HashMap<Uuid, usize> = sql::count_sending(tx.conn(), &connections)
            .await?
            .into_iter()
            .map(|(connection, sending)| (connection, usize::try_from(sending).unwrap_or(usize::MAX)))
            .collect();
        let mut published: HashMap<Uuid, Timestamp> = HashMap::new();
        let posts: Vec<(OrganizationId, PostId)> =
            rows.iter().map(|row| (row.organization, row.post)).collect();
        let mut shown: HashMap<PostId, Vec<Publishable>> = HashMap::new();
        for (post, file) in sql::list_media(tx.conn(), &posts).await? {
            shown.entry(post).or_default().push(file);
        }
        let (mut claimed, mut begun, mut put, mut told) =
            (Vec::new(), Begun::default(), Put::default(), Vec::new());
        for row in rows {
            let connection = row.connection.uuid();
            // one row that can't go out must not stop those of everybody else
            let Ok(publisher) = self.publisher(&row.provider) else {
                let words = format!(
                    "This installation has no way out called `{}` any more. Connect the account in another way, or take \
                     the publication out.",
                    row.provider
                );
                put.push(&row, State::Held, Some(HeldReason::Connection), Some(words), None, &mut told);
                continue;
            };
            let facts = facts(&row, publisher.as_ref(), &running, &published);
            match judge(&facts, now) {
                Verdict::Send => match self.read(&row, shown.get(&row.post).map_or(&[], Vec::as_slice)) {
                    Ok((pieces, posted)) => {
                        *running.entry(connection).or_default() += 1;
                        published.insert(connection, now);
                        let attempt = AttemptId::new(&self.clock, &self.rng);
                        let piece = &pieces[posted.len()];
                        let crossed = crosses_at_once(publisher.as_ref(), piece);
                        begun.push(
                            &row,
                            attempt,
                            posted.len(),
                            crossed,
                            fingerprint(publisher.as_ref(), piece),
                        );
                        // several publications of one post may be due at once
                        let files = shown.get(&row.post).cloned().unwrap_or_default();
                        claimed.push(Claimed { row, attempt, crossed, known_at: now, pieces, posted, files });
                    }
                    Err(words) => {
                        put.push(&row, State::Held, Some(HeldReason::Rules), Some(words), None, &mut told);
                    }
                },
                Verdict::Hold(reason, words) => {
                    put.push(&row, State::Held, Some(reason), Some(words), None, &mut told);
                }
                Verdict::Cancel(words) => {
                    put.push(&row, State::Cancelled, None, Some(words), None, &mut told);
                }
                Verdict::Later(at) => {
                    // the next one of this account has its turn after this one
                    *running.entry(connection).or_default() += 1;
                    published.entry(connection).and_modify(|last| *last = (*last).max(at)).or_insert(at);
                    put.push(&row, State::Scheduled, None, None, Some(at), &mut told);
                }
            }
        }
        if !put.publications.is_empty() {
            sql::put(tx.conn(), &put).await?;
            events::record_all(&mut tx, &self.clock, &self.rng, told).await?;
        }
        if !begun.publications.is_empty() {
            let written = sql::begin(tx.conn(), &begun, worker, now, now + self.outside.lease).await?;
            if usize::try_from(written) != Ok(claimed.len()) {
                return Err(crate::error::internal("an attempt was not written"));
            }
        }
        tx.commit().await?;
        Ok(Claim { claimed, seen })
    }

    /// The pieces of a publication and those that are out; a sentence where there is nothing to send, or nothing that the
    /// network takes.
    fn read(&self, row: &DueRow, files: &[Publishable]) -> Result<(Vec<Piece>, Vec<Posted>), String> {
        let media: Vec<Media> = files.iter().map(|file| self.studio.media_as_it_is(file)).collect();
        let extras = Extras::new(row.first_comment.clone(), row.options.clone());
        let (pieces, posted) = read_parts(&row.target, row.content.as_ref(), &row.posted, &media, &extras)?;
        let Some(piece) = pieces.get(posted.len()) else {
            return Err("Everything of it is out already.".to_owned());
        };
        if !piece.media.is_empty()
            && let Some(words) = refusal(piece.target.network(), files)
        {
            return Err(words);
        }
        Ok((pieces, posted))
    }
}

fn facts(
    row: &DueRow,
    publisher: &dyn Publisher,
    running: &HashMap<Uuid, usize>,
    published: &HashMap<Uuid, Timestamp>,
) -> Facts {
    let connection = row.connection.uuid();
    Facts {
        post_status: row.post_status.clone(),
        post_deleted: row.post_deleted,
        gone: row.gone,
        rule_errors: row.rule_errors,
        missing: row.missing.clone(),
        own_content: row.own_content,
        connection_status: row.connection_status.clone(),
        blocked_until: row.blocked_until,
        last_published_at: row.last_published_at.max(published.get(&connection).copied()),
        paused: row.paused.clone(),
        due_at: row.due_at.unwrap_or_default(),
        source: row.source.parse().unwrap_or(Source::Exact),
        attempts: row.attempts,
        late_minutes: row.late_minutes,
        at_once: (publisher.abilities().at_once, running.get(&connection).copied().unwrap_or_default()),
    }
}

pub(super) fn read_parts(
    target: &str,
    content: Option<&Value>,
    posted: &Value,
    media: &[Media],
    extras: &Extras,
) -> Result<(Vec<Piece>, Vec<Posted>), String> {
    let target = Target::parse(target).ok_or_else(|| format!("`{target}` is no target any more."))?;
    let content = content.and_then(|content| serde_json::from_value::<Content>(content.clone()).ok());
    let content = content.ok_or("Its text can't be read.")?;
    let posted = serde_json::from_value(posted.clone()).map_err(|_| "What is out of it can't be read.")?;
    Ok((pieces_with(target, &content, media, extras), posted))
}

impl Begun {
    fn push(&mut self, row: &DueRow, attempt: AttemptId, piece: usize, crossed: bool, fingerprint: Vec<u8>) {
        self.organizations.push(row.organization.uuid());
        self.brands.push(row.brand.uuid());
        self.publications.push(row.id.uuid());
        self.attempts.push(attempt.uuid());
        self.pieces.push(i32::try_from(piece).unwrap_or(i32::MAX));
        self.crossed.push(crossed);
        self.fingerprints.push(fingerprint);
        self.first_comments.push(row.first_comment.clone());
        self.options.push(row.options.clone());
    }
}

impl Put {
    fn push(
        &mut self,
        row: &DueRow,
        state: State,
        reason: Option<HeldReason>,
        words: Option<String>,
        next_at: Option<Timestamp>,
        told: &mut Vec<NewEvent>,
    ) {
        let reason = reason.map(|reason| <&str>::from(reason).to_owned());
        if state != State::Scheduled {
            let kind = if state == State::Held { "publication.held" } else { "publication.cancelled" };
            let after = json!({ "state": state.as_str(), "reason": &reason, "words": &words });
            told.push(event(row.organization, row.brand, row.id.uuid(), kind, after));
        }
        self.organizations.push(row.organization.uuid());
        self.publications.push(row.id.uuid());
        self.states.push(state.as_str().to_owned());
        self.reasons.push(reason);
        self.words.push(words);
        self.next_at.push(next_at);
    }
}

/// Something that a worker did to a publication.
pub(super) fn event(
    organization: bellwether_kernel::id::OrganizationId,
    brand: bellwether_kernel::id::BrandId,
    publication: Uuid,
    kind: &'static str,
    after: Value,
) -> NewEvent {
    NewEvent {
        organization,
        brand: Some(brand),
        kind,
        subject: ("publication", publication),
        actor: Actor::Worker { job: "publishing.dispatch".to_owned() },
        before: None,
        after: Some(after),
        data: None,
        context: RequestContext::default(),
    }
}
