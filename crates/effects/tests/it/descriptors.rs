//! What every descriptor promises.

use std::collections::HashSet;

use cuebook_core::function::{FunctionKind, ParameterKind};
use cuebook_effects::kinds;

#[test]
fn the_functions_of_the_contract_are_all_there_once() {
    let names: Vec<&str> = kinds::descriptors().iter().map(|d| d.name).collect();
    let expected = [
        "http::get",
        "http::post",
        "http::put",
        "http::patch",
        "http::delete",
        "ticketpark::booking",
        "ticketpark::ticket",
        "ticketpark::person",
        "ticketpark::payment",
        "ticketpark::show",
        "ticketpark::event",
        "ticketpark::get",
        "ticketpark::list",
        "ticketpark::post",
        "ticketpark::patch",
        "email::send",
        "webhook::send",
        "emit",
    ];
    assert_eq!(names, expected);
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
}

#[test]
fn each_is_documented_and_its_example_calls_it() {
    for descriptor in kinds::descriptors() {
        let name = descriptor.name;
        assert!(descriptor.example.contains(&format!("{name}(")), "{name}");
        assert!(descriptor.doc.ends_with('.'), "{name}");
        for parameter in descriptor.parameters {
            assert!(parameter.doc.ends_with('.'), "{name}: {}", parameter.name);
            if let ParameterKind::Options(keys) = parameter.kind {
                assert!(keys.iter().all(|key| key.doc.ends_with('.')), "{name}");
            }
        }
    }
}

#[test]
fn parameters_that_may_be_left_out_come_last() {
    for descriptor in kinds::descriptors() {
        let required: Vec<bool> = descriptor.parameters.iter().map(|p| p.required).collect();
        assert!(required.is_sorted_by(|a, b| a >= b), "{}", descriptor.name);
    }
}

#[test]
fn what_only_asks_is_a_read_and_what_sends_is_prepared() {
    for descriptor in kinds::descriptors() {
        let expected = match descriptor.name {
            "http::post" | "http::put" | "http::patch" | "http::delete" | "ticketpark::post"
            | "ticketpark::patch" => "write",
            "email::send" | "webhook::send" | "emit" => "send",
            _ => "read",
        };
        let kind = match descriptor.kind {
            FunctionKind::Read => "read",
            FunctionKind::Write => "write",
            FunctionKind::Send(_) => "send",
            FunctionKind::Local | FunctionKind::Wait => "neither",
        };
        assert_eq!(kind, expected, "{}", descriptor.name);
    }
}
