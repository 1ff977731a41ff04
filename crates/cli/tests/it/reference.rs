//! The committed pages that are made from the code are what the code makes.

use std::path::Path;

use crate::folder::Folder;

#[test]
fn the_committed_pages_are_what_the_code_makes() {
    let folder = Folder::new();
    let ended = folder.run(&["reference", "--write", "docs"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let (mut pages, mut definitions) = (0, 0);
    for path in ended.stdout.lines() {
        let name = path.strip_prefix("docs/").unwrap();
        let text = std::fs::read_to_string(committed.join(name)).unwrap_or_default();
        assert!(
            text == folder.read(path),
            "docs/{name} is not what the code makes: run `cargo run -- reference --write docs`"
        );
        pages += usize::from(Path::new(name).extension().is_some_and(|end| end == "md"));
        definitions += usize::from(name.starts_with("reference/definitions/"));
    }
    assert!(pages >= 3, "{ended:?}");
    let kept = std::fs::read_dir(committed.join("reference/definitions")).unwrap();
    assert_eq!(
        kept.count(),
        definitions,
        "a file of a former version is left"
    );
}

#[test]
fn the_document_is_valid_json_and_names_the_configured_server() {
    let url = [("CUEBOOK_PUBLIC_URL", "https://hooks.example.ch/")];
    let ended = Folder::new().run(&["openapi"], &url);
    assert_eq!(ended.code, 0, "{ended:?}");
    let json: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert!(json["openapi"].as_str().unwrap().starts_with("3."));
    assert!(
        json["servers"]
            .to_string()
            .contains("https://hooks.example.ch")
    );
}
