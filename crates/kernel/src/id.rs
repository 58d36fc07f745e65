//! Typed ids: each kind of thing has its own type, so that a post's id can't be passed for a brand's.
//!
//! Inside, an id is a UUIDv7 (RFC 9562), given by the application so that it is known before the insert and rows
//! of one time lie together. Outside, it reads `post_01jqz8v5ckf3rt9m1x2y4z6a8b`: the kind, an underscore and the
//! 128 bits in Crockford's base 32, as the TypeID specification writes them.

use std::fmt;

use uuid::Uuid;

use crate::{Clock, Rng};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}_<26 characters>")]
pub struct InvalidId {
    /// The kind's prefix that was expected.
    pub prefix: &'static str,
}

/// Makes a UUIDv7 from the given clock and randomness.
pub fn uuid_v7(clock: &Clock, rng: &Rng) -> Uuid {
    let millis = u64::try_from(clock.now().timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &rng.bytes::<10>()).into_uuid()
}

/// The smallest UUIDv7 of an instant: what the bounds of monthly partitions and time filters on ids are made of.
pub fn uuid_v7_floor(at: crate::Timestamp) -> Uuid {
    let millis = u128::try_from(at.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128(millis << 80)
}

#[doc(hidden)]
pub fn write(prefix: &str, id: Uuid, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let bits = id.as_u128();
    let mut text = [0_u8; 26];
    for (i, slot) in text.iter_mut().enumerate() {
        *slot = ALPHABET[((bits >> (125 - 5 * i)) & 31) as usize];
    }
    write!(f, "{prefix}_{}", std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
}

#[doc(hidden)]
pub fn read(prefix: &'static str, text: &str) -> Result<Uuid, InvalidId> {
    let invalid = InvalidId { prefix };
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or(invalid.clone())?;
    let bytes = digits.as_bytes();
    if bytes.len() != 26 || bytes[0] > b'7' {
        return Err(invalid);
    }
    let mut bits = 0_u128;
    for byte in bytes {
        let value = ALPHABET.iter().position(|letter| letter == byte).ok_or(invalid.clone())?;
        bits = (bits << 5) | value as u128;
    }
    Ok(Uuid::from_u128(bits))
}

/// Declares a typed id: `id!(PostId, "post", "A post.")`.
#[macro_export]
macro_rules! id {
    ($name:ident, $prefix:literal, $doc:literal) => {
        #[doc = concat!("Id of: ", $doc, " Reads `", $prefix, "_…`.")]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// What its text begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, made of the time and randomness given.
            pub fn new(clock: &$crate::Clock, rng: &$crate::Rng) -> Self {
                Self($crate::id::uuid_v7(clock, rng))
            }

            /// The UUID inside, as the database holds it.
            pub const fn uuid(self) -> uuid::Uuid {
                self.0
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::id::write($prefix, self.0, f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::id::InvalidId;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::id::read($prefix, text).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl sqlx::Type<sqlx::Postgres> for $name {
            fn type_info() -> sqlx::postgres::PgTypeInfo {
                <uuid::Uuid as sqlx::Type<sqlx::Postgres>>::type_info()
            }
        }

        impl sqlx::postgres::PgHasArrayType for $name {
            fn array_type_info() -> sqlx::postgres::PgTypeInfo {
                <uuid::Uuid as sqlx::postgres::PgHasArrayType>::array_type_info()
            }
        }

        impl<'q> sqlx::Encode<'q, sqlx::Postgres> for $name {
            fn encode_by_ref(
                &self,
                buf: &mut sqlx::postgres::PgArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                <uuid::Uuid as sqlx::Encode<'q, sqlx::Postgres>>::encode_by_ref(&self.0, buf)
            }
        }

        impl<'r> sqlx::Decode<'r, sqlx::Postgres> for $name {
            fn decode(value: sqlx::postgres::PgValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                <uuid::Uuid as sqlx::Decode<'r, sqlx::Postgres>>::decode(value).map(Self)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$")))
                    .description(Some($doc))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($name))
            }
        }
    };
}

id!(UserId, "user", "A person who signs in.");
id!(OrganizationId, "org", "An organization: a creator, a business or an agency.");
id!(BrandId, "brand", "A brand of an organization.");
id!(SessionId, "sess", "A signed-in browser.");
id!(MembershipId, "member", "A person's membership in an organization.");
id!(GenerationId, "gen", "A request to turn one input into drafts.");
id!(OutputId, "out", "What a generation wrote for one network.");
id!(PostId, "post", "A post for one network, from draft to published.");
id!(VersionId, "ver", "A kept version of a post.");
id!(EventId, "evt", "An entry of the event log.");
id!(ApiKeyId, "key", "An API key of an organization.");
id!(SecurityEventId, "sec", "An entry of the security log.");
id!(AvatarId, "avatar", "A person's picture.");
id!(MailId, "mail", "A mail in the outbox.");
id!(AiRunId, "run", "One metered call of a model.");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    // proptest has a trait of this name
    use crate::Rng;

    proptest! {
        #[test]
        fn text_and_back(bits: u128) {
            let id = PostId::from(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<PostId>(), Ok(id));
            prop_assert!(id.to_string().parse::<BrandId>().is_err());
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".{0,40}") {
            let _ = text.parse::<PostId>();
        }
    }

    #[test]
    fn reads_as_the_typeid_specification_says() {
        let id = Uuid::parse_str("0188bac7-4afa-78aa-bc3b-bd1eef28d881").unwrap();
        assert_eq!(PostId::from(id).to_string(), "post_01h2xcejqtf2nbrexx3vqjhp41");
    }

    #[test]
    fn ids_of_a_later_time_sort_later() {
        let clock = Clock::manual("2026-01-01T00:00:00Z".parse().unwrap());
        let rng = Rng::seeded(1);
        let first = PostId::new(&clock, &rng);
        clock.advance(chrono::Duration::milliseconds(1));
        assert!(first < PostId::new(&clock, &rng));
        assert_eq!(first.uuid().get_version_num(), 7);
        assert!(uuid_v7_floor(clock.now()) > first.uuid());
    }
}
