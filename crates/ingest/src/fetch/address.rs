//! Which addresses a request for somebody else may go to: only those that every host of the internet can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// What the registries of special-purpose addresses (RFC 6890 and its updates) take out of the IPv4 space.
const SPECIAL_V4: &[(Ipv4Addr, u8)] = &[
    // this host
    (Ipv4Addr::UNSPECIFIED, 8),
    // private
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    // carrier-grade NAT
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    // loopback
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // link-local, where clouds keep their credentials
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    // private
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    // protocol assignments
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    // documentation
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    // 6to4 relays
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    // private
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    // benchmarking
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    // documentation
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    // multicast
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    // reserved, and broadcast
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The only part of the IPv6 space that is handed out to hosts. Loopback, unique local, link-local, multicast,
/// IPv4-mapped and NAT64 addresses all lie outside of it.
const GLOBAL_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What is taken out of that part.
const SPECIAL_V6: &[(Ipv6Addr, u8)] = &[
    // protocol assignments, Teredo, benchmarking, ORCHID
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    // documentation
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    // 6to4: carries any IPv4 address inside
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    // documentation
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether every host of the internet can reach this address.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            !SPECIAL_V4.iter().any(|(net, bits)| Ipv4Net::new(*net, *bits).is_ok_and(|net| net.contains(&v4)))
        }
        IpAddr::V6(v6) => {
            let inside =
                |(net, bits): (Ipv6Addr, u8)| Ipv6Net::new(net, bits).is_ok_and(|net| net.contains(&v6));
            inside(GLOBAL_V6) && !SPECIAL_V6.iter().copied().any(inside)
        }
    }
}

/// Whether a request may go to this address: a public one, or one that the operator has allowed by name.
pub(super) fn may_connect(address: IpAddr, allowed: &[IpNet]) -> bool {
    is_public(address) || allowed.iter().any(|net| net.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_of_the_internet_is_refused() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.7",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.9",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn the_internet_is_reachable() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.255.255",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "2001:4860::1",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn an_operator_may_allow_a_network() {
        let allowed: Vec<IpNet> = vec!["10.2.0.0/16".parse().unwrap()];
        assert!(may_connect("10.2.3.4".parse().unwrap(), &allowed));
        assert!(!may_connect("10.3.3.4".parse().unwrap(), &allowed));
        assert!(!may_connect("::ffff:10.2.3.4".parse().unwrap(), &allowed));
    }
}
