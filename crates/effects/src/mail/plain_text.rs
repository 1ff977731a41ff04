//! A readable text from HTML, for mails that give only that.
//!
//! No HTML parser: mails are written by the rule's author. What is not understood stays as text, and nothing is ever
//! executed or fetched.

use super::entities::decoded;

/// Elements whose content is not for reading.
const UNREAD: [&str; 4] = ["script", "style", "head", "title"];

/// Elements that stand on lines of their own, with an empty line around.
const PARAGRAPHS: [&str; 12] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "table",
    "blockquote",
    "pre",
];

/// Elements that stand on lines of their own.
const LINES: [&str; 9] = [
    "div", "tr", "br", "section", "header", "footer", "article", "dt", "dd",
];

/// The longest tag that is read as one, in bytes: a bound for hostile input.
const TAG_LIMIT: usize = 4096;

/// The text of `html`.
pub(super) fn from_html(html: &str) -> String {
    let mut writer = Writer::default();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        writer.text(&rest[..start]);
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let is_tag =
            rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        if !is_tag {
            writer.text("<");
            rest = &rest[1..];
            continue;
        }
        let end = match tag_end(rest) {
            TagEnd::At(end) => end,
            // What was looked through is not looked through again: it is text.
            TagEnd::NotBefore(seen) => {
                writer.text(&rest[..seen]);
                rest = &rest[seen..];
                continue;
            }
        };
        let tag = Tag::read(&rest[1..end]);
        rest = &rest[end + 1..];
        if !tag.closes && UNREAD.contains(&tag.name.as_str()) {
            rest = after_closing(rest, &tag.name);
            continue;
        }
        writer.tag(&tag);
    }
    writer.text(rest);
    writer.finish()
}

/// Where a tag ends.
enum TagEnd {
    /// Its `>` stands there.
    At(usize),
    /// It has none before this place.
    NotBefore(usize),
}

/// Where the tag at the beginning of `text` ends: a `>` in quotes is part of a value.
fn tag_end(text: &str) -> TagEnd {
    let mut quote = None;
    for (index, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return TagEnd::At(index),
            _ if index >= TAG_LIMIT => return TagEnd::NotBefore(index),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    TagEnd::NotBefore(text.len())
}

/// What follows the closing tag of `name`; nothing where there is none.
fn after_closing<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some(start) = rest.find("</") {
        rest = &rest[start + 2..];
        let found = rest
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name));
        if found {
            return rest.find('>').map_or("", |end| &rest[end + 1..]);
        }
    }
    ""
}

struct Tag {
    name: String,
    closes: bool,
    href: Option<String>,
}

impl Tag {
    fn read(inside: &str) -> Self {
        let closes = inside.starts_with('/');
        let inside = inside.trim_start_matches('/');
        let name = inside
            .split(|c: char| c.is_whitespace() || c == '/')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let href = (name == "a").then(|| attribute(inside, "href")).flatten();
        Self { name, closes, href }
    }
}

fn attribute(inside: &str, name: &str) -> Option<String> {
    let lower = inside.to_ascii_lowercase();
    let start = lower.find(&format!("{name}="))? + name.len() + 1;
    let value = &inside[start..];
    let text = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split(|c: char| c.is_whitespace()).next()?,
    };
    Some(decoded(text))
}

/// Collects the text, one white space between words.
#[derive(Default)]
struct Writer {
    out: String,
    /// Line breaks that stand before the next word.
    breaks: usize,
    space: bool,
    link: Option<(String, usize)>,
}

impl Writer {
    fn text(&mut self, text: &str) {
        let text = decoded(text);
        for (index, word) in text
            .split(|c: char| c.is_whitespace() && c != '\u{a0}')
            .enumerate()
        {
            if index > 0 {
                self.space = true;
            }
            if !word.is_empty() {
                self.word(word);
            }
        }
    }

    fn word(&mut self, word: &str) {
        if self.breaks > 0 && !self.out.is_empty() {
            self.out.extend(std::iter::repeat_n('\n', self.breaks));
        } else if self.space && !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push(' ');
        }
        self.breaks = 0;
        self.space = false;
        self.out.push_str(word);
    }

    fn tag(&mut self, tag: &Tag) {
        match tag.name.as_str() {
            "a" if !tag.closes => {
                self.link = tag.href.clone().map(|href| (href, self.out.len()));
            }
            "a" => self.end_link(),
            "li" if !tag.closes => {
                self.breaks = self.breaks.max(1);
                self.word("-");
                self.space = true;
            }
            "td" | "th" => self.space = true,
            name if PARAGRAPHS.contains(&name) => self.breaks = 2,
            "br" => self.breaks += 1,
            name if LINES.contains(&name) => self.breaks = self.breaks.max(1),
            _ => {}
        }
    }

    /// Writes where a link leads, unless its text says so already.
    fn end_link(&mut self) {
        let Some((href, start)) = self.link.take() else {
            return;
        };
        let text = self.out.get(start..).unwrap_or_default().trim();
        let plain = href
            .trim_start_matches("mailto:")
            .trim_start_matches("tel:");
        let leads_on = !href.starts_with('#') && !href.is_empty();
        if leads_on && text != plain && text != href {
            self.space = true;
            self.word(&format!("({plain})"));
        }
    }

    fn finish(self) -> String {
        let lines: Vec<&str> = self.out.lines().map(str::trim_end).collect();
        let text = lines.join("\n").replace('\u{a0}', " ");
        if text.is_empty() { text } else { text + "\n" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usual_mail_becomes_readable() {
        let html = "<!doctype html><html><head><title>No</title><style>p { color: red }</style></head>\n<body>\
            <h1>Vielen   Dank</h1>\n<p>Gr&uuml;ezi Tom &amp; Zo&#235;,<br>wir freuen uns.</p>\
            <ul><li>Reihe 1</li><li>Reihe 2</li></ul>\
            <table><tr><td>Total</td><td>CHF&nbsp;50.00</td></tr></table>\
            <p>Mehr <a href=\"https://example.org/?a=1&amp;b=2\">hier</a>, oder \
            <a href='mailto:info@example.org'>info@example.org</a>.</p><script>alert('<p>')</script></body></html>";
        assert_eq!(
            from_html(html),
            "Vielen Dank\n\nGrüezi Tom & Zoë,\nwir freuen uns.\n\n- Reihe 1\n- Reihe 2\n\nTotal CHF 50.00\n\n\
             Mehr hier (https://example.org/?a=1&b=2), oder info@example.org.\n"
        );
    }

    #[test]
    fn what_is_no_html_stays_text() {
        assert_eq!(from_html("1 < 2 & 3 > 2"), "1 < 2 & 3 > 2\n");
        assert_eq!(from_html("a <!-- hidden --> b"), "a b\n");
        assert_eq!(from_html("open <b"), "open <b\n");
        assert_eq!(from_html(""), "");
    }

    #[test]
    fn hostile_html_costs_no_more_than_its_length() {
        for piece in [
            "<",
            "&",
            "<a href=\"",
            "<!--",
            "<script>",
            "<script></script>",
            "&#",
            "<p>",
            "<a href=x>",
        ] {
            let html = piece.repeat(50_000);
            let started = std::time::Instant::now();
            from_html(&html);
            assert!(
                started.elapsed() < std::time::Duration::from_secs(5),
                "{piece}"
            );
        }
    }
}
