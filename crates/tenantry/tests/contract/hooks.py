"""What Schemathesis is told of Tenantry beyond its description.

A schema says what a value looks like, not what is stored. So a request that fits the schema may be refused for what
is there: a link to nothing, a key that is taken, a version that has passed. Such a refusal names its reason by a code;
any other code in answer to valid data is a failure, since the description then promises too much.
"""

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

# Codes of problems and of single fields that speak of what is stored, or of several fields together.
OF_WHAT_IS_STORED = {
    "bad_file",
    "changed",
    "duplicate",
    "idempotency_key_reused",
    "inconsistent",
    "too_slow",
    "unknown_link",
}


def speaks_of_what_is_stored(response):
    if response.status_code not in (412, 422):
        return False
    problem = response.json()
    codes = [error["code"] for error in problem.get("errors", [])] or [problem["code"]]
    return all(code in OF_WHAT_IS_STORED for code in codes)


@schemathesis.check
def valid_data_is_taken(ctx, response, case):
    """`positive_data_acceptance`, knowing which refusals a schema cannot foretell."""
    if speaks_of_what_is_stored(response):
        return None
    return positive_data_acceptance(ctx, response, case)
