//! Text of any encoding as a stream of UTF-8.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use encoding_rs::Decoder;

use crate::Refusal;
use crate::codepage::{self, Upper};
use crate::encoding::{Charset, Verdict};

const BLOCK: usize = 64 << 10;

/// The text of a file in UTF-8. What the encoding cannot read comes as U+FFFD.
pub(crate) enum Text {
    /// Passed through: the file is faultless UTF-8.
    Plain(File),
    /// Turned into UTF-8 block by block.
    Decoded(Box<Decoding>),
}

/// The state between two blocks.
pub(crate) struct Decoding {
    input: File,
    how: How,
    raw: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    finished: bool,
    /// UTF-8 that found no room in the reader's buffer.
    ready: Vec<u8>,
    given: usize,
}

enum How {
    Web(Decoder),
    Dos(&'static Upper),
    Utf32 { big_endian: bool },
}

/// Opens the text of a file, behind its byte-order mark.
pub(crate) fn open(path: &Path, file: &str, verdict: &Verdict) -> Result<Text, Refusal> {
    let start = || {
        let mut input = File::open(path)?;
        input.seek(SeekFrom::Start(verdict.mark))?;
        Ok(input)
    };
    let input = start().map_err(|error: io::Error| Refusal::from_io(file, &error))?;
    let how = match verdict.charset {
        Charset::Utf8 => return Ok(Text::Plain(input)),
        Charset::Web(web) => How::Web(web.new_decoder_without_bom_handling()),
        Charset::Dos(_, table) => How::Dos(table),
        Charset::Utf32 { big_endian } => How::Utf32 { big_endian },
    };
    Ok(Text::Decoded(Box::new(Decoding {
        input,
        how,
        raw: vec![0; BLOCK],
        start: 0,
        end: 0,
        at_end: false,
        finished: false,
        ready: Vec::new(),
        given: 0,
    })))
}

impl Text {
    /// Whether U+FFFD in the text may stand for bytes that could not be read.
    pub fn is_lossy(&self) -> bool {
        matches!(self, Self::Decoded(_))
    }
}

impl Read for Text {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(out),
            Self::Decoded(decoding) => decoding.read(out),
        }
    }
}

impl Read for Decoding {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() {
            if self.finished {
                return Ok(0);
            }
            self.decode_block()?;
        }
        let count = out.len().min(self.ready.len() - self.given);
        out[..count].copy_from_slice(&self.ready[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

impl Decoding {
    fn decode_block(&mut self) -> io::Result<()> {
        if !self.at_end {
            self.raw.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            let got = self.input.read(&mut self.raw[self.end..])?;
            self.end += got;
            self.at_end = got == 0;
        }
        self.given = 0;
        let bytes = &self.raw[self.start..self.end];
        match &mut self.how {
            How::Web(decoder) => {
                // One byte of raw text makes at most three of UTF-8.
                self.ready.resize(BLOCK * 3 + 16, 0);
                let (_, used, written, _) = decoder.decode_to_utf8(bytes, &mut self.ready, self.at_end);
                self.ready.truncate(written);
                self.start += used;
            }
            How::Dos(table) => {
                let mut text = String::with_capacity(bytes.len() * 2);
                codepage::decode_upper(table, bytes, &mut text);
                self.ready = text.into_bytes();
                self.start = self.end;
            }
            How::Utf32 { big_endian } => {
                let mut text = String::with_capacity(bytes.len());
                let whole = bytes.len() / 4 * 4;
                codepage::decode_utf32(*big_endian, &bytes[..whole], &mut text);
                self.start += whole;
                if self.at_end && self.start < self.end {
                    text.push(char::REPLACEMENT_CHARACTER);
                    self.start = self.end;
                }
                self.ready = text.into_bytes();
            }
        }
        self.finished = self.at_end && self.start == self.end;
        Ok(())
    }
}
