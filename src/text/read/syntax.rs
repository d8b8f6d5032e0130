//! What is wrong with YAML that cannot be parsed, in words.

use granit_parser::{ErrorKind, ScanError};

use super::limits;
use crate::tree::{Diagnostic, SourceId};

/// The finding for `error`, whose offsets count from `base` of `text`.
pub(crate) fn diagnostic(error: &ScanError, id: SourceId, text: &str, base: usize) -> Diagnostic {
    let start = text.floor_char_boundary(base + error.marker().byte_offset().unwrap_or(0));
    let width = text[start..].chars().next().filter(|c| *c != '\n' && *c != '\r').map_or(0, char::len_utf8);
    let span = limits::span(id, start, start + width);
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return limits::too_deep(span);
    }
    if let Some(line) = text[base..start].lines().next().filter(|line| line.starts_with("%%")) {
        // Copied out of a notebook, with the cell's instruction: the text itself may be fine.
        return Diagnostic::error("yaml-syntax", "an instruction for a notebook stands before the document")
            .at(limits::span(id, base, base + line.len()))
            .label(span, "this is no YAML behind it")
            .hint("remove this line");
    }
    let (message, hint) = explain(error.kind(), text, start);
    let diagnostic = Diagnostic::error("yaml-syntax", message).at(span);
    match hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

/// Message and hint; `text[at..]` is where the parser gave up.
fn explain(kind: &ErrorKind, text: &str, at: usize) -> (String, Option<&'static str>) {
    use ErrorKind as K;
    let tab = text.as_bytes().get(at) == Some(&b'\t');
    let (message, hint) = match kind {
        K::TabNotAllowed | K::TabInBlockIndentation | K::TabInIndentation | K::TabAtBlockScalarStart => {
            ("a tab is used for indentation", Some("indent with spaces"))
        }
        _ if tab => ("a tab stands where YAML allows none", Some("replace the tab by spaces")),
        K::TabInPlainScalar => ("a tab stands inside a plain value", Some("quote the value")),
        K::UnclosedQuotedScalar | K::DocumentIndicatorInQuotedScalar => {
            ("a quoted text is never closed", Some("close the quote that is opened here"))
        }
        K::InvalidTrailingSingleQuotedScalar | K::InvalidTrailingDoubleQuotedScalar => (
            "text follows a quoted value",
            Some("quote the whole value, and write quotes inside of it as `''` or `\\\"`"),
        ),
        K::UnknownQuotedScalarEscape | K::InvalidQuotedScalarHexEscape | K::InvalidUnicodeEscape => (
            "an unknown escape in double quotes",
            Some("write `\\\\` for a backslash, or use single quotes, where a backslash is just one"),
        ),
        K::InvalidLowSurrogateHexEscape | K::InvalidLowSurrogate | K::MissingLowSurrogate | K::UnpairedLowSurrogate => {
            ("half of a surrogate pair", Some("write the character itself, or `\\U` with eight digits"))
        }
        K::UnclosedFlowCollection { open } => {
            return (format!("`{open}` is never closed"), Some("close it, or quote the value if it is text"));
        }
        K::MismatchedFlowCollectionEnd { open, close } => {
            return (format!("`{open}` is closed by `{close}`"), Some("close it with its own kind"));
        }
        K::MisplacedFlowCollectionEnd => {
            ("a bracket is closed that was never opened", Some("quote the value if it is text"))
        }
        K::UnexpectedEofFlowSequence
        | K::UnexpectedEofFlowMapping
        | K::UnexpectedEofImplicitFlowMapping
        | K::UnexpectedEofBlockSequence
        | K::UnexpectedEofBlockMapping
        | K::UnexpectedEof => ("the text ends too early", None),
        K::ExpectedFlowMappingSeparator => {
            ("`,` or `}` is missing in a mapping in braces", Some("quote the value if it is text"))
        }
        K::ExpectedFlowSequenceSeparator => {
            ("`,` or `]` is missing in a list in brackets", Some("quote the value if it is text"))
        }
        K::ExpectedBlockMappingKey => (
            "a key was expected here",
            Some(
                "check the indentation of this line and of the lines before it, and quote values that begin with a quote",
            ),
        ),
        K::ExpectedBlockSequenceEntry => {
            ("`- ` was expected here", Some("check the indentation of this line and of the lines before it"))
        }
        K::MappingValueNotAllowed | K::InvalidColonPlacement | K::InvalidMappingValueWhitespace => (
            "`:` stands where no key can be",
            Some("quote the value if it contains `: `, or check the indentation of this line"),
        ),
        K::SimpleKeyExpected | K::InvalidSimpleKey => {
            ("a line that is neither `key: value` nor `- item`", Some("add the missing `:`, or check the indentation"))
        }
        K::MappingKeyNotAllowed => ("a key stands where none can be", Some("check the indentation of this line")),
        K::BlockSequenceEntryNotAllowed | K::BlockEntryInFlowCollection | K::InvalidBlockEntryWhitespace => {
            ("`-` stands where no list can be", Some("start the list on a line of its own, or quote the value"))
        }
        K::PlainScalarStartsWithDashFlowIndicator | K::UnexpectedEndOfPlainScalar => {
            ("a value that has to be quoted", Some("quote the value"))
        }
        K::UnexpectedCharacter { character } => {
            return (format!("no value can begin with `{}`", character.escape_default()), Some("quote the value"));
        }
        K::InvalidIndentation
        | K::InvalidBlockScalarIndent
        | K::InvalidQuotedScalarIndent
        | K::InvalidFlowScalarIndent => {
            ("this line is not indented as the lines before it ask for", Some("indent the line as its neighbours are"))
        }
        K::ZeroBlockScalarIndent | K::InvalidBlockScalarHeader => {
            ("an unknown header of a text block", Some("write `|` or `>`, followed by nothing, `-` or `+`"))
        }
        K::CommentInterceptedScalar | K::CommentNotSeparated => {
            ("a comment inside a value", Some("put a space before `#`, or quote the value if `#` belongs to it"))
        }
        K::BomInsideDocument => ("a byte order mark inside the text", Some("delete the invisible character U+FEFF")),
        K::UnknownAnchor => (
            "an alias to an anchor that does not exist",
            Some("define the anchor with `&` before its use, or quote the value if it is text"),
        ),
        K::MissingAnchorOrAliasName => ("`&` or `*` without a name", Some("quote the value if it is text")),
        K::UndeclaredTagHandle
        | K::ExpectedTagBang
        | K::MissingTagUri
        | K::UnclosedVerbatimTag
        | K::InvalidTagTerminator
        | K::InvalidTagEscape
        | K::InvalidTagUtf8
        | K::InvalidTagUtf8LeadingByte
        | K::InvalidTagUtf8TrailingByte => ("an unknown tag", Some("quote the value if the `!` belongs to it")),
        K::ExpectedNodeContent => ("a value was expected here", None),
        K::ExpectedDocumentStart | K::InvalidDocumentEnd => {
            ("a second value in one document", Some("separate documents by a line `---`, and check the indentation"))
        }
        K::DuplicateVersionDirective
        | K::UnsupportedYamlMajorVersion
        | K::DuplicateTagDirective
        | K::MissingDocumentEndBeforeDirective
        | K::InvalidDirectiveTerminator
        | K::MissingYamlVersionSeparator
        | K::MissingDirectiveName
        | K::InvalidDirectiveName
        | K::DirectiveByteLimitExceeded { .. }
        | K::TooManyReservedDirectiveParams { .. }
        | K::YamlVersionTooLong
        | K::MissingYamlVersion
        | K::InvalidTagDirectiveTerminator
        | K::ExpectedTagDirectiveBang
        | K::InvalidGlobalTagCharacter => {
            ("a `%` directive that YAML does not know", Some("delete the line, or quote the value if it is text"))
        }
        _ => ("this is no YAML", None),
    };
    (message.to_owned(), hint)
}
