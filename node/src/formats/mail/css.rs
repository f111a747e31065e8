//! As much of CSS as a mail needs: what a style loads, and whether it hides.

/// Every `url(...)` and `@import "..."` of a style sheet or a style attribute.
pub(super) fn urls(style: &str) -> impl Iterator<Item = &str> {
    let mut rest = style;
    std::iter::from_fn(move || {
        loop {
            let (after, is_url) = next(rest)?;
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            if quote.is_none() && !is_url {
                // `@import url(...)` comes by again.
                rest = after;
                continue;
            }
            // What is never closed ends the search, so that it is not looked through again and again.
            let (start, end) = match quote {
                Some(quote) => (1, after.get(1..)?.find(quote)? + 1),
                None => (0, after.find(')')?),
            };
            let target = after.get(start..end)?.trim();
            rest = after.get(end..)?;
            if !target.is_empty() {
                return Some(target);
            }
        }
    })
}

/// What follows the next `url(` (true) or `@import` (false).
fn next(text: &str) -> Option<(&str, bool)> {
    let bytes = text.as_bytes();
    let starts = |at: usize, word: &str| {
        bytes.get(at..at + word.len()).is_some_and(|here| here.eq_ignore_ascii_case(word.as_bytes()))
    };
    let candidates = bytes.iter().enumerate().filter(|(_, byte)| matches!(byte, b'u' | b'U' | b'@'));
    candidates.map(|(at, _)| at).find_map(|at| {
        if starts(at, "url(") {
            Some((text.get(at + 4..)?, true))
        } else if starts(at, "@import") {
            Some((text.get(at + 7..)?, false))
        } else {
            None
        }
    })
}

/// Whether a style attribute makes its element invisible. (Letters without a size do not: many newsletters set it for a
/// table and give it back inside.)
pub(super) fn hides(style: &str) -> bool {
    declarations(style).any(|(property, value)| match property.as_str() {
        "display" => value == "none",
        "visibility" => value == "hidden",
        "opacity" => value.parse::<f32>().is_ok_and(|opacity| opacity < 0.05),
        "mso-hide" => value == "all",
        _ => false,
    })
}

/// Whether a style attribute leaves its element no more than two pixels wide or high.
pub(super) fn is_tiny(style: &str) -> bool {
    declarations(style).any(|(property, value)| {
        matches!(property.as_str(), "width" | "height" | "max-width" | "max-height")
            && !value.ends_with('%')
            && !value.ends_with("em")
            && number(&value).is_some_and(|size| size <= 2.0)
    })
}

fn declarations(style: &str) -> impl Iterator<Item = (String, String)> {
    style.split(';').take(200).filter_map(|declaration| {
        let (property, value) = declaration.split_once(':')?;
        let value = value.trim().to_ascii_lowercase();
        Some((
            property.trim().to_ascii_lowercase(),
            value.trim_end_matches("!important").trim_end().to_owned(),
        ))
    })
}

fn number(value: &str) -> Option<f32> {
    let end = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    value.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_style_loads_is_found() {
        let style = "@import \"a\"; b{c:URL('d') url( e ) url(\"\")} @import url(f); g{h:url(";
        assert_eq!(urls(style).collect::<Vec<_>>(), ["a", "d", "e", "f"]);
    }

    #[test]
    fn hiding_styles_are_known() {
        for style in
            ["display:none", "color:red; Display : NONE !important", "opacity:0", "visibility:hidden"]
        {
            assert!(hides(style), "{style}");
        }
        assert!(!hides("display:block;opacity:1") && !hides("font-size:0px;line-height:0"));
        assert!(is_tiny("width:1px;height:1px") && !is_tiny("width:100%") && !is_tiny("height:40px"));
    }
}
