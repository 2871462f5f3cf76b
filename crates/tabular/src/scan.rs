//! Reads one record from text in memory, quotes taken as the dialect says or as a careless writer meant them.

use memchr::{memchr, memchr2};

use crate::dialect::{Dialect, RecordEnd};
use crate::record::{QUOTED, Record, STRAY_QUOTE};

/// How quotes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quotes {
    /// As the dialect says: the first quote that is not escaped closes.
    Strict,
    /// Only a quote before a delimiter or the record's end closes; two stand for one.
    Lenient,
    /// Only a quote before a delimiter or the record's end closes; any other is itself.
    Bare,
    /// A quote that does not close on its line is itself, and no record goes on behind a line end.
    Line,
}

/// What came of reading a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scan {
    /// The record is whole; it took this many bytes.
    Whole(usize),
    /// The text ends inside the record.
    Open,
    /// The text ends inside the record and inside quotes.
    OpenQuote,
}

/// A dialect with what scanning needs of it.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub dialect: Dialect,
    /// The bytes that end a stretch of plain text.
    stops: [bool; 256],
}

impl Rules {
    /// The rules of a dialect.
    pub fn new(dialect: Dialect) -> Self {
        let mut stops = [false; 256];
        stops[usize::from(dialect.delimiter)] = true;
        stops[usize::from(b'\n')] = dialect.record_end != RecordEnd::Cr;
        stops[usize::from(b'\r')] = matches!(dialect.record_end, RecordEnd::Cr | RecordEnd::Any);
        if let Some(escape) = dialect.escape {
            stops[usize::from(escape)] = true;
        }
        Self { dialect, stops }
    }

    /// Reads one record from the start of `buffer`; `at_end` says that nothing follows it. Fills ends and marks of the
    /// record, its text goes to `text`.
    pub fn scan(
        &self,
        buffer: &[u8],
        at_end: bool,
        quotes: Quotes,
        text: &mut Vec<u8>,
        record: &mut Record,
    ) -> Scan {
        let dialect = &self.dialect;
        let delimiter = dialect.delimiter;
        let mut at = 0;
        loop {
            let mut mark = 0;
            if dialect.spaced {
                while buffer.get(at) == Some(&b' ') {
                    at += 1;
                }
            }
            if dialect.quote.is_some() && buffer.get(at).copied() == dialect.quote {
                let after = match quotes {
                    Quotes::Strict => self.strict(buffer, at + 1, at_end, text),
                    Quotes::Lenient => self.lenient(buffer, at + 1, at_end, true, text),
                    Quotes::Bare => self.lenient(buffer, at + 1, at_end, false, text),
                    Quotes::Line => self.on_line(buffer, at + 1, text),
                };
                match after {
                    Some(after) => (mark, at) = (QUOTED, after),
                    None if quotes == Quotes::Line => {}
                    None => return Scan::OpenQuote,
                }
            }
            let from = at;
            let stop = loop {
                let rest = &buffer[at..];
                // Cells are short: a look at each byte is faster than the start of a vectorized search.
                let found = rest.iter().position(|byte| self.stops[usize::from(*byte)]);
                match found {
                    Some(offset) if dialect.escape == Some(rest[offset]) => match rest.get(offset + 1) {
                        Some(_) => at += offset + 2,
                        None if at_end => break None,
                        None => return Scan::Open,
                    },
                    Some(offset) => break Some(at + offset),
                    None if at_end => break None,
                    None => return Scan::Open,
                }
            };
            let end = stop.unwrap_or(buffer.len());
            let newline = stop.is_none_or(|stop| buffer[stop] != delimiter);
            let mut tail = &buffer[from..end];
            if newline && dialect.record_end != RecordEnd::Cr && tail.last() == Some(&b'\r') {
                tail = &tail[..tail.len() - 1];
            }
            if mark == QUOTED || dialect.spaced {
                tail = tail.trim_ascii_end();
            }
            if mark == QUOTED && !tail.is_empty() {
                mark |= STRAY_QUOTE;
            }
            match dialect.escape {
                Some(escape) if memchr(escape, tail).is_some() => self.unescape(tail, escape, text),
                _ => text.extend_from_slice(tail),
            }
            record.ends.push(text.len());
            record.marks.push(mark);
            match stop {
                Some(stop) if !newline => at = stop + 1,
                Some(stop) => {
                    let both = buffer[stop] == b'\r' && dialect.record_end == RecordEnd::Any;
                    if both && stop + 1 == buffer.len() && !at_end {
                        return Scan::Open;
                    }
                    let both = both && buffer.get(stop + 1) == Some(&b'\n');
                    return Scan::Whole(stop + 1 + usize::from(both));
                }
                None => return Scan::Whole(buffer.len()),
            }
        }
    }

    /// Copies the inside of a quoted cell; gives the place after the closing quote, or `None` where the text ends first.
    fn strict(&self, buffer: &[u8], mut at: usize, at_end: bool, text: &mut Vec<u8>) -> Option<usize> {
        let quote = self.dialect.quote?;
        loop {
            let rest = &buffer[at..];
            let offset = self.next_mark(rest, quote)?;
            text.extend_from_slice(&rest[..offset]);
            let next = rest.get(offset + 1).copied();
            if rest[offset] == quote {
                match next {
                    Some(next) if next == quote => {
                        text.push(quote);
                        at += offset + 2;
                    }
                    None if !at_end => return None,
                    _ => return Some(at + offset + 1),
                }
            } else {
                at += offset + self.escaped(rest[offset], next?, text);
            }
        }
    }

    /// As [`Self::strict`], but only a quote before a delimiter or line end closes. `doubled` says that two stand for one.
    fn lenient(
        &self,
        buffer: &[u8],
        mut at: usize,
        at_end: bool,
        doubled: bool,
        text: &mut Vec<u8>,
    ) -> Option<usize> {
        let quote = self.dialect.quote?;
        loop {
            let rest = &buffer[at..];
            let offset = self.next_mark(rest, quote)?;
            text.extend_from_slice(&rest[..offset]);
            let next = rest.get(offset + 1).copied();
            if rest[offset] != quote {
                at += offset + self.escaped(rest[offset], next?, text);
            } else if doubled && next == Some(quote) {
                text.push(quote);
                at += offset + 2;
            } else if next.is_none() && !at_end {
                return None;
            } else if self.closes(&rest[offset + 1..]) {
                return Some(at + offset + 1);
            } else {
                text.push(quote);
                at += offset + 1;
            }
        }
    }

    /// As [`Self::lenient`] within a line: a further cell's opening quote or the line's end says that there was no closing
    /// one, and nothing is copied.
    fn on_line(&self, buffer: &[u8], start: usize, text: &mut Vec<u8>) -> Option<usize> {
        let quote = self.dialect.quote?;
        let before = text.len();
        let mut at = start;
        loop {
            let byte = buffer.get(at).copied().unwrap_or(b'\n');
            let next = buffer.get(at + 1).copied();
            if matches!(byte, b'\n' | b'\r') {
                text.truncate(before);
                return None;
            }
            if Some(byte) == self.dialect.escape
                && let Some(next) = next
            {
                at += self.escaped(byte, next, text);
                continue;
            }
            if byte == quote && next == Some(quote) {
                at += 1;
            } else if byte == quote && self.closes(&buffer[at + 1..]) {
                return Some(at + 1);
            } else if byte == quote && at > start && buffer[at - 1] == self.dialect.delimiter {
                text.truncate(before);
                return None;
            }
            text.push(byte);
            at += 1;
        }
    }

    /// Whether what follows a quote is a cell's end, blanks aside.
    fn closes(&self, rest: &[u8]) -> bool {
        let blank = |byte: &&u8| **byte == b' ' && self.dialect.delimiter != b' ';
        match rest.iter().find(|byte| !blank(byte)) {
            Some(&byte) => byte == self.dialect.delimiter || matches!(byte, b'\n' | b'\r'),
            None => true,
        }
    }

    fn next_mark(&self, rest: &[u8], quote: u8) -> Option<usize> {
        match self.dialect.escape {
            None => memchr(quote, rest),
            Some(escape) => memchr2(quote, escape, rest),
        }
    }

    /// Copies what an escape and the byte behind it stand for; gives their number. Before a byte without a meaning the
    /// escape is itself.
    fn escaped(&self, escape: u8, next: u8, text: &mut Vec<u8>) -> usize {
        if Some(next) != self.dialect.quote && next != escape {
            text.push(escape);
        }
        text.push(next);
        2
    }

    /// Copies text outside quotes; an escape before a character of the dialect vanishes, any other stays (`\N`, `\x`).
    fn unescape(&self, tail: &[u8], escape: u8, text: &mut Vec<u8>) {
        let mut at = 0;
        while let Some(&byte) = tail.get(at) {
            if byte == escape
                && let Some(&next) = tail.get(at + 1)
            {
                let special = next == self.dialect.delimiter
                    || next == escape
                    || Some(next) == self.dialect.quote
                    || matches!(next, b'\n' | b'\r');
                if !special {
                    text.push(byte);
                }
                text.push(next);
                at += 2;
            } else {
                text.push(byte);
                at += 1;
            }
        }
    }
}
