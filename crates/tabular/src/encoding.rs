//! Which encoding a text is in: byte-order mark, zero bytes, strict UTF-8, then statistics with the locale's help.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

use crate::codepage::{self, Upper};
use crate::{Hints, Refusal};

/// A way to turn bytes into text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Charset {
    /// UTF-8 without a single fault: passed through.
    Utf8,
    /// UTF-8 with faults, and all encodings of the web.
    Web(&'static Encoding),
    /// A DOS code page.
    Dos(&'static str, &'static Upper),
    /// UTF-32.
    Utf32 { big_endian: bool },
}

impl Charset {
    /// The usual name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Web(encoding) => encoding.name(),
            Self::Dos(name, _) => name,
            Self::Utf32 { big_endian: true } => "UTF-32BE",
            Self::Utf32 { big_endian: false } => "UTF-32LE",
        }
    }

    /// The encoding of a name as people and programs write it.
    pub fn named(label: &str) -> Option<Self> {
        let folded: String =
            label.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        Some(match folded.as_str() {
            "cp437" | "ibm437" | "437" | "oem437" => Self::Dos("cp437", &codepage::CP437),
            "cp850" | "ibm850" | "850" | "oem850" => Self::Dos("cp850", &codepage::CP850),
            "utf32" | "utf32le" => Self::Utf32 { big_endian: false },
            "utf32be" => Self::Utf32 { big_endian: true },
            "tis620" | "cp874" | "windows874" => Self::Web(encoding_rs::WINDOWS_874),
            "macroman" | "macintosh" => Self::Web(encoding_rs::MACINTOSH),
            "cp932" => Self::Web(encoding_rs::SHIFT_JIS),
            "cp1252" | "latin1" => Self::Web(encoding_rs::WINDOWS_1252),
            "gb2312" | "cp936" => Self::Web(encoding_rs::GB18030),
            _ => Self::Web(Encoding::for_label(label.trim().as_bytes())?),
        })
    }
}

/// The encoding of one file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verdict {
    pub charset: Charset,
    /// Bytes of the byte-order mark.
    pub mark: u64,
    /// 0 to 1.
    pub confidence: f32,
}

/// Finds the encoding of the text at `path`, reading all of it where it is not clear from the start.
pub(crate) fn detect(path: &Path, file: &str, hints: &Hints) -> Result<Verdict, Refusal> {
    let failed = |error: &std::io::Error| Refusal::from_io(file, error);
    let mut input = File::open(path).map_err(|error| failed(&error))?;
    let mut head = Vec::new();
    (&mut input).take(64 << 10).read_to_end(&mut head).map_err(|error| failed(&error))?;
    let marked = byte_order_mark(&head);
    if let Some(label) = &hints.encoding {
        let charset = Charset::named(label)
            .ok_or_else(|| Refusal::UnknownEncoding { file: file.to_owned(), label: label.clone() })?;
        let mark = marked.filter(|(found, _)| found.name() == charset.name()).map_or(0, |(_, mark)| mark);
        let charset = if is_faultless(&mut input, charset, mark).map_err(|error| failed(&error))? {
            Charset::Utf8
        } else {
            charset
        };
        return Ok(Verdict { charset, mark, confidence: 1.0 });
    }
    if let Some((charset, mark)) = marked {
        let strict = is_faultless(&mut input, charset, mark).map_err(|error| failed(&error))?;
        return Ok(Verdict { charset: if strict { Charset::Utf8 } else { charset }, mark, confidence: 1.0 });
    }
    if let Some(charset) = zero_bytes(&head) {
        return Ok(Verdict { charset, mark: 0, confidence: 0.95 });
    }
    let survey = survey(&mut input, 0).map_err(|error| failed(&error))?;
    if survey.escapes {
        return Ok(Verdict { charset: Charset::Web(encoding_rs::ISO_2022_JP), mark: 0, confidence: 0.9 });
    }
    if survey.faults == 0 {
        return Ok(Verdict { charset: Charset::Utf8, mark: 0, confidence: 1.0 });
    }
    // Text of another encoding hardly ever forms UTF-8 sequences; a few faults among many are damage.
    if survey.wide > 20 * survey.faults {
        return Ok(Verdict { charset: Charset::Web(encoding_rs::UTF_8), mark: 0, confidence: 0.8 });
    }
    Ok(by_statistics(&survey.foreign, hints))
}

/// Whether a text in UTF-8 has no fault, so that it can be passed through.
fn is_faultless(input: &mut File, charset: Charset, mark: u64) -> std::io::Result<bool> {
    Ok(matches!(charset, Charset::Web(web) if web == encoding_rs::UTF_8) && survey(input, mark)?.faults == 0)
}

fn byte_order_mark(head: &[u8]) -> Option<(Charset, u64)> {
    Some(match head {
        [0xEF, 0xBB, 0xBF, ..] => (Charset::Web(encoding_rs::UTF_8), 3),
        [0xFF, 0xFE, 0, 0, ..] => (Charset::Utf32 { big_endian: false }, 4),
        [0, 0, 0xFE, 0xFF, ..] => (Charset::Utf32 { big_endian: true }, 4),
        [0xFF, 0xFE, ..] => (Charset::Web(encoding_rs::UTF_16LE), 2),
        [0xFE, 0xFF, ..] => (Charset::Web(encoding_rs::UTF_16BE), 2),
        [0x84, 0x31, 0x95, 0x33, ..] => (Charset::Web(encoding_rs::GB18030), 4),
        _ => return None,
    })
}

/// UTF-16 and UTF-32 without a mark show in where the zero bytes stand: delimiters and line ends alone make some.
fn zero_bytes(head: &[u8]) -> Option<Charset> {
    let mut zeros = [0_usize; 4];
    for quad in head.as_chunks::<4>().0 {
        for (lane, byte) in quad.iter().enumerate() {
            zeros[lane] += usize::from(*byte == 0);
        }
    }
    let quads = head.len() / 4;
    let few = |count: usize| count * 50 <= quads;
    let most = |count: usize| count * 10 >= quads * 9;
    let total: usize = zeros.iter().sum();
    if quads < 2 || total * 50 < quads {
        return None;
    }
    if most(zeros[2]) && most(zeros[3]) && few(zeros[0]) {
        return Some(Charset::Utf32 { big_endian: false });
    }
    if most(zeros[0]) && most(zeros[1]) && few(zeros[3]) {
        return Some(Charset::Utf32 { big_endian: true });
    }
    let (even, odd) = (zeros[0] + zeros[2], zeros[1] + zeros[3]);
    let web = if few(even) && odd > 4 * even {
        encoding_rs::UTF_16LE
    } else if few(odd) && even > 4 * odd {
        encoding_rs::UTF_16BE
    } else {
        return None;
    };
    // Few zeros come from other scripts, whose bytes are not those of plain text; else they are dirt in 8-bit text.
    let odd_bytes = head.iter().filter(|byte| matches!(byte, 1..=8 | 14..=31 | 0x80..)).count();
    if even.max(odd) * 5 < head.len() / 2 && odd_bytes * 10 < head.len() {
        return None;
    }
    let (_, faults) = web.decode_without_bom_handling(&head[..head.len() & !1]);
    (!faults || head.len() == 64 << 10).then_some(Charset::Web(web))
}

/// What a pass over the whole file tells about UTF-8.
struct Survey {
    /// Bytes that fit no UTF-8 sequence.
    faults: u64,
    /// Well-formed sequences of more than one byte.
    wide: u64,
    /// ISO-2022-JP shifts.
    escapes: bool,
    /// Stretches with bytes above ASCII, for statistics; filled from the first fault on.
    foreign: Vec<u8>,
}

fn survey(input: &mut File, mark: u64) -> std::io::Result<Survey> {
    const FOREIGN: usize = 1 << 20;
    input.seek(SeekFrom::Start(mark))?;
    let mut survey = Survey { faults: 0, wide: 0, escapes: false, foreign: Vec::new() };
    let mut buffer = vec![0; 256 << 10];
    let mut kept = 0;
    let mut first = true;
    loop {
        let got = input.read(&mut buffer[kept..])?;
        let size = kept + got;
        let block = &buffer[..size];
        if block.is_empty() {
            return Ok(survey);
        }
        if first {
            survey.escapes = block.windows(3).any(|w| matches!(w, b"\x1b$B" | b"\x1b$@" | b"\x1b(J"));
            first = false;
        }
        let mut rest = block;
        kept = 0;
        while !rest.is_ascii() {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    survey.wide += text.bytes().filter(|byte| *byte >= 0xC0).count() as u64;
                    break;
                }
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    survey.wide += good.iter().filter(|byte| **byte >= 0xC0).count() as u64;
                    match error.error_len() {
                        // A sequence that the block cuts in two waits for the next block.
                        None if got > 0 => {
                            kept = bad.len();
                            break;
                        }
                        None => {
                            survey.faults += 1;
                            break;
                        }
                        Some(length) => {
                            survey.faults += 1;
                            rest = &bad[length..];
                        }
                    }
                }
            }
        }
        if survey.faults > 0 && survey.foreign.len() < FOREIGN && !block.is_ascii() {
            for line in block.split_inclusive(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
                survey.foreign.extend_from_slice(&line[..line.len().min(FOREIGN)]);
            }
        }
        buffer.copy_within(size - kept..size, 0);
        if got == 0 {
            return Ok(survey);
        }
    }
}

/// The encoding of text that is not UTF-8, from its bytes above ASCII.
fn by_statistics(foreign: &[u8], hints: &Hints) -> Verdict {
    let language = hints.language();
    let region = hints.region();
    let domain = match (language.as_deref(), region.as_deref()) {
        (_, Some("US" | "GB")) | (Some("en"), _) | (None, None) => None,
        (_, Some(region)) => Some(region.to_ascii_lowercase()),
        (Some(language), None) => Some(domain_of(language).to_owned()),
    };
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(foreign, true);
    let mut guess = detector.guess(domain.as_deref().map(str::as_bytes), Utf8Detection::Deny);
    if guess.is_single_byte() && mixes_scripts(&decode_all(Charset::Web(guess), foreign)) {
        guess = encoding_rs::WINDOWS_1252;
    }
    let latin = guess == encoding_rs::WINDOWS_1252
        || guess == encoding_rs::ISO_8859_2
        || guess == encoding_rs::WINDOWS_1250
        || guess == encoding_rs::WINDOWS_1254
        || guess == encoding_rs::WINDOWS_1257
        || guess == encoding_rs::WINDOWS_1258
        || guess == encoding_rs::ISO_8859_4
        || guess == encoding_rs::IBM866
        || guess == encoding_rs::KOI8_U;
    if latin {
        let score = |charset: Charset| plausibility(&decode_all(charset, foreign));
        let have = score(Charset::Web(guess));
        let others = [Charset::Web(encoding_rs::MACINTOSH), Charset::Dos("cp850", &codepage::CP850)];
        let best =
            others.into_iter().map(|charset| (score(charset), charset)).max_by_key(|(score, _)| *score);
        // The older encodings are rare today: they must read clearly better.
        if let Some((score, charset)) = best
            && score > 0
            && have < 0
        {
            return Verdict { charset, mark: 0, confidence: 0.7 };
        }
    }
    let confidence = if foreign.len() > 200 { 0.9 } else { 0.75 };
    Verdict { charset: Charset::Web(guess), mark: 0, confidence }
}

/// The country whose pages a language's encodings are usual on.
fn domain_of(language: &str) -> &str {
    match language {
        "ja" => "jp",
        "ko" => "kr",
        "zh" => "cn",
        "el" => "gr",
        "cs" => "cz",
        "da" => "dk",
        "sv" => "se",
        "he" => "il",
        "uk" => "ua",
        "vi" => "vn",
        "et" => "ee",
        "sl" => "si",
        "ar" => "sa",
        "fa" => "ir",
        other => other,
    }
}

/// Whether most words with letters of another script have Latin letters in them too: such words are Latin ones with
/// accents, read in the wrong encoding.
fn mixes_scripts(text: &str) -> bool {
    let (mut mixed, mut all) = (0_usize, 0_usize);
    for word in text.split(|c: char| !c.is_alphabetic()) {
        // Latin letters with accents end where the Greek ones begin.
        let foreign = word.chars().any(|c| c >= '\u{370}' && !('\u{1E00}'..='\u{1EFF}').contains(&c));
        all += usize::from(foreign);
        mixed += usize::from(foreign && word.chars().any(|c| c.is_ascii_alphabetic()));
    }
    mixed * 2 > all
}

/// How much a Latin text looks like writing: letters beside letters count for it, signs between letters against it.
fn plausibility(text: &str) -> i64 {
    const WESTERN: &str = "éèêëàâäáåãçñöôóòøõüûúùïîíìßæœÿýÉÖÜÄÅØÆÇÑ";
    let mut score = 0;
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(here) = chars.next() {
        let after = chars.peek().copied().unwrap_or(' ');
        if !here.is_ascii() {
            let inside = before.is_ascii_alphabetic() || after.is_ascii_alphabetic();
            score += match here {
                '\u{80}'..='\u{9F}' | char::REPLACEMENT_CHARACTER => -5,
                _ if here.is_alphabetic() && !here.is_uppercase() => 1 + i64::from(WESTERN.contains(here)),
                // A capital in the middle of small letters is another encoding's small letter.
                _ if here.is_alphabetic() && before.is_lowercase() => -2,
                _ if here.is_alphabetic() && (WESTERN.contains(here) || !inside) => 1,
                '’' | '‘' | '“' | '”' | '–' | '—' | '…' | '€' | '£' | '°' | '®' | '™' | '©' | '\u{A0}' => {
                    0
                }
                _ if inside => -2,
                _ => 0,
            };
        }
        before = here;
    }
    score
}

/// All of a small piece of text at once.
fn decode_all(charset: Charset, bytes: &[u8]) -> String {
    let mut text = String::new();
    match charset {
        Charset::Utf8 => text.push_str(&String::from_utf8_lossy(bytes)),
        Charset::Web(web) => text.push_str(&web.decode_without_bom_handling(bytes).0),
        Charset::Dos(_, table) => codepage::decode_upper(table, bytes, &mut text),
        Charset::Utf32 { big_endian } => codepage::decode_utf32(big_endian, bytes, &mut text),
    }
    text
}
