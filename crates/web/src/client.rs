//! The address that a request came from, past the proxies that are trusted.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};
use work::outbound::Network;

/// Each proxy adds the address that it was asked from at the right end.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The right-most address that no trusted proxy has. What stands to the left of it was written by a stranger, and what
/// a stranger sends is not looked at. `peer` is the other end of the connection.
pub fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    let mut nearest = peer.to_canonical();
    let lines: Vec<_> =
        headers.get_all(FORWARDED_FOR).iter().map(|line| line.to_str().unwrap_or_default()).collect();
    let mut hops = lines.iter().flat_map(|line| line.split(',')).rev();
    while is_trusted(nearest) {
        match hops.next().map(|hop| read(hop.trim())) {
            Some(Some(address)) => nearest = address,
            Some(None) | None => break,
        }
    }
    nearest
}

/// An address, which some proxies send with a port.
fn read(hop: &str) -> Option<IpAddr> {
    let plain = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let address = plain.parse().ok().or_else(|| hop.parse().ok().map(|place: SocketAddr| place.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(peer: &str, lines: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let (client, forged, proxy) = ("203.0.113.7", "198.51.100.1", "10.0.0.2");
        assert_eq!(told(client, &[], &[]), client);
        assert_eq!(told(client, &[forged], &[]), client);
        assert_eq!(told(client, &[forged], &["10.0.0.0/8"]), client);
        assert_eq!(told(proxy, &[client], &["10.0.0.0/8"]), client);
        assert_eq!(told(proxy, &[client], &[]), proxy);
    }

    #[test]
    fn of_several_the_right_most_that_is_not_trusted_counts() {
        let trusted = ["10.0.0.0/8", "fd00::/8"];
        assert_eq!(told("10.0.0.2", &["198.51.100.1, 203.0.113.7, 10.9.9.9"], &trusted), "203.0.113.7");
        assert_eq!(told("10.0.0.2", &["198.51.100.1", "203.0.113.7,fd00::1"], &trusted), "203.0.113.7");
        assert_eq!(told("10.0.0.2", &["10.1.1.1, 10.9.9.9"], &trusted), "10.1.1.1");
    }

    #[test]
    fn what_cannot_be_read_ends_the_way_at_the_last_known_hop() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(told("10.0.0.2", &["203.0.113.7, unknown"], &trusted), "10.0.0.2");
        assert_eq!(told("10.0.0.2", &["203.0.113.7:4711"], &trusted), "203.0.113.7");
        assert_eq!(told("10.0.0.2", &["[2001:db8::7]:4711"], &trusted), "2001:db8::7");
        assert_eq!(told("10.0.0.2", &["[2001:db8::7]"], &trusted), "2001:db8::7");
        assert_eq!(told("::ffff:10.0.0.2", &["::ffff:203.0.113.7"], &trusted), "203.0.113.7");
    }
}
