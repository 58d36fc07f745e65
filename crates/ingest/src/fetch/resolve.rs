//! Names to addresses. The client connects to nothing but what comes out here, so the address that was checked is
//! the address that is used: a name can't change its mind in between.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use futures::future::BoxFuture;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address;

/// Looks names up. The system's own is [`SystemLookup`]; tests bring their own.
pub trait Lookup: Send + Sync + 'static {
    /// All addresses of a host.
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            Ok(tokio::net::lookup_host((host.as_str(), 0)).await?.map(|address| address.ip()).collect())
        })
    }
}

/// None of the host's addresses may be connected to.
#[derive(Debug)]
pub(super) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no address that may be connected to")
    }
}

impl std::error::Error for Refused {}

/// The host has no address.
#[derive(Debug)]
pub(super) struct NoSuchHost;

impl fmt::Display for NoSuchHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name could not be resolved")
    }
}

impl std::error::Error for NoSuchHost {}

/// Lets through only addresses that may be connected to.
pub(super) struct Guarded {
    pub lookup: Arc<dyn Lookup>,
    pub allowed: Arc<[IpNet]>,
}

impl Guarded {
    /// The addresses of a host that may be connected to; never none.
    pub(super) fn addresses(
        &self,
        host: String,
    ) -> BoxFuture<'static, Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>>> {
        let found = self.lookup.lookup(host.clone());
        let allowed = Arc::clone(&self.allowed);
        Box::pin(async move {
            let found = found.await.map_err(|error| {
                tracing::debug!(%error, host, "name not resolved");
                NoSuchHost
            })?;
            if found.is_empty() {
                return Err(NoSuchHost.into());
            }
            let good: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| address::may_connect(*address, &allowed))
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            if good.is_empty() {
                return Err(Refused.into());
            }
            Ok(good)
        })
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.addresses(name.as_str().to_owned());
        Box::pin(async move { Ok(Box::new(found.await?.into_iter()) as Addrs) })
    }
}
