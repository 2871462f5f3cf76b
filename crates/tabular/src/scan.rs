//! Reads one record from text in memory, quotes taken as the dialect says or as a careless writer meant them.

use crate::dialect::{Dialect, RecordEnd};
use crate::marks::{Marks, Signs};
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
    pub signs: Signs,
}

impl Rules {
    /// The rules of a dialect.
    pub fn new(dialect: Dialect) -> Self {
        let Dialect { delimiter, quote, escape, record_end, .. } = dialect;
        let feed = if record_end == RecordEnd::Cr { delimiter } else { b'\n' };
        let back = if matches!(record_end, RecordEnd::Cr | RecordEnd::Any) { b'\r' } else { delimiter };
        let quote = quote.unwrap_or(delimiter);
        let signs = Signs::new(
            [delimiter, feed, back, escape.unwrap_or(delimiter)],
            [quote, escape.unwrap_or(quote)],
        );
        Self { dialect, signs }
    }

    /// Reads one record of the text of `marks` from a place on; `at_end` says that nothing follows that text. Fills ends
    /// and marks of the record, its text goes to `text`.
    pub fn scan(
        &self,
        marks: &mut Marks<'_>,
        start: usize,
        at_end: bool,
        quotes: Quotes,
        text: &mut Vec<u8>,
        record: &mut Record,
    ) -> Scan {
        let dialect = &self.dialect;
        let delimiter = dialect.delimiter;
        let buffer = marks.text;
        let plain = !dialect.spaced && dialect.escape.is_none();
        // Plain cells are copied together, with the delimiters between them; what is not copied yet begins here.
        let mut left = start;
        let mut at = start;
        loop {
            // Most cells: no quote, and the delimiter ends them.
            while plain && buffer.get(at).copied() != dialect.quote {
                match marks.outside(at) {
                    Some(stop) if buffer[stop] == delimiter => {
                        record.ends.push(text.len() + stop - left);
                        at = stop + 1;
                    }
                    Some(_) => break,
                    None if at_end => break,
                    None => return Scan::Open,
                }
            }
            let mut mark = 0;
            let cell = at;
            if dialect.spaced {
                while buffer.get(at) == Some(&b' ') {
                    at += 1;
                }
            }
            if dialect.quote.is_some() && buffer.get(at).copied() == dialect.quote {
                text.extend_from_slice(&buffer[left..cell]);
                left = cell;
                let after = match quotes {
                    Quotes::Strict => self.strict(marks, at + 1, at_end, text),
                    Quotes::Lenient => self.lenient(marks, at + 1, at_end, true, text),
                    Quotes::Bare => self.lenient(marks, at + 1, at_end, false, text),
                    Quotes::Line => self.on_line(buffer, at + 1, text),
                };
                match after {
                    Some(after) => (mark, at) = (QUOTED, after),
                    None if quotes == Quotes::Line => {}
                    None => return Scan::OpenQuote,
                }
            }
            let from = at;
            let mut escaped = false;
            let stop = loop {
                match marks.outside(at) {
                    Some(stop) if dialect.escape == Some(buffer[stop]) => match buffer.get(stop + 1) {
                        Some(_) => (at, escaped) = (stop + 2, true),
                        None if at_end => break None,
                        None => return Scan::Open,
                    },
                    Some(stop) => break Some(stop),
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
            if mark == 0 && !dialect.spaced && !escaped {
                record.ends.push(text.len() + from + tail.len() - left);
                if newline {
                    text.extend_from_slice(&buffer[left..from + tail.len()]);
                }
            } else {
                if mark == 0 {
                    text.extend_from_slice(&buffer[left..cell]);
                }
                if mark == QUOTED || dialect.spaced {
                    tail = tail.trim_ascii_end();
                }
                if mark == QUOTED && !tail.is_empty() {
                    mark |= STRAY_QUOTE;
                }
                match dialect.escape {
                    Some(escape) if escaped => self.unescape(tail, escape, text),
                    _ => text.extend_from_slice(tail),
                }
                record.ends.push(text.len());
                left = end;
            }
            if mark != 0 {
                record.marks.resize(record.ends.len() - 1, 0);
                record.marks.push(mark);
            }
            match stop {
                Some(stop) if !newline => at = stop + 1,
                Some(stop) => {
                    let both = buffer[stop] == b'\r' && dialect.record_end == RecordEnd::Any;
                    if both && stop + 1 == buffer.len() && !at_end {
                        return Scan::Open;
                    }
                    let both = both && buffer.get(stop + 1) == Some(&b'\n');
                    return Scan::Whole(stop + 1 + usize::from(both) - start);
                }
                None => return Scan::Whole(buffer.len() - start),
            }
        }
    }

    /// Copies the inside of a quoted cell; gives the place after the closing quote, or `None` where the text ends first.
    #[inline(never)]
    fn strict(
        &self,
        marks: &mut Marks<'_>,
        mut at: usize,
        at_end: bool,
        text: &mut Vec<u8>,
    ) -> Option<usize> {
        let quote = self.dialect.quote?;
        let buffer = marks.text;
        loop {
            let found = marks.inside(at)?;
            text.extend_from_slice(&buffer[at..found]);
            let next = buffer.get(found + 1).copied();
            if buffer[found] == quote {
                match next {
                    Some(next) if next == quote => {
                        text.push(quote);
                        at = found + 2;
                    }
                    None if !at_end => return None,
                    _ => return Some(found + 1),
                }
            } else {
                at = found + self.escaped(buffer[found], next?, text);
            }
        }
    }

    /// As [`Self::strict`], but only a quote before a delimiter or line end closes. `doubled` says that two stand for one.
    #[inline(never)]
    fn lenient(
        &self,
        marks: &mut Marks<'_>,
        mut at: usize,
        at_end: bool,
        doubled: bool,
        text: &mut Vec<u8>,
    ) -> Option<usize> {
        let quote = self.dialect.quote?;
        let buffer = marks.text;
        loop {
            let found = marks.inside(at)?;
            text.extend_from_slice(&buffer[at..found]);
            let next = buffer.get(found + 1).copied();
            if buffer[found] != quote {
                at = found + self.escaped(buffer[found], next?, text);
            } else if doubled && next == Some(quote) {
                text.push(quote);
                at = found + 2;
            } else if next.is_none() && !at_end {
                return None;
            } else if self.closes(&buffer[found + 1..]) {
                return Some(found + 1);
            } else {
                text.push(quote);
                at = found + 1;
            }
        }
    }

    /// As [`Self::lenient`] within a line: a further cell's opening quote or the line's end says that there was no closing
    /// one, and nothing is copied.
    #[inline(never)]
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
