//! Bytes that are written once and read once, in memory or in a file without a name.

use std::fs::File;
use std::io::Read as _;
use std::io::Seek as _;
use std::io::SeekFrom;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

/// How much memory an import may take for statements, and where the rest goes.
#[derive(Debug)]
pub(super) struct Room {
    limit: u64,
    used: AtomicU64,
    folder: PathBuf,
    made: AtomicU64,
}

impl Room {
    pub(super) fn new(limit: u64, folder: &Path) -> Arc<Room> {
        Arc::new(Room {
            limit,
            used: AtomicU64::new(0),
            folder: folder.to_owned(),
            made: AtomicU64::new(0),
        })
    }

    /// The most memory that may be taken.
    pub(super) fn limit(&self) -> u64 {
        self.limit
    }

    /// Takes memory, unless there is not so much left.
    pub(super) fn take(&self, bytes: u64) -> bool {
        let before = self.used.fetch_add(bytes, Ordering::Relaxed);
        let has_room = before + bytes <= self.limit;
        if !has_room {
            self.give(bytes);
        }
        has_room
    }

    /// Gives memory back.
    pub(super) fn give(&self, bytes: u64) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// A file that nobody else sees and that goes away with its last user, however that ends.
#[derive(Debug)]
pub(super) struct Scratch {
    file: File,
    length: u64,
    /// Where it still has a name, which is taken away at the end.
    path: Option<PathBuf>,
}

impl Scratch {
    pub(super) fn new(room: &Room) -> std::io::Result<Scratch> {
        let number = room.made.fetch_add(1, Ordering::Relaxed);
        let name = format!(".kin-import.{}.{number}", std::process::id());
        let path = room.folder.join(name);
        let file = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)?;
        let path = match cfg!(unix) {
            true => std::fs::remove_file(&path).err().map(|_| path),
            false => Some(path),
        };
        let length = 0;
        Ok(Scratch { file, length, path })
    }

    /// Writes behind what is there; where that begins.
    pub(super) fn write(&mut self, bytes: &[u8]) -> std::io::Result<u64> {
        let start = self.length;
        self.file.seek(SeekFrom::Start(start))?;
        self.file.write_all(bytes)?;
        self.length += bytes.len() as u64;
        Ok(start)
    }

    /// Reads what was written at `start`.
    pub(super) fn read(&mut self, start: u64, bytes: &mut [u8]) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start(start))?;
        self.file.read_exact(bytes)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// How many bytes are kept or written together; a multiple of every width.
const PIECE: usize = 1 << 20;

/// A column while it is made.
pub(super) struct Tape {
    room: Arc<Room>,
    piece: Vec<u8>,
    kept: Vec<Vec<u8>>,
    file: Option<Scratch>,
    length: u64,
}

impl Tape {
    pub(super) fn new(room: &Arc<Room>) -> Tape {
        Tape {
            room: Arc::clone(room),
            piece: Vec::new(),
            kept: Vec::new(),
            file: None,
            length: 0,
        }
    }

    /// Puts bytes behind the others; whole numbers, so that no piece ends within one.
    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.piece.extend_from_slice(bytes);
        self.length += bytes.len() as u64;
        match self.piece.len() >= PIECE {
            true => self.put_away(),
            false => Ok(()),
        }
    }

    #[inline]
    pub(super) fn push_four(&mut self, number: u32) -> std::io::Result<()> {
        self.push(&number.to_le_bytes())
    }

    /// Puts so many numbers of a width behind the others.
    fn extend<const WIDTH: usize>(
        &mut self,
        numbers: impl ExactSizeIterator<Item = u32>,
    ) -> std::io::Result<()> {
        let (start, bytes) = (self.piece.len(), numbers.len() * WIDTH);
        self.piece.resize(start + bytes, 0);
        // Places of a width that is known are filled without a call each.
        let (places, _) = self.piece[start..].as_chunks_mut::<WIDTH>();
        for (place, number) in places.iter_mut().zip(numbers) {
            if let Some(bytes) = number.to_le_bytes().first_chunk() {
                *place = *bytes;
            }
        }
        self.length += bytes as u64;
        match self.piece.len() >= PIECE {
            true => self.put_away(),
            false => Ok(()),
        }
    }

    /// The same with four bytes each.
    pub(super) fn extend_fours(
        &mut self,
        numbers: impl ExactSizeIterator<Item = u32>,
    ) -> std::io::Result<()> {
        self.extend::<4>(numbers)
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> u64 {
        self.length
    }

    #[cold]
    fn put_away(&mut self) -> std::io::Result<()> {
        let next = Vec::with_capacity(PIECE + PIECE / 16);
        let piece = std::mem::replace(&mut self.piece, next);
        if self.file.is_none() && self.room.take(piece.len() as u64) {
            self.kept.push(piece);
            return Ok(());
        }
        if self.file.is_none() {
            self.file = Some(Scratch::new(&self.room)?);
        }
        if let Some(file) = &mut self.file {
            file.write(&piece)?;
        }
        Ok(())
    }

    /// Gives all bytes, in pieces.
    pub(super) fn read<E: From<std::io::Error>>(
        self,
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        for piece in self.kept {
            each(&piece)?;
            self.room.give(piece.len() as u64);
        }
        if let Some(mut file) = self.file {
            let mut start = 0;
            let mut piece = vec![0; PIECE];
            while start < file.length {
                let length = PIECE.min((file.length - start) as usize);
                file.read(start, &mut piece[..length])?;
                each(&piece[..length])?;
                start += length as u64;
            }
        }
        each(&self.piece)
    }
}

/// A column of codes while it is made: as wide as it may get, and in the end as it must be.
pub(super) struct CodeTape {
    tape: Tape,
    width: u8,
    max: u32,
}

impl CodeTape {
    /// For codes up to `bound`.
    pub(super) fn new(room: &Arc<Room>, bound: u32) -> CodeTape {
        CodeTape {
            tape: Tape::new(room),
            width: width(bound),
            max: 0,
        }
    }

    /// Puts codes behind the others.
    pub(super) fn extend(
        &mut self,
        codes: impl ExactSizeIterator<Item = u32> + Clone,
    ) -> std::io::Result<()> {
        if self.width == 0 {
            return Ok(());
        }
        self.max = codes.clone().fold(self.max, u32::max);
        match self.width {
            1 => self.tape.extend::<1>(codes),
            2 => self.tape.extend::<2>(codes),
            _ => self.tape.extend::<4>(codes),
        }
    }

    /// How wide its numbers are; 0 if all of them are 0.
    pub(super) fn width(&self) -> u8 {
        width(self.max)
    }

    /// Gives all bytes, in pieces; none if all numbers are 0.
    pub(super) fn read<E: From<std::io::Error>>(
        self,
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let (wide, width) = (usize::from(self.width), usize::from(self.width()));
        if width == 0 {
            return Ok(());
        }
        self.tape.read(|piece| {
            if wide == width {
                return each(piece);
            }
            let codes = piece.chunks_exact(wide);
            let narrow: Vec<u8> = codes.flat_map(|code| &code[..width]).copied().collect();
            each(&narrow)
        })
    }
}

/// The width of a column whose greatest code that is.
fn width(max: u32) -> u8 {
    match max {
        0 => 0,
        1..=0xff => 1,
        0x100..=0xffff => 2,
        _ => 4,
    }
}
