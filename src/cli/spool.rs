//! Output that is complete or absent: it is kept until all input was found good, in memory as long as it is
//! small, else in a temporary file; where there can be none, in memory all the same.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
};

use crate::tree::failure::Failure;

/// Bytes that are kept in memory.
const MEMORY: usize = 1 << 18;
/// Bytes of one piece of it. Pieces never move, as one growing buffer would.
const PIECE: usize = 1 << 16;

/// Everything that was put in, in order.
#[derive(Debug, Default)]
pub(crate) struct Spool {
    pieces: Vec<Vec<u8>>,
    size: usize,
    file: Option<File>,
    /// Whether there can be no file: a container may have no folder that can be written.
    must_stay: bool,
}

impl Spool {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds `bytes`.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if self.size + bytes.len() > MEMORY && !self.must_stay {
            self.spill().map_err(failure)?;
        }
        self.size += bytes.len();
        match self.pieces.last_mut().filter(|piece| piece.len() + bytes.len() <= piece.capacity()) {
            Some(piece) => piece.extend_from_slice(bytes),
            None => {
                let mut piece = Vec::with_capacity(PIECE.max(bytes.len()));
                piece.extend_from_slice(bytes);
                self.pieces.push(piece);
            }
        }
        Ok(())
    }

    fn spill(&mut self) -> std::io::Result<()> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => match tempfile::tempfile() {
                Ok(file) => file,
                Err(_) => {
                    self.must_stay = true;
                    return Ok(());
                }
            },
        };
        for piece in &mut self.pieces {
            file.write_all(piece)?;
            piece.clear();
        }
        // One is kept: its memory has been touched before.
        self.pieces.truncate(1);
        self.size = 0;
        self.file = Some(file);
        Ok(())
    }

    /// Hands everything to `write`, piece by piece.
    ///
    /// # Errors
    /// Those of `write`, and when the temporary file cannot be read.
    pub(crate) fn drain(mut self, mut write: impl FnMut(&[u8]) -> Result<(), Failure>) -> Result<(), Failure> {
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(0)).map_err(failure)?;
            let mut buffer = vec![0; PIECE];
            loop {
                let count = file.read(&mut buffer).map_err(failure)?;
                if count == 0 {
                    break;
                }
                write(&buffer[..count])?;
            }
        }
        self.pieces.iter().try_for_each(|piece| write(piece))
    }
}

fn failure(source: std::io::Error) -> Failure {
    Failure::Write { path: "temporary file".into(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_outputs_come_back_as_they_were_put_in() {
        for count in [0, 3, 40] {
            let line: Vec<u8> = (0..=255).cycle().take(PIECE + 7).collect();
            let (mut spool, mut whole, mut read) = (Spool::new(), Vec::new(), Vec::new());
            for _ in 0..count {
                spool.put(&line).unwrap();
                spool.put(b"---\n").unwrap();
                whole.extend_from_slice(&line);
                whole.extend_from_slice(b"---\n");
            }
            assert_eq!(spool.file.is_some(), count == 40);
            spool
                .drain(|bytes| {
                    read.extend_from_slice(bytes);
                    Ok(())
                })
                .unwrap();
            assert!(read == whole, "{count}");
        }
    }
}
