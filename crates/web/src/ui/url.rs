//! Addresses inside Tenantry: a path and parameters, from which links that change one of them are made.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stands for itself in a parameter; brackets and commas are read better as they are.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'[')
    .remove(b']')
    .remove(b',')
    .remove(b'/')
    .remove(b':');

/// A path and its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    path: String,
    pairs: Vec<(String, String)>,
}

impl Url {
    /// A path with parameters; empty ones are left out.
    pub fn new(path: impl Into<String>, pairs: &[(String, String)]) -> Self {
        let pairs = pairs.iter().filter(|(_, value)| !value.is_empty()).cloned().collect();
        Self { path: path.into(), pairs }
    }

    /// An address as it stands in text.
    pub fn read(address: &str) -> Self {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        Self::new(path, &pairs(query.as_bytes()))
    }

    /// The path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The parameters.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The first value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// With a parameter in the place of those of its name.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self = self.without(name);
        self.pairs.push((name.to_owned(), value.into()));
        self
    }

    /// Without a parameter.
    pub fn without(mut self, name: &str) -> Self {
        self.pairs.retain(|(given, _)| given != name);
        self
    }

    /// Without this very pair.
    pub fn without_pair(mut self, pair: &(String, String)) -> Self {
        self.pairs.retain(|given| given != pair);
        self
    }

    /// At the first page: cursors are bound to what they were made for.
    pub fn at_start(self) -> Self {
        self.without("after").without("before")
    }
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.path)?;
        for (at, (name, value)) in self.pairs.iter().enumerate() {
            f.write_str(if at == 0 { "?" } else { "&" })?;
            write!(f, "{}={}", utf8_percent_encode(name, PLAIN), utf8_percent_encode(value, PLAIN))?;
        }
        Ok(())
    }
}

/// The path if it leads nowhere but to this Tenantry: one slash in front, and nothing that browsers read as a host.
pub fn local(path: &str) -> Option<&str> {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (plain && path.starts_with('/') && !path.starts_with("//")).then_some(path)
}

/// The fields of `application/x-www-form-urlencoded`, as of a form or of an address. What is no UTF-8 is replaced.
pub fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(bytes);
    let decoded = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_change_one_parameter() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let url = Url::new(
            "/customers",
            &[pair("q", "a b&c"), pair("after", "x"), pair("filter[status]", "ACTIVE")],
        );
        assert_eq!(url.to_string(), "/customers?q=a%20b%26c&after=x&filter[status]=ACTIVE");
        let sorted = url.clone().at_start().with("sort", "-name");
        assert_eq!(sorted.to_string(), "/customers?q=a%20b%26c&filter[status]=ACTIVE&sort=-name");
        assert_eq!(
            url.without("q").at_start().without_pair(&pair("filter[status]", "ACTIVE")).to_string(),
            "/customers"
        );
    }

    #[test]
    fn only_own_paths_are_gone_to() {
        for good in ["/", "/customers?q=x", "/a//b"] {
            assert_eq!(local(good), Some(good));
        }
        for bad in
            ["", "customers", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "/ x"]
        {
            assert_eq!(local(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn fields_are_decoded() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = pairs(b"name=Caf%C3%A9+%26+Bar&was.name=&flag");
        assert_eq!(fields, [pair("name", "Café & Bar"), pair("was.name", ""), pair("flag", "")]);
    }
}
