"""What Schemathesis is told of Tenantry beyond its description.

A schema says what a value looks like, not what is stored and not what several fields say together. So a request that
fits the schema may be refused for that: a link to nothing, a key that is taken, a version that has passed, a cursor of
another list. Such a refusal names its reason by a code; any other code in answer to valid data is a failure, since the
description then promises too much.
"""

import re
from datetime import date

import schemathesis
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

# Codes of problems and of single fields that speak of what is stored, or of a grammar that no pattern holds.
OF_WHAT_IS_STORED = {
    "bad_cursor",
    "bad_file",
    "changed",
    "duplicate",
    "idempotency_key_reused",
    "inconsistent",
    "not_a_schedule",
    "not_found",
    "too_slow",
    "unknown_link",
}

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2400, 12, 31))
schemathesis.openapi.format("date", DAYS.map(str))
schemathesis.openapi.format("date-time", DAYS.map(lambda day: f"{day}T09:30:00Z"))


def foreseeable(error):
    """Whether a schema could have said that the value is refused."""
    if ".attributes." in f".{error.get('field', '')}":
        return False  # Each company has custom fields of its own.
    if error.get("message", "").startswith(("`", "There is no kind of record")):
        return False  # A rule over the whole record, or the name of an entity.
    return error["code"] not in OF_WHAT_IS_STORED


def bent(case):
    """A number counts as a text once it is in a header, whatever the pattern says."""
    tag = (case.headers or {}).get("If-Match")
    return tag is not None and not re.fullmatch(r'\*|(W/)?"[!#-~]*"', str(tag))


@schemathesis.check
def valid_data_is_taken(ctx, response, case):
    """`positive_data_acceptance`, knowing which refusals a schema cannot foretell."""
    if response.status_code in (400, 412, 422):
        problem = response.json()
        if bent(case) or not any(foreseeable(error) for error in problem.get("errors") or [problem]):
            return None
    return positive_data_acceptance(ctx, response, case)
