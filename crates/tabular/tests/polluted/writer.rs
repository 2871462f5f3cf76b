//! How a table is written as text: the dialect that a reader must find.

/// Which cells stand in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    /// Those that need it.
    Needed,
    /// Those that are no numbers.
    Texts,
    /// All.
    All,
}

/// What stands for a quote inside quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escape {
    /// Two quotes.
    Doubled,
    /// A backslash and the quote.
    Backslash,
    /// The bare quote: the writer knew no better.
    Missing,
}

/// A dialect.
#[derive(Debug, Clone)]
pub struct Style {
    pub delimiter: &'static str,
    pub quote: char,
    pub escape: Escape,
    pub quoting: Quoting,
    pub end: &'static str,
    /// Whether the last record has an end too.
    pub last_end: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            delimiter: ",",
            quote: '"',
            escape: Escape::Doubled,
            quoting: Quoting::Needed,
            end: "\n",
            last_end: true,
        }
    }
}

impl Style {
    /// One cell.
    pub fn cell(&self, cell: &str) -> String {
        let mark = self.delimiter.chars().next().unwrap();
        let edge = cell.starts_with(' ') || cell.ends_with(' ');
        let needed = cell.contains([mark, self.quote, '\n', '\r'])
            || edge && self.delimiter.contains(' ')
            || cell.is_empty() && self.delimiter == " "
            || self.escape == Escape::Backslash && cell.contains('\\');
        let number = cell.parse::<f64>().is_ok();
        let quoted = needed
            || match self.quoting {
                Quoting::Needed => false,
                Quoting::Texts => !number,
                Quoting::All => true,
            };
        if !quoted {
            return cell.to_owned();
        }
        let quote = self.quote;
        let inside = match self.escape {
            Escape::Doubled => cell.replace(quote, &format!("{quote}{quote}")),
            Escape::Backslash => cell.replace('\\', "\\\\").replace(quote, &format!("\\{quote}")),
            Escape::Missing => cell.to_owned(),
        };
        format!("{quote}{inside}{quote}")
    }

    /// One record without its end.
    pub fn record(&self, cells: &[String]) -> String {
        cells.iter().map(|cell| self.cell(cell)).collect::<Vec<_>>().join(self.delimiter)
    }

    /// Records with their ends.
    pub fn lines(&self, records: &[Vec<String>]) -> String {
        let lines: Vec<String> = records.iter().map(|record| self.record(record)).collect();
        self.join(&lines)
    }

    /// Lines put together by the record end.
    pub fn join(&self, lines: &[String]) -> String {
        let mut text = lines.join(self.end);
        if self.last_end {
            text.push_str(self.end);
        }
        text
    }
}
