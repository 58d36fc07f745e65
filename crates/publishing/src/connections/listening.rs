//! What others post, read through a brand's accounts: for the sources of [`bellwether_trends`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use bellwether_kernel::id::{BrandId, OrganizationId};
use bellwether_networks::{
    Network,
    publish::{Abilities, Ask, Cx, Fault, FaultKind, Heard, Provider, Whom},
};
use bellwether_store::TenantScope;
use bellwether_trends::sources::{Accounts, Kind, Missed, Said, Why};

use super::sql::{self, ListenerRow};
use crate::{Error, Publishing};

/// Accounts that are tried, one after the other, where one does not work any more.
const TRIED: usize = 3;

/// A brand's accounts, as sources ask them.
#[derive(Clone)]
pub struct Listeners(pub Publishing);

fn network_of(kind: Kind) -> Option<Network> {
    match kind {
        Kind::X => Some(Network::X),
        Kind::Instagram => Some(Network::Instagram),
        Kind::Youtube => Some(Network::Youtube),
        _ => None,
    }
}

#[async_trait]
impl Accounts for Listeners {
    async fn account(&self, of: (OrganizationId, BrandId), kind: Kind) -> Result<String, Missed> {
        let listeners = self.0.listeners(of, kind, |can| can.reads_accounts).await?;
        match listeners.into_iter().find(ListenerRow::works) {
            Some(one) => Ok(one.handle),
            None => Err(Missed::not_connected(kind)),
        }
    }

    async fn read(&self, of: (OrganizationId, BrandId), kind: Kind, ask: Ask<'_>) -> Result<Said, Missed> {
        let can = |can: Abilities| match ask.whom {
            Whom::Account(_) => can.reads_accounts,
            Whom::Hashtag(_) => can.reads_hashtags,
        };
        let listeners = self.0.listeners(of, kind, can).await?;
        let mut asleep = listeners.iter().find(|one| !one.works()).map(|one| one.handle.clone());
        for one in listeners.iter().filter(|one| one.works()).take(TRIED) {
            match self.0.hear(of, one, ask).await {
                Ok(heard) => return Ok(Said { through: one.handle.clone(), heard }),
                // it is said at the account; the brand may have another one
                Err(Error::Network(fault)) if concerns_reader(&fault) => asleep = Some(one.handle.clone()),
                Err(Error::Network(fault)) => return Err(missed(fault)),
                Err(error) => return Err(broken(&error)),
            }
        }
        let Some(handle) = asleep else { return Err(Missed::not_connected(kind)) };
        let words = format!(
            "Connect @{} again under Connections, and this is read through it.",
            handle.trim_start_matches('@')
        );
        Err(Missed { why: Why::ConnectAgain, words, wait: None })
    }
}

fn concerns_reader(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::TokenExpired | FaultKind::NeedsConsent | FaultKind::Revoked)
}

fn missed(fault: Fault) -> Missed {
    let why = match fault.kind {
        FaultKind::RateLimited => Why::RateLimited,
        FaultKind::Setup => Why::NotAllowed,
        FaultKind::Rejected | FaultKind::Unsupported => Why::Refused,
        _ => Why::Passing,
    };
    Missed { why, words: fault.words, wait: fault.retry_after }
}

/// A fault of ours is not theirs to read.
fn broken(error: &Error) -> Missed {
    tracing::error!(%error, "a source could not be read through an account");
    Missed {
        why: Why::Passing,
        words: "Something went wrong here. It is tried again.".to_owned(),
        wait: None,
    }
}

impl Publishing {
    /// A brand's accounts that can read others of a network, those first that worked last.
    async fn listeners(
        &self,
        (organization, brand): (OrganizationId, BrandId),
        kind: Kind,
        can: impl Fn(Abilities) -> bool,
    ) -> Result<Vec<ListenerRow>, Missed> {
        let Some(network) = network_of(kind) else { return Ok(Vec::new()) };
        let read = async {
            let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
            let found = sql::list_listeners(tx.conn(), brand, network.as_str()).await?;
            tx.end_reading();
            Ok::<_, Error>(found)
        };
        let found = read.await.map_err(|error| broken(&error))?;
        let able: BTreeMap<&str, bool> = self
            .outside
            .publishers
            .iter()
            .map(|(provider, publisher): (&Provider, _)| (provider.as_str(), can(publisher.abilities())))
            .collect();
        Ok(found.into_iter().filter(|one| able.get(one.provider.as_str()) == Some(&true)).collect())
    }

    /// Asks one account. A token that has run out is renewed once; what only the account's owner can mend is said at it.
    async fn hear(
        &self,
        (organization, brand): (OrganizationId, BrandId),
        listener: &ListenerRow,
        ask: Ask<'_>,
    ) -> Result<Heard, Error> {
        let opened = self.open_connection(organization, listener.id).await?;
        let publisher = self.publisher(&opened.provider)?;
        let wire = self.outside.wire.as_ref();
        let cx = Cx::new(wire, &opened.account, opened.app.as_ref(), self.clock.now(), "");
        let mut heard = publisher.posts_of(&cx, ask).await;
        if matches!(&heard, Err(fault) if fault.kind == FaultKind::TokenExpired) {
            self.renew_token(&opened).await?;
            let opened = self.open_connection(organization, listener.id).await?;
            let cx = Cx::new(wire, &opened.account, opened.app.as_ref(), self.clock.now(), "");
            heard = publisher.posts_of(&cx, ask).await;
        }
        if let Err(fault) = &heard {
            self.mark_fault((organization, brand, listener.id), fault).await?;
        }
        Ok(heard?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_fault_is_to_a_source() {
        for (kind, why) in [
            (FaultKind::RateLimited, Why::RateLimited),
            (FaultKind::Setup, Why::NotAllowed),
            (FaultKind::Rejected, Why::Refused),
            (FaultKind::Unsupported, Why::Refused),
            (FaultKind::Transient, Why::Passing),
            (FaultKind::Unclear, Why::Passing),
        ] {
            let fault = Fault::new(kind, "The network's words.");
            assert!(!concerns_reader(&fault));
            let missed = missed(fault);
            assert_eq!((missed.why, missed.words.as_str()), (why, "The network's words."));
        }
        for kind in [FaultKind::TokenExpired, FaultKind::NeedsConsent, FaultKind::Revoked] {
            assert!(concerns_reader(&Fault::new(kind, "")));
        }
    }
}
