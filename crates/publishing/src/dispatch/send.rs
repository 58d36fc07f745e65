//! Sending one publication, piece by piece, outside of any transaction.

use std::time::Duration;

use bellwether_networks::publish::{Before, Cx, Fault, FaultKind, Notes, Piece, Posted, Progress, Publisher};
use uuid::Uuid;

use super::{
    claim::Claimed,
    settle::{End, Settled, Settler},
};
use crate::{Error, Publishing, connections::Opened};

/// Longest time for the one call; beyond it nobody knows.
const LONGEST_CALL: Duration = Duration::from_mins(1);
/// Longest time for uploads, and for what a network works on after it took a piece.
const LONGEST_UPLOAD: Duration = Duration::from_mins(30);
const LONGEST_WORK: Duration = Duration::from_mins(15);

/// What is the same for each try of a piece.
pub(super) fn key(publication: crate::PublicationId, piece: usize) -> String {
    format!("{publication}-{piece}")
}

impl Publishing {
    /// Sends what was claimed, and settles it.
    pub(super) async fn send(&self, mut claimed: Claimed, worker: Uuid, settler: &Settler) {
        loop {
            let end = self.send_piece(&mut claimed, worker).await;
            match settler.settle(claimed, end).await {
                Settled::Done => return,
                Settled::Next(next) => claimed = *next,
            }
        }
    }

    async fn send_piece(&self, claimed: &mut Claimed, worker: Uuid) -> End {
        let opened = match self.open_connection(claimed.row.organization, claimed.row.connection).await {
            Ok(opened) => opened,
            Err(error) => return End::before(fault_of(error)),
        };
        let Ok(publisher) = self.publisher(&claimed.row.provider) else {
            return End::before(Fault::unsupported("publishing any more"));
        };
        let at = claimed.posted.len();
        if let Err(fault) = self.fit_media(claimed, at).await {
            return End::before(fault);
        }
        let (piece, key) = (&claimed.pieces[at], key(claimed.row.id, at));
        let cx =
            Cx::new(self.outside.wire.as_ref(), &opened.account, opened.app.as_ref(), self.clock.now(), &key);
        let result = self.make(&cx, publisher.as_ref(), piece, claimed, worker).await;
        let notes = cx.notes();
        if matches!(&result, Err(fault) if fault.kind == FaultKind::TokenExpired) {
            // renewed here, so that the next try finds a new token; what can't be renewed is found out then
            return End { result: self.renewed(&opened, result).await, notes };
        }
        End { result, notes }
    }

    /// Puts the files of a piece as its network takes them in place of those that the library has.
    async fn fit_media(&self, claimed: &mut Claimed, at: usize) -> Result<(), Fault> {
        let piece = &mut claimed.pieces[at];
        if piece.media.is_empty() {
            return Ok(());
        }
        let mut media = Vec::with_capacity(claimed.files.len());
        for file in &claimed.files {
            media.push(self.studio.media_for(piece.target.network(), file).await?);
        }
        piece.media = media;
        Ok(())
    }

    async fn renewed(&self, opened: &Opened, result: Result<Posted, Fault>) -> Result<Posted, Fault> {
        match self.renew_token(opened).await {
            Ok(()) => result,
            Err(Error::Network(fault)) if fault.kind == FaultKind::NeedsConsent => Err(fault),
            Err(Error::Network(fault)) if fault.kind == FaultKind::Revoked => Err(fault),
            // the network may be down: tried again with the next try
            Err(error) => {
                tracing::debug!(%error, "a token could not be renewed");
                result.map_err(|fault| fault.means(FaultKind::Transient))
            }
        }
    }

    async fn make(
        &self,
        cx: &Cx<'_>,
        publisher: &dyn Publisher,
        piece: &Piece,
        claimed: &Claimed,
        worker: Uuid,
    ) -> Result<Posted, Fault> {
        let prepared =
            tokio::time::timeout(LONGEST_UPLOAD, publisher.prepare(cx, piece)).await.unwrap_or_else(
                |_| Err(Fault::new(FaultKind::Transient, "Uploading took more than half an hour.")),
            )?;
        // a machine that stood still may have lost it meanwhile
        let stood_still = self.clock.now() - claimed.known_at > self.outside.lease / 10;
        if !claimed.crossed || stood_still {
            let mine = self.cross(claimed, worker).await.map_err(|error| {
                Fault::new(FaultKind::Transient, format!("The ledger could not be written: {error}"))
            })?;
            if !mine {
                return Err(Fault::new(
                    FaultKind::Transient,
                    "It took so long that the sending was given to another worker.",
                ));
            }
        }
        let posted = &claimed.posted;
        let before = Before { root: posted.first(), previous: posted.last() };
        let sent = tokio::time::timeout(LONGEST_CALL, publisher.publish(cx, piece, &prepared, before))
            .await
            .unwrap_or_else(|_| {
                Err(Fault::new(FaultKind::Unclear, "The network did not answer within a minute."))
            })?;
        if sent.processing { self.wait_for(cx, publisher, claimed, sent).await } else { Ok(sent) }
    }

    async fn cross(&self, claimed: &Claimed, worker: Uuid) -> Result<bool, Error> {
        let mut tx = self.store.service("publishing says that it sends").await?;
        let now = self.clock.now();
        let mine =
            super::sql::cross(tx.conn(), claimed.row.organization, claimed.attempt, worker, now).await?;
        tx.commit().await?;
        Ok(mine)
    }

    /// Waits for a network that works on what it took.
    async fn wait_for(
        &self,
        cx: &Cx<'_>,
        publisher: &dyn Publisher,
        claimed: &Claimed,
        sent: Posted,
    ) -> Result<Posted, Fault> {
        let noted = async {
            let mut tx = self.store.service("publishing keeps an id").await?;
            let url = sent.url.as_deref();
            super::sql::note_remote(tx.conn(), claimed.row.organization, claimed.attempt, &sent.id, url)
                .await?;
            tx.commit().await
        };
        if let Err(error) = noted.await {
            tracing::error!(%error, publication = %claimed.row.id, "the id of what a network works on could not be kept");
        }
        let waiting = async {
            loop {
                match publisher.progress(cx, &sent).await {
                    Ok(Progress::Live(posted)) => return Ok(posted),
                    Ok(Progress::Refused(words)) => return Err(Fault::rejected(words)),
                    Ok(Progress::Working(time)) => cx.wire.wait(time.max(Duration::from_millis(500))).await,
                    Err(fault) if fault.kind == FaultKind::Transient => {
                        cx.wire.wait(Duration::from_secs(10)).await;
                    }
                    Err(fault) => return Err(fault.means(FaultKind::Unclear)),
                }
            }
        };
        tokio::time::timeout(LONGEST_WORK, waiting).await.unwrap_or_else(|_| {
            Err(Fault::new(
                FaultKind::Unclear,
                "The network works on it since more than a quarter of an hour.",
            ))
        })
    }
}

/// What can't be opened is told as a fault: nothing has been sent yet.
pub(super) fn fault_of(error: Error) -> Fault {
    match error {
        Error::Network(fault) => fault,
        Error::Vault(error) => Fault::new(FaultKind::Setup, error.to_string()),
        error => Fault::new(FaultKind::Transient, error.to_string()),
    }
}

impl End {
    fn before(fault: Fault) -> Self {
        Self { result: Err(fault), notes: Notes::default() }
    }
}
