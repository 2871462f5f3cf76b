//! How operations are named.

use super::*;

#[test]
fn past_forms_are_made_from_verbs_or_stated() {
    let of = |name| {
        let target = Target::Collection(|_, _, _| Box::pin(async { Err(Problem::internal("never run")) }));
        Operation::new("companies", name, target)
    };
    for (verb, past) in
        [("convert", "converted"), ("retry", "retried"), ("replay", "replayed"), ("enable", "enabled")]
    {
        assert_eq!(of(verb).event_action(), past);
    }
    assert_eq!(of("resend").past("resent").event_action(), "resent");
}

#[test]
fn the_states_in_which_an_operation_is_offered_are_those_of_its_records() {
    for operation in operations().filter(|one| !one.offered_in.is_empty()) {
        let status = operation.described().unwrap().field("status").unwrap();
        let model::field::Kind::Choice(choices) = status.kind else { panic!("{}", operation.permission()) };
        for state in operation.offered_in {
            assert!(choices.iter().any(|one| one.value == *state), "{}: {state}", operation.permission());
        }
        assert!(operation.fits(operation.offered_in[0]) && !operation.fits("no such state"));
    }
}

#[test]
fn what_is_under_way_is_a_state_of_the_record() {
    for entity in registry::ENTITIES.iter().filter(|entity| !entity.under_way.is_empty()) {
        let model::field::Kind::Choice(choices) = entity.field("status").unwrap().kind else {
            panic!("{}", entity.name)
        };
        for state in entity.under_way {
            assert!(choices.iter().any(|one| one.value == *state), "{}: {state}", entity.name);
        }
    }
}
