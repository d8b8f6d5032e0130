//! Table: what a run may cost. Inputs are somebody else's, and a host works for many: every loop and every size that an
//! input determines has its bound here. The bounds are far above what real inputs need.

/// Largest file, in bytes: room for what ten thousand applications are rendered to, and small enough that a pipe without
/// end is told before it takes the memory of a small machine. Spans count bytes in 32 bits.
pub(crate) const FILE_BYTES: usize = 256 << 20;
/// What one file may be rendered to, in bytes.
pub(crate) const OUTPUT_BYTES: usize = 512 << 20;
/// All files of a run together, in bytes.
pub(crate) const READ_BYTES: u64 = 2 << 30;
/// Values of all documents of a run.
pub(crate) const NODES: u64 = 200_000_000;
/// Deepest nesting of a document. Kubernetes' own types stay below 40.
pub const DEPTH: usize = 128;
/// What the aliases and merge keys of one document may add to it, in bytes, besides four times its file's size.
pub(crate) const ALIAS_BYTES: u64 = 4 << 20;
/// What the aliases and merge keys of all documents of a run may add, in bytes.
pub(crate) const RUN_ALIAS_BYTES: u64 = 128 << 20;
/// Steps that one template may take: about a second of work. Each 64 bytes that it makes are one step, so that its values
/// take less than 192 MiB.
pub(crate) const TEMPLATE_STEPS: u64 = 3_000_000;
/// What one template may produce, in bytes.
pub const TEMPLATE_BYTES: usize = 64 << 20;
/// Longest text that a template may take apart, in bytes: each piece is a value, and they are counted when they are there.
pub(crate) const TEMPLATE_PIECES: usize = 1 << 20;
/// Depth of includes and macros.
pub(crate) const TEMPLATE_RECURSION: usize = 64;
/// How deep the parts of one expression of a template may nest, operators one after the other included.
pub(crate) const EXPRESSION_DEPTH: usize = 1_000;
/// `elif` of one template, each of which nests in the one before.
pub(crate) const ELIF: usize = 1_000;
/// Stack of the thread that renders a template, in bytes; only what is used of it takes memory. The later ones are for
/// processes whose address space is limited.
pub(crate) const TEMPLATE_STACKS: [usize; 3] = [256 << 20, 64 << 20, 16 << 20];
/// How long one template may take, in seconds: what its steps take is far less, on any machine.
pub(crate) const TEMPLATE_SECONDS: u64 = 60;
/// Templates of a run that may go on after their time; later ones are not begun.
pub(crate) const TEMPLATES_LEFT_BEHIND: usize = 2;
/// Entries of the `inputs` of a configuration: each is walked.
pub(crate) const INPUTS: usize = 1_000;
/// Entries of the `values` of a configuration: each is read, however often it is named.
pub(crate) const VALUES: usize = 100;
/// Parts of a dotted key of `set`.
pub(crate) const KEY_PARTS: usize = 64;
/// Executor pods of one application that are shown.
pub(crate) const PREVIEWS: u32 = 100;
/// Findings about one document while it is read; what comes after them is only counted.
pub(crate) const DOCUMENT_FINDINGS: usize = 100;
/// Findings about one file that are shown.
pub(crate) const FINDINGS: usize = 1_000;
/// Places of one finding that are quoted; its text says how many there are.
pub(crate) const PLACES: usize = 20;
/// Characters of one text of a finding; what comes after them is left out.
pub(crate) const FINDING_TEXT: usize = 2_000;

/// The bounds with their names and units, as the documentation has them.
#[cfg(test)]
const ALL: &[(&str, u64, &str)] = &[
    ("size of a file", FILE_BYTES as u64, "bytes"),
    ("what a file is rendered to", OUTPUT_BYTES as u64, "bytes"),
    ("all files of a run", READ_BYTES, "bytes"),
    ("values in all documents of a run", NODES, ""),
    ("nesting of a document", DEPTH as u64, "levels"),
    ("what aliases add to a document, besides four times the file's size", ALIAS_BYTES, "bytes"),
    ("what aliases add to all documents of a run", RUN_ALIAS_BYTES, "bytes"),
    ("steps of a template", TEMPLATE_STEPS, ""),
    ("output of a template", TEMPLATE_BYTES as u64, "bytes"),
    ("text that a template may split", TEMPLATE_PIECES as u64, "bytes"),
    ("time of a template", TEMPLATE_SECONDS, "seconds"),
    ("nesting of includes and macros", TEMPLATE_RECURSION as u64, "levels"),
    ("nesting of an expression in a template", EXPRESSION_DEPTH as u64, "levels"),
    ("`elif` in a template", ELIF as u64, ""),
    ("entries of `inputs`", INPUTS as u64, ""),
    ("entries of `values`", VALUES as u64, ""),
    ("parts of a dotted key in `set`", KEY_PARTS as u64, ""),
    ("executor pods shown of an application", PREVIEWS as u64, ""),
    ("findings of reading a document", DOCUMENT_FINDINGS as u64, ""),
    ("findings shown of a file", FINDINGS as u64, ""),
    ("places of a finding that are quoted", PLACES as u64, ""),
    ("length of a text in a finding", FINDING_TEXT as u64, "characters"),
];

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn the_documentation_names_every_limit() {
        let text = include_str!("../../docs/limits.md");
        for (what, value, unit) in ALL {
            let row = format!("| {what} | {} |", format!("{value} {unit}").trim_end());
            assert!(text.contains(&row), "{row}");
        }
    }
}
