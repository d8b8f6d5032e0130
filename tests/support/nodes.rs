//! Nodes as the source writes them, for tests.
#![allow(unused_macros, unused_imports, reason = "no test uses all of it")]

/// A mapping node: `map! { "name" => "x" }`.
macro_rules! map {
    ($($key:expr => $value:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut mapping = spark_render::internals::tree::Mapping::default();
        $( mapping.push($key, $value); )*
        spark_render::internals::tree::Node::new(mapping)
    }};
}

/// A list node: `seq![1, 2]`.
macro_rules! seq {
    ($($item:expr),* $(,)?) => {
        spark_render::internals::tree::Node::new(vec![$(spark_render::internals::tree::Node::from($item)),*])
    };
}

pub(crate) use {map, seq};
