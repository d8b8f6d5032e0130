//! Words for `bash -c` inside a container's `args`: what the shell and, before it, the kubelet must not touch.

/// `text` as one word that neither bash expands nor the kubelet: `$` is doubled, because the kubelet reads `$(X)`
/// as a reference and `$$` as `$`.
pub(crate) fn quoted(text: &str) -> String {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ':' | '=' | ',' | '@' | '%' | '+');
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''").replace('$', "$$"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn nothing_is_left_for_a_shell_or_the_kubelet() {
        assert_eq!(quoted("spark.a=b"), "spark.a=b");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("a b*"), "'a b*'");
        assert_eq!(quoted("it's $HOME $(X) `id`"), "'it'\\''s $$HOME $$(X) `id`'");
    }
}
