//! The spool's frames: each one record, whole or not there.
//!
//! Length of the content (four bytes, little-endian), the first eight bytes of its SHA-256, the content: length of the
//! delivery's JSON (four bytes), the JSON, the raw body. What a crash cuts off in the middle fails its checksum.

use sha2::{Digest, Sha256};

use super::delivery::Delivery;

const HEAD: usize = 12;

/// Appends the frame of a delivery.
///
/// # Errors
/// Where the delivery is longer than a frame holds (4 GiB), or no JSON.
pub fn write(
    into: &mut Vec<u8>,
    delivery: &Delivery,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let json = serde_json::to_vec(delivery)?;
    let raw = delivery.raw.as_deref();
    let mut content = Vec::with_capacity(json.len() + raw.map_or(0, <[u8]>::len) + 5);
    content.extend(u32::try_from(json.len())?.to_le_bytes());
    content.extend(json);
    content.push(u8::from(raw.is_some()));
    content.extend(raw.unwrap_or_default());
    into.extend(u32::try_from(content.len())?.to_le_bytes());
    into.extend(&Sha256::digest(&content)[..8]);
    into.extend(content);
    Ok(())
}

/// The delivery at the beginning of `bytes` and how many bytes it takes; `None` where no whole frame stands there.
pub fn read(bytes: &[u8]) -> Option<(Delivery, usize)> {
    let (head, rest) = bytes.split_at_checked(HEAD)?;
    let length = usize::try_from(u32::from_le_bytes(head[..4].try_into().ok()?)).ok()?;
    let content = rest.get(..length)?;
    if Sha256::digest(content)[..8] != head[4..] {
        return None;
    }
    let (size, rest) = content.split_at_checked(4)?;
    let size = usize::try_from(u32::from_le_bytes(size.try_into().ok()?)).ok()?;
    let (json, rest) = rest.split_at_checked(size)?;
    let (has_raw, raw) = rest.split_first()?;
    let mut delivery: Delivery = serde_json::from_slice(json).ok()?;
    delivery.raw = (*has_raw == 1).then(|| raw.to_vec());
    Some((delivery, HEAD + length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn delivery() -> impl Strategy<Value = Delivery> {
        let texts =
            ("[a-z0-9ก-ฮ ]{0,20}", proptest::option::of("[a-z]{1,8}"), proptest::option::of("[^\0]{0,30}"));
        let bytes = proptest::option::of(proptest::collection::vec(any::<u8>(), 0..300));
        (texts, bytes, any::<u128>()).prop_map(|((id, event_type, text), raw, number)| Delivery {
            log: Uuid::from_u128(number),
            tenant: Uuid::from_u128(1),
            source: Uuid::from_u128(2),
            request: Uuid::from_u128(3),
            id,
            hash: vec![7; 32],
            event_type,
            workflow_id: None,
            execution_id: text.clone(),
            headers: json!({}),
            payload: text.map(|text| json!({"text": text})),
            raw,
        })
    }

    fn all(mut bytes: &[u8]) -> (Vec<Delivery>, usize) {
        let (mut found, length) = (vec![], bytes.len());
        while let Some((delivery, taken)) = read(bytes) {
            found.push(delivery);
            bytes = &bytes[taken..];
        }
        (found, length - bytes.len())
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(deliveries in proptest::collection::vec(delivery(), 0..6)) {
            let mut bytes = vec![];
            deliveries.iter().for_each(|one| write(&mut bytes, one).unwrap());
            prop_assert_eq!(all(&bytes), (deliveries, bytes.len()));
        }

        /// Wherever the file ends, every whole frame before is read and nothing else.
        #[test]
        fn a_torn_tail_costs_its_own_frame_alone(
            deliveries in proptest::collection::vec(delivery(), 1..5), cut in any::<proptest::sample::Index>(),
        ) {
            let (mut bytes, mut ends) = (vec![], vec![0]);
            for one in &deliveries {
                write(&mut bytes, one).unwrap();
                ends.push(bytes.len());
            }
            let cut = cut.index(bytes.len());
            let whole = ends.iter().filter(|end| **end <= cut).count() - 1;
            prop_assert_eq!(all(&bytes[..cut]), (deliveries[..whole].to_vec(), ends[whole]));
        }

        /// A changed byte is noticed in its frame; the frames before are untouched.
        #[test]
        fn a_changed_byte_is_noticed(
            deliveries in proptest::collection::vec(delivery(), 1..4), at in any::<proptest::sample::Index>(),
            bit in 0_u8..8,
        ) {
            let (mut bytes, mut ends) = (vec![], vec![0]);
            for one in &deliveries {
                write(&mut bytes, one).unwrap();
                ends.push(bytes.len());
            }
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let before = ends.iter().filter(|end| **end <= at).count() - 1;
            prop_assert_eq!(all(&bytes).0, deliveries[..before].to_vec());
        }

        #[test]
        fn noise_is_no_frame_and_no_panic(noise in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(all(&noise).1 <= noise.len());
        }
    }
}
