//! Who we are to authenticators: a host name, which a passkey is bound to for ever.

use std::sync::Arc;

use bellwether_kernel::{Kind, Problem};
use url::{Host, Url};
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// The relying party of the configured address; none where browsers would not allow one.
#[derive(Clone)]
pub struct RelyingParty(Option<Arc<Webauthn>>);

impl RelyingParty {
    /// For the address under which people reach the app. Passkeys belong to a host name, never to an IP address; of
    /// this machine's own addresses browsers take `localhost`.
    pub fn new(public_url: &str) -> Self {
        Self(party(public_url).map(Arc::new))
    }

    /// The relying party, or why there is none.
    pub(crate) fn get(&self) -> Result<&Webauthn, Problem> {
        self.0.as_deref().ok_or_else(|| {
            let detail = "Passkeys need a host name: the operator sets server.public_url to one.";
            Problem::new(Kind::Unavailable, "passkeys_unavailable", detail)
        })
    }

    /// Whether there is one.
    pub fn is_ready(&self) -> bool {
        self.0.is_some()
    }
}

fn party(public_url: &str) -> Option<Webauthn> {
    let mut origin = Url::parse(public_url).ok()?;
    let loopback = match origin.host()? {
        Host::Domain(_) => false,
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    if loopback {
        origin.set_host(Some("localhost")).ok()?;
    }
    let host = origin.domain()?.to_owned();
    WebauthnBuilder::new(&host, &origin).ok()?.rp_name("Bellwether").build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_name_is_needed() {
        for (url, ready) in [
            ("https://bell.example", true),
            ("http://127.0.0.1:4400", true),
            ("http://[::1]:4400", true),
            ("http://localhost:4400", true),
            ("http://10.1.2.3", false),
            ("nonsense", false),
        ] {
            assert_eq!(RelyingParty::new(url).is_ready(), ready, "{url}");
        }
        let party = RelyingParty::new("http://127.0.0.1:4400");
        assert_eq!(party.get().unwrap().get_allowed_origins()[0].as_str(), "http://localhost:4400/");
    }
}
