//! Pages of a list, by keyset: a cursor names the last row seen, never an offset.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Timestamp;

/// Where a page of a list ordered by `(created_at, id)` descending goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// `created_at` of the last row seen.
    pub at: Timestamp,
    /// Its id.
    pub id: Uuid,
}

/// The text is no cursor that we gave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor given by this list: leave it out to start at the first page")]
pub struct InvalidCursor;

impl Cursor {
    /// Before the first row of a list that begins with the newest. Lists ask `(created_at, id) < ($at, $id)` with it
    /// rather than with an optional parameter: under row-level security an index is bounded by a plain parameter only, not
    /// by `coalesce` and not by `$at IS NULL OR …`.
    pub const NEWEST: Self = Self { at: Timestamp::MAX_UTC, id: Uuid::max() };
    /// Before the first row of a list that begins with the oldest.
    pub const OLDEST: Self = Self { at: Timestamp::UNIX_EPOCH, id: Uuid::nil() };

    /// The opaque text for the client.
    pub fn encode(&self) -> String {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&self.at.timestamp_micros().to_be_bytes());
        bytes[8..].copy_from_slice(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a text given by [`Self::encode`].
    pub fn decode(text: &str) -> Result<Self, InvalidCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let bytes: [u8; 24] = bytes.try_into().map_err(|_| InvalidCursor)?;
        let (micros, id) = bytes.split_at(8);
        let micros = i64::from_be_bytes(micros.try_into().map_err(|_| InvalidCursor)?);
        let at = Timestamp::from_timestamp_micros(micros).ok_or(InvalidCursor)?;
        // PostgreSQL's timestamps end in the year 294276; a cursor beyond is none of ours
        if !(0..=253_402_300_800_000_000).contains(&micros) {
            return Err(InvalidCursor);
        }
        Ok(Self { at, id: Uuid::from_slice(id).map_err(|_| InvalidCursor)? })
    }
}

/// What a list was asked for, already checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Rows wanted, 1 to 100.
    pub limit: i64,
    /// Go on after this row.
    pub after: Option<Cursor>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Give this as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of rows fetched with `limit + 1`: the extra row only tells that there is more.
    pub fn of(mut rows: Vec<T>, limit: i64, cursor: impl Fn(&T) -> Cursor) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = if more { rows.last().map(|row| cursor(row).encode()) } else { None };
        Self { items: rows, next_cursor }
    }

    /// The same page of other things.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next_cursor: self.next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn cursors_come_back(micros in 0..253_402_300_000_000_000_i64, bits: u128) {
            let cursor = Cursor { at: Timestamp::from_timestamp_micros(micros).unwrap(), id: Uuid::from_u128(bits) };
            prop_assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
        }

        #[test]
        fn any_text_is_refused_or_read_without_panic(text in ".{0,60}") {
            let _ = Cursor::decode(&text);
        }
    }

    #[test]
    fn the_extra_row_only_tells_that_there_is_more() {
        let cursor = |n: &i64| Cursor { at: Timestamp::from_timestamp_micros(*n).unwrap(), id: Uuid::nil() };
        let page = Page::of(vec![3, 2, 1], 2, cursor);
        assert_eq!(page.items, [3, 2]);
        assert_eq!(page.next_cursor, Some(cursor(&2).encode()));
        assert_eq!(Page::of(vec![3, 2], 2, cursor).next_cursor, None);
    }
}
