//! Reading the numbers of the model from a file in the form of safetensors: eight bytes with the length of a head, the
//! head as JSON with a place for each tensor, the tensors. Read piece by piece, since the file is 91 MB and half of it is a
//! table of which a text needs a few rows.

use std::{
    collections::HashMap,
    fs::File,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// A head longer than this is none.
const LONGEST_HEAD: u64 = 1 << 20;

/// Why the model can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file of it can't be read.
    #[error("{path} can't be read: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It is another model, or damaged.
    #[error("{path} is not the model all-MiniLM-L6-v2: {reason}")]
    Other {
        /// Which file.
        path: PathBuf,
        /// What differs.
        reason: String,
    },
    /// The numbers do not fit together, or no thread could be started.
    #[error("the model could not be made ready: {0}")]
    Broken(String),
}

#[derive(Debug, Deserialize)]
struct Place {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (u64, u64),
}

/// The file, open, with what is where.
#[derive(Debug)]
pub struct Weights {
    file: File,
    path: PathBuf,
    places: HashMap<String, Place>,
    /// Where the tensors begin.
    base: u64,
}

impl Weights {
    /// Opens it and reads its head.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let unreadable = |source| OpenError::File { path: path.to_owned(), source };
        let other = |reason: &str| OpenError::Other { path: path.to_owned(), reason: reason.to_owned() };
        let file = File::open(path).map_err(unreadable)?;
        let mut length = [0; 8];
        file.read_exact_at(&mut length, 0).map_err(unreadable)?;
        let length = u64::from_le_bytes(length);
        if length > LONGEST_HEAD {
            return Err(other("it has no head"));
        }
        let mut head = vec![0; length as usize];
        file.read_exact_at(&mut head, 8).map_err(unreadable)?;
        let mut places: HashMap<String, serde_json::Value> =
            serde_json::from_slice(&head).map_err(|error| other(&error.to_string()))?;
        places.remove("__metadata__");
        let places = places
            .into_iter()
            .map(|(name, place)| Ok((name, serde_json::from_value(place)?)))
            .collect::<Result<_, serde_json::Error>>()
            .map_err(|error| other(&error.to_string()))?;
        Ok(Self { file, path: path.to_owned(), places, base: 8 + length })
    }

    fn place(&self, name: &str, shape: &[usize]) -> Result<u64, OpenError> {
        let other = |reason| OpenError::Other { path: self.path.clone(), reason };
        let place = self.places.get(name).ok_or_else(|| other(format!("it has no {name}")))?;
        let size = shape.iter().product::<usize>() as u64 * 4;
        let (from, to) = place.data_offsets;
        if place.dtype != "F32" || place.shape != shape || to.checked_sub(from) != Some(size) {
            return Err(other(format!("{name} is {} {:?}", place.dtype, place.shape)));
        }
        Ok(self.base + from)
    }

    fn read_at(&self, at: u64, count: usize) -> std::io::Result<Vec<f32>> {
        let mut bytes = vec![0; count * 4];
        self.file.read_exact_at(&mut bytes, at)?;
        let (numbers, _) = bytes.as_chunks::<4>();
        Ok(numbers.iter().map(|number| f32::from_le_bytes(*number)).collect())
    }

    /// A whole tensor of a known shape.
    pub fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, OpenError> {
        let at = self.place(name, shape)?;
        let unreadable = |source| OpenError::File { path: self.path.clone(), source };
        self.read_at(at, shape.iter().product()).map_err(unreadable)
    }

    /// A table whose rows stay in the file.
    pub fn table(self, name: &str, rows: usize, columns: usize) -> Result<Table, OpenError> {
        let at = self.place(name, &[rows, columns])?;
        Ok(Table { weights: self, at, rows, columns })
    }
}

/// A table in the file, read row by row: the system keeps in memory what is asked for often.
#[derive(Debug)]
pub struct Table {
    weights: Weights,
    at: u64,
    rows: usize,
    columns: usize,
}

impl Table {
    /// One row.
    pub fn row(&self, row: usize) -> std::io::Result<Vec<f32>> {
        if row >= self.rows {
            return Err(std::io::ErrorKind::InvalidInput.into());
        }
        self.weights.read_at(self.at + (row * self.columns * 4) as u64, self.columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        std::fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    fn tensors(head: &str, numbers: &[f32]) -> Vec<u8> {
        let mut bytes = (head.len() as u64).to_le_bytes().to_vec();
        bytes.extend(head.as_bytes());
        bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        bytes
    }

    const HEAD: &str =
        r#"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[4,20]}}"#;

    #[test]
    fn tensors_and_rows_are_read_where_the_head_says() {
        let (_folder, path) = file(&tensors(HEAD, &[9.0, 1.0, 2.0, 3.0, 4.0]));
        let weights = Weights::open(&path).unwrap();
        assert_eq!(weights.tensor("a", &[2, 2]).unwrap(), [1.0, 2.0, 3.0, 4.0]);
        assert!(weights.tensor("a", &[4]).unwrap_err().to_string().contains("a is F32 [2, 2]"));
        assert!(weights.tensor("b", &[1]).unwrap_err().to_string().contains("has no b"));
        let table = weights.table("a", 2, 2).unwrap();
        assert_eq!(table.row(1).unwrap(), [3.0, 4.0]);
        assert!(table.row(2).is_err());
    }

    #[test]
    fn what_is_no_model_is_said_to_be_none() {
        for bytes in [vec![], vec![255; 64], tensors("{", &[]), tensors(HEAD, &[1.0])] {
            let (_folder, path) = file(&bytes);
            let read = Weights::open(&path).and_then(|weights| weights.tensor("a", &[2, 2]));
            assert!(read.unwrap_err().to_string().contains("model.safetensors"));
        }
    }
}
