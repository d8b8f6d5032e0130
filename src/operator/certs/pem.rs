//! PEM as Go's `encoding/pem` reads it, for that is what the operator reads with: the first well-formed block
//! counts, whatever stands before or after it.

use base64::{Engine, engine::general_purpose::STANDARD};

/// A decoded block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// `CERTIFICATE`, `RSA PRIVATE KEY`, …
    pub label: String,
    /// The content.
    pub der: Vec<u8>,
}

/// The well-formed blocks of `text` in order.
#[must_use]
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let (mut found, mut lines) = (Vec::new(), text.lines().peekable());
    while let Some(line) = lines.next() {
        let Some(label) = line.trim_end().strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----"))
        else {
            continue;
        };
        let end = format!("-----END {label}-----");
        let (mut base64, mut closed) = (String::new(), false);
        while let Some(line) = lines.peek().map(|line| line.trim()) {
            if line.starts_with("-----BEGIN ") {
                break;
            }
            lines.next();
            if line == end {
                closed = true;
                break;
            }
            // Header lines (`Proc-Type: 4,ENCRYPTED`) come before the content.
            if !line.contains(':') {
                base64.push_str(line);
            }
        }
        if closed && let Ok(der) = STANDARD.decode(&base64) {
            found.push(Block { label: label.to_owned(), der });
        }
    }
    found
}

/// `der` as PEM, 64 characters a line, LF.
#[must_use]
pub(super) fn encode(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = tail;
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_as_go_finds_them() {
        let one = encode("CERTIFICATE", &[7; 100]);
        let two = encode("X", &[1]);
        assert_eq!(blocks(&format!("garbage\n{one}{two}")).len(), 2);
        assert_eq!(blocks(&one)[0], Block { label: "CERTIFICATE".into(), der: vec![7; 100] });
        assert_eq!(blocks(&one.replace('\n', "\r\n")), blocks(&one));
        // A torn block does not hide the one after it.
        assert_eq!(blocks(&format!("{}\n{two}", &one[..60]))[0].label, "X");
        assert!(blocks(&one[..one.len() - 30]).is_empty());
        assert!(blocks("").is_empty());
    }
}
