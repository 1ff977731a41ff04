//! The links of the documentation: each leads to a file that is there, and to a heading that it has.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The pages below a folder.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found
}

/// The lines of a page that are no code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// Where the links of a line lead.
fn links(line: &str) -> Vec<&str> {
    let parts = line.split("](").skip(1);
    parts.filter_map(|part| part.split(')').next()).collect()
}

/// The names by which a page's headings are linked to.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter_map(|character| match character {
                ' ' => Some('-'),
                '-' | '_' => Some(character),
                character => character.is_alphanumeric().then_some(character),
            });
            kept.collect()
        })
        .collect()
}

/// What is wrong with a link of `page`.
fn wrong(page: &Path, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match path {
        "" => page.to_owned(),
        path => page.parent().unwrap().join(path),
    };
    if !target.exists() {
        return Some(format!("{}: there is no {link}", page.display()));
    }
    let is_page = target
        .extension()
        .is_some_and(|extension| extension == "md");
    let has_anchor = anchor.is_empty()
        || !is_page
        || anchors(&fs::read_to_string(&target).unwrap()).contains(anchor);
    (!has_anchor).then(|| format!("{}: {link} has no such heading", page.display()))
}

#[test]
fn each_link_leads_to_a_page_and_a_heading_that_is_there() {
    let mut all = pages(&root().join("docs"));
    all.extend(["README.md", "CHANGELOG.md"].map(|page| root().join(page)));
    let mut found = Vec::new();
    let mut count = 0;
    for page in all {
        let text = fs::read_to_string(&page).unwrap();
        for link in prose(&text).flat_map(links) {
            count += 1;
            found.extend(wrong(&page, link));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(count > 100, "{count} links");
}

#[test]
fn each_page_stands_in_the_book() {
    let docs = root().join("docs");
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    let listed: BTreeSet<PathBuf> = summary
        .lines()
        .flat_map(links)
        .map(|link| docs.join(link))
        .collect();
    let missing: Vec<PathBuf> = pages(&docs)
        .into_iter()
        .filter(|page| !listed.contains(page) && !page.ends_with("SUMMARY.md"))
        .filter(|page| !page.starts_with(docs.join("adr")))
        .collect();
    assert_eq!(missing, Vec::<PathBuf>::new());
}
