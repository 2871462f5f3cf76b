//! Cuts an SQL script into its statements, for files that run outside a transaction.

/// One statement of a script and the line it begins at, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement<'a> {
    pub(super) text: &'a str,
    pub(super) line: usize,
}

impl Statement<'_> {
    /// The first word in upper case.
    pub(super) fn verb(&self) -> String {
        self.text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default().to_ascii_uppercase()
    }
}

/// The statements between semicolons that stand outside quotes, dollar quotes and comments; leading comments are
/// left out. The body of an SQL function in `BEGIN ATOMIC` form is not recognized as a whole: write it in quotes.
pub(super) fn split(script: &str) -> Vec<Statement<'_>> {
    let mut statements = Vec::new();
    let mut start = None;
    let mut at = 0;
    while let Some(c) = script[at..].chars().next() {
        let rest = &script[at..];
        let length = if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if c.is_whitespace() {
            c.len_utf8()
        } else if c == ';' {
            if let Some(begin) = start.take() {
                push(&mut statements, script, begin, at);
            }
            1
        } else {
            let begin = *start.get_or_insert(at);
            let escapes = script[begin..at].ends_with(['e', 'E']);
            match c {
                '\'' => quoted(rest, '\'', escapes),
                '"' => quoted(rest, '"', false),
                '$' => dollar_quoted(rest, script[..at].chars().next_back()),
                _ => c.len_utf8(),
            }
        };
        at += length;
    }
    if let Some(begin) = start {
        push(&mut statements, script, begin, script.len());
    }
    statements
}

fn push<'a>(statements: &mut Vec<Statement<'a>>, script: &'a str, begin: usize, end: usize) {
    let line = script[..begin].matches('\n').count() + 1;
    statements.push(Statement { text: script[begin..end].trim_end(), line });
}

/// The length of a comment, those nested in it included.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        match () {
            () if here.starts_with(b"/*") => (depth, at) = (depth + 1, at + 2),
            () if here.starts_with(b"*/") => (depth, at) = (depth - 1, at + 2),
            () => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// The length of a quoted string or name; a doubled quote is two of them side by side.
fn quoted(rest: &str, quote: char, escapes: bool) -> usize {
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        if c == '\\' && escapes {
            characters.next();
        } else if c == quote {
            return at + 1;
        }
    }
    rest.len()
}

/// The length of `$tag$ … $tag$`; 1 where the dollar is part of a name or a parameter.
fn dollar_quoted(rest: &str, before: Option<char>) -> usize {
    if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return 1;
    }
    let Some(tag) = rest[1..].find('$').map(|end| &rest[..end + 2]) else { return 1 };
    let name = &tag[1..tag.len() - 1];
    if name.starts_with(|c: char| c.is_ascii_digit())
        || !name.chars().all(|c| c.is_alphanumeric() || c == '_')
    {
        return 1;
    }
    rest[tag.len()..].find(tag).map_or(rest.len(), |end| end + 2 * tag.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(script: &str) -> Vec<&str> {
        split(script).into_iter().map(|statement| statement.text).collect()
    }

    #[test]
    fn semicolons_in_quotes_and_comments_do_not_end_a_statement() {
        assert_eq!(
            texts("select ';'; select 'it''s; fine'; select 1"),
            ["select ';'", "select 'it''s; fine'", "select 1"]
        );
        assert_eq!(texts("select e'\\';'; select \"a;b\""), ["select e'\\';'", "select \"a;b\""]);
        assert_eq!(
            texts("-- a; b\nselect 1 -- c; d\n; /* e; /* f; */ g; */ select 2"),
            ["select 1 -- c; d", "select 2"]
        );
        assert_eq!(
            texts("do $$ begin; end $$; do $x$ $$;$$ $x$"),
            ["do $$ begin; end $$", "do $x$ $$;$$ $x$"]
        );
        assert_eq!(texts("select a$b; select $1; select 'ä;€'"), ["select a$b", "select $1", "select 'ä;€'"]);
        assert_eq!(texts(" ;; -- nothing\n"), Vec::<&str>::new());
    }

    #[test]
    fn a_statement_knows_its_line_and_its_verb() {
        let statements = split("-- first\n\ncreate index a;\n\n/* x */ vacuum\nfull;");
        assert_eq!(statements.iter().map(|s| s.line).collect::<Vec<_>>(), [3, 5]);
        assert_eq!(statements.iter().map(Statement::verb).collect::<Vec<_>>(), ["CREATE", "VACUUM"]);
    }
}
