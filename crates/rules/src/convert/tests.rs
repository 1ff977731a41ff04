//! Values go into a script and come out equal, or say why not.

use chrono::DateTime;
use cuebook_core::value::decimal;

use proptest::prelude::*;

use super::*;

#[test]
fn what_went_into_a_script_comes_out_equal() {
    let value = Value::from([
        ("unit", Value::Unit),
        ("yes", Value::Bool(true)),
        ("int", Value::Int(i64::MAX)),
        ("money", Value::Decimal(decimal("50.00").unwrap())),
        ("text", Value::from("Zürich")),
        ("bytes", Value::Bytes(vec![0, 255])),
        (
            "at",
            Value::Time(DateTime::from_timestamp_micros(1).unwrap()),
        ),
        ("secret", Value::Secret("CRM".to_owned())),
        ("list", Value::Array(vec![Value::from("a"), Value::Int(1)])),
    ]);
    let back = to_value(&to_script(&value).unwrap()).unwrap();
    assert_eq!(back, value);
    let Some(Value::Decimal(money)) = back.get("money") else {
        panic!()
    };
    assert_eq!(money.to_string(), "50.00");
}

#[test]
fn a_shared_value_is_what_it_holds() {
    let shared = Dynamic::from_array(vec![1_i64.into()]).into_shared();
    assert_eq!(
        to_value(&shared).unwrap(),
        Value::Array(vec![Value::Int(1)])
    );
    assert_eq!(
        to_value(&Dynamic::from('x').into_shared()).unwrap(),
        Value::from("x")
    );
}

#[test]
fn a_function_says_what_it_is_and_where() {
    let mut inner = Map::new();
    inner.insert(
        "callback".into(),
        Dynamic::from(rhai::FnPtr::new("f").unwrap()),
    );
    let mut outer = Map::new();
    outer.insert(
        "data".into(),
        Dynamic::from_array(vec![Dynamic::UNIT, inner.into()]),
    );
    let error = to_value(&outer.into()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a function (at data[1].callback) cannot be used here: it has to be a number, string, bool, (), time, blob, array or map"
    );
}

#[test]
fn what_is_too_deep_is_refused_both_ways() {
    let nested =
        |levels: usize| (0..levels).fold(Value::Unit, |inner, _| Value::Array(vec![inner]));
    assert!(to_script(&nested(limits::DEPTH)).is_ok());
    let too_deep = nested(limits::DEPTH + 1);
    assert!(matches!(
        to_script(&too_deep),
        Err(ConvertError::Depth { .. })
    ));
    assert!(matches!(
        to_value(&to_dynamic(&too_deep)),
        Err(ConvertError::Depth { .. })
    ));
}

#[test]
fn sizes_count_what_is_nested() {
    let half = Value::Text("x".repeat(limits::TEXT / 2 + 1));
    assert!(check(&half).is_ok());
    let both = Value::Array(vec![half.clone(), half]);
    assert!(matches!(check(&both), Err(ConvertError::Size { .. })));
    assert!(matches!(
        to_value(&to_dynamic(&both)),
        Err(ConvertError::Size { .. })
    ));
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Unit),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (any::<i64>(), 0_u32..=28).prop_map(|(n, scale)| Value::Decimal(Decimal::new(n, scale))),
        any::<String>().prop_map(Value::Text),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(Value::Bytes),
        any::<u32>()
            .prop_map(|at| Value::Time(DateTime::from_timestamp_micros(i64::from(at)).unwrap())),
        "[A-Z]{1,8}".prop_map(Value::Secret),
    ];
    leaf.prop_recursive(5, 100, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            prop::collection::btree_map(any::<String>(), inner, 0..8).prop_map(Value::Map),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_comes_out_as_it_went_in(value in any_value()) {
        let back = to_value(&to_script(&value).unwrap()).unwrap();
        prop_assert_eq!(format!("{back:?}"), format!("{value:?}"));
        prop_assert_eq!(back, value);
    }
}
