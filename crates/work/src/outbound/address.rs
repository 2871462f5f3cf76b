//! Which addresses requests may go to.
//!
//! Public ones alone: what the registries of IANA for special purposes list (RFC 6890 and its successors) is refused,
//! and with it every form in which an IPv4 address hides in an IPv6 one. Host names are no matter here; what they
//! resolve to is.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// A network of addresses: `10.0.0.0/8`, `fd00::/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    length: u8,
}

impl Network {
    const fn v4(a: u8, b: u8, c: u8, length: u8) -> Self {
        Self { first: IpAddr::V4(Ipv4Addr::new(a, b, c, 0)), length }
    }

    const fn v6(a: u16, b: u16, c: u16, length: u8) -> Self {
        Self { first: IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)), length }
    }

    /// Whether the address lies within. An IPv4 address never lies within an IPv6 network, nor the other way round.
    pub fn holds(&self, address: IpAddr) -> bool {
        let same = |first: u128, address: u128, width: u32| {
            let rest = width - u32::from(self.length);
            first.checked_shr(rest).unwrap_or(0) == address.checked_shr(rest).unwrap_or(0)
        };
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                same(u128::from(first.to_bits()), u128::from(address.to_bits()), 32)
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => same(first.to_bits(), address.to_bits(), 128),
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("{text} is no network: expected one such as 10.20.0.0/16, fd00:20::/32 or 127.0.0.1");
        let (first, length) = match text.split_once('/') {
            Some((first, length)) => (first, Some(length)),
            None => (text, None),
        };
        let first: IpAddr = first.parse().map_err(|_| wrong())?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let length = length.map_or(Ok(most), str::parse).map_err(|_| wrong())?;
        if length <= most { Ok(Self { first, length }) } else { Err(wrong()) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.length)
    }
}

/// IPv4 networks that are not public, with what they are.
const RESERVED_V4: &[(Network, &str)] = &[
    (Network::v4(0, 0, 0, 8), "an address of this host"),
    (Network::v4(10, 0, 0, 8), "a private address"),
    (Network::v4(100, 64, 0, 10), "an address shared by a provider's customers"),
    (Network::v4(127, 0, 0, 8), "a loopback address"),
    (Network::v4(169, 254, 0, 16), "a link-local address"),
    (Network::v4(172, 16, 0, 12), "a private address"),
    (Network::v4(192, 0, 0, 24), "an address for protocols"),
    (Network::v4(192, 0, 2, 24), "an address for documentation"),
    (Network::v4(192, 31, 196, 24), "an address for name servers of private networks"),
    (Network::v4(192, 52, 193, 24), "an address for relays"),
    (Network::v4(192, 88, 99, 24), "an address for relays"),
    (Network::v4(192, 168, 0, 16), "a private address"),
    (Network::v4(192, 175, 48, 24), "an address for name servers of private networks"),
    (Network::v4(198, 18, 0, 15), "an address for measurements"),
    (Network::v4(198, 51, 100, 24), "an address for documentation"),
    (Network::v4(203, 0, 113, 24), "an address for documentation"),
    (Network::v4(224, 0, 0, 4), "a multicast address"),
    (Network::v4(240, 0, 0, 4), "a reserved address"),
];

/// What is assigned for use between all: everything else of IPv6 is local, mapped, translated, multicast or unassigned.
const GLOBAL_V6: Network = Network::v6(0x2000, 0, 0, 3);

/// IPv6 networks among those that are not public, with what they are.
const RESERVED_V6: &[(Network, &str)] = &[
    (Network::v6(0x2001, 0, 0, 23), "an address for protocols"),
    (Network::v6(0x2001, 0xdb8, 0, 32), "an address for documentation"),
    (Network::v6(0x2002, 0, 0, 16), "an IPv4 address in IPv6's clothes"),
    (Network::v6(0x2620, 0x4f, 0x8000, 48), "an address for name servers of private networks"),
    (Network::v6(0x3fff, 0, 0, 20), "an address for documentation"),
];

/// Why an address is not public; `None` where it is.
pub fn not_public(address: IpAddr) -> Option<&'static str> {
    let among = |list: &[(Network, &'static str)]| {
        list.iter().find(|(network, _)| network.holds(address)).map(|(_, what)| *what)
    };
    match address {
        IpAddr::V4(_) => among(RESERVED_V4),
        IpAddr::V6(v6) if GLOBAL_V6.holds(address) => among(RESERVED_V6).or_else(|| {
            // ISATAP (RFC 5214) hides an IPv4 address in the second half of any network's address.
            matches!(v6.segments(), [.., 0 | 0x200, 0x5efe, _, _])
                .then_some("an IPv4 address in IPv6's clothes")
        }),
        IpAddr::V6(v6) => Some(match v6 {
            _ if v6.is_loopback() => "a loopback address",
            _ if v6.to_ipv4().is_some() => "an IPv4 address in IPv6's clothes",
            _ if v6.is_unicast_link_local() => "a link-local address",
            _ if v6.is_unique_local() => "a private address",
            _ if v6.is_multicast() => "a multicast address",
            _ => "a reserved address",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_and_hold_their_addresses_alone() {
        for (network, inside, outside) in [
            ("10.20.0.0/16", "10.20.255.255", "10.21.0.0"),
            ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("fd00:20::/32", "fd00:20:ffff::1", "fd00:21::"),
            ("::/0", "ffff::", "1.2.3.4"),
            ("::1", "::1", "::2"),
            ("127.0.0.0/8", "127.9.9.9", "::ffff:127.0.0.1"),
        ] {
            let network: Network = network.parse().unwrap();
            assert!(network.holds(inside.parse().unwrap()), "{network} {inside}");
            assert!(!network.holds(outside.parse().unwrap()), "{network} {outside}");
        }
        for bad in
            ["", "10.0.0.0/33", "::/129", "10.0.0/8", "localhost", "10.0.0.0/", "10.0.0.0/-1", "2130706433"]
        {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }

    #[test]
    fn public_addresses_alone_are_public() {
        for address in [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1",
            "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.31.196.1",
            "192.52.193.1", "192.88.99.2", "192.168.1.1", "192.175.48.1", "198.18.0.1", "198.19.255.255",
            "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
            "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8",
            "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:10::1", "2001:db8::1",
            "2002:7f00:1::1", "2620:4f:8000::1", "3fff::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1",
            "ff02::1", "2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1", "5f00::1",
        ] {
            assert!(not_public(address.parse().unwrap()).is_some(), "{address}");
        }
        for address in [
            "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1",
            "192.0.1.1", "193.0.0.1", "198.17.255.255", "198.20.0.1", "223.255.255.255",
            "2606:4700:4700::1111", "2a00:1450:4001::1", "2001:4860::8888",
        ] {
            assert_eq!(not_public(address.parse().unwrap()), None, "{address}");
        }
    }
}
